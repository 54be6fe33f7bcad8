"""The rule that takes out the second copy of a phrase that occurs twice running by error.

People repeat words on purpose (``الگ الگ``), begin list items alike, and name the Election Commission all the time.
What nobody writes is one phrase of several words twice running in one sentence: only that counts as an error, also
where one of the two copies was misread.
"""

from __future__ import annotations

from collections.abc import Iterator

from ecp_ingest.release.repair.changes import Change, Draft
from ecp_ingest.release.repair.exact_repeats import RepeatedPhrase, first_exact_repeat
from ecp_ingest.release.repair.inexact_repeats import misread_repeats

RUNNING_TEXT = {"body", "caption", "other"}
"""Paragraph kinds in which a phrase twice running is an error. A letterhead may be printed left and right of a seal."""


def changes(draft: Draft) -> Iterator[Change]:
    """The first phrase to take out, if any: exact copies before misread ones."""
    if not draft.settings.duplicates or draft.paragraph.kind not in RUNNING_TEXT:
        return
    after = 0
    while (repeat := first_exact_repeat(draft.text, after=after)) is not None:
        if repeat.certain:
            yield removal(repeat, draft.text)
            return
        after = repeat.first + 1
    misread = next((repeat for repeat in misread_repeats(draft.text) if repeat.certain), None)
    if misread is not None:
        yield removal(misread, draft.text)


def removal(repeat: RepeatedPhrase, text: str) -> Change:
    """The change that takes one copy out of ``text``."""
    evidence = {"rule": repeat.why, "words": repeat.words, "score": repeat.score, "first_copy": repeat.first}
    return Change("duplicate_phrase", repeat.start, text[repeat.start : repeat.end], "", evidence)
