"""How well the halves are aligned, and what their comparison finds: on the release texts of ``samples_maker``.

    python -m tests.benchmarks.bench_agreement [--plants 10] [--verbose]

Three figures, each for the releases on which the rules were made (those whose name's CRC-32 is even) and for the
others, which were only ever measured:

* Alignment: pairs of paragraphs that answer each other, found against told; F1. Letterheads below the first one are
  left out: the texts don't tell which of them answer each other. Then the same of ``VERSIONS`` disturbed versions of
  each release, in which paragraphs of either half are left out and neighbours joined by chance.
* False alarms: the share of releases, as printed, with any failed check of dates, numbers or constituencies.
* Planted errors: in up to ``--plants`` numbers of each half, one digit at a time is changed, and everything is
  aligned and compared anew. Only numbers that stand in digits in both halves (in paragraphs that answer each other)
  count. An error is found where a check fails that names its paragraph and didn't fail before.
"""

from __future__ import annotations

import argparse
import random
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from ecp_ingest.language.folding import fold_in_place
from ecp_ingest.release.bilingual.agreement import Check, checks
from ecp_ingest.release.bilingual.alignment import ACCEPTED, align
from tests.samples_maker.release_texts import FOLDER, Printed, ReleaseText, load_release
from tests.support.builders import Said, said

COMPARED = {"date_agreement", "number_agreement", "constituency_agreement"}


@dataclass
class Pairs:
    found: int = 0
    told: int = 0
    right: int = 0

    def add(self, told: set[tuple[int, int]], found: set[tuple[int, int]]) -> None:
        self.told += len(told)
        self.found += len(found)
        self.right += len(told & found)

    def __str__(self) -> str:
        precision, recall = self.right / self.found, self.right / self.told
        return f"{precision:9.4f} {recall:7.4f} {2 * precision * recall / (precision + recall):7.4f}"


@dataclass
class Count:
    releases: int = 0
    pairs: Pairs = field(default_factory=Pairs)
    disturbed: Pairs = field(default_factory=Pairs)
    alarmed: list[str] = field(default_factory=list)
    planted: int = 0
    noticed: int = 0

    def row(self, name: str) -> str:
        return (
            f"{name:10} {self.releases:8} {self.pairs} {self.disturbed} "
            f"{len(self.alarmed):4} ({len(self.alarmed) / self.releases:6.2%}) "
            f"{self.noticed:6} of {self.planted:5} ({self.noticed / self.planted:7.2%})"
        )


def printed(release: ReleaseText) -> list[Printed]:
    """The paragraphs of ``release`` that have text."""
    return [paragraph for paragraph in release.paragraphs if paragraph.kind is not None]


def as_read(paragraphs: list[Printed]) -> Said:
    """The paragraphs as a perfect run would read them: ``p1``, ``p2`` …"""
    parts = [(paragraph.kind, paragraph.text) for paragraph in paragraphs if paragraph.kind is not None]
    return said(*parts, languages=[paragraph.language for paragraph in paragraphs])


def pairs_told(paragraphs: list[Printed]) -> set[tuple[int, int]]:
    return {
        (i, j)
        for i, one in enumerate(paragraphs)
        for j, other in enumerate(paragraphs)
        if one.pair and one.pair == other.pair and (one.language, other.language) == ("eng", "urd")
    }


def judged(paragraphs: list[Printed], pairs: set[tuple[int, int]]) -> set[tuple[int, int]]:
    """Without those of letterheads that the texts don't tell of."""
    unjudged = {i for i, p in enumerate(paragraphs) if p.kind == "letterhead" and p.pair is None}
    return {pair for pair in pairs if not set(pair) & unjudged}


def pairs_found(read: Said) -> set[tuple[int, int]]:
    return {
        (int(english[1:]) - 1, int(urdu[1:]) - 1)
        for bead in align(read)
        if bead.score >= ACCEPTED
        for english in bead.english
        for urdu in bead.urdu
    }


VERSIONS = 6


def disturbed(paragraphs: list[Printed], chance: random.Random) -> tuple[list[Printed], set[tuple[int, int]]]:
    """In each half, one time in two a body left out, and one time in two a body joined to the next; pairs as then."""
    parts = [(paragraph, {paragraph.pair} - {None}) for paragraph in paragraphs]
    for language in ("eng", "urd"):
        bodies = [i for i, (p, _) in enumerate(parts) if (p.language, p.kind) == (language, "body")]
        if chance.random() < 0.5 and len(bodies) > 2:
            del parts[chance.choice(bodies)]
        neighbours = [
            i
            for i in range(len(parts) - 1)
            if all((p.language, p.kind) == (language, "body") for p, _ in parts[i : i + 2])
        ]
        if chance.random() < 0.5 and neighbours:
            at = chance.choice(neighbours)
            (one, marks), (other, more) = parts[at : at + 2]
            parts[at : at + 2] = [(replace(one, text=f"{one.text} {other.text}"), marks | more)]
    pairs = {
        (i, j)
        for i, (one, marks) in enumerate(parts)
        for j, (other, others) in enumerate(parts)
        if marks & others and (one.language, other.language) == ("eng", "urd")
    }
    return [paragraph for paragraph, _ in parts], pairs


