"""What an earlier run has left of a source, and whether it must be converted again.

The output folder is the only state: a record holds its source's sha256, the settings, the models' digests and the
versions that made it. The source is read and hashed every time; dates of files are not used. Only the few keys of a
record that are needed here are parsed, since a folder may hold tens of thousands of records.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from ecp_ingest.batch.discover import Source
from ecp_ingest.batch.record_store import record_paths, records_at
from ecp_ingest.batch.remote_sources import digest
from ecp_ingest.files.locations import Place, exists, read_bytes
from ecp_ingest.files.names import in_unicode
from ecp_ingest.files.record_files import log_path
from ecp_ingest.record.schema import SCHEMA_VERSION

_KEYS = ("schema_version", "source", "status", "provenance", "errors")

_AT_THE_END = ("provenance", "errors")
"""These keys come after the text, so they are searched for from the end."""
MOST_RELEASES = 100_000
"""Of one source. A file that claims more is taken for no record."""

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to be done about a source, and why."""

    action: Literal["convert", "done", "keep"]
    """``keep``: there is a file in the record's place, and the user asked to replace nothing."""
    records: tuple[Place, ...] = ()
    """The files in its records' places."""
    reasons: tuple[str, ...] = ()
    """Why it is converted; ``new`` if there is nothing in the output folder."""


@dataclass(frozen=True, slots=True)
class ResumeCheck:
    """Decides for one run what to do about each source; ``now`` as for `decide`. Safe in threads."""

    folder: Place
    now: Json
    force: bool = False
    overwrite: bool = True

    def __call__(self, source: Source) -> Decision:
        if self.force:
            return Decision("convert", (), ("--force",))
        return decide(self.folder, source, now=self.now, sha256=digest, overwrite=self.overwrite)

    def with_edits(self, source: Source) -> Decision:
        """The same; if all is done, the edits in the logs are applied to the records first."""
        decision = self(source)
        edited = [path for path in decision.records if decision.action == "done" and exists(log_path(path))]
        if len(records_at(edited)) < len(edited):
            return replace(decision, action="convert", reasons=("its edits can't be applied",))
        return decision


def decide(folder: Place, source: Source, *, now: Json, sha256: Callable[[Place], str], overwrite: bool) -> Decision:
    """What to do about ``source``, from the records in ``folder``.

    ``now`` is the provenance (without pages) that a new record would have; ``sha256`` computes a file's digest.
    """
    try:
        return _decide(folder, source, now=now, sha256=sha256, overwrite=overwrite)
    except OSError as error:
        return Decision("convert", (), (f"what stands there can't be read: {error.strerror or error}",))
    except (KeyError, TypeError, AttributeError):  # it has the keys of a record with other values in them
        return Decision("convert", (), ("what stands there is no record",))


def _decide(folder: Place, source: Source, *, now: Json, sha256: Callable[[Place], str], overwrite: bool) -> Decision:
    single, first = record_paths(folder, source, 1)[0], record_paths(folder, source, 2)[0]
    if not overwrite:
        found = tuple(path for path in (single, first) if exists(path))
        return Decision("keep", found) if found else Decision("convert", (), ("new",))
    read = {path: brief for path in (single, first) if (brief := _brief(path)) is not None}
    if not read:
        found = tuple(path for path in (single, first) if exists(path))
        reasons = tuple(f"{path} is no record" for path in found) or ("new",)
        return Decision("convert", found, reasons)
    paths = record_paths(folder, source, next(iter(read.values()))["source"].get("release_count", 1))
    briefs = [read[path] if path in read else _brief(path) for path in paths]
    reasons = tuple(dict.fromkeys(_reasons(source, briefs, paths=paths, now=now, sha256=sha256)))
    return Decision("convert" if reasons else "done", paths, reasons)


def _reasons(
    source: Source, briefs: list[Json | None], *, paths: tuple[Place, ...], now: Json, sha256: Callable[[Place], str]
) -> Iterator[str]:
    known = [brief for brief in briefs if brief is not None]
    for brief, path in zip(briefs, paths, strict=True):
        if brief is None:
            yield f"{path} is gone or no record"
        elif brief["source"]["file_name"] != in_unicode(source.path.name):
            yield f"{path} is the record of {brief['source']['file_name']}"
    for brief in known:
        if brief["schema_version"] != SCHEMA_VERSION:
            yield f"other form of the record: {brief['schema_version']}, now {SCHEMA_VERSION}"
        if brief["status"] != "ok":
            messages = "; ".join(error["message"] for error in brief["errors"])
            yield f"{'failed' if brief['status'] == 'failed' else 'not all of it was read'} before: {messages}"
    for brief in known:
        yield from differences(brief["provenance"], now)
    digests = {brief["source"]["sha256"] for brief in known}
    if digests != {sha256(source.path)}:
        yield "the source has changed"


def differences(before: Json, now: Json) -> Iterator[str]:
    """The differences between two provenances, in words; none if a new run would make the same record."""
    if {key: value for key, value in before.items() if key != "pages"} == now:
        return
    for key, name in (("tool_version", "ecp-ingest"), ("tesseract_version", "Tesseract")):
        if before.get(key) != now[key]:
            yield f"other version of {name}: {before.get(key)}, now {now[key]}"
    old, new = ({model["language"]: model for model in made.get("models", ())} for made in (before, now))
    for language in sorted(old | new):  # which engine read with a model plays no part: both read the same
        if _model(old.get(language)) != _model(new.get(language)):
            yield f"other model for {language}: {_model(old.get(language))}, now {_model(new.get(language))}"
    old, new = (dict(_flat(made.get("settings", {}))) for made in (before, now))
    for key in sorted(old | new):
        if old.get(key) != new.get(key):
            yield f"other settings: {key} {_short(old.get(key))}, now {_short(new.get(key))}"
    compared = {"tool_version", "tesseract_version", "models", "settings", "settings_fingerprint", "pages"}
    for key in sorted((before.keys() | now.keys()) - compared):
        if before.get(key) != now.get(key):
            yield f"other {key}"
    if before.get("settings_fingerprint") != now["settings_fingerprint"] and old == new:
        yield "other settings"


def _model(model: Json | None) -> str:
    return f"{model['name']} {model['sha256'][:8]}" if model else "none"


def _short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 40 else f"{text[:37]}…"


def _flat(settings: Json, prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in settings.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _brief(path: Place) -> Json | None:
    """The keys of a record that are needed here; None if the file is missing or no record."""
    try:
        data = read_bytes(path)
    except FileNotFoundError:
        return None
    if not data.rstrip().endswith(b"}"):
        return None
    try:
        brief = {key: _top_level(data, key) for key in _KEYS}
    except ValueError:  # not indented as `record.schema.to_json` does it
        try:
            whole = json.loads(data)
            brief = {key: whole[key] for key in _KEYS}
        except (ValueError, KeyError, TypeError):
            return None
    return brief if brief["source"].get("release_count", 1) in range(1, MOST_RELEASES) else None


def _top_level(data: bytes, key: str) -> Any:
    """The value of a key of an object written with two spaces of indent.

    A line break, exactly two spaces and a quote occur nowhere else: JSON strings hold no line breaks, and deeper keys
    are indented further.

    Raises:
        ValueError: the key is missing, or its value is not JSON.
    """
    name = b'\n  "%s": ' % key.encode()
    begin = (data.rindex(name) if key in _AT_THE_END else data.index(name)) + len(name)
    end = data.find(b'\n  "', begin)
    value = data[begin:] if end == -1 else data[begin:end]
    return json.loads(value.rstrip().removesuffix(b"}" if end == -1 else b","))
