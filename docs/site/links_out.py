"""Links that lead out of docs/, to the README or the model's description: they work in the folder, and on the site too.

MkDocs calls the two functions by name. What such a link points to comes into the site under ``files/``: Markdown as a
page, all else as it is.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

REPOSITORY = Path(__file__).parents[2]
LINK = re.compile(r"(?<=\]\()(?P<way>\.\./[^)#\s]+)")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add what is pointed to."""
    for page in list(files.documentation_pages()):
        for link in LINK.finditer(page.content_string):
            if (target := _outside(link["way"], page.src_uri)) and not files.get_file_from_path(f"files/{target}"):
                if not (REPOSITORY / target).is_file():
                    raise FileNotFoundError(f"{page.src_uri} points to {target}, which isn't there")
                added = File.generated(config, f"files/{target}", abs_src_path=str(REPOSITORY / target))
                added.inclusion = added.inclusion.NOT_IN_NAV
                files.append(added)
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Lead the links there."""
    del config, files

    def led(link: re.Match[str]) -> str:
        target = _outside(link["way"], page.file.src_uri)
        here = posixpath.dirname(page.file.src_uri) or "."
        return posixpath.relpath(f"files/{target}", here) if target else link["way"]

    return markdown if page.file.src_uri.startswith("files/") else LINK.sub(led, markdown)


def _outside(way: str, page: str) -> str | None:
    """``../../tessdata/README.md`` on ``explanation/urdu-model.md`` → ``tessdata/README.md``; None inside docs/."""
    target = posixpath.normpath(posixpath.join("docs", posixpath.dirname(page), way))
    return None if target.startswith("docs/") else target
