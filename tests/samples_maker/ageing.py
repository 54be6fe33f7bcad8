"""What copiers, fax machines, feeders and cupboards do to a sheet. Every function: page in, new page out.

Pages are H×W (grey) or H×W×3 (RGB) uint8, dark ink on light paper. What is random comes from ``seed``.
"""

from __future__ import annotations

import cv2
import numpy as np

from ecp_ingest.document.geometry import Pixels


def grey(page: Pixels) -> Pixels:
    return np.asarray(cv2.cvtColor(page, cv2.COLOR_RGB2GRAY), dtype=np.uint8) if page.ndim == 3 else page


def skew(page: Pixels, degrees: float) -> Pixels:
    """Turned about its middle, counter-clockwise positive; the corners that come free are paper."""
    height, width = page.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    return _pixels(cv2.warpAffine(page, turn, (width, height), flags=cv2.INTER_CUBIC, borderValue=(255, 255, 255)))


def blur(page: Pixels, sigma: float) -> Pixels:
    """``sigma`` in pixels."""
    return _pixels(cv2.GaussianBlur(page, (0, 0), sigma))


def noise(page: Pixels, strength: float, *, seed: int) -> Pixels:
    """Sensor grain: normal, ``strength`` grey levels wide, the same in all channels."""
    grain = np.random.default_rng(seed).normal(0, strength, page.shape[:2])
    return _pixels(page + (grain[..., None] if page.ndim == 3 else grain))


def tone(page: Pixels, *, ink: float, paper: float) -> Pixels:
    """Black becomes ``ink``, white becomes ``paper`` (grey levels): faded print, yellowed or grey paper."""
    return _pixels(ink + page.astype(np.float64) * (paper - ink) / 255)


def tint(page: Pixels, colour: tuple[int, int, int]) -> Pixels:
    """RGB of the paper: the page seen through it."""
    return _pixels(page.astype(np.float64) * np.array(colour) / 255)


def uneven_light(page: Pixels, darkest: float, *, towards: float) -> Pixels:
    """Falls off to ``darkest`` (a factor) at the edge that lies in the direction ``towards``: degrees, 0 is right,
    90 is down; as under a lid that doesn't close, or a lamp on one side."""
    height, width = page.shape[:2]
    y, x = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j]
    along = (x - 0.5) * np.cos(np.radians(towards)) + (y - 0.5) * np.sin(np.radians(towards)) + 0.5
    light = 1 - (1 - darkest) * np.clip(along, 0, 1) ** 2
    return _pixels(page * (light[..., None] if page.ndim == 3 else light))


def bleed(page: Pixels, back: Pixels, strength: float) -> Pixels:
    """The ink of ``back`` (same size) seen through from behind: mirrored, soft, ``strength`` 0–1 of its black."""
    behind = cv2.GaussianBlur(cv2.flip(back, 1), (0, 0), 2.5).astype(np.float64)
    return _pixels(page - (255 - behind) * strength)


def specks(page: Pixels, count: int, *, seed: int, largest: int = 2) -> Pixels:
    """Dust on the glass: dark dots up to ``largest`` pixels in radius."""
    rng, dusty = np.random.default_rng(seed), page.copy()
    height, width = page.shape[:2]
    for x, y, radius, level in zip(
        rng.integers(0, width, count), rng.integers(0, height, count),
        rng.integers(0, largest + 1, count), rng.integers(0, 130, count), strict=True,
    ):  # fmt: skip
        cv2.circle(dusty, (int(x), int(y)), int(radius), (int(level),) * 3, -1)
    return dusty


def bilevel(page: Pixels, threshold: int = 150) -> Pixels:
    """H×W of 0 and 255, as a fax machine decides."""
    return np.where(grey(page) < threshold, 0, 255).astype(np.uint8)


def turned(page: Pixels) -> Pixels:
    """Fed in upside down."""
    return np.ascontiguousarray(page[::-1, ::-1])


def strips(page: Pixels, *, height: int, shared: int) -> tuple[Pixels, Pixels]:
    """A sheet too long for the glass, scanned in two goes of about ``height`` pixels: about ``shared`` pixels at the
    foot of the first stand again at the head of the second. The cuts go through the nearest blank rows, if any."""
    dark = (grey(page) < 200).sum(axis=1)

    def blank_near(row: int) -> int:
        blank = np.flatnonzero(dark == 0)
        return int(blank[np.abs(blank - row).argmin()]) if blank.size else row

    foot = blank_near(height)
    return page[:foot], page[blank_near(foot - shared) :]


def _pixels(values: object) -> Pixels:
    return np.clip(np.rint(np.asarray(values, dtype=np.float64)), 0, 255).astype(np.uint8)
