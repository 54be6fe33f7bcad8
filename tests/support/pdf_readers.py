"""What three readers make of a PDF: its text, and where a text stands."""

from __future__ import annotations

import base64
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2

from ecp_ingest.document.geometry import Pixels

PDF_JS = Path("/usr/share/javascript/pdf/build")
_TEXT_IN_PDF_JS = """async (data) => {
    const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
    const pdf = await pdfjsLib.getDocument({data: bytes}).promise;
    let text = "";
    for (let number = 1; number <= pdf.numPages; number++) {
        const content = await (await pdf.getPage(number)).getTextContent();
        text += content.items.map((item) => item.str + (item.hasEOL ? "\\n" : "")).join("") + "\\n";
    }
    return text;
}"""


def by_poppler(path: Path, *options: str) -> str:
    return subprocess.run(["pdftotext", *options, path, "-"], capture_output=True, text=True, check=True).stdout


def by_pdfium(path: Path) -> str:
    with opened(path) as pdf:
        return "\n".join(page.get_textpage().get_text_range() for page in pdf)


@contextmanager
def opened(path: Path) -> Iterator[Any]:
    """With pdfium."""
    pdf = pypdfium2.PdfDocument(path)
    try:
        yield pdf
    finally:
        pdf.close()


def painted(path: Path, number: int = 1, *, scale: float = 1.0) -> Pixels:
    """The page as shown, H×W grey; ``scale``: pixels a point."""
    with opened(path) as pdf:
        bitmap = pdf[number - 1].render(scale=scale, grayscale=True)
        return np.array(bitmap.to_numpy(), np.uint8)


def size_of(path: Path, number: int = 1) -> tuple[float, float]:
    """Width and height in points, of the page as shown."""
    with opened(path) as pdf:
        width, height = pdf[number - 1].get_size()
        return width, height


class PdfJs:
    """pdf.js in a browser. It has no network: the library is put into an empty page."""

    def __init__(self, page: Any) -> None:
        self._page = page
        page.add_script_tag(path=PDF_JS / "pdf.js")
        page.add_script_tag(path=PDF_JS / "pdf.worker.js")
        page.evaluate("pdfjsLib.GlobalWorkerOptions.workerSrc = 'is there already'")

    def text(self, path: Path) -> str:
        found: str = self._page.evaluate(_TEXT_IN_PDF_JS, base64.b64encode(path.read_bytes()).decode())
        return found


def boxes_by_poppler(path: Path, number: int) -> list[tuple[str, tuple[float, ...]]]:
    """Words in its order and left, top, right, bottom in points of the page as shown."""
    found = by_poppler(path, "-bbox", "-f", str(number), "-l", str(number))
    words = re.findall(r'xMin="(.+?)" yMin="(.+?)" xMax="(.+?)" yMax="(.+?)">(.*?)<', found)
    return [(text, tuple(map(float, box))) for *box, text in words]
