"""The record: one release as JSON, its types, its published schema, and how it reaches the disk.

The models below are the only description of the record. The schema is generated from them, docstrings included, so
what is published and what is written can't drift apart. Keys may be added; none is ever renamed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, JsonValue, ValidationError

from ecp_ingest.document.text import Direction, ParagraphKind, Script
from ecp_ingest.errors import UnreadableSourceError
from ecp_ingest.files.atomic import write_text
from ecp_ingest.record.versions import UPGRADES, is_of_another_version, upgraded

SCHEMA_VERSION: Literal["1.0"] = "1.0"


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


class _Frozen(BaseModel):
    # A key that isn't known here is refused rather than dropped: a record that is read, reviewed and written again
    # must lose nothing. `from_attributes` lets the pipeline hand over the stages' own frozen values.
    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        from_attributes=True,
        use_attribute_docstrings=True,
        json_schema_serialization_defaults_required=True,  # every key is always written
    )


class SourceEntry(_Frozen):
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


class FieldEntry(_Frozen):
    """Something the release says of itself, and where it says so."""

    value: Text
    """Normalised; dates as ISO 8601."""
    text: Text
    """As printed."""
    paragraph: str
    """Id of the paragraph it was read from."""
    confidence: Confidence | None


class NamesEntry(_Frozen):
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


class ReleaseEntry(_Frozen):
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


class WordEntry(_Frozen):
    """A word in logical order."""

    text: Text
    bbox: BBox | None
    """[left, top, right, bottom] in pixels of the page as scanned, origin top left; null for text without boxes."""
    confidence: Confidence | None
    """Probability that the word is right; null where nothing measured it."""
    engine_confidence: Confidence | None = None
    """What the engine said of the word, on a scale of its own; null where no engine read it."""


class LineEntry(_Frozen):
    """A line as it stands on the page."""

    page: int
    """1-based."""
    bbox: BBox | None
    words: tuple[WordEntry, ...]


class ParagraphEntry(_Frozen):
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


class RepairEntry(_Frozen):
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


class AlternativeEntry(_Frozen):
    """What may have been printed."""

    text: Text
    share: Confidence
    """Of the likelihood of all alternatives together."""


class SuggestionEntry(_Frozen):
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


class CheckEntry(_Frozen):
    """Something that was compared, and how it came out."""

    kind: str
    """date_agreement, number_agreement, name_agreement, paragraph_alignment …"""
    passed: bool
    detail: Text
    paragraphs: tuple[str, ...]


class ReviewReason(_Frozen):
    """Why a person should look."""

    kind: str
    """low_confidence, failed_check, printed_duplicate, failed_page …"""
    paragraph: str | None = None
    detail: Text = ""
    suggestion: RepairEntry | None = None
    """A repair that was not made, because only a person can tell."""


class EditEntry(_Frozen):
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


class ReviewEntry(_Frozen):
    """Whether a person has to look, why, and what was changed by hand."""

    state: Literal["needed", "done"]
    """`done` also where nothing needs a look."""
    reasons: tuple[ReviewReason, ...] = ()
    edits: tuple[EditEntry, ...] = ()


class ModelEntry(_Frozen):
    """A traineddata file that was used."""

    name: str
    language: str
    sha256: str


class PageEntry(_Frozen):
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


class ProvenanceEntry(_Frozen):
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


class ErrorEntry(_Frozen):
    """Something that failed."""

    page: int | None
    """1-based; null where it concerns the whole source."""
    stage: str
    message: Text


class Record(_Frozen):
    """One press release: what was read, what was changed, what was checked, and how."""

    schema_version: Literal["1.0"] = SCHEMA_VERSION
    id: str
    """From the source's sha256 and the release's place in it: the same wherever and whenever it is converted."""
    source: SourceEntry
    status: Literal["ok", "partial", "failed"]
    """`partial`: a page failed and the rest is here. `failed`: no text; `errors` says why."""
    release: ReleaseEntry
    languages: tuple[str, ...]
    """ISO 639-3, in order of appearance."""
    paragraphs: tuple[ParagraphEntry, ...]
    """In reading order."""
    repairs: tuple[RepairEntry, ...]
    suggestions: tuple[SuggestionEntry, ...] = ()
    """Words that are likely misread, too little sure to be changed."""
    checks: tuple[CheckEntry, ...]
    review: ReviewEntry
    provenance: ProvenanceEntry
    errors: tuple[ErrorEntry, ...]

    @classmethod
    def load(cls, path: str | Path) -> Record:
        """The record in a file that this or an earlier ecp-ingest wrote. Raises UnreadableSourceError."""
        return read_record(Path(path))

    @classmethod
    def loads(cls, text: str | bytes) -> Record:
        """The record in JSON text. Raises UnreadableSourceError."""
        return _record_in(text)

    def dump(self, path: str | Path) -> None:
        """Write the record to a file, whole or not at all. Raises OutputError."""
        write_record(self, Path(path))

    def dumps(self, *, indent: int | None = 2) -> str:
        """The record as JSON text, Urdu readable; ``indent=None`` gives one line."""
        return to_json(self, indent=indent)


def record_id(sha256: str, place: int) -> str:
    """The stable id of the release that stands at ``place`` (1-based) in the source with this ``sha256``."""
    return f"{sha256[:32] or '0' * 32}-{place}"


def failed_checks(checks: Iterable[CheckEntry]) -> Iterator[ReviewReason]:
    """Each as a reason to look."""
    for check in checks:
        if not check.passed:
            yield ReviewReason(
                kind="failed_check",
                paragraph=next(iter(check.paragraphs), None),
                detail=f"{check.kind}: {check.detail}",
            )


def around_boxes(boxes: Iterable[BBox | None]) -> BBox | None:
    """The smallest box that holds all that are known; None where none is."""
    known = [box for box in boxes if box is not None]
    if not known:
        return None
    lefts, tops, rights, bottoms = zip(*known, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def json_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a record."""
    schema = Record.model_json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "ecp-ingest record"}