def failed(read: Said) -> dict[tuple[str, tuple[str, ...]], Check]:
    return {
        (check.kind, check.paragraphs): check
        for check in checks(read, align(read))
        if check.kind in COMPARED and not check.passed
    }


_NUMBER = re.compile(r"\d+(?:[.,٫٬]\d+)*")


def numbers(text: str) -> Iterator[tuple[int, int, str]]:
    """Start, end, and the digits alone."""
    for match in _NUMBER.finditer(fold_in_place(text)):
        yield match.start(), match.end(), re.sub(r"\D", "", match.group())


def places_to_plant(paragraphs: list[Printed], pairs: set[tuple[int, int]]) -> dict[str, list[tuple[int, int, int]]]:
    """Language → paragraph, start and end of each number that stands in digits in both halves."""
    places: dict[str, list[tuple[int, int, int]]] = {"eng": [], "urd": []}
    answers = pairs | {(j, i) for i, j in pairs}
    for i, paragraph in enumerate(paragraphs):
        others = {digits for a, b in answers if a == i for _, _, digits in numbers(paragraphs[b].text)}
        places[paragraph.language] += [(i, s, e) for s, e, digits in numbers(paragraph.text) if digits in others]
    return places


def misread(text: str, start: int, end: int, chance: random.Random) -> str:
    """``text`` with one digit of ``text[start:end]`` changed into another of the same script, the first not into 0."""
    at = chance.choice([i for i in range(start, end) if text[i].isdigit()])
    zero = ord(text[at]) - int(text[at])
    other = chance.choice([d for d in range(10) if d != int(text[at]) and (d or at > start)])
    return text[:at] + chr(zero + other) + text[at + 1 :]


def measure(release: ReleaseText, count: Count, *, plants: int, verbose: bool) -> None:
    paragraphs = printed(release)
    read = as_read(paragraphs)
    told, found = pairs_told(paragraphs), pairs_found(read)
    found = judged(paragraphs, found)
    count.releases += 1
    count.pairs.add(told, found)
    for version in range(VERSIONS):
        other, pairs = disturbed(paragraphs, random.Random(f"{release.name} {version}"))
        count.disturbed.add(pairs, judged(other, pairs_found(as_read(other))))
    if verbose and told != found:
        print(f"{release.name}: pairs told and not found {sorted(told - found)}, not told {sorted(found - told)}")
    before = failed(read)
    if before:
        count.alarmed.append(release.name)
        for check in before.values():
            print(f"{release.name}: false alarm, {check.kind}: {check.detail}")
    chance = random.Random(release.name)
    for places in places_to_plant(paragraphs, told).values():
        for i, start, end in chance.sample(places, min(plants, len(places))):
            paragraph, text = read[i]
            wrong = misread(text, start, end, chance)
            planted = [*read[:i], (paragraph, wrong), *read[i + 1 :]]
            alarms = failed(planted)
            noticed = any(paragraph.id in check.paragraphs for key, check in alarms.items() if key not in before)
            count.planted += 1
            count.noticed += noticed
            if verbose and not noticed:
                near = slice(max(0, start - 25), end + 25)
                print(f"{release.name}: {paragraph.id}: not noticed: {text[near]!r} → {wrong[near]!r}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plants", type=int, default=10, help="numbers of each half in which a digit is changed")
    parser.add_argument("--verbose", action="store_true", help="name what went wrong")
    arguments = parser.parse_args()
    counts = {"made on": Count(), "others": Count()}
    for path in sorted(FOLDER.glob("*.txt")):
        made_on = zlib.crc32(path.stem.encode()) % 2 == 0
        count = counts["made on" if made_on else "others"]
        measure(load_release(path.stem), count, plants=arguments.plants, verbose=arguments.verbose and made_on)
    columns = f"{'precision':>9} {'recall':>7} {'F1':>7}"
    print(f"{'':10} {'':8} {'alignment':25} disturbed")
    print(f"{'':10} {'releases':>8} {columns} {columns}   false alarms   planted errors found")
    for name, count in counts.items():
        print(count.row(name))


if __name__ == "__main__":
    main()
