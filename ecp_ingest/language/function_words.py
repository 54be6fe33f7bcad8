"""Function words: the short words that hold sentences together, in English and Urdu.

Three lists for three questions, each with the core and its own additions. Their thresholds were fitted to exactly these
words, so a word added to one list may move a verdict: run the tests and benches of its user after a change.
"""

from __future__ import annotations

from ecp_ingest.language.folding import fold


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ENGLISH = _words("""
    a an and are as at be been by for from has have he his in is it its not of on or that the their this to was were
    which will with
""")
_URDU = _words("""
    اس ان اور بھی تک تھا تھے جو سے میں نے پر کا کر کو کی کیا کے گیا ہو ہیں ہے
""")

ENGLISH_PROSE = _ENGLISH | _words("all also any her may said shall she they who would")
"""Tell which language a text is in (``identification``)."""
URDU_PROSE = _URDU | _words("آف تھی ہی")
"""Urdu as OCR reads it."""
ROMAN_URDU_PROSE = _words("""
    ka ki ke ko se ne hai hain mein aur kar karne karna tha thi thay ho hota hua hui gaya gayi raha rahe rahi liye nahi
    nahin yeh ye woh wo kya jo bhi tak baad sath saath apne apni unhon kiya kia kaha diya jab agar wale wali jaye gi ga
    ge iss uss per pe
""")
"""Urdu in Latin letters."""

ENGLISH_TEXT_LAYER = _ENGLISH | _words("also would")
"""Tell prose from gibberish in a PDF's text layer (``text_layer_trust``)."""
URDU_TEXT_LAYER = _URDU | _words("ایک لیے نہیں کہ گی گے یہ")

FUNCTION_WORDS = frozenset(
    map(
        fold,
        _ENGLISH
        | _words("""
    after before had her into may must over shall she these they those under upon we who whom
""")
        | _URDU
        | _words("""
    آف بعد تھی تھیں جا جائیں جائے جس جن دی دیا دیے رہا رہی رہے ساتھ لئے لیے نہیں و وہ پہلے کہ کیے گئی گئیں گئے گا
    گی گے ہوئی ہوئے ہوا ہوگا ہوگی ہوں ہی یا یہ
"""),
    )
)
"""Both languages, folded: every sentence has some; a table's heads and a list of names have none (``vocabulary``)."""
