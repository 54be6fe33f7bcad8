"""An evaluation as plain numbers for JSON: every rate with its counts, so that others can pool it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from ecp_ingest.evaluation.evaluate import Evaluation, Judgement
from ecp_ingest.evaluation.reliability import Reliability
from ecp_ingest.evaluation.scores import NORMALISATIONS, Counts, Share
from ecp_ingest.language.text_metrics import ErrorRate

VERSION = 1


def as_numbers(evaluation: Evaluation) -> dict[str, Any]:
    """The evaluation as dicts, lists, texts and numbers; None for what the ground truth does not state."""
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
        "fields": {name: share(right) for name, right in of.fields.items()},
    }


def _rate(error_rate: ErrorRate | None) -> dict[str, float | None] | None:
    """An infinite rate (text read where there is none) is None: JSON has no number for it."""
    if error_rate is None:
        return None
    rate = round(error_rate.rate, 6) if error_rate.length or not error_rate.errors else None
    return {"rate": rate, "errors": error_rate.errors, "length": error_rate.length}


def share(of: Share) -> dict[str, float | None] | None:
    if of.rate is None:
        return None
    return {"rate": round(of.rate, 6), "right": round(of.right, 4), "of": of.of}


def _reliability(of: Reliability) -> dict[str, Any]:
    return {
        "words": of.words,
        "wrong": of.wrong,
        "ece": round(of.ece, 6),
        "errors_in_least_sure_tenth": round(of.found, 6),
        "most_that_could_be": round(of.findable, 6),
        "bins": [{name: round(value, 6) for name, value in asdict(b).items()} for b in of.bins],
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