# A box over six lines makes a record unreadable. JSON strings hold no raw line ends, so this can't match inside one.
_SPREAD_BOX = re.compile(r"\[\n\s*(-?\d+),\n\s*(-?\d+),\n\s*(-?\d+),\n\s*(-?\d+)\n\s*\]")


def to_json(record: Record, *, indent: int | None = 2) -> str:
    """The record as JSON text, Urdu readable; ``indent=None`` gives one line."""
    text = record.model_dump_json(indent=indent)
    return text if indent is None else _SPREAD_BOX.sub(r"[\1, \2, \3, \4]", text)


def write_record(record: Record, path: Path) -> None:
    """Write ``record`` to ``path`` whole or not at all. Raises OutputError."""
    write_text(path, to_json(record) + "\n")


def read_record(path: Path) -> Record:
    """The record at ``path``, of this version or an earlier one. Raises UnreadableSourceError where there is none."""
    try:
        written = path.read_bytes()
    except OSError as error:
        raise UnreadableSourceError(f"can't be read: {error.strerror or error}", str(path)) from error
    return _record_in(written, file=str(path))


def _record_in(written: str | bytes, *, file: str | None = None) -> Record:
    found = parse_record(written)
    if isinstance(found, Record):
        return found
    place, message = found[0].place or "the whole file", found[0].message
    raise UnreadableSourceError(
        message if found[0].is_of_version else f"is no record of ecp-ingest ({place}: {message})", file
    )


@dataclass(frozen=True, slots=True)
class Fault:
    """Where some JSON is no record, as ``paragraphs[3].bbox``, and why; empty: all of it."""

    place: str
    message: str
    is_of_version: bool = False
    """It may well be a record, of a version that can't be read."""


def parse_record(written: str | bytes, *, strict: bool = False) -> Record | tuple[Fault, ...]:
    """The record in JSON text, of this version or an earlier one; else all that is wrong with it.

    ``strict``: also where it could be read, but isn't as the schema has it: numbers in quotes and the like.
    """
    try:
        return Record.model_validate_json(written, strict=strict)
    except ValidationError as error:
        faults = tuple(
            Fault(place_name(one["loc"]), _told(one["type"], one["msg"]))
            for one in error.errors(include_url=False, include_input=False)
        )
    try:
        data = json.loads(written)
        if not is_of_another_version(data, present=SCHEMA_VERSION):
            return faults
        return parse_record(json.dumps(upgraded(data, present=SCHEMA_VERSION, upgrades=UPGRADES)), strict=strict)
    except UnreadableSourceError as error:
        return (Fault("schema_version", error.message, is_of_version=True),)
    except (ValueError, RecursionError):  # no JSON at all
        return faults


def place_name(steps: Iterable[str | int]) -> str:
    """``("paragraphs", 3, "bbox")`` → ``paragraphs[3].bbox``."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).removeprefix(".")


def _told(kind: str, message: str) -> str:
    if kind == "extra_forbidden":
        return "no key of a record: made by a newer ecp-ingest (then upgrade), or added by hand (then take it out)"
    return message
