"""Release texts → HTML sheets, the way a press office lays them out."""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Callable
from typing import Literal

import cv2
import numpy as np

from ecp_ingest.document.geometry import Pixels
from tests.samples_maker.release_texts import Printed, ReleaseText

Arrangement = Literal["separate", "stacked", "side-by-side"]

# Latin first, so that figures and names inside Urdu lines are set in the serif, as word processors do.
STYLE = """
@page { size: 210mm %(height)dmm; margin: 0 }
html, body { margin: 0; color: #111 }
.sheet { box-sizing: border-box; width: 210mm; height: %(height)dmm; padding: 15mm %(side)dmm 10mm; overflow: hidden;
         break-after: page; font: 11.5pt/1.32 "Liberation Serif", "Noto Nastaliq Urdu" }
.sheet:last-child { break-after: auto }
.columns { display: grid; grid-template-columns: 1fr 1fr; gap: 9mm }
p { margin: 0 0 2.6mm; text-align: justify }
.urd { direction: rtl; font-size: 13pt; line-height: %(leading).2f; margin-bottom: 1.2mm }
.letterhead { text-align: center; font-weight: bold; font-size: 14pt; margin-bottom: 1mm }
.letterhead.urd { font-size: 17pt; line-height: 2.3; margin: 0 }
.letterhead + .letterhead { font-size: 11pt; font-weight: normal }
.letterhead.urd + .letterhead.urd { font-size: 12pt }
.heading { text-align: center; font-weight: bold; text-decoration: underline; margin: 2.5mm 0; font-size: 12.5pt }
.heading.urd { text-decoration: none; font-size: 15pt; line-height: 2.2; margin: 1mm 0 0 }
.dateline { text-align: left; font-weight: bold }
.dateline.urd { text-align: right }
.item { padding-left: 7mm; text-align: left }
.item.urd { padding-left: 0; padding-right: 7mm; text-align: right }
.caption { text-align: center; font-size: 11.5pt; line-height: 2 }
.signature { text-align: right; margin: 0; padding-right: 12mm }
.signature.urd { text-align: left; padding-left: 12mm; padding-right: 0 }
:not(.signature) + .signature { margin-top: 7mm }
.signature.urd.urd { margin-top: 0 }
.footer { text-align: center; font-size: 9.5pt }
.seal, .photograph { display: block; margin: 0 auto 1.5mm }
.seal + .urd { margin-top: 3mm }
.photograph { width: 88mm; margin: 2mm auto 3.5mm }
.rule { border: 0; border-top: 0.5mm solid #222; margin: 3mm 0 5mm }
"""

SEAL = """<svg class="seal" width="21mm" height="21mm" viewBox="-50 -50 100 100" fill="none" stroke="#1d4d2b">
<circle r="48" stroke-width="2.5"/><circle r="43" stroke-width="1"/>
<circle r="38" stroke-width="5" stroke-dasharray="2.6 3.4"/>
<path d="M 8 -26 A 26 26 0 1 0 24 14 A 21 21 0 1 1 8 -26 Z" fill="#1d4d2b" stroke="none"/>
<path d="M 17 -17 l 2.9 6.2 6.8 .8 -5 4.7 1.3 6.7 -6 -3.3 -6 3.3 1.3 -6.7 -5 -4.7 6.8 -.8 Z"
 fill="#1d4d2b" stroke="none"/>
</svg>"""


def sheets(
    release: ReleaseText,
    arrangement: Arrangement,
    *,
    seal: bool = False,
    height: int = 297,
    leading: float = 2.3,
) -> str:
    """One HTML document. ``height`` of each sheet in millimetres (all are 210 mm wide), ``leading`` from one Urdu
    baseline to the next in ems."""
    emblem = SEAL if seal else ""
    english, urdu = (emblem + _half(release.half(language)) for language in ("eng", "urd"))
    if arrangement == "separate":
        body = f'<div class="sheet">{english}</div><div class="sheet">{urdu}</div>'
    elif arrangement == "stacked":
        body = f'<div class="sheet">{english}<hr class="rule">{urdu.removeprefix(emblem)}</div>'
    else:
        urdu = urdu.removeprefix(emblem)
        body = (
            f'<div class="sheet">{emblem}<div class="columns"><div>{english.removeprefix(emblem)}</div>'
            f"<div>{urdu}</div></div></div>"
        )
    style = STYLE % {"height": height, "leading": leading, "side": 14 if arrangement == "side-by-side" else 20}
    return f'<!doctype html><meta charset="utf-8"><title>{release.name}</title><style>{style}</style>{body}'


