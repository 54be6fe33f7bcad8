"""Checks what this program needs against what is installed. Returns findings; ``main`` prints them."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from importlib import metadata
from typing import Literal

from ecp_ingest.errors import EcpIngestError
from ecp_ingest.settings import RecogniseSettings

OLDEST_TESSERACT = 5
"""Major version. Tesseract 4 can read the models of this program, but was not tested with them."""
TRAINING_FONT = "Noto Nastaliq Urdu"


@dataclass(frozen=True, slots=True)
class Finding:
    what: str
    state: Literal["found", "missing", "optional"]
    """``optional``: not installed, and only some commands need it."""
    detail: str
    """Version and path, or what to do."""


def examine(settings: RecogniseSettings) -> tuple[Finding, ...]:
    """All findings, required things before optional ones."""
    packages, extras = _packages()
    engine = _engine(settings) if is_fit(packages) else ()  # the engine's module needs the packages
    return (*engine, *packages, *extras, _font(TRAINING_FONT))


def is_fit(findings: tuple[Finding, ...]) -> bool:
    """Whether nothing required is missing."""
    return all(finding.state != "missing" for finding in findings)


def _engine(settings: RecogniseSettings) -> tuple[Finding, ...]:
    from ecp_ingest.page.recognition.models import engine_version, find_model, why_not_built_in

    findings = []
    try:
        version = engine_version()
        if int(version.split(".")[0]) < OLDEST_TESSERACT:
            remedy = f"{version} is too old: {OLDEST_TESSERACT}.0 or later is needed (Debian 12 has it)"
            findings.append(Finding("Tesseract", "missing", remedy))
        else:
            findings.append(Finding("Tesseract", "found", f"{version}, {shutil.which('tesseract') or 'found'}"))
    except EcpIngestError as error:
        findings.append(Finding("Tesseract", "missing", error.message))
    findings.append(_built_in_engine())
    for name in (settings.english_model, settings.urdu_model):
        try:
            model = find_model(name, tessdata_dir=settings.tessdata_dir)
            reason = why_not_built_in(model)
            engines = f"only Tesseract reads with it: {reason}" if reason else "the built-in engine reads with it too"
            findings.append(Finding(f"model {name}", "found", f"{model.path}, sha256 {model.sha256}; {engines}"))
        except EcpIngestError as error:
            findings.append(Finding(f"model {name}", "missing", error.message))
    return tuple(findings)


def _built_in_engine() -> Finding:
    from ecp_ingest.page.recognition.engine import NoEngineError, kernels

    try:
        best, *others = kernels()
    except NoEngineError as error:
        return Finding("built-in engine", "optional", f"{error.message} (only for '--engine builtin')")
    also = f" (also {', '.join(others)})" if others else ""
    return Finding("built-in engine", "found", f"with the instructions {best}{also}")


_REQUIREMENT = re.compile(
    r"(?P<name>[\w.-]+)(?:\[[^]]*\])?\s*(?:>=\s*(?P<least>[\w.]+))?.*?(?:extra == .(?P<extra>\w+))?.?$"
)


def _packages() -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """The packages that this program requires, and those that its extras require, from its own metadata."""
    try:
        requirements = metadata.requires("ecp-ingest") or []
    except metadata.PackageNotFoundError:  # run from a checkout that was never installed
        return (), ()
    needed: list[Finding] = []
    extras: list[Finding] = []
    for requirement in requirements:
        match = _REQUIREMENT.match(requirement)
        if match is None:
            continue
        name, least, extra = match["name"], match["least"], match["extra"]
        (extras if extra else needed).append(_package(name, least, extra))
    return tuple(needed), tuple(extras)


def _package(name: str, least: str | None, extra: str | None) -> Finding:
    target = f"ecp-ingest[{extra}]" if extra else "ecp-ingest"
    state: Literal["missing", "optional"] = "optional" if extra else "missing"
    remedy = f"pip install --upgrade '{target}'" + (f" (only for '{extra}')" if extra else "")
    try:
        version = metadata.version(name)
    except metadata.PackageNotFoundError:
        return Finding(f"package {name}", state, remedy)
    if least and _numbers(version) < _numbers(least):
        return Finding(f"package {name}", state, f"{version} is older than {least}: {remedy}")
    return Finding(f"package {name}", "found", version)


def _numbers(version: str) -> tuple[int, ...]:
    """``4.30.0rc1`` → (4, 30, 0): exact enough to compare versions."""
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])


def _font(family: str) -> Finding:
    what = f"font {family}"
    program = shutil.which("fc-list")
    if program is None:
        return Finding(
            what, "optional", "fc-list isn't there to ask: sudo apt-get install fontconfig (only for training)"
        )
    answer = subprocess.run([program, family, "file"], capture_output=True, text=True, check=False)
    files = sorted(line.rstrip(": ") for line in answer.stdout.splitlines() if line.strip())
    if files:
        return Finding(what, "found", files[0])
    return Finding(what, "optional", "sudo apt-get install fonts-noto-core (only for training)")
