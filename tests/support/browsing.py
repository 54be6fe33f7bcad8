"""What the tests of the browser's page do again and again."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from ecp_ingest.record.schema import read_record
from tests.support.serving import Running

expect.set_options(timeout=30_000)  # a busy machine is slow, not wrong


def open_record(page: Page, server: Running, name: str) -> None:
    page.goto(server.record(name))
    expect(page.locator(".w.cursor")).to_be_visible()


def word(page: Page, text: str, place: int = 0) -> None:
    """Puts the cursor on a word, as a click does."""
    page.locator(".w").filter(has_text=text).nth(place).click()


def text_of(folder: Path, name: str, paragraph: str) -> str:
    record = read_record(folder / f"{name}.json")
    return next(p.text for p in record.paragraphs if p.id == paragraph)


def is_taken(page: Page, message: str) -> None:
    expect(page.locator("#status")).to_contain_text(message)
