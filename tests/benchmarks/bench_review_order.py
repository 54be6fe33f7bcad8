"""How many errors reading in the queue's order finds: ``python -m tests.benchmarks.bench_review_order RECORDS``.

RECORDS is a folder that ``convert samples`` wrote. In each of several rounds one word in thirty is misread on purpose,
as the engines misread: Urdu letters by ``misreadings.READ_FOR``, English ones that print alike, digits for digits. A
planted error gets the confidence of a word that was really misread (drawn from those that ``samples/*.gt.json`` show to
be wrong), and, in a second figure, keeps the confidence of the word that it replaced, which no engine is so sure of.
Then records are gone through in the queue's order, their doubtful words as the key ``n`` finds them, until a tenth of
all words was read. The third figure counts the real errors of the same records, nothing planted.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz.distance import Levenshtein

from ecp_ingest.edits.state import begin
from ecp_ingest.evaluation.ground_truth import read_truth
from ecp_ingest.files.record_files import records_in
from ecp_ingest.language.scripts import has_arabic
from ecp_ingest.record.entries import LineEntry, ParagraphEntry, WordEntry
from ecp_ingest.record.schema import Record, read_record
from ecp_ingest.release.repair.misreadings import READ_FOR
from ecp_ingest.review.doubts import Token, tokens
from ecp_ingest.review.queue import summarise
from ecp_ingest.review.words import is_number

BUDGET = 0.1
PLANTED = 1 / 30
ROUNDS = 10
ALIKE = (
    "rn m",
    "m rn",
    "cl d",
    "h li",
    "h b",
    "o e",
    "e c",
    "c e",
    "a o",
    "i l",
    "l i",
    "t f",
    "f t",
    "u n",
    "n u",
    "O 0",
    "I l",
)

Place = tuple[str, str, int]
"""Record, paragraph, offset."""


@dataclass(frozen=True, slots=True)
class Found:
    read: int
    words: int
    caught: int
    errors: int


def misread(word: str, dice: random.Random) -> str:
    """The word as an engine might misread it; the same where there is no way."""
    if is_number(word):
        at = dice.choice([i for i, c in enumerate(word) if c.isdigit()])
        return word[:at] + dice.choice([d for d in "0123456789" if d != word[at]]) + word[at + 1 :]
    ways: list[tuple[str, float]] = []
    if has_arabic(word):
        for i, letter in enumerate(word):
            ways += [(word[:i] + wrong + word[i + 1 :], often) for wrong, often in READ_FOR.get(letter, {}).items()]
    else:
        for pair in ALIKE:
            right, wrong = pair.split(" ")
            ways += [
                (word[:i] + wrong + word[i + len(right) :], 1.0) for i in range(len(word)) if word.startswith(right, i)
            ]
    ways = [(made, often) for made, often in ways if made and made != word]
    return dice.choices([w for w, _ in ways], [o for _, o in ways])[0] if ways else word


def plant(
    name: str, record: Record, dice: random.Random, confidence: Callable[[float | None], float | None]
) -> tuple[Record, set[Place]]:
    """The record with misread words in its lines and texts, and where they stand; repairs and reasons left out."""
    planted: set[Place] = set()
    paragraphs: list[ParagraphEntry] = []
    for paragraph in record.paragraphs:
        lines: list[LineEntry] = []
        offset = 0
        for line in paragraph.lines:
            words: list[WordEntry] = []
            for word in line.words:
                made = word
                if len(word.text) > 1 and dice.random() < PLANTED:
                    text = misread(word.text, dice)
                    if text != word.text:
                        made = word.model_copy(update={"text": text, "confidence": confidence(word.confidence)})
                        planted.add((name, paragraph.id, offset))
                words.append(made)
                offset += len(made.text) + 1
            lines.append(line.model_copy(update={"words": tuple(words)}))
        text = " ".join(word.text for line in lines for word in line.words)
        paragraphs.append(paragraph.model_copy(update={"lines": tuple(lines), "text": text, "recognised": text}))
    update = {"paragraphs": tuple(paragraphs), "repairs": (), "suggestions": ()}
    return record.model_copy(update=update), planted


def wrong_words(name: str, record: Record, truth: Path) -> dict[Place, Token]:
    """Words of the record that its ground truth doesn't have, by aligning each language's words."""
    known = read_truth(truth, name=name)
    found: dict[Place, Token] = {}
    all_tokens = tokens(begin(record))
    languages = {p.id: p.language for p in record.paragraphs}
    for language in ("eng", "urd"):
        read = [token for token in all_tokens if languages[token.paragraph] == language]
        right = [word for p in known.paragraphs if p.language == language for word in p.text.split()]
        for step in Levenshtein.opcodes([token.text for token in read], right):
            if step.tag in ("replace", "delete"):
                for token in read[step.src_start : step.src_end]:
                    found[(name, token.paragraph, token.start)] = token
    return found


def follow(records: dict[str, Record], errors: set[Place]) -> Found:
    """Records in the queue's order, each with its doubtful words in reading order, until the budget is spent."""
    order = sorted(records, key=lambda name: summarise(name, records[name]).rank)
    by_record = {name: tokens(begin(records[name])) for name in order}
    words = sum(map(len, by_record.values()))
    stops = [(name, token.paragraph, token.start) for name in order for token in by_record[name] if token.is_doubtful][
        : int(words * BUDGET)
    ]
    return Found(len(stops), words, len(errors & set(stops)), len(errors))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("records", type=Path)
    parser.add_argument("--truth", type=Path, default=Path("samples"))
    given = parser.parse_args()
    records = {name: read_record(given.records / name) for name in records_in(given.records)}
    real: dict[Place, Token] = {}
    for name, record in records.items():
        real |= wrong_words(name, record, given.truth / f"{Path(name).stem}.gt.json")
    of_errors = [token.confidence for token in real.values() if token.confidence is not None]
    # What is wrong anyway would count as found or missed by chance: planting begins from words that are right.
    for title, confidence in (
        ("planted, confidence as of real errors", lambda dice: lambda _: dice.choice(of_errors)),
        ("planted, confidence unchanged", lambda dice: lambda old: old),
    ):
        rounds = []
        for number in range(ROUNDS):
            dice = random.Random(number)
            made = {name: plant(name, record, dice, confidence(dice)) for name, record in records.items()}
            errors = set().union(*(places for _, places in made.values()))
            rounds.append(follow({name: record for name, (record, _) in made.items()}, errors))
        show(title, rounds)
    show("real errors", [follow(records, set(real))])


def show(title: str, rounds: list[Found]) -> None:
    read, words = sum(f.read for f in rounds), sum(f.words for f in rounds)
    caught, errors = sum(f.caught for f in rounds), sum(f.errors for f in rounds)
    print(f"{title}: {caught}/{errors} errors ({caught / errors:.1%}) in {read}/{words} words ({read / words:.1%})")


if __name__ == "__main__":
    main()
