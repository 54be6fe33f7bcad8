"""Confidences: their features, their fit, and that they are calibrated on words that the fit didn't use."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecp_ingest.document.geometry import Box
from ecp_ingest.document.text import ReadLine, ScriptChoice, Word
from ecp_ingest.errors import UnreadableSourceError, UsageError
from ecp_ingest.evaluation.fit_confidence import collect, fit, fit_curve, isotonic, logistic, sigmoid
from ecp_ingest.evaluation.ground_truth import match
from ecp_ingest.evaluation.reliability import reliability
from ecp_ingest.page.recognition.confidence import (
    FEATURES,
    calibrated,
    features,
    judge,
    packaged,
    parse,
    script_of_words,
    to_json,
)
from ecp_ingest.record.entries import LineEntry, WordEntry
from ecp_ingest.record.schema import read_record, write_record
from tests.support.builders import RunCli, make_record, paragraph
from tests.support.paths import REPOSITORY

LATIN = ScriptChoice("Latn", "eng", 1.0, "")
lines = st.lists(
    st.tuples(st.sampled_from(["Election", "کمیشن", "2023", "۔", "NA-22", "کک", "x", "¬"]), st.floats(0, 1)), min_size=1
)


def line(*words: tuple[str, float | None]) -> ReadLine:
    return ReadLine(
        tuple(Word(text, Box(0, 0, 9, 9), confidence) for text, confidence in words), Box(0, 0, 9, 9), LATIN
    )


# ── the words of a line ───────────────────────────────────────────────────────────────────────────────────────────


def test_the_engine_s_confidence_is_kept() -> None:
    read = calibrated(line(("Election", 0.97), ("Cornrnission", 0.55)), dpi=300, calibration=packaged())
    assert [word.engine_confidence for word in read.words] == [0.97, 0.55]
    sure, unsure = (word.confidence for word in read.words)
    assert sure is not None
    assert unsure is not None
    assert sure > 0.9 > unsure


def test_words_without_confidence_stay_as_they_are() -> None:
    text = line(("Election", None), ("Commission", None))
    assert calibrated(text, dpi=300, calibration=packaged()) is text
    mixed = calibrated(line(("Election", None), ("Commission", 0.9)), dpi=300, calibration=packaged())
    assert [word.engine_confidence for word in mixed.words] == [None, 0.9]
    assert mixed.words[0].confidence is None


@given(lines, st.sampled_from([None, 72.0, 300.0, 1200.0]))
def test_every_word_gets_a_probability(words: list[tuple[str, float]], dpi: float | None) -> None:
    judged = judge([w for w, _ in words], [c for _, c in words], dpi=dpi, calibration=packaged())
    assert len(judged) == len(words)
    assert all(0 < value < 1 for value in judged)


def test_scripts_and_features() -> None:
    assert script_of_words(["نمبر", "Mr.", "2023"]) == ["Arab", "Latn", "Arab"]
    assert script_of_words(["No.", "2023"]) == ["Latn", "Latn"]
    table = features(["انتخابات", "کا", "کککک"], [0.9, 0.8, 0.7], dpi=150)
    columns = {name: table[:, place].tolist() for place, name in enumerate(FEATURES)}
    assert columns["confidence"] == [0.9, 0.8, 0.7]
    assert columns["unknown"] == [0, 0, 1]
    assert columns["pairs"] == [1, 1, 0]
    assert columns["edge"] == [1, 0, 1]
    assert columns["dpi"] == pytest.approx([np.log(0.5)] * 3)
    assert columns["common"][1] > columns["common"][0] > columns["common"][2] == 0


# ── the fit ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_neighbours_that_do_not_rise_are_pooled() -> None:
    blocks = isotonic(np.arange(6.0), np.array([0, 1, 0, 1, 1, 1.0]))
    # (0), (1 0), (1 1 1): half a right and half a wrong word added, their shares are 0.25, 0.5 and 0.875.
    assert [(b.lowest, b.highest, b.words, b.right) for b in blocks] == [(0, 0, 1, 0), (1, 2, 2, 1), (3, 5, 3, 3)]
    assert [b.share for b in blocks] == [0.25, 0.5, 0.875]


@given(st.lists(st.tuples(st.floats(-5, 5), st.booleans()), min_size=1, max_size=60))
def test_isotonic_shares_rise_and_lose_no_word(words: list[tuple[float, bool]]) -> None:
    scores, right = np.array([s for s, _ in words]), np.array([float(r) for _, r in words])
    blocks = isotonic(scores, right)
    shares = [block.share for block in blocks]
    assert shares == sorted(shares)
    assert sum(block.words for block in blocks) == len(words)
    assert sum(block.right for block in blocks) == right.sum()


def test_logistic_regression_finds_the_weights_that_made_the_words() -> None:
    rng = np.random.default_rng(1)
    table = rng.normal(size=(20_000, 2))
    right = (rng.random(20_000) < sigmoid(table @ np.array([2.0, -1.0]) + 0.5)).astype(float)
    found = logistic(table, right)
    assert (found.weights / found.scale).tolist() == pytest.approx([2, -1], abs=0.1)
    assert float(found.logits(np.zeros((1, 2)))[0]) == pytest.approx(0.5, abs=0.1)


def test_curves_are_calibrated_on_new_words() -> None:
    rng = np.random.default_rng(2)

    def words(count: int) -> tuple[np.ndarray, np.ndarray]:
        table = rng.normal(size=(count, len(FEATURES)))
        # Not what a logistic curve can follow by itself.
        odds = np.where(table[:, 0] > 0, 4 + table[:, 1], table[:, 0] * 3 + 2)
        return table, (rng.random(count) < sigmoid(odds)).astype(float)

    table, right = words(6000)
    curve, unseen = fit_curve(table, right, np.arange(6000) % 5)
    new_table, new_right = words(6000)
    for probability, truth in ((unseen, right), (curve.probability(new_table), new_right)):
        measured = reliability([(float(p), bool(r)) for p, r in zip(probability, truth, strict=True)])
        assert measured is not None
        assert measured.ece < 0.03
    assert (np.diff(curve.probabilities) >= 0).all()


# ── records and files ─────────────────────────────────────────────────────────────────────────────────────────────

TRUE_ENGLISH = "The Commission met today and decided to hold the election on Monday in all districts of the province"
TRUE_URDU = "الیکشن کمیشن آف پاکستان کا اجلاس آج اسلام آباد میں چیف الیکشن کمشنر کی زیر صدارت منعقد ہوا"


def planted(folder: Path, *, sources: int, kept: bool) -> None:
    """Records whose wrong words mostly have a lower confidence of the engine.

    ``kept``: it is kept as ``engine_confidence``, beside a meaningless ``confidence``.
    """
    rng = np.random.default_rng(3)
    for number in range(sources):
        entries, truths = [], []
        for language, true_text in (("eng", TRUE_ENGLISH), ("urd", TRUE_URDU)):
            words = []
            for word in true_text.split():
                wrong = rng.random() < 0.1
                confidence = float(np.clip(rng.normal(0.6 if wrong else 0.9, 0.1), 0, 0.97))
                text = f"{word[:-1]}~" if wrong else word
                words.append(
                    WordEntry(
                        text=text,
                        bbox=None,
                        confidence=0.5 if kept else confidence,
                        engine_confidence=confidence if kept else None,
                    )
                )
            text = " ".join(word.text for word in words)
            entry = paragraph(text, name=language, language=language)
            entries.append(entry.model_copy(update={"lines": (LineEntry(page=1, bbox=None, words=tuple(words)),)}))
            truths.append({"language": language, "text": true_text})
        made = make_record(file_name=f"s{number}.png").model_copy(update={"paragraphs": tuple(entries)})
        write_record(made, folder / f"s{number}.json")
        (folder / f"s{number}.gt.json").write_text(json.dumps({"paragraphs": truths}), encoding="utf-8")


def test_a_fit_is_repeatable_and_survives_its_file(tmp_path: Path) -> None:
    planted(tmp_path, sources=30, kept=False)
    found = fit(tmp_path, tmp_path)
    assert found.after.ece < 0.03 < found.before.ece
    assert found.after.found > 0.7
    assert found.calibration.fitted["words"] == 30 * (len(TRUE_ENGLISH.split()) + len(TRUE_URDU.split()))
    text = to_json(found.calibration)
    assert to_json(fit(tmp_path, tmp_path).calibration) == text
    again = parse(text.encode(), "x.json")
    table = collect(match(tmp_path, tmp_path).pairs).features
    for script, curve in found.calibration.curves.items():
        assert again.curves[script].probability(table) == pytest.approx(curve.probability(table), abs=2e-3)
    assert len(again.sha256) == 64


def test_a_fit_uses_the_engine_s_confidence(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "kept").mkdir()
    planted(tmp_path / "raw", sources=12, kept=False)
    planted(tmp_path / "kept", sources=12, kept=True)
    raw, kept = (fit(tmp_path / name, tmp_path / name) for name in ("raw", "kept"))
    assert to_json(raw.calibration) == to_json(kept.calibration)


def test_too_little_to_learn_from(tmp_path: Path) -> None:
    planted(tmp_path, sources=1, kept=False)
    with pytest.raises(UsageError, match="recognised words in English"):
        fit(tmp_path, tmp_path)


@pytest.mark.parametrize("broken", [b"", b"[]", b"{}", b'{"version": 0}', b'{"version": 1, "curves": {}}'])
def test_a_broken_file_is_named(broken: bytes) -> None:
    with pytest.raises(
        UnreadableSourceError, match=r"mine\.json: is no calibration|mine\.json: is a calibration of an"
    ):
        parse(broken, "mine.json")


def test_the_packaged_curves_name_their_training_data() -> None:
    fitted = packaged().fitted
    assert {"sources", "words", "wrong", "conditions", "tesseract", "models", "before", "after"} <= fitted.keys()
    assert all(len(digest) == 64 for digest in fitted["models"].values())
    assert fitted["after"]["ece"] <= 0.03
    assert fitted["after"]["ece"] < fitted["before"]["ece"]


def test_the_commands(tmp_path: Path, run_cli: RunCli) -> None:
    samples = REPOSITORY / "samples"
    out = tmp_path / "out"
    run_cli("convert", samples / "fax.tif", samples / "born-digital.pdf", "-o", out, "-q")
    record = read_record(out / "fax.json")
    words = [word for p in record.paragraphs for text in p.lines for word in text.words]
    assert all(word.engine_confidence is not None for word in words)
    assert any(word.engine_confidence != word.confidence for word in words)
    assert record.provenance.calibration == packaged().sha256
    assert {"recognise", "confidence"} <= record.provenance.pages[0].seconds.keys()
    printed = read_record(out / "born-digital.json")
    english = [w for p in printed.paragraphs if p.page == 1 for text in p.lines for w in text.words]
    assert all(word.confidence is None and word.engine_confidence is None for word in english)

    planted(tmp_path / "out", sources=12, kept=True)
    for sample in ("fax", "born-digital"):
        (out / f"{sample}.gt.json").write_bytes((samples / f"{sample}.gt.json").read_bytes())
    result = run_cli("calibrate", out, out, "--out", tmp_path / "mine.json")
    assert (result.returncode, result.stderr) == (0, "")
    assert "calibrated" in result.stdout
    mine = parse((tmp_path / "mine.json").read_bytes(), "mine.json")
    assert mine.fitted["sources"] == 14
    assert mine.fitted["models"].keys() == {"eng", "urd_nastaliq"}
    result = run_cli("evaluate", out, out)
    assert result.returncode == 0
    assert "ECE" in result.stdout
