"""A whole training session: start model and text in, ``.traineddata`` out."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import torch
import wordfreq

from ecp_ingest.errors import TrainingError
from ecp_ingest.language.model_alphabet import ARABIC_LETTERS, CHARACTERS, normalise
from ecp_ingest.training import loop
from ecp_ingest.training.lines.fonts import find_faces
from ecp_ingest.training.lines.pairs import load_pairs
from ecp_ingest.training.lines.samples import Texts
from ecp_ingest.training.model import pack
from ecp_ingest.training.model.lstm_file import Network
from ecp_ingest.training.model.network import BLANK, LineNetwork, load_weights, sizes_of, to_network
from ecp_ingest.training.plan import Plan, Progress
from ecp_ingest.training.text.corpus import load_corpus
from ecp_ingest.training.text.word_list import frequent_words
from ecp_ingest.training.worker import Chunk, Job, chunks

_ENOUGH_WORDS = 5000
_CHUNK_BATCHES = 16
"""Number of batches within which lines are sorted by width, which avoids most of the padding."""


def run_session(
    *,
    out: Path,
    fonts: Path,
    texts: Sequence[Path],
    start: Path,
    latin: Path,
    name: str,
    plan: Plan,
    resume: bool,
    pairs: Path | None,
    progress: Callable[[Progress], None],
) -> Path:
    """Train, write ``out/name.traineddata`` (int8) and ``out/name_float.traineddata``; return the path of the first.

    Raises:
        TrainingError: fonts, text, pairs, start model or checkpoint can't be used.
        MissingProgramError: one of Tesseract's training programs isn't installed.
    """
    torch.set_num_threads(1)  # layers this small aren't faster on several cores
    out.mkdir(parents=True, exist_ok=True)
    find_faces(fonts)  # raises before the long part begins
    begun = pack.unpack(start, out / "start")
    real = load_pairs(pairs) if pairs else ()
    written = load_texts(texts, pack.words_of(begun))
    starter = pack.make_starter(
        name, out, arabic=begun, latin=pack.unpack(latin, out / "latin"), words=word_list(written, begun)
    )
    classes = pack.classes_of(starter, out / "starter")

    checkpoint = out / "checkpoint.pt"
    if resume and checkpoint.exists():
        state = loop.load(checkpoint, plan)
        if state.model.out.out_features != len(classes):
            raise TrainingError("the checkpoint has another character set: begin anew", str(checkpoint))
        if plan.sizes not in (None, state.model.sizes):
            message = f"the checkpoint's network ({state.model.sizes}) has other sizes: begin anew"
            raise TrainingError(message, str(checkpoint))
    else:
        torch.manual_seed(plan.seed)
        model = LineNetwork(len(classes), plan.sizes or sizes_of(begun.network))
        load_weights(model, begun.network, begun.classes, classes)
        state = loop.new_state(model, plan)

    def stream(all_faces: bool) -> Iterator[Chunk]:
        job = Job(
            fonts=fonts,
            texts=written,
            classes={char: i for i, char in enumerate(classes) if i != BLANK},
            height=plan.height,
            count=plan.batch * _CHUNK_BATCHES,
            seed=plan.seed + time.time_ns() % 1_000_003,  # a resumed run must not train on the same lines again
            without=() if all_faces else plan.unseen,
            pairs=real,
            pairs_share=plan.pairs_share if real else 0.0,
        )
        return chunks(job)

    state = loop.run(state, plan, out, stream, progress)
    return export(state.average, begun.network, starter, out=out, height=plan.height)


def export(model: LineNetwork, start: Network, starter: Path, *, out: Path, height: int) -> Path:
    """Write both forms of a model, named as the starter; return the path of the int8 one, which replaces it."""
    network = to_network(model, start, height=height)
    pack.pack(starter, network, starter.with_stem(f"{starter.stem}_float"), int8=False)
    target = out / starter.name
    pack.pack(starter, network, target, int8=True)
    return target


def word_list(texts: Texts, start: pack.StartModel) -> list[str]:
    """Words for the model's list: from the text, and from the start model if the text has few."""
    words = frequent_words(texts.lines)
    return words if len(words) > _ENOUGH_WORDS else [*words, *pack.words_of(start)]


def load_texts(files: Sequence[Path], start_words: Sequence[str]) -> Texts:
    """Lines of the corpus, Urdu words (from wordfreq and the start model), English words in several cases."""
    corpus = load_corpus(files)
    known = frozenset(CHARACTERS)
    urdu = []
    for word in (*wordfreq.top_n_list("ur", 60000), *start_words):
        plain = normalise(word)
        if plain and known.issuperset(plain) and any(c in ARABIC_LETTERS for c in plain):
            urdu.append(plain)
    english = [word for word in wordfreq.top_n_list("en", 6000) if word.isascii() and word.isalpha()]
    cased = [case(word) for word in english for case in (str.title, str.title, str.lower, str.upper)]
    return Texts(corpus.train, tuple(urdu), tuple(cased))
