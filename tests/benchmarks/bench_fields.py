"""How well a record's fields are those of its release: ``python -m tests.benchmarks.bench_fields text pdf scans``.

Every release text in three forms: as plain text, as a PDF with a text layer, and as a sheet printed and aged (needs
Chromium for the last two; the scans take minutes). What methods were tuned on and what was kept apart are counted
apart. A person is found where the name is, in either script, but for one letter in seven; ``spelt`` counts those whose
names are right to the letter in both, ``role`` those
whose office is right.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ecp_ingest.document.geometry import Pixels
from ecp_ingest.language.folding import fold
from ecp_ingest.language.similarity import likeness
from ecp_ingest.page.pipeline import ingest_page
from ecp_ingest.page.recognition.models import find_engine
from ecp_ingest.page.sources import open_scan
from ecp_ingest.record.entries import PersonEntry
from ecp_ingest.record.schema import Record
from ecp_ingest.release.assembly import assemble
from ecp_ingest.settings import Settings
from tests.samples_maker import ageing, files
from tests.samples_maker.bench.sets import PARTS, Part, releases_in
from tests.samples_maker.printing import print_pdf, rasterise
from tests.samples_maker.release_texts import Named, ReleaseText, load_release
from tests.samples_maker.sheet import sheets

ALIKE = 0.86
SINGLE = ("date", "place", "kind", "issuer", "wing", "title", "date_islamic", "reference")
LIST_FIELDS = ("people", "laws", "constituencies")


class Tally:
    """Counts by (field, what): ``right`` of ``all`` for single fields, ``both``, ``read``, ``told`` for several."""

    def __init__(self) -> None:
        self.counts: Counter[tuple[str, str]] = Counter()

    def add(self, field: str, **counted: int) -> None:
        self.counts.update({(field, what): number for what, number in counted.items()})

    def lines(self) -> Iterator[str]:
        for field in SINGLE:
            yield f"{field:14} {self.counts[field, 'right']:3} of {self.counts[field, 'all']}"
        for field in LIST_FIELDS:
            both, read, told = (self.counts[field, what] for what in ("both", "read", "told"))
            spelt = f", spelt {self.counts[field, 'spelt']}, role {self.counts[field, 'roles']}" * (field == "people")
            yield (
                f"{field:14} precision {both / max(1, read):.3f} ({both} of {read}), "
                f"recall {both / max(1, told):.3f} ({both} of {told}){spelt}"
            )


def judge(release: ReleaseText, record: Record, tally: Tally) -> list[str]:
    """What is wrong, in words."""
    wrong = []
    for field in SINGLE:
        told = release.fields[field]
        if field == "reference":
            numbers = [f"No. {entry.value}" for entry in record.release.references]
            read = told if told in numbers else next(iter(numbers), None)
        else:
            entry = getattr(record.release, field)
            read = entry.value if entry else None
        tally.add(field, right=int(read == told), all=1)
        if read != told:
            wrong.append(f"{field}: {read!r} for {told!r}")
    for field, told_values in (("laws", release.laws), ("constituencies", release.constituencies)):
        values = [entry.value for entry in getattr(record.release, field)]
        tally.add(field, both=len(set(values) & set(told_values)), read=len(values), told=len(told_values))
        wrong += [f"{field}: {value!r} too much" for value in values if value not in told_values]
        wrong += [f"{field}: {value!r} missing" for value in told_values if value not in values]
    wrong += _people(release.people, record.release.people, tally)
    return wrong


def _people(told: tuple[Named, ...], read: tuple[PersonEntry, ...], tally: Tally) -> Iterator[str]:
    left = list(read)
    spelt = roles = 0
    for person in told:
        found = max(left, key=lambda one: _alike(person, one), default=None)
        if found is None or _alike(person, found) < ALIKE:
            yield f"people: {person.eng} missing"
            continue
        left.remove(found)
        names = (found.names.eng, found.names.urd) if found.names else (None, None)
        right = names == (person.eng or None, person.urd or None)
        spelt += right
        roles += (wanted := fold(person.role)) == (role := fold(found.role or "")) or bool(wanted and wanted in role)
        if not right:
            yield f"people: {names} for {(person.eng, person.urd)}"
        if wanted != role:
            yield f"role: {found.role!r} for {person.role!r} of {person.eng}"
    for person in left:
        yield f"people: {person.names} too much"
    tally.add("people", both=len(read) - len(left), read=len(read), told=len(told), spelt=spelt, roles=roles)


def _alike(told: Named, read: PersonEntry) -> float:
    names = read.names
    pairs = [(told.eng, names and names.eng), (told.urd, names and names.urd)]
    return max((likeness(fold(a), fold(b)) for a, b in pairs if a and b), default=0.0)


# ── the three forms ───────────────────────────────────────────────────────────────────────────────────────────────


def make(form: str, release: ReleaseText, number: int, folder: Path) -> Path:
    if form == "text":
        path = folder / f"{release.name}.txt"
        path.write_text("\n\n".join(p.text for p in release.paragraphs if p.kind), encoding="utf-8")
        return path
    pdf = print_pdf(sheets(release, "separate", seal=number % 2 == 0))
    if form == "pdf":
        files.write_printed_pdf(path := folder / f"{release.name}.pdf", pdf)
        return path
    dpi = (200, 250, 300)[number % 3]
    scans = [_aged(ageing.grey(page), number + place) for place, page in enumerate(rasterise(pdf, dpi))]
    files.write_tiff(path := folder / f"{release.name}.tif", scans, dpi=dpi, quality=75)
    return path


def _aged(page: Pixels, seed: int) -> Pixels:
    """A copy of a copy: askew, soft, grey, with grain, dust and a shadow; alike for the same ``seed``."""
    page = ageing.blur(ageing.skew(page, (seed % 7 - 3) * 0.35), 0.5 + 0.1 * (seed % 4))
    page = ageing.noise(ageing.tone(page, ink=20 + 6 * (seed % 5), paper=228 + 4 * (seed % 6)), 3, seed=seed)
    return ageing.uneven_light(ageing.specks(page, 60, seed=seed), 0.8, towards=40 * (seed % 9))


def convert(path: Path) -> Record:
    settings = Settings()
    engine = find_engine(settings=settings.recognise)
    scan = open_scan(path, settings=settings.scan)
    pages = [ingest_page(scan, n, settings=settings, engine=engine) for n in range(1, scan.page_count + 1)]
    return assemble(scan, pages, settings=settings, engine=engine)[0]


def measure(form: str, part: Part, limit: int | None) -> tuple[Tally, list[str]]:
    tally, wrong = Tally(), []
    with tempfile.TemporaryDirectory(prefix="bench-fields-") as folder, ThreadPoolExecutor(1) as ahead:
        releases = [load_release(name) for name in releases_in(part)[:limit]]
        made = ahead.map(lambda one: make(form, one[1], one[0], Path(folder)), enumerate(releases))
        for release, path in zip(releases, made, strict=True):
            wrong += [f"{release.name}: {what}" for what in judge(release, convert(path), tally)]
    return tally, wrong


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("forms", nargs="+", choices=("text", "pdf", "scans"))
    parser.add_argument("--limit", type=int, help="releases of each part")
    parser.add_argument("--wrong", action="store_true", help="name what is wrong in those that methods are tuned on")
    arguments = parser.parse_args()
    for form in arguments.forms:
        for part in PARTS:
            tally, wrong = measure(form, part, arguments.limit)
            print(f"{form}, {part}", *tally.lines(), sep="\n  ")
            if arguments.wrong and part == "tuning":
                print(*wrong, sep="\n")


if __name__ == "__main__":
    main()
