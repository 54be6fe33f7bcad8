"""What repairs do to texts whose truth is known: ``python -m tests.benchmarks.bench_repairs RECORDS TRUTH``.

RECORDS is a folder of records, TRUTH one of ``NAME.gt.txt`` or ``NAME.gt.json``. Only the Urdu is looked at. Repairs
are made anew from what was recognised, so that records may be older than the repairs. A repair is right where making
it alone brings the text nearer to the truth, and wrong where it takes it further away.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from pathlib import Path

from ecp_ingest.document.text import Paragraph, PlacedLine, ReadLine, ScriptChoice, Word
from ecp_ingest.files.record_files import records_in
from ecp_ingest.language.text_metrics import ErrorRate, character_error_rate, word_error_rate
from ecp_ingest.language.word_counts import plain
from ecp_ingest.record.entries import ParagraphEntry
from ecp_ingest.record.schema import Record
from ecp_ingest.release.repair.changes import apply
from ecp_ingest.release.repair.repair_text import repair_paragraphs
from ecp_ingest.settings import RepairSettings


def paragraph_of(entry: ParagraphEntry) -> Paragraph:
    """The paragraph as it was when the repairs were made."""
    choice = ScriptChoice(entry.script, entry.language, 1.0, "record")
    lines = tuple(
        PlacedLine(line.page, ReadLine(tuple(Word(w.text, None, w.confidence) for w in line.words), None, choice))
        for line in entry.lines
    )
    return Paragraph(entry.id, entry.kind, entry.language, entry.script, lines, entry.recognised)


def truth_of(folder: Path, name: str) -> str:
    plain_text = folder / f"{name}.gt.txt"
    if plain_text.exists():
        return plain_text.read_text(encoding="utf-8")
    told = json.loads((folder / f"{name}.gt.json").read_text(encoding="utf-8"))
    return " ".join(p["text"] for p in told["paragraphs"] if p["language"] == "urd")


def folded(text: str) -> str:
    """One form of yeh, kaf and heh, no marks, single spaces."""
    return " ".join(plain(text).split())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("records", type=Path)
    parser.add_argument("truth", type=Path)
    parser.add_argument("--show", metavar="KIND", help="print each repair of this kind and what came of it")
    arguments = parser.parse_args()
    rates: dict[str, ErrorRate] = defaultdict(ErrorRate)
    came: dict[str, Counter[str]] = defaultdict(Counter)
    suggested: Counter[str] = Counter()
    for path in [arguments.records / name for name in records_in(arguments.records)]:
        record = Record.model_validate_json(path.read_bytes())
        paragraphs = [paragraph_of(entry) for entry in record.paragraphs if entry.language == "urd"]
        truth = folded(truth_of(arguments.truth, path.stem))
        done = repair_paragraphs(paragraphs, settings=RepairSettings())
        read, made = (folded(" ".join(texts)) for texts in ([p.recognised for p in paragraphs], done.texts))
        for name, text in (("recognised", read), ("repaired", made)):
            rates[f"CER {name}"] += character_error_rate(truth, text)
            rates[f"WER {name}"] += word_error_rate(truth, text)
            rates[f"CER without spaces {name}"] += character_error_rate(truth.replace(" ", ""), text.replace(" ", ""))
        for paragraph in paragraphs:
            text = paragraph.recognised
            for repair in (r for r in done.repairs if r.paragraph == paragraph.id):
                context = slice(max(0, repair.start - 30), repair.start + len(repair.before) + 30)
                before, text = text, apply(text, repair)
                grown = len(repair.after) - len(repair.before)
                steps = nearer(before[context], text[context.start : context.stop + grown], truth)
                verdict = "right" if steps > 0 else "wrong" if steps < 0 else "neither"
                came[repair.kind][verdict] += 1
                if repair.kind == arguments.show:
                    print(f"{verdict:8} {repair.before} → {repair.after}  {repair.evidence}")
        for suggestion in done.suggestions:
            text = next(t for p, t in zip(paragraphs, done.texts, strict=True) if p.id == suggestion.paragraph)
            left, right = suggestion.start, suggestion.start + len(suggestion.before)
            around = text[max(0, left - 30) : right + 30]
            place = left - max(0, left - 30)
            helps = [
                nearer(around, around[:place] + a.text + around[place + right - left :], truth) > 0
                for a in suggestion.alternatives
            ]
            suggested.update(
                ["all", *(["first is right"] if helps[0] else []), *(["one is right"] if any(helps) else [])]
            )
    for name, rate in rates.items():
        print(f"{name:32} {100 * rate.rate:6.2f} %  of {rate.length}")
    for kind, counter in came.items():
        judged = counter["right"] + counter["wrong"]
        print(f"{kind:32} {counter.total():5}, right {counter['right']} of {judged} judged {dict(counter)}")
    print(f"{'suggestions':32} {dict(suggested)}")


def nearer(before: str, after: str, truth: str) -> int:
    """By how many edits ``after`` is nearer to the stretch of ``truth`` that it stands for than ``before``."""
    return best(folded(before), truth) - best(folded(after), truth)


def best(part: str, whole: str) -> int:
    """Edits between ``part`` and the stretch of ``whole`` that is most like it (Sellers 1980)."""
    row = [0] * (len(whole) + 1)
    for i, letter in enumerate(part, start=1):
        new = [i]
        for j, other in enumerate(whole, start=1):
            new.append(min(row[j] + 1, new[j - 1] + 1, row[j - 1] + (letter != other)))
        row = new
    return min(row)


if __name__ == "__main__":
    main()
