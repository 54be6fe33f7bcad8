"""The repair rules, in the order in which they run.

A rule is a function ``changes(draft)`` in a module of its own. It yields the changes from left to right; each ``start``
counts in ``draft.text``, so a rule needs no arithmetic for the changes before it. A rule decides by itself whether it
applies to the paragraph's language, script and kind, and whether the settings switch it off.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ecp_ingest.release.repair import hyphens, letterforms, misreadings, punctuation, repeated_phrases, spacing
from ecp_ingest.release.repair.changes import Change, Draft


@dataclass(frozen=True, slots=True)
class Rule:
    changes: Callable[[Draft], Iterable[Change]]
    until_none: bool = False
    """Run again on the changed text until the rule finds nothing."""


RULES = (
    Rule(hyphens.changes),
    Rule(letterforms.changes),
    Rule(punctuation.changes),
    Rule(spacing.changes),
    Rule(misreadings.changes),
    Rule(repeated_phrases.changes, until_none=True),
)
