"""A small release to review: a scan drawn here, and the record of it, errors and all."""

from __future__ import annotations

import hashlib
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from ecp_ingest import __version__
from ecp_ingest.document.geometry import around_boxes
from ecp_ingest.record.entries import (
    LineEntry,
    PageEntry,
    ParagraphEntry,
    ProvenanceEntry,
    ReleaseEntry,
    RepairEntry,
    ReviewEntry,
    ReviewReason,
    SourceEntry,
    WordEntry,
)
from ecp_ingest.record.schema import Record, record_id, write_record
from ecp_ingest.settings import Settings

WIDTH, HEIGHT, DPI = 1240, 1754, 150
TWICE = "Copies of the code were handed to all candidates on the same day at noon."
URDU_TWICE = "پولنگ کا سامان پہنچا دیا گیا ہے"
PARAGRAPHS = (
    # id, kind, language, lines; a word with ? was read with little confidence
    ("p1", "letterhead", "eng", ["ELECTION COMMISSION OF PAKISTAN"]),
    ("p2", "dateline", "eng", ["Islamabad, 7th February, 2023:"]),
    (
        "p3",
        "body",
        "eng",
        [
            "The Comrnission? decided that polling in 48 districts",
            "will be held on 12th March, 2023. Presiding 0fficers? shall",
            "reach their stations before seven in the morning.",
        ],
    ),
    ("p4", "body", "eng", [TWICE]),
    ("p5", "body", "eng", [TWICE]),
    ("p6", "letterhead", "urd", ["الیکشن کمیشن آف پاکستان"]),
    (
        "p7",
        "body",
        "urd",
        [
            "کمیشن نے فیصلہ کیا ہے کہ 48 اضلاع میں پولنگ",
            "12 مارچ 2023 کو ہوگی۔ پریزائیڈنگ افسران صح؟? سات بجے",
            "اپنے استیشن? پر موجود ہوں گے۔",
        ],
    ),
    ("p8", "body", "urd", [f"تمام اضلاع میں {URDU_TWICE} {URDU_TWICE}۔"]),
)


def _font(language: str) -> ImageFont.FreeTypeFont:
    name = "noto/NotoNastaliqUrdu-Regular.ttf" if language == "urd" else "liberation/LiberationSerif-Regular.ttf"
    return ImageFont.truetype(f"/usr/share/fonts/truetype/{name}", 19 if language == "urd" else 24)


def draw(paragraphs: tuple[ParagraphEntry, ...], path: Path) -> None:
    """The scan: every word where the record says that it is."""
    image = Image.new("L", (WIDTH, HEIGHT), 246)
    pen = ImageDraw.Draw(image)
    for paragraph in paragraphs:
        font = _font(paragraph.language)
        for word in (word for line in paragraph.lines for word in line.words):
            assert word.bbox is not None
            pen.text((word.bbox[0], word.bbox[1]), word.text, fill=30, font=font)
    image.save(path, dpi=(DPI, DPI))


def paragraphs_of(wanted: tuple[tuple[str, str, str, list[str]], ...] = PARAGRAPHS) -> tuple[ParagraphEntry, ...]:
    made = []
    top = 90
    for name, kind, language, lines in wanted:
        urdu = language == "urd"
        font = _font(language)
        entries = []
        for text in lines:
            words, at = [], WIDTH - 110 if urdu else 110
            for given in text.split():
                shaky = given.endswith("?") and len(given) > 1
                word = given.removesuffix("?") if shaky else given
                wide = round(font.getlength(word)) + 2
                left = at - wide if urdu else at
                box = (left, top, left + wide, top + (54 if urdu else 30))
                words.append(WordEntry(text=word, bbox=box, confidence=0.3 if shaky else 0.97))
                at = left - 10 if urdu else left + wide + 9
            entries.append(LineEntry(page=1, bbox=around_boxes(word.bbox for word in words), words=tuple(words)))
            top += 62 if urdu else 40
        top += 26
        recognised = " ".join(word.text for line in entries for word in line.words)
        made.append(
            ParagraphEntry(
                id=name,
                kind=kind,
                language=language,
                script="Arab" if urdu else "Latn",
                direction="rtl" if urdu else "ltr",
                text=recognised,
                recognised=recognised,
                confidence=0.9,
                page=1,
                bbox=around_boxes(line.bbox for line in entries),
                lines=tuple(entries),
                parallel=None,
            )
        )
    return tuple(made)


def release(file_name: str, content: bytes, *, paragraphs: tuple[ParagraphEntry, ...] | None = None) -> Record:
    """The record as the machine left it: one repair made, one only suggested."""
    paragraphs = paragraphs or paragraphs_of()
    sha256 = hashlib.sha256(content).hexdigest()
    repairs: list[RepairEntry] = []
    reasons: list[ReviewReason] = []
    done = []
    for paragraph in paragraphs:
        second = f" {URDU_TWICE}۔"
        if paragraph.text.endswith(f"{URDU_TWICE}{second}"):
            start = len(paragraph.text) - len(second)
            evidence = {"rule": "phrase twice running", "words": 7, "score": 1.0, "first_copy": start - len(second) + 2}
            repairs.append(
                RepairEntry(
                    kind="duplicate_phrase",
                    paragraph=paragraph.id,
                    start=start,
                    before=second[:-1],
                    after="",
                    evidence=evidence,
                )
            )
            paragraph = paragraph.model_copy(update={"text": f"{paragraph.text[:start]}۔"})  # noqa: PLW2901
        if paragraph.id == "p5" and paragraph.text == TWICE:
            change = RepairEntry(
                kind="duplicate_paragraph",
                paragraph="p5",
                start=0,
                before=TWICE,
                after="",
                evidence={"rule": "printed_twice", "score": 1.0, "repeats": "p4"},
            )
            reasons.append(
                ReviewReason(
                    kind="printed_duplicate", paragraph="p5", detail="says again what p4 says", suggestion=change
                )
            )
        done.append(paragraph)
    settings = Settings()
    return Record(
        id=record_id(sha256, 1),
        source=SourceEntry(
            file_name=file_name,
            sha256=sha256,
            media_type="image/png",
            byte_size=len(content),
            page_count=1,
            pages=(1,),
        ),
        status="ok",
        release=ReleaseEntry(),
        languages=("eng", "urd"),
        paragraphs=tuple(done),
        repairs=tuple(repairs),
        checks=(),
        review=ReviewEntry(state="needed", reasons=tuple(reasons)),
        provenance=ProvenanceEntry(
            tool_version=__version__,
            tesseract_version="5.3.0",
            models=(),
            settings=settings.recorded,
            settings_fingerprint=settings.fingerprint,
            pages=(
                PageEntry(
                    number=1,
                    width=WIDTH,
                    height=HEIGHT,
                    dpi=DPI,
                    origin="ocr",
                    why="a picture",
                    seconds={},
                ),
            ),
        ),
        errors=(),
    )


def lay_out(folder: Path, *names: str) -> Path:
    """``folder/records`` with a record for each name, ``folder/scans`` with the scans; the folder of records."""
    records, scans = folder / "records", folder / "scans"
    scans.mkdir(parents=True, exist_ok=True)
    paragraphs = paragraphs_of()
    draw(paragraphs, scans / "drawn.png")
    content = (scans / "drawn.png").read_bytes()
    for name in names:
        (scans / f"{name}.png").write_bytes(content)
        write_record(release(f"{name}.png", content, paragraphs=paragraphs), records / f"{name}.json")
    return records
