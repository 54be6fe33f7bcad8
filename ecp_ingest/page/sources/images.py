"""Decodes image files with Pillow: TIFF (any number of pages), PNG, JPEG and JPEG 2000.

Every mode of Pillow becomes H×W grey or H×W×3 RGB with 8 bits, as a viewer would show it: on white paper where it is
transparent, turned as the orientation tag says, 16 bits scaled to 8, palettes and CMYK converted.
"""

from __future__ import annotations

import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps, TiffImagePlugin

from ecp_ingest.document.geometry import Pixels, frozen
from ecp_ingest.document.pages import PicturePage, Scan
from ecp_ingest.errors import SourceError, TooLargeError, UnreadableSourceError
from ecp_ingest.settings import ScanSettings

# Pillow's own limit holds for the whole process. Ours is a setting, and is checked against the header before anything
# is decoded (`_refuse_giant`).
Image.MAX_IMAGE_PIXELS = None

MOST_PIXELS_A_SIDE = 32_000
"""OpenCV's coordinates along a side have 16 bits. 32,000 pixels are 1.3 m at 600 dpi."""

_FEWEST_PIXELS_A_SIDE = 8
"""Pixels: a line of text needs at least this height to be read."""
_LONGEST_TO_SHORTEST = 1000
"""Ratio of the sides above which an image can't be a page: a line across A4 is some fifty times as long as high."""

_ANISOTROPIC = (0.4, 2.5)
"""Horizontal dpi divided by vertical dpi that is believed. Faxes have 204 × 98 or 204 × 196; beyond that range the
tags are wrong."""
_SQUARE = 0.01
"""Difference of that ratio from 1 below which pixels are square: rounding of the tags."""
_PLAUSIBLE_DPI = (50.0, 1200.0)
"""Values outside are taken for an error of the tag: letters of 50 dpi can't be read, and few scanners exceed 1200."""
_DEFAULT_DPI = (72, 96)
"""Values that programs write when they don't know the resolution."""
_SHEET_INCHES = (3.0, 20.0)
"""Longer side of a sheet, from a card to a little over A3."""
_COMMON_SHEET_INCHES = (10.5, 14.5)
"""Longer side of US Letter, A4 and Legal, with some tolerance."""

_PILLOW_FORMATS = ("TIFF", "PNG", "JPEG", "JPEG2000", "MPO")
_DECODER_ERRORS = (
    OSError,  # truncated data, unknown format; every codec's own complaint
    SyntaxError,  # Pillow raises it for a malformed PNG or TIFF
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    EOFError,
    OverflowError,
    RuntimeError,
    struct.error,
    zlib.error,
)
_ORIENTATION_TAG = 0x0112
_QUARTER_TURNS = (5, 6, 7, 8)
"""Values of the orientation tag that swap width and height."""


@dataclass(frozen=True, eq=False, slots=True)
class Picture:
    """One decoded page of an image file."""

    pixels: Pixels
    """H×W or H×W×3 uint8."""
    resolution: tuple[float, float] | None
    """Pixels per inch, horizontal and vertical, as the file says, even if implausible."""


def count_frames(path: str, *, max_mpixels: float) -> int:
    """Number of pages of an image file, from its headers.

    Raises:
        UnreadableSourceError: the file is no image, or its headers are broken.
        TooLargeError: the only page has more pixels than allowed.
    """
    with _opened(path) as image:
        # An MPO is a JPEG to which a camera added previews: only the first image is the page.
        frames = int(getattr(image, "n_frames", 1)) if image.format == "TIFF" else 1
        if frames == 1:  # with several pages, a page that is too large fails alone when it is loaded
            _refuse_giant(image, page=1, max_mpixels=max_mpixels)
        return frames


def load_frame(path: str, index: int, *, max_mpixels: float) -> Picture:
    """Decode page ``index`` (0-based).

    Raises:
        UnreadableSourceError: the data is truncated or broken, or the image is too small for a line of text.
        TooLargeError: the page has more pixels than allowed.
    """
    with _opened(path) as image:
        if index:
            image.seek(index)
        _refuse_giant(image, page=index + 1, max_mpixels=max_mpixels)
        refuse_sliver(*image.size)
        resolution = _resolution(image)
        if isinstance(image, TiffImagePlugin.TiffImageFile):
            # Pillow turns a TIFF while it loads it; `exif_transpose` would turn it twice.
            turned = image.tag_v2.get(_ORIENTATION_TAG, 1) in _QUARTER_TURNS
            image.load()
            upright: Image.Image = image
        else:
            turned = image.getexif().get(_ORIENTATION_TAG, 1) in _QUARTER_TURNS
            image.load()
            # `exif_transpose` copies an image even when nothing has to be turned.
            upright = image if image.getexif().get(_ORIENTATION_TAG, 1) == 1 else ImageOps.exif_transpose(image)
        if turned and resolution is not None:
            resolution = (resolution[1], resolution[0])
        return Picture(pixels=_to_pixels(upright), resolution=resolution)


