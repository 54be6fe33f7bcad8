"""A release as an earlier OCR run would leave it: right for the most part, and wrong in the ways of such runs."""

from __future__ import annotations

from tests.samples_maker.release_texts import ReleaseText

MISREAD = (
    # Arabic letters where Urdu ones belong, and a letter without its dots
    ("الیکشن کمیشن آف پاکستان", "اليكشن كميشن آف باكستان"),
    # words run together, a stop without its space, a space before one
    ("قیادت میں آج", "قیادت میںآج"),
    ("ملاقات کی۔ انتخابی", "ملاقات کی۔انتخابی"),
    ("شامل تھیں۔", "شامل تھیں ۔"),
    # a phrase that stands twice running
    ("پولنگ اسٹیشنوں پر تصویری انتخابی فہرستیں", "پولنگ اسٹیشنوں پر تصویری پولنگ اسٹیشنوں پر تصویری انتخابی فہرستیں"),
    # Arabic yeh and kaf in the middle of the text, a misread word
    ("بین الاقوامی مبصرین", "بين الاقوامي مبصرین"),
    ("شکریہ ادا کیا", "شكریہ ادا کیا"),
    ("سینئر مشیر", "سینئر مثیر"),
    ("electoral law", "electrol law"),
)


def earlier_run(release: ReleaseText) -> str:
    """Paragraphs with an empty line between them. Raises ValueError where the release lacks what was to be misread."""
    text = "\n\n".join(paragraph.text for paragraph in release.paragraphs if paragraph.kind) + "\n"
    for right, wrong in MISREAD:
        if right not in text:
            raise ValueError(f"{release.name} has no {right!r} to misread")
        text = text.replace(right, wrong, 1)
    return text
