"""Scripts are found from ink, in lines drawn here with fonts of the system and in the lines of the samples."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest

from ecp_ingest.document.geometry import Box, Pixels
from ecp_ingest.document.layout import LineImage, Region
from ecp_ingest.document.text import ScriptChoice
from ecp_ingest.page.recognition.script import arabic_probability, choose_scripts, describe, doubtful, settle
from ecp_ingest.training.script_classifier import aged, draw, fit, logits, samples

FONTS = Path("/usr/share/fonts/truetype")
SERIF = FONTS / "liberation/LiberationSerif-Regular.ttf"
ENGLISH_FACES = [
    SERIF,
    FONTS / "liberation/LiberationSans-Bold.ttf",
    FONTS / "liberation/LiberationSerif-Italic.ttf",
    FONTS / "dejavu/DejaVuSerif.ttf",
]
URDU_FACES = [
    FONTS / "noto/NotoNastaliqUrdu-Regular.ttf",
    FONTS / "noto/NotoNastaliqUrdu-Bold.ttf",
    FONTS / "fonts-nafees/NafeesWeb.ttf",
    FONTS / "paktype/PakType Naqsh.ttf",  # held out when the network was fitted
]
ENGLISH = [
    "Secretary Election Commission of Pakistan apprised the mission about steps taken",
    "ELECTION COMMISSION OF PAKISTAN",
    "Islamabad, 28th May, 2022:",
    "by-elections in PP-159 (Lahore), NA-128 and PS-11",
]
URDU = [
    "سیکرٹری الیکشن کمیشن آف پاکستان نے کہا کہ کمیشن اپنے پلان پر مکمل عمل پیرا ہے۔",
    "الیکشن کمیشن آف پاکستان",
    "مورخہ: 28 مئی 2022 اسلام آباد",
    "نمائندے Mr. Knut Ostby سے رپورٹ وصول کر رہے ہیں",
]


def drawn(text: str, face: Path, points: float = 12) -> Pixels:
    if not face.exists():
        pytest.skip(f"{face.name} isn't installed")
    pixels = draw(text, face, points=points, rtl=not text.isascii(), latin=SERIF)
    assert pixels is not None
    return pixels


def region(*lines: Pixels) -> Region:
    images = tuple(
        LineImage(Box(0, 200 * i, line.shape[1], 200 * i + line.shape[0]), line) for i, line in enumerate(lines)
    )
    return Region(Box(0, 0, 3000, 200 * len(lines)), images)


def choose(*lines: Pixels) -> tuple[ScriptChoice, ...]:
    return choose_scripts(region(*lines), languages=("eng", "urd"))


@pytest.mark.parametrize("face", ENGLISH_FACES, ids=lambda face: face.stem)
@pytest.mark.parametrize("points", [8, 12, 24])
def test_english_is_latin(face: Path, points: float) -> None:
    assert [arabic_probability(drawn(text, face, points)) < 0.2 for text in ENGLISH] == [True] * len(ENGLISH)


@pytest.mark.parametrize("face", URDU_FACES, ids=lambda face: face.stem)
@pytest.mark.parametrize("points", [9, 13, 24])
def test_urdu_is_arabic(face: Path, points: float) -> None:
    assert [arabic_probability(drawn(text, face, points)) > 0.6 for text in URDU] == [True] * len(URDU)


def test_ageing_does_not_mislead() -> None:
    rng = np.random.default_rng(7)
    wrong = [
        (text, face.name)
        for texts, faces in ((ENGLISH, ENGLISH_FACES), (URDU, URDU_FACES))
        for text in texts
        for face in faces
        for _ in range(6)
        if (arabic_probability(aged(drawn(text, face), rng)) > 0.5) != (texts is URDU)
    ]
    assert len(wrong) <= 1, wrong


def test_one_language_is_no_question() -> None:
    chosen = choose_scripts(region(drawn(ENGLISH[0], SERIF)), languages=("urd",))
    assert chosen == (ScriptChoice("Arab", "urd", 1.0, "only language asked for"),)


def test_digits_go_with_their_neighbours() -> None:
    number = drawn("2023", SERIF)
    urdu, english = drawn(URDU[0], URDU_FACES[0]), drawn(ENGLISH[0], SERIF)
    assert choose(urdu, number, urdu)[1].language == "urd"
    assert choose(english, number, english)[1].language == "eng"
    alone = choose(number)[0]
    assert doubtful(alone)


def test_a_line_that_is_plainly_the_other_script_keeps_its_own() -> None:
    urdu, english = drawn(URDU[0], URDU_FACES[0]), drawn(ENGLISH[0], SERIF)
    assert [choice.language for choice in choose(urdu, english, urdu)] == ["urd", "eng", "urd"]
    assert [choice.script for choice in choose(english, english, urdu, urdu)] == ["Latn", "Latn", "Arab", "Arab"]


def test_no_ink_is_no_evidence() -> None:
    assert describe(np.full((60, 400), 255, np.uint8)) is None
    assert describe(np.zeros((1, 1), np.uint8)) is None
    chosen = choose(np.full((60, 400), 250, np.uint8))
    assert doubtful(chosen[0])
    assert choose_scripts(region(), languages=("eng", "urd")) == ()


def test_a_confidence_is_a_plain_number() -> None:
    chosen = choose(drawn(ENGLISH[0], SERIF))[0]
    assert type(chosen.confidence) is float
    assert chosen.confidence > 0.95
    assert "Arab 0.0" in chosen.evidence


DOUBT = ScriptChoice("Latn", "eng", 0.6, "shape of its ink")


@pytest.mark.parametrize(
    ("english", "urdu", "text", "language"),
    [
        (0.96, 0.40, None, "eng"),
        (0.30, 0.80, None, "urd"),
        (0.94, 0.57, "ایچ نے اور Both", "urd"),
        (0.96, 0.88, "The the river", "eng"),
        (0.0, 0.0, "", "eng"),
    ],
)
def test_two_readings_settle_a_doubt(english: float, urdu: float, text: str | None, language: str) -> None:
    settled = settle(DOUBT, english=english, urdu=urdu, urdu_text=text)
    assert settled.language == language
    assert "read as English" in settled.evidence


def test_settling_survives_certainty() -> None:
    sure = ScriptChoice("Arab", "urd", 1.0, "only language asked for")
    assert settle(sure, english=0.9, urdu=0.1).language == "urd"


def test_it_costs_little() -> None:
    line = drawn(ENGLISH[0], SERIF)
    arabic_probability(line)
    began = time.process_time()
    for _ in range(20):
        arabic_probability(line)
    assert (time.process_time() - began) / 20 < 0.02


def test_fitting_twice_gives_the_same_weights() -> None:
    if not all(face.exists() for face in (*ENGLISH_FACES, *URDU_FACES)):
        pytest.skip("some faces aren't installed")

    def made() -> dict[str, np.ndarray]:
        lines = samples(
            count=150,
            latin=ENGLISH_FACES,
            arab=URDU_FACES,
            held_out=[],
            urdu=" ".join(URDU * 3).split(),
            english=" ".join(ENGLISH).lower().split() * 300,
            seed=3,
        )
        net = fit(lines, seed=3, epochs=20)
        assert np.mean((logits(net, lines) > 0) == [line.arabic > 0.5 for line in lines]) > 0.9
        return net

    first, second = made(), made()
    assert all(np.array_equal(first[name], second[name]) for name in first)