@contextmanager
def _opened(path: str) -> Iterator[Image.Image]:
    """Open an image file; Pillow's exceptions become ours, its warnings are ignored."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # they are about odd metadata of readable files
            # By handle, not by name: Pillow maps a file with a name into memory, and Pillow 13.0 garbles such an
            # uncompressed TIFF when its orientation tag asks for a quarter turn.
            with Path(path).open("rb") as stream, Image.open(stream, formats=_PILLOW_FORMATS) as image:
                yield image
    except SourceError:
        raise
    except Image.DecompressionBombError as error:
        raise TooLargeError(f"the image is refused as too large: {error}") from error
    except MemoryError as error:
        raise TooLargeError("the image does not fit into memory; scan it at a lower resolution") from error
    except _DECODER_ERRORS as error:
        reason = str(error) or type(error).__name__
        raise UnreadableSourceError(f"the image is broken or cut short ({reason}); scan or copy it again") from error


def _refuse_giant(image: Image.Image, *, page: int, max_mpixels: float) -> None:
    width, height = image.size
    if max(width, height) > MOST_PIXELS_A_SIDE:
        raise TooLargeError(
            f"page {page} has {width:,} × {height:,} pixels, more than {MOST_PIXELS_A_SIDE:,} on one side; scan it in "
            "parts or at a lower resolution"
        )
    if width * height > max_mpixels * 1e6:
        raise TooLargeError(
            f"page {page} has {width:,} × {height:,} pixels, more than the {max_mpixels:g} million allowed; "
            "scan at a lower resolution or raise --max-image-mpixels"
        )


def refuse_sliver(width: int, height: int) -> None:
    """Refuse an image that is too small or too narrow for a line of text.

    Raises:
        UnreadableSourceError: it is.
    """
    shorter, longer = sorted((width, height))
    if shorter < _FEWEST_PIXELS_A_SIDE or longer > _LONGEST_TO_SHORTEST * shorter:
        raise UnreadableSourceError(f"the page has {width:,} × {height:,} pixels: too narrow for a line of text")


def _resolution(image: Image.Image) -> tuple[float, float] | None:
    """Horizontal and vertical pixels per inch, as the file says; None if it says nothing usable."""
    tag = image.info.get("dpi")
    if tag is None and isinstance(image, TiffImagePlugin.TiffImageFile):
        tag = image.info.get("resolution")  # without a unit: the ratio holds, and the unit is nearly always the inch
    try:
        horizontal, vertical = (float(value) for value in tag or ())
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    usable = np.isfinite(horizontal) and np.isfinite(vertical) and horizontal > 0 and vertical > 0
    return (horizontal, vertical) if usable else None


def _to_pixels(image: Image.Image) -> Pixels:
    """An image in any mode → H×W or H×W×3 uint8."""
    if image.mode.startswith("I") or image.mode == "F":
        return _to_eight_bits(np.asarray(image))
    if image.mode in ("1", "L"):
        return np.asarray(_in_mode(image, "L"), dtype=np.uint8)
    if image.mode in ("LA", "PA", "RGBA", "RGBa", "La") or "transparency" in image.info:
        image = image.convert("RGBA")
        paper = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(paper, image)
    return collapsed(np.asarray(_in_mode(image, "RGB"), dtype=np.uint8))


def _in_mode(image: Image.Image, mode: str) -> Image.Image:
    """``image`` in ``mode``. Pillow's ``convert`` would copy an image that is in that mode already."""
    return image if image.mode == mode else image.convert(mode)


def _to_eight_bits(samples: npt.NDArray[Any]) -> Pixels:
    """Samples of 16 bits, 32 bits or floats → 8 bits. The white level is the smallest usual one that holds them all:
    1 (floats only), 255 (floats and 32 bits) or 65535."""
    eight, sixteen = 255.0, 65535.0
    largest = float(samples.max(initial=0))
    if np.issubdtype(samples.dtype, np.floating):
        white = 1.0 if largest <= 1 else (eight if largest <= eight else sixteen)
    else:
        white = eight if samples.dtype.itemsize > 2 and largest <= eight else sixteen
    scaled = np.nan_to_num(samples.astype(np.float32)) * (eight / white)
    return np.asarray(np.clip(np.rint(scaled), 0, eight), dtype=np.uint8)


def collapsed(pixels: Pixels) -> Pixels:
    """H×W×3 → H×W if the three channels are equal: a third of the memory, and cleanup needs no choice of channel."""
    red, green, blue = pixels[..., 0], pixels[..., 1], pixels[..., 2]
    if np.array_equal(red, green) and np.array_equal(green, blue):
        return np.ascontiguousarray(red)
    return pixels


def load_image_page(scan: Scan, number: int, *, settings: ScanSettings) -> PicturePage:
    """Page ``number`` (1-based) of an image file. Raises what `load_frame` raises."""
    picture = load_frame(scan.path, number - 1, max_mpixels=settings.max_image_mpixels)
    height, width = picture.pixels.shape[:2]
    aspect = 1.0
    if picture.resolution is not None:
        ratio = picture.resolution[0] / picture.resolution[1]
        lowest, highest = _ANISOTROPIC
        aspect = ratio if lowest <= ratio <= highest and abs(ratio - 1) > _SQUARE else 1.0
    source: Literal["file", "setting"] = "file"
    dpi: float | None = None
    if settings.image_dpi is not None:
        dpi, source = settings.image_dpi, "setting"
    elif picture.resolution is not None and plausible_dpi(picture.resolution[0], width=width, height=height * aspect):
        dpi = picture.resolution[0]
    return PicturePage(
        number=number,
        pixels=frozen(picture.pixels),
        dpi=dpi,
        why="an image file holds no text",
        dpi_source=source,
        pixel_aspect=aspect,
    )


def plausible_dpi(dpi: float, *, width: float, height: float) -> bool:
    """Whether a sheet of ``width`` × ``height`` square pixels has a plausible size in inches at ``dpi``.

    The default values of programs are accepted only if they give a common sheet size.
    """
    lowest, highest = _PLAUSIBLE_DPI
    if not lowest <= dpi <= highest:
        return False
    shortest, longest = _COMMON_SHEET_INCHES if round(dpi) in _DEFAULT_DPI else _SHEET_INCHES
    return shortest <= max(width, height) / dpi <= longest
