"""``python -m tests.samples_maker`` makes ``samples/`` anew. Needs Chromium, Noto Nastaliq Urdu, Liberation Serif."""

from pathlib import Path

from tests.samples_maker.make import make_samples

make_samples(Path(__file__).parents[2] / "samples")
