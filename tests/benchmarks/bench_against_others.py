"""Pages a minute and error rates: this program and the usual tools, on the same pages and cores, side by side.

    python -m tests.samples_maker bench BENCH --set held-out --releases 2 --arrangements stacked
    python -m tests.benchmarks.bench_against_others BENCH [--rounds 5] [--jobs 2] [--kreuzberg PYTHON]

The others get ``eng+urd`` and their own defaults, and as many jobs as ours: Tesseract a process a page; OCRmyPDF all
pages as one PDF, plain and with ``--deskew --clean --rotate-pages``; kreuzberg its own batch call, with the Python
interpreter that has it installed. A round runs every tool once, in turn; told are medians of the wall clock. Texts are
held against the truth by language, a line of a tool's text counting for the script that most of its letters are in.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import img2pdf

from ecp_ingest.files.record_files import records_in
from ecp_ingest.language.text_metrics import ErrorRate, character_error_rate
from ecp_ingest.record.schema import read_record
from tests.benchmarks.bench_against_tesseract import pictures, png
from tests.support.paths import REPOSITORY

Texts = dict[str, str]
"""Name of the page's file, without suffix → its text."""
CLEANING = ("--deskew", "--clean", "--rotate-pages")
KREUZBERG = """
import json, sys, kreuzberg as k
config = k.ExtractionConfig(force_ocr=True, use_cache=False, ocr=k.OcrConfig(backend="tesseract", language="eng+urd"))
print(json.dumps([found.content for found in k.batch_extract_files_sync(sys.argv[1:], config=config)]))
"""


def ours(pages: list[Path], jobs: int) -> Texts:
    with tempfile.TemporaryDirectory() as out:
        command = [sys.executable, "-m", "ecp_ingest", "convert", *map(str, pages), "-o", out, "-j", str(jobs), "-q"]
        subprocess.run([*command, "--no-split"], check=False, cwd=REPOSITORY)
        records = {name.removesuffix(".json"): read_record(Path(out, name)) for name in records_in(Path(out))}
        return {name: "\n".join(paragraph.text for paragraph in record.paragraphs) for name, record in records.items()}


def tesseract(pages: list[Path], jobs: int) -> Texts:
    def read(page: Path) -> str:
        command = ["tesseract", str(page), "-", "-l", "eng+urd"]
        one_core = {**os.environ, "OMP_THREAD_LIMIT": "1"}
        return subprocess.run(command, check=True, capture_output=True, text=True, env=one_core).stdout

    with ThreadPoolExecutor(jobs) as pool:
        return dict(zip((page.stem for page in pages), pool.map(read, pages), strict=True))


def ocrmypdf(pages: list[Path], jobs: int, *options: str) -> Texts:
    with tempfile.TemporaryDirectory() as folder:
        scan, out, text = (Path(folder, name) for name in ("scan.pdf", "out.pdf", "out.txt"))
        scan.write_bytes(img2pdf.convert([str(page) for page in pages]))
        told = ("-l", "eng+urd", "--jobs", str(jobs), "--sidecar", str(text))
        command = ["ocrmypdf", *told, *options, str(scan), str(out)]
        subprocess.run(command, check=True, capture_output=True)
        return dict(zip((page.stem for page in pages), text.read_text().split("\f"), strict=False))


def kreuzberg(pages: list[Path], python: str) -> Texts:
    told = subprocess.run([python, "-c", KREUZBERG, *map(str, pages)], check=True, capture_output=True, text=True)
    contents = json.loads(told.stdout.splitlines()[-1])
    return dict(zip((page.stem for page in pages), contents, strict=True))


def by_language(text: str) -> dict[str, str]:
    lines: dict[str, list[str]] = {"eng": [], "urd": []}
    for line in text.splitlines():
        arabic, latin = len(re.findall(r"[\u0600-\u06ff]", line)), len(re.findall(r"[A-Za-z]", line))
        if line.strip():
            lines["urd" if arabic > latin else "eng"].append(line)
    return {language: " ".join(" ".join(found).split()) for language, found in lines.items()}


