"""The parts of a record: what its keys hold, with the text that the published schema shows.

The schema and the book's page on the record are generated from these types, docstrings included, so what is published
is what is written. Keys may be added, each with a default; none is ever renamed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, JsonValue

from ecp_ingest.document.text import Direction, ParagraphKind, Script


def _sound(value: object) -> object:
    """Lone surrogates (broken PDF text layers, file names that aren't UTF-8) can't be written as UTF-8; a NUL is
    refused by PostgreSQL."""
    return re.sub("[\x00\ud800-\udfff]", "\ufffd", value) if isinstance(value, str) else value


def _plain(value: object) -> object:
    """Tuples as lists and numpy's numbers as Python's, all the way down: what JSON gives back when it is read."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    if hasattr(value, "item"):
        return value.item()
    return _sound(value)


def _four_places(value: float) -> float:
    return round(value, 4)


Text = Annotated[str, BeforeValidator(_sound)]
Rounded = Annotated[float, AfterValidator(_four_places)]
Confidence = Annotated[float, Field(ge=0, le=1), AfterValidator(_four_places)]
JsonObject = Annotated[dict[str, JsonValue], BeforeValidator(_plain)]
BBox = tuple[int, int, int, int]


class Frozen(BaseModel):
    # A key that isn't known here is refused rather than dropped: a record that is read, reviewed and written again
    # must lose nothing. `from_attributes` lets the pipeline hand over the stages' own frozen values.
    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        from_attributes=True,
        use_attribute_docstrings=True,
        json_schema_serialization_defaults_required=True,  # all keys are written, except with `exclude_if`
    )


class SourceEntry(Frozen):
    """The file that was converted."""

    file_name: Text
    """Without its folder."""
    path: Text | None = None
    """From the record's folder to the file as it lay when it was converted, with forward slashes, or its URL; null if
    unknown."""
    sha256: Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")]
    """Of the file's bytes, hexadecimal. Empty where the file couldn't be read at all."""
    media_type: str
    """As its content says, whatever its name says."""
    byte_size: Annotated[int, Field(ge=0)]
    page_count: Annotated[int, Field(ge=0)]
    """Pages of the whole source."""
    pages: tuple[Annotated[int, Field(ge=1)], ...]
    """1-based pages of this release."""
    release_number: Annotated[int, Field(ge=1)] = 1
    """1-based place of this release among those of the source."""
    release_count: Annotated[int, Field(ge=1)] = 1
    """Releases that the source was found to hold."""
    boundary: JsonObject | None = None
    """Why this release was taken to begin where it does: `rule`, and `openings`: what was read of letterhead, heading
    and dateline on its first page."""


class FieldEntry(Frozen):
    """Something the release says of itself, and where it says so."""

    value: Text
    """Normalised; dates as ISO 8601."""
    text: Text
    """As printed."""
    paragraph: str
    """Id of the paragraph it was read from."""
    confidence: Confidence | None


class NamesEntry(Frozen):
    """One person's name in both scripts, as far as the release has it."""

    eng: Text | None = None
    urd: Text | None = None


class PersonEntry(FieldEntry):
    """A person named in the release."""

    honorific: Text | None = None
    """Mr, Justice …: what stands before the name."""
    role: Text | None = None
    """The office that the person holds."""
    organisation: Text | None = None
    """The party, body or office that the person belongs to."""
    names: NamesEntry | None = None
    """The name in both scripts."""


class ReleaseEntry(Frozen):
    """What the release says of itself. Unknown is null, never a guess."""

    issuer: FieldEntry | None = None
    """The office that gave it out."""
    wing: FieldEntry | None = None
    """The wing of the issuer that sent it out."""
    kind: FieldEntry | None = None
    """What sort of paper it is, such as a press release."""
    place: FieldEntry | None = None
    """Where it was given out."""
    date: FieldEntry | None = None
    """`value` is ISO 8601: YYYY-MM-DD."""
    date_islamic: FieldEntry | None = None
    """The date of the Islamic calendar beside it: year-month-day of that calendar."""
    title: FieldEntry | None = None
    """Its subject line, or a heading of its own."""
    people: tuple[PersonEntry, ...] = ()
    references: tuple[FieldEntry, ...] = ()
    """Reference numbers of offices: `F.1(5)/2022-Elec(I)`."""
    laws: tuple[FieldEntry, ...] = ()
    """Laws cited, with the section: `Section 58 of the Elections Act, 2017`."""
    constituencies: tuple[FieldEntry, ...] = ()
    """By their codes: `NA-75`."""


class WordEntry(Frozen):
    """A word in logical order."""

    text: Text
    bbox: BBox | None
    """[left, top, right, bottom] in pixels of the page as scanned, origin top left; null for text without boxes."""
    confidence: Confidence | None
    """Probability that the word is right; null where nothing measured it."""
    engine_confidence: Confidence | None = None
    """What the engine said of the word, on a scale of its own; null where no engine read it."""


class LineEntry(Frozen):
    """A line as it stands on the page."""

    page: int
    """1-based."""
    bbox: BBox | None
    words: tuple[WordEntry, ...]


