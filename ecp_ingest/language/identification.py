"""Identifies the language of recognised text from its letters, its function words and langdetect.

Letters come first. Urdu has letters that Arabic and Persian lack (ٹ ڈ ڑ ں ے ہ ھ), Sindhi and Pashto have their own, and
this works for short and badly read text too. Arabic letters don't prove the reverse: earlier OCR runs wrote Urdu with
Arabic forms (ي ك ة), so those are folded before counting. A text is Arabic or Persian only if it lacks Urdu's letters
and function words, which are frequent in Urdu; langdetect (Shuyo's character n-grams) then decides between the two.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import langdetect
from langdetect.detector_factory import DetectorFactory
from langdetect.lang_detect_exception import LangDetectException

from ecp_ingest.document.text import Script
from ecp_ingest.language.folding import ARABIC_LETTERFORMS, YEH_AND_KAF
from ecp_ingest.language.function_words import ENGLISH_PROSE, ROMAN_URDU_PROSE, URDU_PROSE
from ecp_ingest.language.languages import ARABIC, ENGLISH, KNOWN, OF_SCRIPT, PERSIAN, URDU

ENOUGH_LETTERS = 20
"""Minimum number of letters for n-grams, which only guess on less; below it, letters and script alone decide."""
CONFIDENT = 0.8
"""Lowest confidence at which a verdict contradicts the language that a paragraph was recognised in."""

_PROFILES = {language.tag: language.code for language in (ENGLISH, URDU, ARABIC, PERSIAN)}
"""langdetect's name of a language → its ISO 639-3 code."""
_OLD_FORMS = str.maketrans({**YEH_AND_KAF, "ۀ": "ہ", "ۃ": "ہ"})
_HEH = str.maketrans("ه", ARABIC_LETTERFORMS["ه"])  # Persian has this letter too, so only for single words
_URDU = frozenset("ٹڈڑںےہھۓۂ")
_SINDHI = frozenset("ٻڀٺٽٿڃڄڇڊڌڍڏڦڪڱڳڻ۽۾")
_PASHTO = frozenset("ځڅډړږښګڼېۍ")


@dataclass(frozen=True, slots=True)
class LanguageVerdict:
    """``language`` is ISO 639-3; ``script`` is that of the letters; ``confidence`` is 0–1."""

    language: str
    script: Script
    confidence: float
    evidence: str


def identify(text: str, script: Script) -> LanguageVerdict:
    """The language of ``text``; ``script``, in which the text was recognised, decides if it has no letters."""
    letters = Counter(c for c in text.translate(_OLD_FORMS) if c.isalpha())
    latin = sum(n for c, n in letters.items() if "A" <= c <= "ɏ")
    arabic = sum(n for c, n in letters.items() if "\u0600" <= c <= "\u06ff" or "\u0750" <= c <= "\u077f")
    if not latin and not arabic:
        return LanguageVerdict(OF_SCRIPT[script].code, script, 0.1, "no letters: from the script")
    return _latin(text, latin) if latin > arabic else _arabic(text, letters, arabic)


def disagrees(verdict: LanguageVerdict, chosen_language: str) -> str | None:
    """Why a person should check text that was recognised as ``chosen_language``; None if there is no reason."""
    if verdict.language == chosen_language and (verdict.script == "Latn") == (chosen_language == "eng"):
        return None
    if verdict.confidence < CONFIDENT:
        return None
    roman = " in Latin letters" if verdict.language == "urd" and verdict.script == "Latn" else ""
    read = f"{_name(verdict.language)}{roman}"
    return f"recognised as {_name(chosen_language)}, but reads like {read}: {verdict.evidence}"


def function_words(text: str) -> tuple[int, int]:
    """Number of English and of Urdu function words in ``text``."""
    english = sum(word in ENGLISH_PROSE for word in re.findall(r"[a-z]+", text.lower()))
    return english, sum(word in URDU_PROSE for word in text.split())


def _latin(text: str, letters: int) -> LanguageVerdict:
    words = re.findall(r"[a-z]+", text.lower())
    english = sum(word in ENGLISH_PROSE for word in words)
    urdu = sum(word in ROMAN_URDU_PROSE for word in words)
    counts = f"{english} English and {urdu} Urdu function words of {len(words)}"
    if letters < ENOUGH_LETTERS:
        return LanguageVerdict("eng", "Latn", 0.5, f"Latin letters, {letters} only")
    if urdu >= 3 and urdu > 2 * english and urdu >= 0.15 * len(words):
        return LanguageVerdict("urd", "Latn", min(0.95, 0.6 + urdu / len(words)), counts)
    # Titles and lists of names have no function words, but are English here.
    return LanguageVerdict("eng", "Latn", min(0.99, 0.7 + english / max(1, len(words))), f"Latin letters, {counts}")


def _arabic(text: str, letters: Counter[str], total: int) -> LanguageVerdict:
    own = {"urd": _URDU, "snd": _SINDHI, "pus": _PASHTO}
    counts = {language: sum(letters[c] for c in wanted) for language, wanted in own.items()}
    for language in ("snd", "pus"):
        # Both share ہ ھ ے with Urdu, at other rates: their own letters decide, if there are more than misreadings give.
        if counts[language] >= 2 and counts[language] > 0.02 * total:
            share = counts[language] / total
            enough = total >= ENOUGH_LETTERS
            return LanguageVerdict(
                language,
                "Arab",
                min(0.95, 0.6 + 4 * share) if enough else 0.4,
                f"{counts[language]} letters of {total} that only {_name(language)} has",
            )
    share = counts["urd"] / total
    text = text.translate(_OLD_FORMS)
    evidence = f"{counts['urd']} letters of {total} that Arabic and Persian lack"
    if total < ENOUGH_LETTERS:
        return LanguageVerdict("urd", "Arab", 0.6 if counts["urd"] else 0.4, evidence)
    if share >= 0.04:
        return LanguageVerdict("urd", "Arab", min(0.99, 0.8 + 2 * share), evidence)
    words = text.split()
    common = sum(word.translate(_HEH) in URDU_PROSE for word in words)
    evidence = f"{evidence}, {common} Urdu function words of {len(words)}"
    language, probability = _by_ngrams(text)
    if language == "urd" or share >= 0.015 or common >= 0.12 * len(words):
        return LanguageVerdict("urd", "Arab", 0.6, f"{evidence}; langdetect: {language} {probability:.2f}")
    # n-grams give too high a confidence for short text: a line of names isn't proof, a paragraph is.
    confidence = 0.95 * probability * min(1.0, total / 60)
    return LanguageVerdict(language, "Arab", confidence, f"{evidence}; langdetect: {language} {probability:.2f}")


def _name(language: str) -> str:
    return KNOWN[language].name if language in KNOWN else language


def _by_ngrams(text: str) -> tuple[str, float]:
    """The likeliest of Arabic, Persian, Urdu and English by langdetect, with its probability; else Urdu and 0."""
    detector = _factory().create()
    detector.append(text)
    try:
        best = detector.get_probabilities()[0]
    except (LangDetectException, IndexError):
        return "urd", 0.0
    return _PROFILES[best.lang], float(best.prob)


@lru_cache(maxsize=1)
def _factory() -> DetectorFactory:
    """Four profiles, read once; langdetect's own ``detect`` loads all 55 and may choose Bulgarian."""
    DetectorFactory.seed = 0  # it samples n-grams at random; a seed makes runs repeatable
    folder = Path(langdetect.__file__).parent / "profiles"
    factory = DetectorFactory()
    factory.load_json_profile([(folder / code).read_text(encoding="utf-8") for code in _PROFILES])
    return factory
