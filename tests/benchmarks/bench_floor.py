"""CPU seconds a page: this program against the floor, which is Tesseract alone on regions that are cut and sorted.

    python tests/benchmarks/bench_floor.py [FILE …] [--rounds 3]

The floor gets what costs us work for nothing: every region of every page cut out of the cleaned page, parted by
language, one model loaded once for all of them (``tesseract LIST -l eng --psm 6``, otherwise as it comes). The second
floor is stricter: the lines that we cut, with the options that we found to be fastest. Ours is all from the file to the
page's words: decode, clean, lay out, tell scripts apart, start the engine for each page and language, recognise, judge.
CPU time of the process and of what it starts, so that whatever else the machine does counts little; rounds in turn, of
which the median counts.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from pathlib import Path

import cv2

REPOSITORY = Path(__file__).parents[2]
sys.path.insert(0, str(REPOSITORY))

from ecp_ingest.document.geometry import Pixels, around  # noqa: E402
from ecp_ingest.document.pages import FailedPage, PicturePage, Scan  # noqa: E402
from ecp_ingest.page import pipeline  # noqa: E402
from ecp_ingest.page.cleanup import clean  # noqa: E402
from ecp_ingest.page.layout import lay_out  # noqa: E402
from ecp_ingest.page.recognition import script, tesseract  # noqa: E402
from ecp_ingest.page.recognition.models import Engine, find_engine  # noqa: E402
from ecp_ingest.page.sources import load_page, open_scan  # noqa: E402
from ecp_ingest.settings import ScanSettings, Settings  # noqa: E402
from ecp_ingest.workers.worker import keep_memory, use_one_core  # noqa: E402

SETTINGS = Settings(scan=ScanSettings(mode="ocr"))


def cpu_seconds(work: Callable[[], object]) -> float:
    before = os.times()
    work()
    after = os.times()
    return sum(after[:4]) - sum(before[:4])


def pages_of(files: Iterable[Path]) -> list[tuple[Scan, int]]:
    scans = [open_scan(path, settings=SETTINGS.scan) for path in files]
    return [(scan, number) for scan in scans for number in range(1, scan.page_count + 1)]


def cuttings(scan: Scan, number: int) -> tuple[dict[str, list[Pixels]], dict[str, list[Pixels]]]:
    """By language: the page's regions, parted where the language changes, and its lines, as pictures."""
    page = load_page(scan, number, settings=SETTINGS.scan)
    assert isinstance(page, PicturePage)
    image = clean(page, settings=SETTINGS.cleanup)
    regions: dict[str, list[Pixels]] = defaultdict(list)
    lines: dict[str, list[Pixels]] = defaultdict(list)
    for region in lay_out(image).regions:
        choices = script.choose_scripts(region, languages=SETTINGS.recognise.languages)
        told = zip(region.lines, (choice.language for choice in choices), strict=True)
        for language, group in groupby(told, key=lambda pair: pair[1]):
            own = [line for line, _ in group]
            box = around([line.bbox for line in own])
            regions[language].append(image.pixels[box.top : box.bottom, box.left : box.right])
            lines[language] += [line.pixels for line in own]
    return regions, lines


def listing(pictures: Sequence[Pixels], folder: Path) -> Path:
    folder.mkdir()
    names = []
    for i, picture in enumerate(pictures):
        names.append(folder / f"{i}.pgm")
        cv2.imwrite(str(names[-1]), picture)
    listed = folder / "list.txt"
    listed.write_text("".join(f"{name}\n" for name in names))
    return listed


def engine_alone(lists: dict[str, Path], engine: Engine, options: str) -> None:
    for language, listed in lists.items():
        model = engine.model(language)
        command = ["tesseract", str(listed), "-", "--tessdata-dir", str(model.path.parent), "-l", model.name]
        subprocess.run([*command, *options.split(), "tsv"], check=True, capture_output=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path, help="scans; samples/ if none is given")
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    kinds = {".pdf", ".tif", ".png", ".jpg", ".jp2"}
    files = arguments.files or sorted(path for path in (REPOSITORY / "samples").iterdir() if path.suffix in kinds)
    use_one_core()
    keep_memory()
    engine = find_engine(settings=SETTINGS.recognise)
    pages = pages_of(files)

    def ours() -> None:
        for scan, number in pages:
            read = pipeline.ingest_page(scan, number, settings=SETTINGS, engine=engine)
            if isinstance(read, FailedPage):
                sys.exit(f"{scan.file_name}, page {number}: {read.message}")

    with tempfile.TemporaryDirectory() as folder:
        cut: tuple[dict[str, list[Pixels]], ...] = (defaultdict(list), defaultdict(list))
        for scan, number in pages:
            for all_, new in zip(cut, cuttings(scan, number), strict=True):
                for language, pictures in new.items():
                    all_[language].extend(pictures)
        lists = [
            {language: listing(pictures, Path(folder, f"{i}-{language}")) for language, pictures in kind.items()}
            for i, kind in enumerate(cut)
        ]
        works: dict[str, Callable[[], object]] = {
            "ours": ours,
            "floor: regions, --psm 6": lambda: engine_alone(lists[0], engine, "--psm 6"),
            "floor: our lines, our options": lambda: engine_alone(lists[1], engine, tesseract.ENGINE_OPTIONS),
        }
        ours()  # the first time also loads tables
        taken: dict[str, list[float]] = defaultdict(list)
        for _ in range(arguments.rounds):
            for name, work in works.items():
                taken[name].append(cpu_seconds(work))
    median = {name: statistics.median(seconds) / len(pages) for name, seconds in taken.items()}
    print(f"{len(pages)} pages, {arguments.rounds} rounds; CPU seconds a page")
    for name, seconds in median.items():
        print(f"{name:32} {seconds:6.3f}  ours is {median['ours'] / seconds:.2f} times that")


if __name__ == "__main__":
    main()
