"""Pages made by hand, repaired the way the pipeline does it, and the text cases of duplicates."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ecp_ingest.document.geometry import Box
from ecp_ingest.document.pages import PageFacts, ReadPage
from ecp_ingest.document.text import Paragraph, ReadLine, ReadRegion, ScriptChoice, Word
from ecp_ingest.release.collation.duplicates import repeated_lines
from ecp_ingest.release.paragraphs.compose import Composition, compose
from ecp_ingest.release.repair.changes import Repaired, apply, undo
from ecp_ingest.release.repair.repair_text import repair_paragraphs
from ecp_ingest.settings import RepairSettings
from tests.support.paths import CASES

# ── pages made by hand ────────────────────────────────────────────────────────────────────────────────────────────


def choice(text: str) -> ScriptChoice:
    if sum("\u0600" <= c <= "\ufeff" for c in text) > sum("a" <= c.lower() <= "z" for c in text):
        return ScriptChoice("Arab", "urd", 1.0, "test")
    return ScriptChoice("Latn", "eng", 1.0, "test")


def line(text: str, box: Box | None = None, confidence: float | None = 0.95) -> ReadLine:
    return ReadLine(tuple(Word(word, box, confidence) for word in text.split()), box, choice(text))


def page_of(number: int, regions: Sequence[Sequence[ReadLine]]) -> ReadPage:
    facts = PageFacts(number=number, width=2000, height=3000, dpi=300, origin="ocr", why="test")
    made = []
    for lines in regions:
        boxes = [one.bbox for one in lines if one.bbox is not None]
        box = None
        if boxes:
            lefts, tops, rights, bottoms = zip(*boxes, strict=True)
            box = Box(min(lefts), min(tops), max(rights), max(bottoms))
        made.append(ReadRegion(box, box, tuple(lines), tuple(one.bbox for one in lines)))
    return ReadPage(facts, tuple(made), (), ())


def column(texts: Sequence[str], *, top: int = 200, left: int = 200, right: int = 1800) -> list[ReadLine]:
    """Justified lines 60 pixels apart."""
    return [line(text, Box(left, top + 60 * i, right, top + 60 * i + 40)) for i, text in enumerate(texts)]


def plain(text: str) -> ReadPage:
    return page_of(1, [[line(part, None, None)] for part in text.splitlines() if part.strip()])


def ingest(pages: Sequence[ReadPage], config: RepairSettings | None = None) -> tuple[Composition, Repaired]:
    config = config or RepairSettings()
    repeats = repeated_lines(pages, settings=config)
    composed = compose(pages, apart={ref: r.id for r in repeats if r.certain for ref in r.lines})
    done = repair_paragraphs(composed.paragraphs, settings=config, repeats=repeats, apart=composed.apart)
    assert_undone(composed.paragraphs, done)
    return composed, done


def assert_undone(paragraphs: Sequence[Paragraph], done: Repaired) -> None:
    """Forwards the repairs give the text, backwards what was recognised."""
    for paragraph, text in zip(paragraphs, done.texts, strict=True):
        own = [repair for repair in done.repairs if repair.paragraph == paragraph.id]
        forwards = paragraph.recognised
        for repair in own:
            forwards = apply(forwards, repair)
        assert forwards == text
        backwards = text
        for repair in reversed(own):
            backwards = undo(backwards, repair)
        assert backwards == paragraph.recognised


# ── cases of duplicates ───────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class DuplicateCase:
    """``marked``: pages of lines in which ``⟦…⟧`` has to go and ``⟨…⟩`` stays, with a question to a person."""

    name: str
    meant: bool
    held: bool
    """Written before anything was measured, and never tuned on."""
    marked: tuple[tuple[str, ...], ...]

    @property
    def pages(self) -> tuple[ReadPage, ...]:
        if len(self.marked) == 1 and not any(line.startswith("^") for line in self.marked[0]):
            return (plain(re.sub(r"[⟦⟧⟨⟩]", "", "\n".join(self.marked[0]))),)
        return tuple(page_of(number, [_printed(lines)]) for number, lines in enumerate(self.marked, start=1))

    @property
    def wanted(self) -> str:
        """What stays, words parted by single spaces."""
        text = re.sub(r"⟦.*?⟧", "", "\n".join("\n".join(lines) for lines in self.marked), flags=re.DOTALL)
        return " ".join(re.sub(r"[⟨⟩]|^\^", "", text, flags=re.MULTILINE).split())

    @property
    def asks(self) -> bool:
        return any("⟨" in line for lines in self.marked for line in lines)


def duplicate_cases() -> Iterator[DuplicateCase]:
    for path in sorted((CASES / "duplicates").glob("*.txt")):
        for part in path.read_text(encoding="utf-8").split("# case ")[1:]:
            name, _, text = part.partition("\n")
            pages = tuple(tuple(page.strip().splitlines()) for page in text.split("# page\n") if page.strip())
            yield DuplicateCase(name, path.name.startswith("meant"), ".held." in path.name, pages)


def _printed(marked: Sequence[str]) -> list[ReadLine]:
    """A column; a line that begins with ``^`` was read again from the ink of the line above it."""
    lines: list[ReadLine] = []
    for text in marked:
        bare = re.sub(r"[⟦⟧⟨⟩]", "", text)
        if bare.startswith("^") and (above := lines[-1].bbox) is not None:
            box = Box(above.left + 3, above.top + 4, above.right, above.bottom + 5)
            lines.append(line(bare[1:], box, 0.6))
        else:
            lines += column([bare], top=200 + 60 * len(lines))
    return lines
