"""Pages of the bench → one file, in the form in which such pages come."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from ecp_ingest.document.geometry import Pixels
from tests.samples_maker import files


@dataclass(frozen=True, slots=True)
class Filing:
    """``dpi``: what the file says of its resolution, across and down. ``quality``: JPEG's, lossless where None.
    ``pdf_dpi``: where a PDF would say something else."""

    dpi: tuple[int, int]
    quality: int | None = None
    bilevel: bool = False
    pdf_dpi: int | None = None

    def write(self, stem: Path, pages: list[Pixels]) -> Path:
        """Bilevel: TIFF, Group 4. JPEG: .jpg, or a PDF of several. Lossless: .png, or a TIFF of several. ``stem``
        gets its suffix; the path that was written."""
        single = len(pages) == 1
        if self.bilevel:
            target = _suffixed(stem, ".tif")
            files.write_tiff(target, pages, dpi=self.dpi)
        elif self.quality is None:
            target = _suffixed(stem, ".png" if single else ".tif")
            first, *rest = [Image.fromarray(page) for page in pages]
            packing = {"compress_level": 3} if single else {"compression": "tiff_deflate", "append_images": rest}
            first.save(target, save_all=not single, dpi=self.dpi, **packing)
        elif single:
            target = _suffixed(stem, ".jpg")
            files.write_image(target, pages[0], dpi=self.dpi[0], quality=self.quality)
        else:
            target = _suffixed(stem, ".pdf")
            files.write_scanned_pdf(target, pages, dpi=self.pdf_dpi or self.dpi[0], quality=self.quality)
        return target


def _suffixed(stem: Path, suffix: str) -> Path:
    """``delegation.pages`` → ``delegation.pages.tif``."""
    return stem.with_name(stem.name + suffix)
