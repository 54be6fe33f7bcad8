"""Image files → pixels: TIFF (any number of pages), PNG, JPEG and JPEG 2000, through Pillow.

Everything that Pillow can hand out becomes H×W grey or H×W×3 RGB, 8 bits, as a viewer would show it: transparency on
white paper, the camera's orientation obeyed, sixteen bits brought to eight, palettes and CMYK resolved.
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

# Pillow's own limit knows only one number for all of a process. Ours is a setting, and is held against the header
# before anything is decoded (`_refuse_giant`).
Image.MAX_IMAGE_PIXELS = None

MOST_PIXELS_A_SIDE = 32_000
"""OpenCV counts places along a side in 16 bits. 32,000 pixels are 1.3 m at 600 dpi."""

_FEWEST_PIXELS_A_SIDE = 8
_LONGEST_TO_SHORTEST = 1000

_PILLOW_FORMATS = ("TIFF", "PNG", "JPEG", "JPEG2000", "MPO")
_DECODER_ERRORS = (
    OSError,  # truncated data, unknown format; every codec's own complaint
    SyntaxError,  # Pillow's word for a malformed PNG or TIFF
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
_ON_ITS_SIDE = (5, 6, 7, 8)


@dataclass(frozen=True, eq=False, slots=True)
class Picture:
    """One decoded page of an image file."""

    pixels: Pixels
    """H×W or H×W×3 uint8."""
    resolution: tuple[float, float] | None
    """Pixels per inch, across and down, as the file says and however implausible."""


def count_frames(path: str, *, max_mpixels: float) -> int:
    """Pages of an image file; reads headers only.

    Raises:
        UnreadableSourceError: no image, or its headers are broken.
        TooLargeError: its only page has more pixels than allowed.
    """
    with _opened(path) as image:
        # An MPO is a JPEG in which a camera hid previews: only the first picture is meant.
        frames = int(getattr(image, "n_frames", 1)) if image.format == "TIFF" else 1
        if frames == 1:  # of several, one that is refused costs only itself
            _refuse_giant(image, page=1, max_mpixels=max_mpixels)
        return frames


def load_frame(path: str, index: int, *, max_mpixels: float) -> Picture:
    """Decode one page (``index`` from 0).

    Raises:
        UnreadableSourceError: truncated or broken data, or too few pixels for a line of text.
        TooLargeError: more pixels than allowed.
    """
    with _opened(path) as image:
        if index:
            image.seek(index)
        _refuse_giant(image, page=index + 1, max_mpixels=max_mpixels)
        refuse_sliver(*image.size)
        resolution = _resolution(image)
        if isinstance(image, TiffImagePlugin.TiffImageFile):
            # Pillow turns TIFFs by itself while it loads; asking it again would turn them twice.
            turned = image.tag_v2.get(_ORIENTATION_TAG, 1) in _ON_ITS_SIDE
            image.load()
            upright: Image.Image = image
        else:
            turned = image.getexif().get(_ORIENTATION_TAG, 1) in _ON_ITS_SIDE
            image.load()
            # Pillow makes a copy also of what lies the right way.
            upright = image if image.getexif().get(_ORIENTATION_TAG, 1) == 1 else ImageOps.exif_transpose(image)
        if turned and resolution is not None:
            resolution = (resolution[1], resolution[0])
        return Picture(pixels=_to_pixels(upright), resolution=resolution)


@contextmanager
def _opened(path: str) -> Iterator[Image.Image]:
    """The image file, with Pillow's complaints turned into ours and its warnings kept quiet."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # odd metadata in a file that can be read is no news
            # By handle, not by name: named files Pillow maps into memory, and 13.0 garbles those uncompressed
            # TIFFs that an orientation tag turns on their side.
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
    """Raises UnreadableSourceError for a picture of so few pixels that it can't hold a line of text."""
    shorter, longer = sorted((width, height))
    if shorter < _FEWEST_PIXELS_A_SIDE or longer > _LONGEST_TO_SHORTEST * shorter:
        raise UnreadableSourceError(f"the page has {width:,} × {height:,} pixels: too narrow for a line of text")


def _resolution(image: Image.Image) -> tuple[float, float] | None:
    """As the file says, in pixels per inch."""
    told = image.info.get("dpi")
    if told is None and isinstance(image, TiffImagePlugin.TiffImageFile):
        told = image.info.get("resolution")  # no unit given: a ratio at least, and inches nearly always
    try:
        across, down = (float(value) for value in told or ())
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    usable = np.isfinite(across) and np.isfinite(down) and across > 0 and down > 0
    return (across, down) if usable else None


def _to_pixels(image: Image.Image) -> Pixels:
    """H×W or H×W×3 uint8 of whatever mode Pillow decoded to."""
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
    """Without the copy that Pillow makes of what is in that mode already."""
    return image if image.mode == mode else image.convert(mode)


def _to_eight_bits(samples: npt.NDArray[Any]) -> Pixels:
    """From 16 bits, 32 bits or floats. Floats are taken for 0–1 where nothing exceeds 1."""
    top = float(samples.max(initial=0))
    if np.issubdtype(samples.dtype, np.floating):
        full = 1.0 if top <= 1 else (255.0 if top <= 255 else 65535.0)
    else:
        full = 255.0 if samples.dtype.itemsize > 2 and top <= 255 else 65535.0
    scaled = np.nan_to_num(samples.astype(np.float32)) * (255.0 / full)
    return np.asarray(np.clip(np.rint(scaled), 0, 255), dtype=np.uint8)


def collapsed(pixels: Pixels) -> Pixels:
    """Grey where all three channels say the same: a third of the memory, and cleanup need not choose."""
    red, green, blue = pixels[..., 0], pixels[..., 1], pixels[..., 2]
    if np.array_equal(red, green) and np.array_equal(green, blue):
        return np.ascontiguousarray(red)
    return pixels


def load_image_page(scan: Scan, number: int, *, settings: ScanSettings) -> PicturePage:
    picture = load_frame(scan.path, number - 1, max_mpixels=settings.max_image_mpixels)
    height, width = picture.pixels.shape[:2]
    aspect = 1.0
    if picture.resolution is not None:
        across, down = picture.resolution
        # Faxes have 204 × 98 or 204 × 196 dpi. Beyond that the tags are nonsense.
        aspect = across / down if 0.4 <= across / down <= 2.5 and abs(across / down - 1) > 0.01 else 1.0
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
    """Whether a sheet of that many (square) pixels would have a believable size in inches at ``dpi``.

    72 and 96 are what programs write when they know nothing; they are believed only where a common sheet comes out.
    """
    longer = max(width, height) / dpi
    if not 50 <= dpi <= 1200:
        return False
    if round(dpi) in (72, 96):
        return 10.5 <= longer <= 14.5
    return 3 <= longer <= 20
