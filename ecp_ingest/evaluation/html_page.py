"""An evaluation as one HTML page: worst sources first, every error marked in its text.

The page loads nothing and runs no script. All text in it comes from papers, file names and OCR, and is escaped.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ecp_ingest.evaluation.evaluate import ALL, Evaluation, Judgement
from ecp_ingest.evaluation.judge import Passage
from ecp_ingest.evaluation.reliability import Reliability
from ecp_ingest.evaluation.scores import FOLD, NORMALISATIONS
from ecp_ingest.evaluation.tables import fields_table, layout_table, texts_table
from ecp_ingest.html_tables import POLICY, html_table, safe
from ecp_ingest.language import text_metrics
from ecp_ingest.language.languages import READ

STYLE = """
:root { color-scheme: light dark; --text: #1b1b1b; --paper: #fff; --faint: #595959; --line: #c8c8c8; --head: #f1f1f1;
  --gone: #8f0d1a; --gone-back: #fde4e6; --new: #0a4a8c; --new-back: #e0eefc; --bar: #4477aa }
@media (prefers-color-scheme: dark) { :root { --text: #ececec; --paper: #161616; --faint: #b0b0b0; --line: #4a4a4a;
  --head: #262626; --gone: #ffb3ba; --gone-back: #4a1119; --new: #a8d1ff; --new-back: #0f2f52; --bar: #88b4dd } }
body { margin: 2rem auto; max-width: 68rem; padding: 0 1rem; font: 16px/1.5 system-ui, sans-serif; color: var(--text);
  background: var(--paper) }
h1 { font-size: 1.6rem } h2 { font-size: 1.2rem; margin-top: 2.2rem } h3 { font-size: 1rem }
table { border-collapse: collapse; margin: .6rem 0 1.2rem; font-variant-numeric: tabular-nums }
th, td { border: 1px solid var(--line); padding: .2rem .6rem; text-align: right }
th { background: var(--head); font-weight: 600 } th:first-child, td:first-child { text-align: left }
.wide { overflow-x: auto }
summary { cursor: pointer; padding: .4rem .2rem; border-bottom: 1px solid var(--line) }
summary:focus-visible { outline: 2px solid var(--new) }
.about { color: var(--faint); font-size: .9rem; margin: .8rem 0 .1rem }
.passage { margin: 0 0 .4rem; padding: .3rem .6rem; border: 1px solid var(--line); border-radius: .3rem;
  overflow-wrap: anywhere }
.passage[lang=ur] { font: 1.25rem/2.4 "Jameel Noori Nastaleeq", "Noto Nastaliq Urdu", "Urdu Typesetting",
  "Awami Nastaliq", serif }
del { color: var(--gone); background: var(--gone-back); text-decoration: line-through 2px }
ins { color: var(--new); background: var(--new-back); text-decoration: underline double }
.sub { border-bottom: 2px dotted var(--faint) }
.bar { display: inline-block; height: .7rem; background: var(--bar) }
"""
DIRECTION = {code: f' lang="{language.tag}" dir="{language.direction}"' for code, language in READ.items()}


def page(evaluation: Evaluation) -> str:
    """The whole document."""
    return "\n".join(_parts(evaluation)) + "\n"


def _parts(evaluation: Evaluation) -> Iterator[str]:
    yield '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>Evaluation of {len(evaluation.judgements)} sources</title>\n<style>{STYLE}</style>\n</head>\n<body>"
    yield f"<h1>Records against ground truth: {len(evaluation.judgements)} sources</h1>"
    yield from _problems(evaluation)
    yield "<h2>Text</h2>"
    yield html_table(texts_table(evaluation))
    yield "<p>Errors as a share of the characters (CER) or words (WER) of the truth, pooled. “Anywhere” does not count"
    yield "the order and the language of the paragraphs.</p>\n<dl>"
    for name, foldings in NORMALISATIONS.items():
        yield f"<dt>{name}</dt><dd>{', '.join(f.__name__ for f in foldings)}</dd>"
    yield "</dl>\n<h2>Layout and language</h2>"
    yield html_table(layout_table(evaluation))
    if evaluation.overall.fields:
        yield "<h2>Fields</h2>"
        yield html_table(fields_table(evaluation))
    for language, of in evaluation.reliability().items():
        yield from _reliability(language, of)
    yield "<h2>Sources, worst first</h2>"
    yield '<p>Marked are <del>what is missing</del>, <ins>what was invented</ins>, <span class="sub"><del>what is'
    yield "printed</del> <ins>and what was read instead</ins></span>. Words are compared folded.</p>"
    for judged in sorted(evaluation.judgements, key=_badness, reverse=True):
        yield from _source(judged)
    yield "</body>\n</html>"


def _badness(judged: Judgement) -> float:
    return judged.counts.texts[ALL]["folded"].characters_anywhere.rate


def _problems(evaluation: Evaluation) -> Iterator[str]:
    for note, names in (
        ("without a record, so all of their text counts as wrong", evaluation.missing),
        ("records without ground truth, left out", evaluation.extra),
    ):
        if names:
            yield f"<p><strong>{len(names)} {note}:</strong> {', '.join(map(safe, names))}</p>"


def _reliability(language: str, of: Reliability) -> Iterator[str]:
    yield f"<h2>Confidence: {safe(language)}</h2>"
    yield (
        f"<p>{of.words} recognised words, {of.wrong} wrong. Expected calibration error {of.ece:.3f}. The tenth "
        f"of the words with the least confidence holds {of.found:.0%} of the wrong ones (at most {of.findable:.0%} "
        "could be there).</p>"
    )
    yield '<div class="wide"><table><thead><tr><th scope="col">confidence from</th><th scope="col">to</th>'
    yield '<th scope="col">words</th><th scope="col">mean</th><th scope="col">right</th><th></th></tr></thead><tbody>'
    for b in of.bins:
        yield (
            f"<tr><td>{b.lowest:.3f}</td><td>{b.highest:.3f}</td><td>{b.words}</td><td>{b.confidence:.3f}</td>"
            f'<td>{b.right:.3f}</td><td style="text-align:left"><span class="bar" style="width:{8 * b.right:.2f}rem">'
            "</span></td></tr>"
        )
    yield "</tbody></table></div>"


# ── one source ────────────────────────────────────────────────────────────────────────────────────────────────────


def _source(judged: Judgement) -> Iterator[str]:
    errors = judged.counts.texts[ALL]["folded"].characters_anywhere
    about = [judged.truth.condition, judged.truth.arrangement or ""]
    state = "no record" if judged.missing else f"{errors.errors} wrong of {errors.length} characters, {errors.rate:.2%}"
    title = " · ".join(safe(part) for part in (judged.truth.name, *about, state) if part)
    yield f"<details><summary>{title}</summary>"
    for name, truth, read in judged.wrong_fields:
        note = f"{name}: {truth or 'none'}, but the record has {read or 'none'}"
        yield f'<p class="about">{safe(note)}</p>'
    perfect = 0
    for passage in judged.passages:
        if passage.errors.errors:
            yield from _passage(passage)
        else:
            perfect += 1
    yield f'<p class="about">{perfect} other passages without an error.</p></details>'


def _passage(passage: Passage) -> Iterator[str]:
    about = [f"page {passage.page}", passage.kind or "", passage.language]
    about += ["not found in the record"] * (not passage.read) + ["not in the truth"] * (not passage.truth)
    yield f'<p class="about">{safe(" · ".join(filter(None, about)))}</p>'
    direction = DIRECTION.get(passage.language, ' dir="auto"')
    yield f'<p class="passage"{direction}>{" ".join(marked(passage.truth, passage.read))}</p>'


def marked(truth: str, read: str) -> Iterable[str]:
    """The words of both texts with the differences marked; compared folded, shown unfolded.

    Whole words are marked: marking a part of an Urdu word would break the joins between its letters.
    """
    true_words, read_words = truth.split(), read.split()
    fold = FOLD["folded"]
    runs = text_metrics.opcodes(list(map(fold, true_words)), list(map(fold, read_words)))
    for same, (start, end), (read_start, read_end) in runs:
        gone, new = _words(true_words[start:end]), _words(read_words[read_start:read_end])
        if same:
            yield gone
        elif gone and new:
            yield f'<span class="sub"><del>{gone}</del> <ins>{new}</ins></span>'
        else:
            yield f"<del>{gone}</del>" if gone else f"<ins>{new}</ins>"


def _words(words: Sequence[str]) -> str:
    return safe(" ".join(words))
