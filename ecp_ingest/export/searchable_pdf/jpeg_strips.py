"""JPEG in TIFF → one JPEG, without decoding it.

A scanner's TIFF holds each strip of a page as a JPEG of its own, with the tables apart (TIFF Technical Note 2). Their
compressed data is put end to end with restart markers between: a decoder begins anew at each, as it does with a strip
(ITU-T T.81, B.1.1.3 and E.1.4). So a page goes into a PDF as it was scanned, not four times as large.
"""

from __future__ import annotations

import math
import struct
from pathlib import Path
from typing import BinaryIO

from PIL import Image

_COMPRESSION, _PHOTOMETRIC, _STRIPS, _ROWS, _LENGTHS, _PLANES, _TABLES = 259, 262, 273, 278, 279, 284, 347
_JPEG = 7
_GREY, _RGB, _YCC = 1, 2, 6
_SOI, _EOI = b"\xff\xd8", b"\xff\xd9"
_SOF0, _DHT, _RST0, _SOS, _DQT, _DRI, _APP0, _APP14 = 0xC0, 0xC4, 0xD0, 0xDA, 0xDB, 0xDD, 0xE0, 0xEE
_FRAMES = range(0xC0, 0xD0)
_LONGEST = 0xFFFF

Segment = tuple[int, bytes]
"""Marker and contents, without their length."""


def page_as_jpeg(path: Path, image: Image.Image) -> bytes | None:
    """The current page of the opened TIFF as JPEG; None where it isn't baseline JPEG in strips that can be joined."""
    tags = getattr(image, "tag_v2", {})
    if tags.get(_COMPRESSION) != _JPEG or tags.get(_PLANES, 1) != 1 or _STRIPS not in tags:
        return None
    with path.open("rb") as file:
        strips = [_read(_bytes_at(file, *place)) for place in zip(tags[_STRIPS], tags[_LENGTHS], strict=True)]
    shared = _read(tags[_TABLES])[0] if _TABLES in tags else []
    heads = [segments for segments, _ in strips]
    if any(_alike(head) != _alike(heads[0]) or any(marker == _DRI for marker, _ in head) for head in heads):
        return None
    frame = next((contents for marker, contents in heads[0] if marker == _SOF0), None)
    start = next((contents for marker, contents in heads[0] if marker == _SOS), None)
    interval = _blocks(frame, image.width, tags.get(_ROWS, image.height), strips=len(strips)) if frame else None
    if frame is None or start is None or interval is None or tags.get(_PHOTOMETRIC) not in (_GREY, _RGB, _YCC):
        return None
    tables = [one for one in [*shared, *heads[0]] if one[0] in (_DQT, _DHT)]
    written = [_SOI, *map(_segment, [_label(image, is_rgb=tags[_PHOTOMETRIC] == _RGB), *tables])]
    if interval:
        written.append(_segment((_DRI, struct.pack(">H", interval))))
    written.append(_segment((_SOF0, frame[:1] + struct.pack(">H", image.height) + frame[3:])))
    written.append(_segment((_SOS, start)))
    for number, (_, data) in enumerate(strips):
        written += [bytes([0xFF, _RST0 + (number - 1) % 8])] * bool(number) + [data]
    return b"".join([*written, _EOI])


def _bytes_at(file: BinaryIO, start: int, length: int) -> bytes:
    file.seek(start)
    return file.read(length)


def _read(jpeg: bytes) -> tuple[list[Segment], bytes]:
    """The segments up to the start of the scan, and the scan."""
    segments: list[Segment] = []
    at = len(_SOI)
    while at + 4 <= len(jpeg) and jpeg[at + 1] != _EOI[1]:
        marker, length = jpeg[at + 1], int.from_bytes(jpeg[at + 2 : at + 4])
        segments.append((marker, jpeg[at + 4 : at + 2 + length]))
        at += 2 + length
        if marker == _SOS:
            break
    return segments, jpeg[at:].removesuffix(_EOI)


def _alike(head: list[Segment]) -> list[Segment]:
    """The segments without the height: they must be the same in all strips."""
    return [
        (marker, contents[:1] + contents[3:] if marker in _FRAMES and marker != _DHT else contents)
        for marker, contents in head
    ]


def _blocks(frame: bytes, width: int, rows: int, *, strips: int) -> int | None:
    """Minimum coded units (T.81, A.2) of a strip; None where strips don't end with one, or there are too many."""
    if strips == 1:
        return 0
    samplings = [frame[7 + 3 * i] for i in range(frame[5])]
    if len(samplings) == 1:
        samplings = [0x11]  # one component isn't interleaved: its units are single blocks, whatever it says
    across, down = (8 * max(s >> 4 for s in samplings), 8 * max(s & 15 for s in samplings))
    count = math.ceil(width / across) * math.ceil(rows / down)
    return count if rows % down == 0 and count <= _LONGEST else None


def _label(image: Image.Image, *, is_rgb: bool) -> Segment:
    """Whether the colours are RGB as they stand; else the resolution, beside which decoders would take them for YCC."""
    if is_rgb:
        return _APP14, b"Adobe" + struct.pack(">HHHB", 100, 0, 0, 0)
    across, down = (round(float(dpi)) for dpi in image.info.get("dpi", (72, 72)))
    return _APP0, b"JFIF\0" + struct.pack(">HBHHBB", 0x0101, 1, across, down, 0, 0)


def _segment(segment: Segment) -> bytes:
    marker, contents = segment
    return bytes([0xFF, marker]) + struct.pack(">H", len(contents) + 2) + contents
