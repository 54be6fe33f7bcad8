"""How the command line spells and describes the options of a conversion; and how a command gets them as one value.

Names, types and defaults are in `ecp_ingest.options.ConvertOptions`. A new option is a field there and an entry here.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import typer


@dataclass(frozen=True, slots=True)
class OutputOptions:
    """What a command shows of a conversion, and what it hands on."""

    as_json: bool = False
    on_record: str = ""
    log_json: Path | None = None
    quiet: bool = False
    verbose: bool = False


DECLARATIONS: dict[str, Any] = {
    # How pages are read
    "language": typer.Option("-l", "--language", metavar="LANGS", help="Languages to expect: eng, urd, eng+urd."),
    "pages": typer.Option(metavar="RANGES", help="Only these pages of each source, such as 1-3,7,9-."),
    "mode": typer.Option(help="auto judges each page; text trusts text layers; ocr recognises every page."),
    "image_dpi": typer.Option(
        min=30, max=2400, metavar="DPI", help="Resolution of images; replaces what the file says."
    ),
    "pdf_password": typer.Option(
        metavar="TEXT",
        envvar="ECP_INGEST_PDF_PASSWORD",
        help="Password for PDFs; other users can't see it if you set the environment variable.",
    ),
    "engine": typer.Option(
        help="tesseract starts that program; builtin reads in this one; auto: builtin for each model that it supports."
    ),
    "urdu_model": typer.Option(metavar="NAME", help="Model for Urdu: urd_nastaliq, or Tesseract's own urd."),
    "tessdata_dir": typer.Option(metavar="FOLDER", help="Where to look for models first."),
    "gazetteer": typer.Option(
        metavar="FILE", help="More names of offices, places, parties …; see docs/how-to/more-names.md."
    ),
    "split": typer.Option("--no-split", help="One record for each source, even if it seems to hold several releases."),
    # Limits
    "max_image_mpixels": typer.Option(min=0.01, metavar="N", help="Refuse pages with more than N million pixels."),
    "max_pages": typer.Option(min=1, metavar="N", help="Refuse sources with more than N pages."),
    "max_memory": typer.Option(
        min=256, metavar="MIB", help="Memory for each worker, and as much again for its Tesseract."
    ),
    "page_timeout": typer.Option(min=0.1, metavar="SECONDS", help="Longest time for a page."),
    "file_timeout": typer.Option(min=0.1, metavar="SECONDS", help="Longest time for a source with all its pages."),
    # How the batch runs
    "jobs": typer.Option("-j", "--jobs", min=0, metavar="N", help="Pages read at the same time; 0: one for each core."),
    "dask": typer.Option("--dask", metavar="ADDRESS", help="Work on this Dask cluster, such as tcp://host:8786."),
    "force": typer.Option("--force", help="Convert again what was converted before in the same way."),
    "overwrite": typer.Option("-n", "--no-overwrite", help="Leave existing files in the output folder as they are."),
    # What is shown and handed on
    "as_json": typer.Option("--json", help="Also print each record on stdout, one per line."),
    "on_record": typer.Option(
        "--on-record", metavar="COMMAND", help="Run this for each record as it is written; {} is the record's path."
    ),
    "log_json": typer.Option("--log-json", metavar="FILE", help="Append each event to this file, as a line of JSON."),
    "quiet": typer.Option("-q", "--quiet", help="Print only what went wrong."),
    "verbose": typer.Option("-v", "--verbose", help="Print every source and page as it is done."),
}
"""Field of `ConvertOptions` or `OutputOptions` → its option. A field that is true by default becomes a switch that
turns it off: ``split`` is ``--no-split``."""

RecordsFolder = Annotated[
    str,
    typer.Option(
        "-o", "--output", metavar="FOLDER", help="Where the records go, also s3://…; made if it does not exist."
    ),
]
PasswordOption = Annotated[str | None, DECLARATIONS["pdf_password"]]


def flat_options(command: Callable[..., None]) -> Callable[..., None]:
    """``command`` as Typer needs it: a parameter that is a dataclass of options becomes one parameter for each field.

    Typer reads the options of a command from its signature, so each must be a parameter there.
    """
    hints = get_type_hints(command, include_extras=True)
    groups = {name: hint for name, hint in hints.items() if is_dataclass(hint)}
    parameters: list[inspect.Parameter] = []
    for name, parameter in inspect.signature(command).parameters.items():
        if name in groups:
            parameters += _parameters(groups[name])
        else:
            parameters.append(parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY, annotation=hints[name]))

    def flat(**given: Any) -> None:
        for name, group in groups.items():
            given[name] = _filled(group, given)
        command(**given)

    flat.__name__, flat.__doc__ = command.__name__, command.__doc__
    flat.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    flat.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return flat


def _parameters(group: Any) -> Iterator[inspect.Parameter]:
    hints = get_type_hints(group)
    for field in fields(group):
        turns_off = field.default is True
        yield inspect.Parameter(
            f"no_{field.name}" if turns_off else field.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=False if turns_off else field.default,
            annotation=Annotated[hints[field.name], DECLARATIONS[field.name]],
        )


def _filled(group: Any, given: dict[str, Any]) -> Any:
    """The options of ``group``, taken out of what Typer has ``given``."""
    return group(
        **{
            field.name: not given.pop(f"no_{field.name}") if field.default is True else given.pop(field.name)
            for field in fields(group)
        }
    )
