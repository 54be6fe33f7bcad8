"""An evaluation as plain numbers, for JSON: every rate with what it was counted from, so that others can pool it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from ecp_ingest.evaluation.evaluate import Evaluation, Judgement
from ecp_ingest.evaluation.reliability import Reliability
from ecp_ingest.evaluation.scores import NORMALISATIONS, Counts, Share
from ecp_ingest.language.text_metrics import ErrorRate

VERSION = 1


def as_numbers(evaluation: Evaluation) -> dict[str, Any]:
    """Nothing but dicts, lists, texts and numbers; what the ground truth doesn't know is null."""
    return {
        "version": VERSION,
        "normalisations": {name: [f.__name__ for f in foldings] for name, foldings in NORMALISATIONS.items()},
        "missing": list(evaluation.missing),
        "extra": list(evaluation.extra),
        "overall": counts(evaluation.overall),
        "by_condition": {name: counts(of) for name, of in evaluation.by_condition().items()},
        "by_arrangement": {name: counts(of) for name, of in evaluation.by_arrangement().items()},
        "confidence": {name: _reliability(of) for name, of in evaluation.reliability().items()},
        "sources": [_source(judged) for judged in evaluation.judgements],
    }


def counts(of: Counts) -> dict[str, Any]:
    return {
        "sources": of.sources,
        "text": {
            language: {
                name: {
                    "cer": _rate(errors.characters),
                    "wer": _rate(errors.words),
                    "cer_anywhere": _rate(errors.characters_anywhere),
                    "wer_anywhere": _rate(errors.words_anywhere),
                }
                for name, errors in by_name.items()
            }
            for language, by_name in of.texts.items()
        },
        "language_of_text": share(of.language),
        "paragraphs_found": share(of.found),
        "reading_order": share(of.order),
        "sources_in_order": share(of.orders),
        "kinds": share(of.kinds),
        "box_overlap": share(of.boxes),
        "line_overlap": share(of.lines),
        "orientation": share(of.rotations),
        "fields": {name: share(told) for name, told in of.fields.items()},
    }


def _rate(told: ErrorRate | None) -> dict[str, float | None] | None:
    """An infinite rate (something read where there was nothing) is null: JSON has no number for it."""
    if told is None:
        return None
    rate = round(told.rate, 6) if told.length or not told.errors else None
    return {"rate": rate, "errors": told.errors, "length": told.length}


def share(told: Share) -> dict[str, float | None] | None:
    if told.rate is None:
        return None
    return {"rate": round(told.rate, 6), "right": round(told.right, 4), "of": told.of}


def _reliability(told: Reliability) -> dict[str, Any]:
    return {
        "words": told.words,
        "wrong": told.wrong,
        "ece": round(told.ece, 6),
        "errors_in_least_sure_tenth": round(told.found, 6),
        "most_that_could_be": round(told.findable, 6),
        "bins": [{name: round(value, 6) for name, value in asdict(b).items()} for b in told.bins],
    }


def _source(judged: Judgement) -> dict[str, Any]:
    return {
        "name": judged.truth.name,
        "condition": judged.truth.condition,
        "arrangement": judged.truth.arrangement,
        "records": [record.id for record in judged.records],
        **counts(judged.counts),
        "wrong_fields": [{"field": f, "truth": truth, "read": read} for f, truth, read in judged.wrong_fields],
    }
