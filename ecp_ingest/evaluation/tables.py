"""The tables that the terminal and the HTML page show, as rows of text."""

from __future__ import annotations

from collections.abc import Mapping

from ecp_ingest.evaluation.evaluate import ALL, Evaluation
from ecp_ingest.evaluation.scores import SPACELESS, Counts, Share, TextErrors
from ecp_ingest.html_tables import Table
from ecp_ingest.language.text_metrics import ErrorRate


def texts_table(evaluation: Evaluation) -> Table:
    """Errors in per cent for each condition of the pages and each language, then for all."""
    head = (
        "pages", "language", "characters", "CER raw", "CER folded", "no spaces", "CER anywhere", "WER raw",
        "WER folded", "WER anywhere",
    )  # fmt: skip
    rows = [
        (name if place == 0 else "", *_text_row(language, texts))
        for name, counts in _groups(evaluation)
        for place, (language, texts) in enumerate(sorted(counts.texts.items(), key=lambda item: item[0] == ALL))
    ]
    return Table(head, tuple(rows))


def _text_row(language: str, texts: Mapping[str, TextErrors]) -> tuple[str, ...]:
    raw, folded, spaceless = texts["raw"], texts["folded"], texts[SPACELESS]
    return (
        language,
        str(raw.characters.length),
        per_cent(raw.characters),
        per_cent(folded.characters),
        per_cent(spaceless.characters),
        per_cent(folded.characters_anywhere),
        per_cent(raw.words),
        per_cent(folded.words),
        per_cent(folded.words_anywhere),
    )


def layout_table(evaluation: Evaluation) -> Table:
    """Language, order, kinds, boxes and rotation for each condition; no column for what no ground truth states."""
    columns = {
        "language": "language",
        "found": "found",
        "order": "pairs in order",
        "orders": "sources in order",
        "kinds": "kinds",
        "boxes": "boxes, IoU",
        "lines": "lines, IoU",
        "rotations": "upright",
    }
    overall = evaluation.overall
    known = {name: title for name, title in columns.items() if getattr(overall, name).of}
    rows = [
        (group, str(counts.sources), *(share(getattr(counts, name)) for name in known))
        for group, counts in _groups(evaluation)
    ]
    return Table(("pages", "sources", *known.values()), tuple(rows))


def fields_table(evaluation: Evaluation) -> Table:
    names = list(evaluation.overall.fields)
    rows = [
        (group, *(share(counts.fields.get(name, Share())) for name in names)) for group, counts in _groups(evaluation)
    ]
    return Table(("pages", *names), tuple(rows))


def confidence_table(evaluation: Evaluation) -> Table:
    head = ("language", "words", "wrong", "ECE", "errors in the least sure tenth", "of at most")
    rows = [
        (name, str(of.words), str(of.wrong), f"{of.ece:.3f}", f"{of.found:.1%}", f"{of.findable:.1%}")
        for name, of in evaluation.reliability().items()
    ]
    return Table(head, tuple(rows))


def _groups(evaluation: Evaluation) -> list[tuple[str, Counts]]:
    groups = evaluation.by_condition()
    overall = [("all", evaluation.overall)]
    return overall if len(groups) == 1 else [*groups.items(), *overall]


def per_cent(rate: ErrorRate | None) -> str:
    if rate is None:
        return ""
    return f"{100 * rate.rate:.2f}" if rate.length else f"{rate.errors} extra" if rate.errors else ""


def share(of: Share) -> str:
    return "" if of.rate is None else f"{100 * of.rate:.1f}"
