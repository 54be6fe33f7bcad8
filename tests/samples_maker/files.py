"""Pages → files, with the resolution that a scanner would note in them, and nothing of the day they were made."""

from __future__ import annotations

import io
import time
from pathlib import Path

import pikepdf
from PIL import Image

from ecp_ingest.document.geometry import Pixels

SOME_DAY = time.struct_time((2023, 3, 15, 10, 30, 0, 2, 74, 0))


def write_image(target: Path, page: Pixels, *, dpi: int, quality: int = 80) -> None:
    """PNG or JPEG, as the name says; ``quality`` is JPEG's."""
    Image.fromarray(page).save(target, dpi=(dpi, dpi), quality=quality, optimize=True)


def write_jp2(target: Path, page: Pixels, *, ratio: int) -> None:
    """JPEG 2000, ``ratio`` to one; without any resolution, as most archives write it."""
    Image.fromarray(page).save(target, quality_mode="rates", quality_layers=[ratio], irreversible=True)


def write_tiff(target: Path, pages: list[Pixels], *, dpi: int | tuple[int, int], quality: int | None = None) -> None:
    """One file, JPEG inside (``quality``), or CCITT Group 4 where that is None: the pages are 0 and 255 then. ``dpi``
    of both directions, or across and down."""
    resolution = dpi if isinstance(dpi, tuple) else (dpi, dpi)
    first, *rest = [Image.fromarray(page).convert("1" if quality is None else "L") for page in pages]
    packing = {"compression": "group4"} if quality is None else {"compression": "jpeg", "quality": quality}
    first.save(target, save_all=True, append_images=rest, dpi=resolution, **packing)


def write_scanned_pdf(target: Path, pages: list[Pixels], *, dpi: int, quality: int) -> None:
    """Nothing but a JPEG on each page."""
    first, *rest = [Image.fromarray(page) for page in pages]
    held = io.BytesIO()
    first.save(
        held, "PDF", save_all=True, append_images=rest, resolution=dpi, quality=quality,
        creationDate=SOME_DAY, modDate=SOME_DAY,
    )  # fmt: skip
    write_printed_pdf(target, held.getvalue())


def write_printed_pdf(target: Path, pdf: bytes) -> None:
    """The PDF as it came, but for its dates and its id, which would differ every time."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        for key in ("/CreationDate", "/ModDate"):
            document.docinfo[key] = pikepdf.String(time.strftime("D:%Y%m%d%H%M%S+05'00'", SOME_DAY))
        document.save(target, deterministic_id=True)