def errors(texts: Texts, truths: Mapping[str, Mapping[str, str]]) -> dict[str, ErrorRate]:
    pooled: dict[str, ErrorRate] = defaultdict(ErrorRate)
    for name, truth in truths.items():
        read = by_language("\n".join(texts[page] for page in sorted(texts) if page.rpartition("-")[0] == name))
        for language, text in truth.items():
            pooled[language] += character_error_rate(text, read[language])
    return pooled


def truth_of(path: Path) -> dict[str, str]:
    paragraphs = json.loads(path.read_text(encoding="utf-8"))["paragraphs"]
    return {
        language: " ".join(" ".join(p["text"] for p in paragraphs if p["language"] == language).split())
        for language in ("eng", "urd")
    }


def laid_out(bench: Path, folder: Path) -> tuple[list[Path], dict[str, dict[str, str]]]:
    """Every page of every source as a picture of its own, and the truth by source."""
    pages: list[Path] = []
    truths: dict[str, dict[str, str]] = {}
    for truth in sorted(bench.rglob("*.gt.json")):
        source = next(path for path in truth.parent.glob(f"{truth.name.removesuffix('.gt.json')}.*") if path != truth)
        name = f"{truth.parent.name}.{source.stem}".replace(".", "_").replace("-", "_")
        truths[name] = truth_of(truth)
        for number, picture in enumerate(pictures(source, dpi=300), start=1):
            pages.append(png(picture, folder / f"{name}-{number}.png", dpi=300))
    return pages, truths


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bench", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--kreuzberg", help="Python interpreter that has kreuzberg; left out if none is given")
    arguments = parser.parse_args()
    jobs = arguments.jobs
    with tempfile.TemporaryDirectory() as folder:
        pages, truths = laid_out(arguments.bench, Path(folder))
        tools: dict[str, Callable[[], Texts]] = {
            f"ours, {jobs} jobs": lambda: ours(pages, jobs),
            "ours, 1 job": lambda: ours(pages, 1),
            "tesseract": lambda: tesseract(pages, jobs),
        }
        if shutil.which("ocrmypdf"):
            tools["ocrmypdf"] = lambda: ocrmypdf(pages, jobs)
            tools[f"ocrmypdf {' '.join(CLEANING)}"] = lambda: ocrmypdf(pages, jobs, *CLEANING)
        if arguments.kreuzberg:
            tools["kreuzberg"] = lambda: kreuzberg(pages, arguments.kreuzberg)
        seconds, texts = measured(tools, arguments.rounds)
    first = next(iter(tools))
    print(f"{len(pages)} pages, medians of {arguments.rounds} rounds, {jobs} jobs")
    print(f"{'':44} {'pages/min':>9} {'ours is':>9} {'CER eng':>8} {'CER urd':>8}")
    for name in tools:
        ratios = [other / own for other, own in zip(seconds[name], seconds[first], strict=True)]
        rates = errors(texts[name], truths)
        speed = len(pages) * 60 / statistics.median(seconds[name])
        cells = " ".join(f"{rates[language].rate:8.3f}" for language in ("eng", "urd"))
        print(f"{name:44} {speed:9.1f} {statistics.median(ratios):8.2f}× {cells}")


def measured(tools: Mapping[str, Callable[[], Texts]], rounds: int) -> tuple[dict[str, list[float]], dict[str, Texts]]:
    seconds: dict[str, list[float]] = defaultdict(list)
    texts: dict[str, Texts] = {}
    for _ in range(rounds):
        for name, run in tools.items():
            began = time.perf_counter()
            texts[name] = run()
            seconds[name].append(time.perf_counter() - began)
    return seconds, texts


if __name__ == "__main__":
    main()
