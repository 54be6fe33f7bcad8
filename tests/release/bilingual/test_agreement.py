"""Numbers, paragraphs that answer each other, and what differs between them: the text cases, and the measure."""

from __future__ import annotations

from pathlib import Path

import pytest

from ecp_ingest.entities.numbers import find_numbers
from ecp_ingest.release.bilingual.agreement import Check, checks
from ecp_ingest.release.bilingual.alignment import align, parallels
from tests.benchmarks.bench_agreement import Count, measure
from tests.samples_maker.release_texts import load_release
from tests.support.builders import Said, said
from tests.support.paths import CASES
from tests.support.seeds import Seed, each_seed


def cases(sort: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("path", sorted((CASES / sort).glob("*.txt")), ids=lambda path: path.stem)


def parted(path: Path) -> tuple[list[str], list[str]]:
    """The lines of a case: what is read, and what must come out."""
    text, _, wanted = path.read_text(encoding="utf-8").partition("\n# output\n")
    return text.splitlines(), wanted.splitlines()


def bodies(lines: list[str]) -> Said:
    return said(*(("body", line) for line in lines))


@cases("numbers")
def test_numbers(path: Path) -> None:
    lines, wanted = parted(path)
    for line, values in zip(lines, wanted, strict=True):
        found = find_numbers(line)
        assert " ".join(f"{'' if n.firm else '~'}{float(n.value):.12g}" for n in found) == values.replace("none", "")
        assert [line[number.start : number.end] for number in found] == [number.text for number in found]


@cases("alignment")
def test_alignment(path: Path) -> None:
    lines, wanted = parted(path)
    beads = [
        " = ".join(" ".join(name.removeprefix("p") for name in side) or "-" for side in (bead.english, bead.urdu))
        for bead in align(bodies(lines))
    ]
    assert beads == wanted


@cases("agreement")
def test_agreement(path: Path) -> None:
    lines, wanted = parted(path)
    assert [outcome(check) for check in compared(bodies(lines)) if not check.passed] == [
        line for line in wanted if line != "agree"
    ]


def compared(paragraphs: Said) -> tuple[Check, ...]:
    return checks(paragraphs, align(paragraphs))


def outcome(check: Check) -> str:
    """``number_agreement: 360 | 350``."""
    sides = [side.partition(": ")[2] for side in check.detail.split("; ")]
    return f"{check.kind}: {' | '.join(sides)}"


def test_there_are_enough_cases() -> None:
    outcomes = [parted(path)[1] == ["agree"] for path in (CASES / "agreement").glob("*.txt")]
    assert min(outcomes.count(True), outcomes.count(False)) >= 15


def test_what_agrees_is_told_too() -> None:
    lines = ["On 9th June, 2023 NA-75 had 360 stations.", "9 جون 2023 کو این اے 75 میں 360 مراکز تھے۔"]
    found = compared(bodies(lines))
    assert [(check.kind, check.passed, check.paragraphs) for check in found] == [
        (kind, True, ("p1", "p2"))
        for kind in ("paragraph_alignment", "date_agreement", "constituency_agreement", "number_agreement")
    ]


def test_a_number_may_stand_in_another_paragraph() -> None:
    found = compared(
        bodies(
            [
                "The Commission has set up 360 polling stations in Sialkot.",
                "Secretary Mr. Omar Hamid Khan thanked the staff of the district.",
                "کمیشن نے سیالکوٹ میں پولنگ اسٹیشن قائم کیے ہیں۔",
                "سیکرٹری جناب عمر حمید خان نے ضلع کے 360 مراکز کے عملے کا شکریہ ادا کیا۔",
            ]
        )
    )
    assert [check.detail for check in found if not check.passed] == []


def test_the_datelines_dates() -> None:
    halves = said(("dateline", "Lahore, 5th May, 2023:"), ("dateline", "مورخہ: 6 مئی 2023 لاہور"))
    found = [check for check in compared(halves) if check.kind == "date_agreement"]
    assert [check.passed for check in found] == [False]
    assert "2023-05-05" in found[0].detail
    assert "2023-05-06" in found[0].detail


def test_a_paragraph_without_a_partner_is_told() -> None:
    lines = (CASES / "alignment" / "one-left-out.txt").read_text(encoding="utf-8").splitlines()[:5]
    check = next(check for check in compared(bodies(lines)) if check.kind == "paragraph_alignment")
    assert (check.passed, check.paragraphs) == (False, ("p2",))


def test_parallels() -> None:
    lines = (CASES / "alignment" / "two-for-one.txt").read_text(encoding="utf-8").splitlines()[:5]
    found = parallels(align(bodies(lines)))
    assert {name: (p.nearest, p.all) for name, p in found.items()} == {
        "p1": ("p4", ("p4",)),
        "p2": ("p4", ("p4",)),
        "p3": ("p5", ("p5",)),
        "p4": ("p1", ("p1", "p2")),
        "p5": ("p3", ("p3",)),
    }
    assert all(0.5 <= p.score <= 1 for p in found.values())


def test_one_half_alone_has_nothing_to_be_held_against() -> None:
    alone = bodies(["The Commission met on 9th June, 2023.", "There are 360 stations."])
    assert align(alone) == compared(alone) == align([]) == ()
    assert checks([(paragraph, "") for paragraph, _ in alone], ()) == ()


def test_the_measure_on_one_release() -> None:
    """The whole measurement, on one release text; ``bench_agreement`` runs it on all."""
    count = Count()
    measure(load_release("local-government"), count, plants=3, verbose=False)
    assert count.pairs.right == count.pairs.found == count.pairs.told >= 10
    assert count.disturbed.right >= 0.9 * max(count.disturbed.found, count.disturbed.told)
    assert count.alarmed == []
    assert count.noticed == count.planted == 6


@each_seed
def test_the_release_that_an_earlier_run_left(seed: Seed) -> None:
    found = compared(bodies(seed.lines))
    assert not [c for c in found if not c.passed and c.kind not in ("paragraph_alignment", "number_agreement")]
