"""Packs character set, word lists and network into ``.traineddata`` with Tesseract's training programs."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ecp_ingest.errors import MissingProgramError, TrainingError
from ecp_ingest.language.model_alphabet import CHARACTERS
from ecp_ingest.training.model.lstm_file import Network, read_network, write_network
from ecp_ingest.training.text.word_list import punctuation_patterns

_PROGRAMS_FROM = "install tesseract-ocr (Debian, Ubuntu) or tesseract-training-tools"


@dataclass(frozen=True, slots=True)
class StartModel:
    """An unpacked ``.traineddata``: network, classes (index → character), and the folder of its parts."""

    network: Network
    classes: tuple[str, ...]
    parts: Path


def unpack(traineddata: Path, folder: Path) -> StartModel:
    """Unpack a model into ``folder``.

    Raises:
        TrainingError: it is missing or has no LSTM network.
        MissingProgramError: combine_tessdata isn't installed.
    """
    if not traineddata.is_file():
        raise TrainingError("no such start model", str(traineddata))
    folder.mkdir(parents=True, exist_ok=True)
    _run("combine_tessdata", "-u", traineddata, folder / "m.")
    if not (folder / "m.lstm").exists() or not (folder / "m.lstm-unicharset").exists():
        raise TrainingError("this model has no LSTM network to start from", str(traineddata))
    return StartModel(read_network(folder / "m.lstm"), read_classes(folder / "m.lstm-unicharset"), folder)


def classes_of(starter: Path, folder: Path) -> tuple[str, ...]:
    """The classes of a model, which may not have a network yet."""
    folder.mkdir(parents=True, exist_ok=True)
    _run("combine_tessdata", "-u", starter, folder / "m.")
    return read_classes(folder / "m.lstm-unicharset")


def read_classes(unicharset: Path) -> tuple[str, ...]:
    """The characters of a unicharset in the order of the network's outputs; class 0 is the space."""
    rows = unicharset.read_text(encoding="utf-8").splitlines()[1:]
    classes = [row.split(" ", 1)[0] for row in rows if row]
    return (" ", *classes[1:])


def words_of(model: StartModel) -> list[str]:
    """The words in a model's list, in logical order."""
    dawg = model.parts / "m.lstm-word-dawg"
    if not dawg.exists():
        return []
    out = model.parts / "words.txt"
    _run("dawg2wordlist", model.parts / "m.lstm-unicharset", dawg, out)
    words = [word for word in out.read_text(encoding="utf-8").splitlines() if word]
    # models made with --lang_is_rtl, as ours, have words in display order; no Urdu word begins with these two letters
    if sum(word[0] in "ںے" for word in words) > sum(word[-1] in "ںے" for word in words):
        words = [word[::-1] for word in words]
    return words


def make_starter(name: str, folder: Path, *, arabic: StartModel, latin: StartModel, words: Iterable[str] = ()) -> Path:
    """Make a ``.traineddata`` with character set, recoder and word lists, but without a network.

    The properties of characters (direction, mirrored character, script) come from the unicharsets of the stock models.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        (work / "characters.txt").write_text(" ".join(CHARACTERS) + "\n", encoding="utf-8")
        _run("unicharset_extractor", "--norm_mode", "3", "--output_unicharset", work / "u", work / "characters.txt")
        scripts = work / "scripts"
        scripts.mkdir()
        shutil.copy(arabic.parts / "m.lstm-unicharset", scripts / "Arabic.unicharset")
        shutil.copy(latin.parts / "m.lstm-unicharset", scripts / "Latin.unicharset")
        (scripts / "radical-stroke.txt").write_text("# none\n", encoding="utf-8")
        (work / "out").mkdir()
        command: list[str | Path] = ["combine_lang_model", "--input_unicharset", work / "u", "--script_dir", scripts]
        command += ["--output_dir", work / "out", "--lang", name, "--lang_is_rtl", "--pass_through_recoder"]
        listed = sorted(set(words))
        if listed:
            (work / "words.txt").write_text("\n".join(listed) + "\n", encoding="utf-8")
            command += ["--words", work / "words.txt"]
            (work / "punctuation.txt").write_text("\n".join(punctuation_patterns()) + "\n", encoding="utf-8")
            (work / "numbers.txt").write_text("\n", encoding="utf-8")
            command += ["--puncs", work / "punctuation.txt", "--numbers", work / "numbers.txt"]
        _run(*command)
        return Path(shutil.copy(work / "out" / name / f"{name}.traineddata", folder / f"{name}.traineddata"))


def pack(starter: Path, network: Network, target: Path, *, int8: bool) -> None:
    """Write the starter's parts and the network to ``target``, as int8 (small, fast) or float64."""
    with tempfile.TemporaryDirectory() as temporary:
        name = starter.stem
        model = Path(shutil.copy(starter, Path(temporary) / f"{name}.traineddata"))
        lstm = Path(temporary) / f"{name}.lstm"
        write_network(lstm, network, int8=int8)
        _run("combine_tessdata", "-o", model, lstm)
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_name(target.name + ".part")
        shutil.copy(model, partial)
        partial.replace(target)


def _run(*command: str | Path) -> None:
    arguments: Sequence[str] = [str(part) for part in command]
    try:
        subprocess.run(arguments, capture_output=True, text=True, check=True)
    except FileNotFoundError as error:
        raise MissingProgramError(f"{arguments[0]} isn't installed: {_PROGRAMS_FROM}") from error
    except subprocess.CalledProcessError as error:
        lines = (error.stderr or error.stdout).strip().splitlines() or ["no message"]
        raise TrainingError(f"{arguments[0]} failed: {lines[-1]}") from error
