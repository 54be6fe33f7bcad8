"""Models for Urdu against each other on fixed sets, in one table: what the model card shows.

    python tests/benchmarks/bench_model.py --fonts FONTS --text TEXT [--text …] [--real FOLDER]
        [--model urd] [--model urd_nastaliq] [--tessdata-dir FOLDER] [--unseen mehr --unseen awami] [--lines 100]

Lines and pages are drawn from text that training holds out (one paragraph in sixty), always the same ones; ``--real``
is a folder of pictures with their text beside them (``x.png``, ``x.gt.txt``). Pages and pictures go through the
pipeline's own cleaning and line finding, lines straight to the engine. ``--unseen`` names faces that make a set of
their own.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
sys.path.insert(0, str(REPOSITORY))

from ecp_ingest.page.recognition.models import Model, find_model  # noqa: E402
from ecp_ingest.training import measure, sets  # noqa: E402
from ecp_ingest.training.lines.fonts import find_faces  # noqa: E402
from ecp_ingest.training.text.corpus import load_corpus  # noqa: E402
from ecp_ingest.workers.worker import use_one_core  # noqa: E402

PAGE_FACES = {"NotoNastaliqUrdu-Regular": 50, "Fajer-Noori-Nastalique": 64, "mehr": 50}
"""Faces that pages are set in, and the em in pixels: about 12 points at 300 dpi."""
Task = tuple[str, Callable[[Model], measure.Score]]


def tasks(options: argparse.Namespace) -> Iterator[Task]:
    """What to measure a model on, by name."""
    faces = find_faces(options.fonts)
    corpus = load_corpus(sorted(options.text))
    for lines in measure.standard_sets(faces, corpus, unseen=options.unseen, count=options.lines):
        yield lines.name, lambda model, lines=lines: measure.measure_lines(lines, model)
    for face in faces.nastaliq:
        if face.name in PAGE_FACES:
            sheet, truth = sets.page(face, faces.latin[-1], corpus, lines=22, px=PAGE_FACES[face.name], seed=11)
            worn = sets.worn(sheet, seed=5)
            for kind, pixels, dpi in (("clean", sheet, 300), ("worn", worn, 200)):
                yield (
                    f"page in {face.name}, {kind}",
                    lambda model, pixels=pixels, truth=truth, dpi=dpi: measure.measure_page(
                        pixels, truth, model, dpi=dpi
                    ),
                )
    if options.real:
        yield "real print", lambda model: measure.measure_folder(options.real, model)
        yield "real print, spaces repaired", lambda model: measure.measure_folder(options.real, model, respace=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fonts", type=Path, required=True)
    parser.add_argument("--text", type=Path, action="append", required=True)
    parser.add_argument("--real", type=Path)
    parser.add_argument("--model", action="append")
    parser.add_argument("--tessdata-dir")
    parser.add_argument("--unseen", action="append", default=[])
    parser.add_argument("--lines", type=int, default=100)
    options = parser.parse_args()
    use_one_core()
    models = [
        find_model(name, language="urd", tessdata_dir=options.tessdata_dir)
        for name in options.model or ("urd", "urd_nastaliq")
    ]
    rows = [(name, [(model.name, measured(model)) for model in models]) for name, measured in tasks(options)]
    print(measure.table(rows))


if __name__ == "__main__":
    main()
