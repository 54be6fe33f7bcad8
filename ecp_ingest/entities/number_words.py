"""Numbers in words, English and Urdu: tables with folded words (``folding.fold``) as keys."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from ecp_ingest.language.folding import fold

_ENGLISH_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_ENGLISH_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_URDU = """
صفر ایک دو تین چار پانچ چھ سات آٹھ نو
دس گیارہ بارہ تیرہ چودہ پندرہ سولہ سترہ اٹھارہ انیس
بیس اکیس بائیس تئیس چوبیس پچیس چھبیس ستائیس اٹھائیس انتیس
تیس اکتیس بتیس تینتیس چونتیس پینتیس چھتیس سینتیس اڑتیس انتالیس
چالیس اکتالیس بیالیس تینتالیس چوالیس پینتالیس چھیالیس سینتالیس اڑتالیس انچاس
پچاس اکاون باون ترپن چون پچپن چھپن ستاون اٹھاون انسٹھ
ساٹھ اکسٹھ باسٹھ تریسٹھ چونسٹھ پینسٹھ چھیاسٹھ سڑسٹھ اڑسٹھ انہتر
ستر اکہتر بہتر تہتر چوہتر پچھتر چھہتر ستتر اٹھہتر اناسی
اسی اکیاسی بیاسی تراسی چوراسی پچاسی چھیاسی ستاسی اٹھاسی نواسی
نوے اکیانوے بانوے ترانوے چورانوے پچانوے چھیانوے ستانوے اٹھانوے ننانوے
"""
"""0–99."""
_URDU_VARIANTS = {
    **{"چھے": 6, "چھہ": 6, "اٹھارا": 18, "انتس": 29, "تیئس": 23, "تیئیس": 23, "تیتیس": 33, "تیتالیس": 43},
    **{"انچالیس": 39, "اکیاون": 51, "تریپن": 53, "چوون": 54, "ترسٹھ": 63, "چھیتر": 76, "اٹہتر": 78},
    **{"اکانوے": 91, "بیانوے": 92, "تیرانوے": 93},
}

UNITS: Mapping[str, int] = {
    fold(word): value
    for word, value in (
        *((word, value) for value, word in enumerate(_ENGLISH_UNITS.split())),
        *((word, value) for value, word in enumerate(_URDU.split())),
        *_URDU_VARIANTS.items(),
        *((word, 10 * value) for value, word in enumerate(_ENGLISH_TENS.split(), start=2)),
    )
}
"""0–99; in English only numbers of one word."""

ENGLISH_TENS = frozenset(_ENGLISH_TENS.split())

MULTIPLIERS: Mapping[str, int] = {
    fold(word): value
    for value, words in {
        100: "hundred سو صد",
        1_000: "thousand ہزار",
        100_000: "lakh lac لاکھ",
        1_000_000: "million mn ملین",
        10_000_000: "crore کروڑ",
        1_000_000_000: "billion bn بلین ارب",
        100_000_000_000: "کھرب",
        1_000_000_000_000: "trillion ٹریلین",
    }.items()
    for word in words.split()
}

SHIFTS: Mapping[str, Fraction] = {
    fold("ساڑھے"): Fraction(1, 2),
    fold("سوا"): Fraction(1, 4),
    fold("پونے"): Fraction(-1, 4),
}
"""Words before a number that change it: ساڑھے تین is three and a half. Directly before a multiplier they change one."""

HALVES: Mapping[str, Fraction] = {fold("ڈیڑھ"): Fraction(3, 2), fold("ڈھائی"): Fraction(5, 2)}

_ENGLISH_ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
    "sixteenth seventeenth eighteenth nineteenth"
)
_URDU_ORDINALS = {
    **{"یکم": 1, "پہلا": 1, "پہلی": 1, "پہلے": 1, "اول": 1, "دوسرا": 2, "دوسری": 2, "دوسرے": 2, "دوم": 2},
    **{"تیسرا": 3, "تیسری": 3, "تیسرے": 3, "سوم": 3, "چوتھا": 4, "چوتھی": 4, "چوتھے": 4, "چہارم": 4},
    **{"پنجم": 5, "چھٹا": 6, "چھٹی": 6, "چھٹے": 6, "ششم": 6, "ہفتم": 7, "ہشتم": 8, "نہم": 9, "دہم": 10},
    **{"آٹھواں": 8, "نواں": 9, "نویں": 9, "سویں": 100},
}
ORDINALS: Mapping[str, int] = {
    fold(word): value
    for word, value in (
        *((word, value) for value, word in enumerate(_ENGLISH_ORDINALS.split(), start=1)),
        *((word.removesuffix("y") + "ieth", 10 * value) for value, word in enumerate(_ENGLISH_TENS.split(), start=2)),
        *((word + ending, value) for value, word in enumerate(_URDU.split()) for ending in ("واں", "ویں") if value > 4),
        *_URDU_ORDINALS.items(),
    )
}