def _half(paragraphs: tuple[Printed, ...]) -> str:
    return "\n".join(element(paragraph) for paragraph in paragraphs)


def marked(text: str) -> str:
    """Codes such as 051-9204402 or 218(3) stand left to right inside Urdu, as their authors force them to: left to
    the bidirectional algorithm their parts would change places."""
    return re.sub(r"[0-9A-Za-z][0-9A-Za-z./]*[-(/][0-9A-Za-z./()-]*", r'<bdi dir="ltr">\g<0></bdi>', html.escape(text))


def element(paragraph: Printed, content: Callable[[str], str] = marked) -> str:
    """A paragraph or a photograph as HTML; ``content`` turns its text into what stands inside."""
    if paragraph.kind is None:
        return f'<img class="photograph" src="data:image/png;base64,{_png(photograph())}">'
    classes: list[str] = [paragraph.kind, paragraph.language]
    if paragraph.kind == "body" and paragraph.text.startswith(("•", "(")):
        classes.append("item")
    language = {"eng": "en", "urd": "ur"}[paragraph.language]
    return f'<p class="{" ".join(classes)}" lang="{language}">{content(paragraph.text)}</p>'


def _png(picture: Pixels) -> str:
    return base64.b64encode(cv2.imencode(".png", picture)[1].tobytes()).decode()


def photograph(width: int = 720, height: int = 430) -> Pixels:
    """H×W×3 BGR: people at a table, as far as layout analysis cares: many tones, soft edges, grain, no letters."""
    rng = np.random.default_rng(8300)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    wall = 150 + 45 * np.cos((x - 0.35 * width) / width * 3) - 60 * (y / height)
    scene: Pixels = np.clip(np.stack([wall * 0.8, wall * 0.92, wall], axis=-1), 0, 255).astype(np.uint8)
    cv2.rectangle(scene, (60, 30), (190, 165), (70, 95, 60), -1)  # a framed picture on the wall
    cv2.rectangle(scene, (60, 30), (190, 165), (40, 70, 105), 8)
    cv2.rectangle(scene, (610, 20), (650, 300), (45, 85, 35), -1)  # a flag
    for centre, coat in ((170, (48, 44, 40)), (330, (90, 62, 44)), (500, (62, 58, 70)), (610, (120, 110, 105))):
        tall = int(rng.integers(-14, 14))
        cv2.ellipse(scene, (centre, 330 + tall), (72, 125), 0, 180, 360, coat, -1, cv2.LINE_AA)
        shirt = np.array([[centre - 16, 212 + tall], [centre + 16, 212 + tall], [centre, 290 + tall]], dtype=np.int32)
        cv2.fillPoly(scene, [shirt], (225, 225, 228), cv2.LINE_AA)
        cv2.ellipse(scene, (centre, 165 + tall), (34, 45), 0, 0, 360, (118, 150, 190), -1, cv2.LINE_AA)
        cv2.ellipse(scene, (centre, 143 + tall), (37, 30), 0, 180, 360, (28, 30, 36), -1, cv2.LINE_AA)
        cv2.ellipse(scene, (centre - 4, 178 + tall), (12, 5), 0, 0, 180, (80, 90, 140), -1, cv2.LINE_AA)
    cv2.rectangle(scene, (0, 330), (width, height), (38, 58, 92), -1)  # the table
    for left in range(40, width, 170):
        paper = np.array([[left, 372], [left + 75, 362], [left + 96, 398], [left + 16, 408]], dtype=np.int32)
        cv2.fillPoly(scene, [paper], (232, 236, 238), cv2.LINE_AA)
    grain = rng.normal(0, 7, scene.shape).astype(np.float32)
    soft = cv2.GaussianBlur(scene, (0, 0), 1.6).astype(np.float32) + cv2.GaussianBlur(grain, (0, 0), 0.8) * 2
    seen: Pixels = np.clip(soft, 0, 255).astype(np.uint8)
    return seen
