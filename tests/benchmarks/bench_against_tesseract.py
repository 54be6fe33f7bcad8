"""Wall clock on one core: this program against plain ``tesseract -l eng+urd``, on the same pages, side by side.

    python tests/benchmarks/bench_against_tesseract.py [FILE …] [--dpi 300] [--rounds 1]

Every page is brought to a PNG first, PDFs at ``--dpi``. Ours does all of its work on it: clean, lay out, tell the
scripts apart, recognise, and assemble the record. Tesseract is started once per page, as it is from a shell. Both run
in turn, page by page, so that neither has the machine to itself; the faster of ``--rounds`` counts. Starting Python and
loading its libraries, once per batch, is told apart.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pypdfium2
from PIL import Image, ImageSequence

REPOSITORY = Path(__file__).parents[2]
sys.path.insert(0, str(REPOSITORY))

from ecp_ingest.document.pages import FailedPage  # noqa: E402
from ecp_ingest.page.pipeline import ingest_page  # noqa: E402
from ecp_ingest.page.recognition.models import find_engine  # noqa: E402
from ecp_ingest.page.sources import open_scan  # noqa: E402
from ecp_ingest.release.assembly import assemble  # noqa: E402
from ecp_ingest.settings import ScanSettings, Settings  # noqa: E402
from ecp_ingest.workers.worker import use_one_core  # noqa: E402


def pictures(source: Path, *, dpi: int) -> Iterator[Image.Image]:
    """The pages of ``source`` as pictures."""
    if source.suffix == ".pdf":
        with pypdfium2.PdfDocument(source) as document:
            for page in document:
                yield page.render(scale=dpi / 72).to_pil()
    else:
        with Image.open(source) as image:
            for frame in ImageSequence.Iterator(image):
                yield frame.copy()


def png(picture: Image.Image, path: Path, *, dpi: int) -> Path:
    plain = picture if picture.mode in {"1", "L", "RGB"} else picture.convert("RGB")
    resolution = picture.info.get("dpi", (dpi, dpi))
    plain.save(path, dpi=(float(resolution[0]), float(resolution[1])))
    return path


def fastest(work: Callable[[], object], rounds: int) -> float:
    """Seconds."""
    taken = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return min(taken)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path, help="scans; samples/ if none is given")
    parser.add_argument("--dpi", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=1)
    arguments = parser.parse_args()
    files = arguments.files or sorted(
        path for path in (REPOSITORY / "samples").iterdir() if path.suffix in {".pdf", ".tif", ".png", ".jpg", ".jp2"}
    )

    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})  # inherited by Tesseract
    use_one_core()
    settings = Settings(scan=ScanSettings(mode="ocr"))
    engine = find_engine(settings=settings.recognise)

    def ours(page: Path) -> None:
        scan = open_scan(page, settings=settings.scan)
        read = ingest_page(scan, 1, settings=settings, engine=engine)
        if isinstance(read, FailedPage):
            sys.exit(f"{page.name}: {read.message}")
        assemble(scan, (read,), settings=settings, engine=engine)

    def theirs(page: Path) -> None:
        command = ["tesseract", str(page), "stdout", "-l", "eng+urd"]
        subprocess.run(command, check=True, capture_output=True)

    totals = [0.0, 0.0]
    print(f"{'page':32} {'ours':>8} {'tesseract':>10} {'ratio':>7}")
    with tempfile.TemporaryDirectory() as folder:
        warmed = False
        for source in files:
            for number, picture in enumerate(pictures(source, dpi=arguments.dpi), start=1):
                page = png(picture, Path(folder) / f"{source.stem}-{number}.png", dpi=arguments.dpi)
                if not warmed:  # the first page also loads tables and profiles, once per batch
                    ours(page)
                    warmed = True
                taken = (
                    fastest(lambda page=page: ours(page), arguments.rounds),
                    fastest(lambda page=page: theirs(page), arguments.rounds),
                )
                totals = [total + seconds for total, seconds in zip(totals, taken, strict=True)]
                print(row(page.stem, *taken), flush=True)
    print(row("all pages", *totals))
    command = [sys.executable, "-c", "import ecp_ingest.page.pipeline, ecp_ingest.release.assembly"]
    start = fastest(lambda: subprocess.run(command, check=True, cwd=REPOSITORY), 3)
    print(f"{'starting Python, once per batch':32} {start:7.2f}s")


def row(name: str, ours: float, theirs: float) -> str:
    return f"{name:32} {ours:7.2f}s {theirs:9.2f}s {ours / theirs:7.2f}"


if __name__ == "__main__":
    main()