class ParagraphEntry(Frozen):
    """A paragraph. Paragraphs stand in reading order."""

    id: str
    kind: ParagraphKind
    language: str
    """ISO 639-3, as Tesseract names it: eng, urd."""
    script: Script
    """ISO 15924: Latn or Arab."""
    direction: Direction
    text: Text
    """Final text: logical order, NFC, every repair and edit applied."""
    recognised: Text
    """Exactly what the engine or the text layer gave."""
    confidence: Confidence | None
    """Mean over the words, each weighed by its length; null where nothing measured it."""
    page: int
    """1-based page on which it begins."""
    bbox: BBox | None
    """Around its lines on that page."""
    lines: tuple[LineEntry, ...]
    parallel: str | None
    """Id of the paragraph that says the same in the other language; where several do, the nearest."""
    parallel_all: tuple[str, ...] = ()
    """Ids of all paragraphs that say the same together, in reading order: one may answer two."""
    parallel_score: Confidence | None = None
    """Probability that they do; null where there is none."""


class RepairEntry(Frozen):
    """A change that a machine made. Undoing them all, last first, gives `recognised` back to the byte."""

    kind: str
    """duplicate_page, duplicate_paragraph, duplicate_line, duplicate_phrase, letterform, hyphenation, spacing …"""
    paragraph: str | None
    start: int | None = None
    """Offset in code points at which `before` stood, when this repair was made."""
    before: Text
    after: Text
    evidence: JsonObject
    """Score, rule, boxes: why the change was made."""


class AlternativeEntry(Frozen):
    """What may have been printed."""

    text: Text
    share: Confidence
    """Of the likelihood of all alternatives together."""


class SuggestionEntry(Frozen):
    """A word that is likely misread, and what may have been printed. Nothing was changed: a person decides."""

    kind: str
    """misreading …"""
    paragraph: str
    start: int
    """Offset in code points at which `before` stands in the paragraph's final text."""
    before: Text
    alternatives: tuple[AlternativeEntry, ...]
    """The likeliest first."""
    evidence: JsonObject


class CheckEntry(Frozen):
    """Something that was compared, and how it came out."""

    kind: str
    """date_agreement, number_agreement, name_agreement, paragraph_alignment …"""
    passed: bool
    detail: Text
    paragraphs: tuple[str, ...]


class ReviewReason(Frozen):
    """Why a person should look."""

    kind: str
    """low_confidence, failed_check, printed_duplicate, failed_page …"""
    paragraph: str | None = None
    detail: Text = ""
    suggestion: RepairEntry | None = None
    """A repair that was not made, because only a person can tell."""


class EditEntry(Frozen):
    """A change that a person made, and that stands."""

    number: int = 0
    """Of the line in the log of edits."""
    kind: str = "text"
    """text, kind, language, order, merge, split, field, state."""
    reviewer: Text
    time: str
    """ISO 8601 with its offset."""
    paragraph: str | None
    before: Text
    after: Text


class ReviewEntry(Frozen):
    """Whether a person has to look, why, and what was changed by hand."""

    state: Literal["needed", "done"]
    """`done` also where nothing needs a look."""
    reasons: tuple[ReviewReason, ...] = ()
    edits: tuple[EditEntry, ...] = ()


class ModelEntry(Frozen):
    """A traineddata file that was used."""

    name: str
    language: str
    sha256: str
    engine: Literal["builtin", "tesseract"] = Field(
        default="tesseract", exclude_if=lambda engine: engine == "tesseract"
    )
    """The engine that read with it, written only if it was the built-in one. Both read the same words."""


class PageEntry(Frozen):
    """How one page was read."""

    number: int
    """1-based."""
    width: int | None
    """Of the page as scanned, in pixels; null for plain text."""
    height: int | None
    dpi: Rounded | None
    dpi_source: str | None = None
    """Whether the file says so, it was estimated, or the caller set it."""
    origin: Literal["text_layer", "ocr", "earlier_ocr"]
    """Where the text came from."""
    why: Text
    """Why it came from there."""
    rotation: int = 0
    """Degrees clockwise by which the scan was turned to stand upright."""
    skew: Rounded = 0.0
    """Degrees, counter-clockwise positive, taken out after that."""
    blank: bool = False
    seconds: dict[str, Rounded]
    """Wall clock per stage."""


class ProvenanceEntry(Frozen):
    """With what, and how, the record was made."""

    tool_version: str
    tesseract_version: str | None
    """Null where no page had to be recognised and no Tesseract was there."""
    models: tuple[ModelEntry, ...]
    settings: JsonObject
    settings_fingerprint: str
    """sha256 over the settings: same source, fingerprint, models and calibration give the same record."""
    calibration: str | None = None
    """sha256 of what turns the engine's confidences into probabilities; null where they are the engine's own."""
    pages: tuple[PageEntry, ...]


class ErrorEntry(Frozen):
    """Something that failed."""

    page: int | None
    """1-based; null where it concerns the whole source."""
    stage: str
    message: Text


def failed_checks(checks: Iterable[CheckEntry]) -> Iterator[ReviewReason]:
    """Each as a reason to look."""
    for check in checks:
        if not check.passed:
            yield ReviewReason(
                kind="failed_check",
                paragraph=next(iter(check.paragraphs), None),
                detail=f"{check.kind}: {check.detail}",
            )
