"""Traps that are pictures."""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Callable
from io import BytesIO

from PIL import Image

from tests.hostile.good import encoded, good_files, strip


def chunk(kind: bytes, body: bytes) -> bytes:
    """Of a PNG."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int, height: int, *, packed: bytes, bits: int = 1, more: bytes = b"") -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + more + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def white(width: int, height: int) -> bytes:
    """A true PNG of one bit a pixel: large when it is unpacked, small on the disk."""
    packer = zlib.compressobj(9)
    row = b"\0" + b"\xff" * (-(-width // 8))
    return png(width, height, packed=b"".join(packer.compress(row) for _ in range(height)) + packer.flush())


def bomb(size: int) -> bytes:
    """``size`` zeros (whole MiB), packed: the same block again and again, and the checksum that zeros have."""
    packer = zlib.compressobj(9, wbits=-15)
    block = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    return b"\x78\xda" + block * (size >> 20) + b"\x03\x00" + struct.pack(">I", size % 65521 << 16 | 1)


def with_chunk(kind: bytes, body: bytes) -> bytes:
    good = good_files()["scan.png"]
    return good[:33] + chunk(kind, body) + good[33:]


def tiff(*entries: tuple[int, int, int, int], next_directory: int = 0) -> bytes:
    """One directory of (tag, type, count, value), little-endian, and some bytes of data behind it."""
    body = b"".join(struct.pack("<HHII", *entry) for entry in entries)
    head = b"II*\x00" + struct.pack("<I", 8) + struct.pack("<H", len(entries))
    return head + body + struct.pack("<I", next_directory) + bytes(200)


def shaped(width: int, height: int, **more: int) -> tuple[tuple[int, int, int, int], ...]:
    """The entries of an unpacked grey picture; ``more`` are tags (``t273``) with another value."""
    values = {256: width, 257: height, 258: 8, 259: 1, 262: 1, 273: 150, 277: 1, 278: height, 279: 50}
    values |= {int(tag[1:]): value for tag, value in more.items()}
    return tuple((tag, 4, 1, value) for tag, value in sorted(values.items()))


def endless_tiff(dice: random.Random) -> bytes:
    """The second page's directory is the first again."""
    good = bytearray(good_files()["pages.tif"])
    first = struct.unpack("<I", good[4:8])[0]
    count = struct.unpack("<H", good[first : first + 2])[0]
    place = first + 2 + 12 * count
    target = dice.choice([first, place, 8, len(good) - 2])
    good[place : place + 4] = struct.pack("<I", target)
    return bytes(good)


def resized_jpeg(dice: random.Random) -> bytes:
    """Its header promises another size than its data have."""
    good = bytearray(good_files()["photo.jpg"])
    place = good.index(b"\xff\xc0") + 5
    good[place : place + 4] = struct.pack(">HH", *dice.choice([(65_500, 65_500), (1, 65_500), (0, 100), (9000, 9000)]))
    return bytes(good)


def many_scans(dice: random.Random) -> bytes:
    """A progressive JPEG whose last scan comes again and again: each time the whole picture is gone over."""
    good = good_files()["progressive.jpg"]
    last = good.rindex(b"\xff\xda")
    return good[:-2] + good[last:-2] * dice.choice([10, 500]) + good[-2:]


def many_frames(dice: random.Random) -> bytes:
    small = Image.new("1", (8, 8), 1)
    return encoded(small, "TIFF", save_all=True, append_images=[small] * dice.choice([30, 300]))


def odd_resolution(dice: random.Random) -> bytes:
    dpi = dice.choice([(1, 1), (1e6, 1e6), (0.001, 300), (72, 7200)])
    return encoded(strip(), dice.choice(["PNG", "TIFF"]), dpi=dpi)


def odd_shape(dice: random.Random) -> bytes:
    return encoded(Image.effect_noise(dice.choice([(1, 1), (2, 900), (31_000, 2), (3, 3), (20_000, 1)]), 90), "PNG")


def odd_mode(dice: random.Random) -> bytes:
    mode, kind = dice.choice([("I;16", "PNG"), ("F", "TIFF"), ("CMYK", "TIFF"), ("LAB", "TIFF"), ("RGBA", "PNG")])
    stream = BytesIO()
    base = strip().convert("RGB") if mode in ("LAB", "CMYK", "RGBA") else strip()
    base.convert(mode).save(stream, kind)
    return stream.getvalue()


TRAPS: dict[str, Callable[[random.Random], bytes]] = {
    "pixels.png": lambda dice: white(*dice.choice([(30_000, 30_000), (15_000, 12_000), (40_000, 50)])),
    "profile-bomb.png": lambda dice: with_chunk(b"iCCP", b"x\0\0" + bomb(dice.choice([1 << 26, 1 << 30]))),
    "text-bomb.png": lambda dice: with_chunk(b"zTXt", b"x\0\0" + bomb(dice.choice([1 << 26, 1 << 30]))),
    "data-bomb.png": lambda _: png(600, 600, packed=bomb(1 << 28)),
    "too-little-data.png": lambda _: png(2000, 2000, packed=zlib.compress(bytes(5000))),
    "promise.png": lambda dice: png(*dice.choice([(2**31 - 1, 1), (0, 5), (15_000, 15_000)]), packed=b"x"),
    "endless.tif": endless_tiff,
    "promise.tif": lambda dice: tiff(*shaped(*dice.choice([(2**31, 2**31), (15_000, 15_000), (0, 0), (2**32 - 1, 1)]))),
    "no-data.tif": lambda dice: tiff(*shaped(500, 500, t273=dice.choice([0, 2**32 - 1, 1000]), t279=2**32 - 1)),
    "odd-packing.tif": lambda dice: tiff(*shaped(300, 300, t259=dice.choice([2, 3, 4, 5, 6, 7, 8, 32773, 50000, 9]))),
    "odd-bits.tif": lambda dice: tiff(*shaped(300, 300, t258=dice.choice([0, 3, 64, 65535]), t277=dice.choice([0, 9]))),
    "huge-tag.tif": lambda _: tiff(*shaped(300, 300), (700, 1, 2**32 - 1, 100), (34377, 7, 2**31, 100)),
    "many-frames.tif": many_frames,
    "resized.jpg": resized_jpeg,
    "many-scans.jpg": many_scans,
    "odd-resolution.png": odd_resolution,
    "odd-shape.png": odd_shape,
    "odd-mode.png": odd_mode,
    "gif-inside.png": lambda _: encoded(strip(), "GIF"),
}
