"""Composes what election press releases contain but running text lacks: mostly numbers, dates and codes."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from ecp_ingest.language.folding import URDU_DIGITS

_MONTHS = ["جنوری", "فروری", "مارچ", "اپریل", "مئی", "جون", "جولائی", "اگست", "ستمبر", "اکتوبر", "نومبر", "دسمبر"]
_DAYS = ["پیر", "منگل", "بدھ", "جمعرات", "جمعہ", "ہفتہ", "اتوار"]
_CODES = ("NA", "PP", "PS", "PK", "PB", "LA", "GBA")
_URDU_CODES = ("این اے", "پی پی", "پی ایس", "پی کے", "پی بی", "ایل اے")
_LETTER_NAMES = (
    "اے", "بی", "سی", "ڈی", "ای", "ایف", "جی", "ایچ", "آئی", "جے", "کے", "ایل", "ایم", "این", "او", "پی", "کیو", "آر",
    "ایس", "ٹی", "یو", "وی", "ڈبلیو", "ایکس", "وائی", "زیڈ",
)  # fmt: skip
_PLACES = (
    "اسلام آباد", "کراچی", "لاہور", "پشاور", "کوئٹہ", "ملتان", "راولپنڈی", "فیصل آباد", "سیالکوٹ", "ڈسکہ", "حیدرآباد",
    "خانیوال", "سکھر", "مظفر گڑھ", "گجرات", "ڈیرہ غازی خان", "بہاولنگر", "لودھراں", "خوشاب", "ننکانہ صاحب", "صوابی",
    "مردان", "چارسدہ", "کرم", "تھرپارکر", "سانگھڑ", "ٹنڈو محمد خان", "لسبیلہ", "گوادر", "خضدار", "گلگت بلتستان",
)  # fmt: skip
_HEADS = (
    "الیکشن کمیشن آف پاکستان", "پریس ریلیز", "حکومتِ پاکستان", "الیکشن ہاؤس", "شعبہ تعلقات عامہ", "ضابطہ اخلاق",
    "ضمنی انتخاب", "بلدیاتی انتخابات", "انتخابی فہرست", "میڈیا ونگ", "مراسلہ", "اعلامیہ", "وضاحتی بیان", "نوٹیفکیشن",
    "چیف الیکشن کمشنر", "سیکرٹری الیکشن کمیشن", "صوبائی الیکشن کمشنر", "ڈسٹرکٹ ریٹرننگ آفیسر", "ریٹرننگ آفیسر",
    "ترجمان الیکشن کمیشن", "ڈائریکٹر جنرل", "ایڈیشنل سیکرٹری", "ڈپٹی ڈائریکٹر", "جوائنٹ سیکرٹری", "پولنگ اسٹیشن",
    "پریزائیڈنگ آفیسر", "حلقہ بندی", "ووٹر لسٹ", "کاغذات نامزدگی", "انتخابی نشان", "مورخہ", "برائے فوری اشاعت",
)  # fmt: skip
_ENGLISH = (
    "Election Commission of Pakistan", "Press Release", "Mr.", "Ms.", "Dr.", "Knut Ostby", "UNDP", "ECP", "NADRA",
    "IFES", "UN Women", "EVM", "I-Voting", "RTS", "EMS", "Form-45", "Form-47", "Form 33", "Secretary", "Islamabad",
    "Senate", "Gender", "PWDs", "CNIC", "SMS", "8300", "Facebook", "Twitter", "www.ecp.gov.pk", "info@ecp.gov.pk",
    "Section 9", "Article 218(3)", "Elections Act, 2017", "Director General", "Resident Representative",
    "European Union",
)  # fmt: skip


def digits(number: str, rng: Random) -> str:
    """The number as it is, or in Urdu digits."""
    return number if rng.random() < 0.6 else number.translate({48 + i: URDU_DIGITS[i] for i in range(10)})


def date(rng: Random) -> str:
    day, month, year = rng.randint(1, 31), rng.randint(1, 12), rng.randint(1970, 2032)
    name = _MONTHS[month - 1]
    form = rng.randrange(8)
    if form < 4:
        text = f"{day} {name}{'،' if rng.random() < 0.3 else ''} {year}"
        if rng.random() < 0.3:
            text += "ء"
        if rng.random() < 0.2:
            text = f"{rng.choice(_DAYS)} {text}"
    elif form < 6:
        text = rng.choice(("-", "/", "." if rng.random() < 0.4 else "-")).join(
            (f"{day:02d}", f"{month:02d}", str(year))
        )
    elif form == 6:
        text = f"{day}{rng.choice(('-', ' ', ''))}{name}"
    else:
        text = f"{name} {year}"
    if rng.random() < 0.2:
        text = rng.choice(("مورخہ: ", "مورخہ ", "بتاریخ ", "تاریخ: ")) + text
    return digits(text, rng)


def number(rng: Random) -> str:
    form = rng.randrange(16)
    if form > 13:
        text = money(rng) if form == 14 else time(rng)
    elif form < 4:
        text = str(rng.randrange(10 ** rng.randint(1, 7)))
    elif form == 4:
        text = f"{rng.randrange(10 ** rng.randint(4, 8)):,}"
    elif form == 5:
        text = f"{rng.randrange(100)}.{rng.randrange(100)}"
    elif form == 6:
        text = f"{rng.randrange(101)}{rng.choice(('%', '٪', f'.{rng.randrange(10)}%'))}"
    elif form == 7:
        text = f"{rng.randrange(24):02d}:{rng.randrange(60):02d}"
    elif form == 8:
        text = f"{rng.randrange(300)}-{rng.randrange(300)}"
    elif form == 9:
        text = f"0{rng.randint(21, 99)}-{rng.randrange(10**7):07d}"
    elif form == 10:
        text = f"({rng.randint(1, 60)})"
    elif form == 11:
        text = f"{rng.randint(1, 40)}."
    elif form == 12:
        text = f"{rng.randint(1, 99)}/{rng.randint(1990, 2031)}"
    else:
        text = f"{rng.randint(1, 500)}{rng.choice(('ویں', ' ارب', ' کروڑ', ' لاکھ', ' ہزار', ' فیصد'))}"
    return digits(text, rng)


def money(rng: Random) -> str:
    """A sum of rupees as in tenders and fees; the sign ``/-`` is on either side of the figure."""
    value = rng.randint(1, 99) * 10 ** rng.randint(1, 6)
    figure = f"{value:,}" if rng.random() < 0.8 else str(value)
    return rng.choice(
        (f"-/{figure}", f"-/{figure} روپے", f"{figure}/-", f"Rs.{figure}/-", f"Rs. {figure}", f"{figure} روپے")
    )


def time(rng: Random) -> str:
    """A time of day: ``11:30 بجے``, ``12-00``."""
    text = f"{rng.randint(1, 12)}{rng.choice((':', ':', '-', '.'))}{rng.choice(('00', '30', '15', '45'))}"
    return f"{text} {rng.choice(('بجے', 'بجے دن', 'AM', 'PM', 'am', 'pm'))}" if rng.random() < 0.8 else text


def code(rng: Random) -> str:
    """The number of a constituency (or of two), a file, a section or a sector."""
    form = rng.randrange(10)
    seat = rng.randint(1, 297)
    if form < 3:
        return (
            f"{rng.choice(_CODES)}-{seat}"
            if rng.random() < 0.8
            else f"{rng.choice(_CODES)}-{seat}{rng.choice(('A', ' I', '-II', ' III'))}"
        )
    if form == 3:
        return digits(f"{rng.choice(_URDU_CODES)}{rng.choice((' ', '-', '۔', ' '))}{seat}", rng)
    if form == 4:
        branch = rng.choice(("Elec", "LGE", "Cord", "PR", "Law"))
        return f"No. F.{rng.randint(1, 30)}({rng.randint(1, 30)})/{rng.randint(2008, 2026)}-{branch}"
    if form == 5:
        return digits(f"دفعہ {rng.randint(1, 241)}({rng.randint(1, 9)})", rng)
    if form == 6:
        return f"({rng.choice(_CODES)}-{seat})"
    others = (
        f"{rng.choice(_CODES)}-{seat} {rng.choice(_PLACES)}",
        f"{rng.choice(_CODES)}-{seat}/{rng.choice(_CODES)}-{rng.randint(1, 297)}",
        f"{rng.choice('EFGHI')}-{rng.randint(5, 17)}/{rng.randint(1, 4)}",
    )
    return others[form - 7]


def initials(rng: Random) -> str:
    """Latin initials spelt in Urdu, ``(این این آئی)``, as of parties, agencies and offices."""
    text = " ".join(rng.choice(_LETTER_NAMES) for _ in range(rng.randint(2, 4)))
    return f"({text})" if rng.random() < 0.6 else text


def english(words: Sequence[str], rng: Random) -> str:
    form = rng.randrange(5)
    if form == 0:
        return rng.choice(_ENGLISH)
    if form == 1:
        return f"{rng.choice(('Mr.', 'Ms.', 'Dr.', 'Mrs.'))} {rng.choice(words).title()} {rng.choice(words).title()}"
    if form == 2:
        return f"({rng.choice(_ENGLISH)})"
    return " ".join(rng.choice(words) for _ in range(rng.randint(1, 3)))


def heading(rng: Random) -> str:
    """A few words: a letterhead, an office or a date line."""
    text, place = rng.choice(_HEADS), rng.choice(_PLACES)
    label = rng.choice(("نمبر", "فائل نمبر", "فون:", "ٹیلی فون:", "فیکس:"))
    forms = (
        text,
        f"{text}: {date(rng)}",
        f"{place}: {date(rng)}",
        f"{place} ({text}) {date(rng)}",
        f"{text}، {place}",
        f"{text} {code(rng)}",
        f"{label} {number(rng)}",
    )
    return rng.choice(forms)


def insert(text: str, words: Sequence[str], rng: Random) -> str:
    """Running text with a number, date, code, name or English inserted, or with brackets, quotes or other marks."""
    parts = text.split()
    at = rng.randrange(len(parts) + 1)
    form = rng.random()
    if form < 0.3:
        parts.insert(at, number(rng))
    elif form < 0.5:
        parts.insert(at, date(rng))
    elif form < 0.65:
        parts.insert(at, code(rng))
    elif form < 0.76:
        parts.insert(at, english(words, rng))
    elif form < 0.79:
        parts.insert(at, rng.choice(_PLACES + _HEADS))
    elif form < 0.83:
        parts.insert(at, initials(rng))
    else:
        at = min(at, len(parts) - 1)
        if form < 0.92:
            end = min(len(parts), at + rng.randint(1, 3))
            parts[at] = rng.choice('((("“‘[') + parts[at]
            close = {"(": ")", '"': '"', "“": "”", "‘": "’", "[": "]"}[parts[at][0]]
            parts[end - 1] += close + ("،" if rng.random() < 0.2 else "")
        else:
            parts[at] += rng.choice(("،", "۔", "،", "۔", ":", "؟", "!", "؛", "-", " -", "۔۔۔", "...", "٪"))
    return " ".join(parts)


def list_of_numbers(rng: Random) -> str:
    """Mostly figures, as in a row of a table, a schedule or an address."""
    makers = (number, number, date, code, heading)
    return " ".join(rng.choice(makers)(rng) for _ in range(rng.randint(2, 4)))


def spoken(rng: Random) -> str:
    """Part of a sentence with figures in it."""
    forms = (
        f"حلقہ {code(rng)} میں {date(rng)} کو پولنگ ہوگی",
        f"{date(rng)} کو {rng.choice(_PLACES)} میں {number(rng)} امیدوار",
        f"پولنگ کا وقت صبح {rng.randint(7, 9)} بجے سے شام {rng.randint(4, 6)} بجے تک",
        f"{number(rng)} میں سے {number(rng)} ووٹ ({number(rng)}) حاصل کیے",
        f"مرد ووٹرز {number(rng)} اور خواتین ووٹرز {number(rng)} ہیں۔",
        f"الیکشنز ایکٹ {rng.choice(('2017', '۲۰۱۷'))} کی {code(rng)} کے تحت",
    )
    return rng.choice(forms)
