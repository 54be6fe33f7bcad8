"""HTML → PDF by headless Chromium, PDF → pixels by PDFium."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import pypdfium2

from ecp_ingest.document.geometry import Pixels

# A sheet has nothing to fetch, so the browser is told to leave the network alone.
QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--no-pdf-header-footer",
)


def browser() -> str | None:
    """The Chromium that is installed, or None."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((path for name in names if (path := shutil.which(name))), None)


def print_pdf(page: str) -> bytes:
    """The PDF as Chromium writes it, with today's date in it. RuntimeError where Chromium is missing or fails."""
    program = browser()
    if not program:
        raise RuntimeError("Chromium is not installed; the samples are printed with it")
    with tempfile.TemporaryDirectory(prefix="samples-maker-") as folder:
        source, target = Path(folder, "sheet.html"), Path(folder, "sheet.pdf")
        source.write_text(page, encoding="utf-8")
        command = [program, *QUIET, f"--user-data-dir={folder}/profile", f"--print-to-pdf={target}", source.as_uri()]
        done = subprocess.run(command, capture_output=True, timeout=120, check=False)
        if not target.exists():
            raise RuntimeError(f"Chromium printed nothing: {done.stderr.decode(errors='replace')[-500:]}")
        return target.read_bytes()


def rasterise(pdf: bytes, dpi: int) -> list[Pixels]:
    """Each page as H×W×3 RGB."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [np.array(page.render(scale=dpi / 72).to_pil().convert("RGB")) for page in document]
