"""How well duplicates are told from what is meant to stand twice: ``python -m tests.benchmarks.bench_duplicates``.

Text cases from ``tests/cases/``, the release texts of the samples maker as they are (nothing in them stands twice by
error), and with ``--scans`` sheets that are printed, aged, scanned twice and read (needs Chromium; a page takes about
two seconds). ``held``: written before anything was measured, and never tuned on.

``found``: taken out as it should be, or shown to a person; ``repaired`` of these: taken out. ``touched``: something
that is meant was taken out; ``asked``: it stayed, but a person was asked.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from pathlib import Path

from ecp_ingest.release.collation.duplicates import repeated_lines
from ecp_ingest.settings import RepairSettings
from tests.samples_maker.release_texts import FOLDER, load_release
from tests.support.repairing import CASES, DuplicateCase, duplicate_cases, ingest, plain


def outcome(case: DuplicateCase) -> str:
    """``repaired``, ``asked``, ``missed`` or ``otherwise`` (something else went); ``touched`` or ``untouched``."""
    _, done = ingest(case.pages)
    gone = any(repair.kind.startswith("duplicate_") for repair in done.repairs)
    asked = bool(done.reasons)
    if case.meant or case.asks:
        return "touched" if gone else "asked" if asked else "untouched"
    wanted, text = (" ".join(" ".join(d.texts).split()) for d in (ingest([plain(case.wanted)])[1], done))
    if text == wanted:
        return "repaired"
    return "otherwise" if gone else "asked" if asked else "missed"


def old_outcome(path: Path) -> str:
    """Of a file that holds one case, with all that must come out below it."""
    given, _, rest = path.read_text(encoding="utf-8").partition("\n# output\n")
    _, done = ingest([plain(given)])
    gone = any(repair.kind.startswith("duplicate_") for repair in done.repairs)
    if path.stem.startswith("meant"):
        return "touched" if gone else "asked" if done.reasons else "untouched"
    right = "\n".join(done.texts) == rest.partition("\n# review\n")[0].strip("\n")
    return "repaired" if right else "otherwise" if gone else "asked" if done.reasons else "missed"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scans", action="store_true", help="print, age, scan and read sheets too")
    parser.add_argument("--all", action="store_true", help="name every case that was not simply right")
    arguments = parser.parse_args()
    counts: dict[str, Counter[str]] = defaultdict(Counter)

    def note(group: str, name: str, came: str) -> None:
        counts[group][came] += 1
        if arguments.all and came not in {"repaired", "untouched"}:
            print(f"{came:10} {group}: {name}", flush=True)

    for case in duplicate_cases():
        sort = "meant" if case.meant else "printed twice" if case.asks else "true"
        note(f"{sort}, text, {'held' if case.held else 'tuned'}", case.name, outcome(case))
    for path in sorted([*CASES.glob("phrase-*.txt"), *CASES.glob("meant-*.txt")]):
        note(f"{'true' if path.stem.startswith('phrase') else 'meant'}, text, tuned", path.stem, old_outcome(path))
    for path in sorted(FOLDER.glob("*.txt")):
        text = "\n".join(p.text for p in load_release(path.stem).paragraphs if p.kind)
        case = DuplicateCase(path.stem, meant=True, held=True, marked=(tuple(text.splitlines()),))
        note("meant, whole releases, held", path.stem, outcome(case))
    if arguments.scans:
        from tests.support.scanned_duplicates import scanned_pairs

        for held in (False, True):
            for pair in scanned_pairs(held=held):
                repeats = repeated_lines(pair.pages, settings=RepairSettings())
                certain = any(repeat.certain for repeat in repeats)
                came = "repaired" if certain else "asked" if repeats else "missed"
                if not pair.true:
                    came = {"repaired": "touched", "missed": "untouched"}.get(came, came)
                note(f"{'true' if pair.true else 'meant'}, scans, {'held' if held else 'tuned'}", pair.name, came)
    for group, counter in sorted(counts.items()):
        print(f"{group:30} {counter.total():4}  {dict(counter)}")


if __name__ == "__main__":
    main()
