"""Languages are told from letters and short words, and two runs agree."""

from __future__ import annotations

import time

import pytest

from ecp_ingest.document.text import Script
from ecp_ingest.language.identification import disagrees, identify

ENGLISH = "Secretary Election Commission of Pakistan apprised the mission about steps taken by the ECP"
URDU = "سیکرٹری الیکشن کمیشن آف پاکستان عمر حمید خان کی اقوام متحدہ کے نمائندے سے ملاقات"
OLD_FORMS = "اليكشن كميشن آف پاكستان كى جانب سے اعلان كيا گيا هى كه انتخابات وقت پر هوں گى"
ARABIC = "قال رئيس اللجنة العليا للانتخابات إن عملية الاقتراع جرت في جميع المحافظات بشكل منتظم وفق القانون"
PERSIAN = "رئیس کمیسیون انتخابات گفت که رأی گیری در همه استان ها به خوبی انجام شد و نتایج فردا اعلام می شود"
SINDHI = "پاڪستان جي اليڪشن ڪميشن جو چوڻ آهي ته چونڊون وقت تي ٿينديون"
PASHTO = "د پاکستان د ټاکنو کمېسیون وايي چې ټاکنې به پر خپل وخت ترسره شي او ښه به وي"
ROMAN_URDU = "Election Commission ne kaha hai ke intikhabat waqt par hon ge aur sab ko mauqa diya jaye ga"


@pytest.mark.parametrize(
    ("text", "script", "language", "seen"),
    [
        (ENGLISH, "Latn", "eng", "Latn"),
        (URDU, "Arab", "urd", "Arab"),
        (OLD_FORMS, "Arab", "urd", "Arab"),
        ("اليكشن كميشن آف باكستان", "Arab", "urd", "Arab"),
        (ARABIC, "Arab", "ara", "Arab"),
        (PERSIAN, "Arab", "fas", "Arab"),
        (SINDHI, "Arab", "snd", "Arab"),
        (PASHTO, "Arab", "pus", "Arab"),
        (ROMAN_URDU, "Latn", "urd", "Latn"),
        (ENGLISH, "Arab", "eng", "Latn"),  # the letters, not what the line was taken for
        ("ELECTION COMMISSION OF PAKISTAN", "Latn", "eng", "Latn"),
        ("پریس ریلیز", "Arab", "urd", "Arab"),
        ("No. 12", "Latn", "eng", "Latn"),
        ("28/5/2022", "Arab", "urd", "Arab"),
        ("", "Latn", "eng", "Latn"),
    ],
)
def test_language(text: str, script: Script, language: str, seen: Script) -> None:
    verdict = identify(text, script)
    assert (verdict.language, verdict.script) == (language, seen)
    assert 0 <= verdict.confidence <= 1
    assert verdict == identify(text, script)


@pytest.mark.parametrize("text", ["پریس ریلیز", "28/5/2022", "القاهرة", "Date:"])
def test_short_text_is_no_strong_evidence(text: str) -> None:
    verdict = identify(text, "Arab")
    assert verdict.confidence < 0.8
    assert disagrees(verdict, "eng") is None


@pytest.mark.parametrize(
    ("text", "chosen", "name"),
    [
        (URDU, "eng", "Urdu"),
        (ENGLISH, "urd", "English"),
        (ARABIC, "urd", "Arabic"),
        (PERSIAN, "urd", "Persian"),
        (SINDHI, "urd", "Sindhi"),
        (PASHTO, "urd", "Pashto"),
        (ROMAN_URDU, "eng", "Urdu in Latin letters"),
    ],
)
def test_a_confident_verdict_contradicts(text: str, chosen: str, name: str) -> None:
    reason = disagrees(identify(text, "Latn" if chosen == "eng" else "Arab"), chosen)
    assert reason is not None
    assert name in reason


@pytest.mark.parametrize(("text", "chosen"), [(URDU, "urd"), (OLD_FORMS, "urd"), (ENGLISH, "eng")])
def test_agreement_says_nothing(text: str, chosen: str) -> None:
    assert disagrees(identify(text, "Arab" if chosen == "urd" else "Latn"), chosen) is None


def test_profiles_are_read_once() -> None:
    identify(ARABIC, "Arab")
    began = time.process_time()
    for _ in range(20):
        identify(ARABIC, "Arab")
    assert (time.process_time() - began) / 20 < 0.02
