"""Whoever types faster than the server answers: nothing is lost, put elsewhere or written over.

No answer comes before a test lets it go, so that nothing depends on how fast the machine is.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from ecp_ingest.files.record_files import log_path
from ecp_ingest.record.schema import read_record
from tests.support.browsing import is_taken, open_record, text_of, word
from tests.support.press import lay_out
from tests.support.serving import Running, serving

NAMES = (
    "back", "again", "gone", "failed", "unheard", "blind", "both", "field", "parted", "readings", "away", "down",
    "order", "late", "done",
)  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lay_out(tmp_path_factory.mktemp("haste"), *NAMES)


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Running]:
    with serving(folder, sources=folder.parent / "scans") as running:
        yield running


@dataclass(slots=True)
class Held:
    """The decisions that a page has sent, none of them answered yet."""

    page: Page
    routes: list[Route] = field(default_factory=list)
    is_over: bool = False

    def come(self, route: Route) -> None:
        if self.is_over:
            route.continue_()
        else:
            self.routes.append(route)

    def next(self) -> Route:
        for _ in range(600):
            if self.routes:
                return self.routes.pop(0)
            self.page.wait_for_timeout(50)
        raise AssertionError("nothing was sent")

    def let_go(self) -> None:
        """What was sent, and whatever will be."""
        self.is_over = True
        while self.routes:
            self.routes.pop(0).continue_()


def hold(page: Page) -> Held:
    held = Held(page)
    page.route("**/decide", lambda route: held.come(route))  # noqa: PLW0108 (it takes no method of such an object)
    return held


def write(page: Page, text: str, key: str = "Enter") -> None:
    page.keyboard.press("e")
    expect(page.locator("input.edit")).to_be_focused()
    page.keyboard.type(text)
    page.keyboard.press(key)


def decisions(folder: Path, name: str) -> list[tuple[str, str, str]]:
    lines = map(json.loads, log_path(folder / f"{name}.json").read_text().splitlines())
    return [(line["kind"], line["before"], line["after"]) for line in lines]


def cursor_is_on(page: Page, text: str) -> None:
    expect(page.locator(".w.cursor")).to_have_text(text)


# ── the words ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_word_may_be_written_back_as_it_was(page: Page, server: Running, folder: Path) -> None:
    open_record(page, server, "back")
    before = text_of(folder, "back", "p3")
    for text in ("Commission", "Comrnission"):
        word(page, "Com")
        write(page, text)
        is_taken(page, f"→ “{text}”")
    assert text_of(folder, "back", "p3") == before
    word(page, "morning.")
    write(page, "evening.")
    is_taken(page, "“morning.” → “evening.”")
    assert text_of(folder, "back", "p3") == before.replace("morning.", "evening.")


def test_what_was_just_typed_can_be_corrected_before_it_is_saved(page: Page, server: Running, folder: Path) -> None:
    open_record(page, server, "again")
    held = hold(page)
    write(page, "The whole Comission")
    word(page, "Comission")
    write(page, "Commission")
    page.locator(".w.cursor").press("l")  # "0fficers" and its line, which the first edit has moved
    held.let_go()
    is_taken(page, "accept")
    assert "The The whole Commission decided" in text_of(folder, "again", "p3")
    assert decisions(folder, "again") == [
        ("text", "Comrnission", "The whole Comission"),
        ("text", "Comission", "Commission"),
        ("accept", *["will be held on 12th March, 2023. Presiding 0fficers shall"] * 2),
    ]


def test_the_cursor_stays_on_its_word_when_an_answer_moves_it(page: Page, server: Running, folder: Path) -> None:
    open_record(page, server, "late")
    held = hold(page)
    write(page, "The whole Commission")
    cursor_is_on(page, "0fficers")
    held.next().continue_()
    is_taken(page, "whole Commission")
    cursor_is_on(page, "0fficers")
    # And while the next word is being typed.
    held.let_go()
    write(page, "Officers")
    is_taken(page, "Officers")
    assert "2023. Presiding Officers shall" in text_of(folder, "late", "p3")


def test_a_word_that_was_deleted_is_gone_at_once(page: Page, server: Running, folder: Path) -> None:
    open_record(page, server, "gone")
    word(page, "held")
    held = hold(page)
    page.keyboard.press("x")
    cursor_is_on(page, "on")
    page.keyboard.press("x")
    cursor_is_on(page, "12th")
    write(page, "13th")
    held.let_go()
    is_taken(page, "13th")
    assert "will be 13th March" in text_of(folder, "gone", "p3")


def test_other_readings_are_those_of_the_word_under_the_cursor(page: Page, server: Running, folder: Path) -> None:
    open_record(page, server, "readings")
    held = hold(page)
    write(page, "The whole Commission")
    cursor_is_on(page, "0fficers")
    held.let_go()
    expect(page.locator("#choices button").first).to_contain_text("Officers")
    page.keyboard.press("1")
    is_taken(page, "“0fficers” → “Officers”")
    # The server is never asked for readings of a place where it has another word.
    query = page.url + "/alternatives?paragraph=p3&start=4&word="
    assert page.evaluate("async (url) => (await fetch(url)).json()", query + "0fficers") == []


def test_a_click_finds_the_word_that_was_under_the_mouse(page: Page, server: Running, folder: Path) -> None:
    open_record(page, server, "down")
    held = hold(page)
    write(page, "The whole Commission of the country")
    page.keyboard.press("e")
    page.keyboard.type("Officers and all others")
    box = page.locator(".w", has_text="stations").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    held.next().continue_()
    is_taken(page, "whole Commission")
    page.mouse.up()
    cursor_is_on(page, "stations")
    held.let_go()
    write(page, "posts")
    is_taken(page, "“stations” → “posts”")
    text = text_of(folder, "down", "p3")
    assert "Presiding Officers and all others shall reach their posts before" in text


# ── what isn't saved ──────────────────────────────────────────────────────────────────────────────────────────────


def test_what_could_not_be_saved_stays_in_sight(page: Page, server: Running, folder: Path) -> None:
    open_record(page, server, "failed")
    held = hold(page)
    write(page, "Commission")
    write(page, "Officers")
    held.next().abort()
    held.let_go()
    is_taken(page, "Officers")
    unsaved = page.locator("#unsaved")
    expect(unsaved).to_contain_text("Not saved: “Comrnission” → “Commission” (p3): the server doesn't answer")
    expect(page.locator("#p3")).to_contain_text("The Comrnission decided")
    page.keyboard.press("d")
    is_taken(page, "Not everything is saved")
    unsaved.get_by_role("button", name="Try again").click()
    is_taken(page, "→ “Commission”")
    expect(unsaved).to_be_empty()
    assert "The Commission decided" in text_of(folder, "failed", "p3")
    assert "Presiding Officers shall" in text_of(folder, "failed", "p3")


def test_an_edit_whose_answer_got_lost_is_taken_once(page: Page, server: Running, folder: Path) -> None:
    open_record(page, server, "unheard")
    held = hold(page)
    write(page, "Commission")
    write(page, "Officers")
    first = held.next()
    first.fetch()
    first.abort()
    held.let_go()
    is_taken(page, "Officers")
    expect(page.locator("#unsaved")).to_be_empty()
    assert decisions(folder, "unheard") == [("text", "Comrnission", "Commission"), ("text", "0fficers", "Officers")]


def test_undo_takes_back_nothing_else_when_its_edit_was_not_saved(page: Page, server: Running, folder: Path) -> None:
    open_record(page, server, "blind")
    write(page, "Commission")
    is_taken(page, "Commission")
    held = hold(page)
    write(page, "Officers")
    page.keyboard.press("u")
    held.next().abort()
    held.let_go()
    expect(page.locator("#unsaved")).to_contain_text("Not saved: undo")
    assert "The Commission decided" in text_of(folder, "blind", "p3")


def test_all_that_was_typed_into_a_paragraph_stands_in_one_dialog(
    page: Page, browser: Browser, server: Running, folder: Path
) -> None:
    open_record(page, server, "both")
    other = browser.new_page()
    open_record(other, server, "both")
    word(other, "morning.")
    write(other, "evening.")
    is_taken(other, "evening.")
    held = hold(page)
    write(page, "Commission")
    write(page, "Officers")
    page.keyboard.press("e")
    page.keyboard.type("half a")
    held.let_go()
    is_taken(page, "Not saved")
    dialog = page.locator("#conflict")
    expect(dialog).to_be_hidden()  # nobody's keys are taken away
    page.keyboard.type(" word")
    expect(page.locator("input.edit")).to_have_value("half a word")
    page.keyboard.press("Escape")
    expect(dialog).to_be_visible()
    mine = dialog.get_by_label("As you wrote it")
    for text in ("The Commission decided", "Presiding Officers shall", "the morning."):
        assert text in mine.input_value()
    page.keyboard.type("x")
    page.keyboard.press("Escape")  # in haste
    expect(dialog).to_be_hidden()
    expect(page.locator("#unsaved")).to_contain_text("Presiding Officers shall")
    assert "Comrnission" in text_of(folder, "both", "p3")
    # What isn't text is told as well.
    word(other, "districts")
    write(other, "regions")
    is_taken(other, "regions")
    word(page, "Presiding")
    page.keyboard.press("s")
    expect(page.locator("#unsaved")).to_contain_text("Not saved: split (p3)")
    other.close()


# ── the rest of the record ────────────────────────────────────────────────────────────────────────────────────────


def test_a_field_keeps_what_is_being_typed_into_it(page: Page, server: Running, folder: Path) -> None:
    open_record(page, server, "field")
    held = hold(page)
    page.keyboard.press("a")
    page.keyboard.press("f")
    page.get_by_label("place").focus()
    page.keyboard.type("Lah")
    held.next().continue_()
    is_taken(page, "accept")
    page.keyboard.type("ore")
    page.keyboard.press("Tab")
    page.get_by_label("place").fill("Karachi")
    page.keyboard.press("Tab")
    held.let_go()
    is_taken(page, "field")
    page.locator(".w").first.click()
    page.keyboard.press("a")
    is_taken(page, "accept p1")
    place = read_record(folder / "field.json").release.place
    assert place is not None
    assert place.value == "Karachi"
    assert [after for kind, _, after in decisions(folder, "field") if kind == "field"] == ["Lahore", "Karachi"]


def test_a_paragraph_that_is_parted_keeps_what_is_typed_into_its_second_half(
    page: Page, server: Running, folder: Path
) -> None:
    open_record(page, server, "parted")
    held = hold(page)
    word(page, "Presiding")
    page.keyboard.press("s")
    page.keyboard.press("n")
    cursor_is_on(page, "0fficers")
    write(page, "Officers")
    held.let_go()
    is_taken(page, "“0fficers” → “Officers”")
    expect(page.locator(".para").nth(3)).to_contain_text("Presiding Officers shall")
    assert text_of(folder, "parted", "p3").endswith("12th March, 2023.")


def test_keys_pressed_twice_count_twice(page: Page, server: Running, folder: Path) -> None:
    open_record(page, server, "order")
    page.locator("#p1 .w").first.click()
    held = hold(page)
    page.keyboard.press("]")
    page.keyboard.press("]")
    page.keyboard.press("u")
    page.keyboard.press("]")
    page.locator("#p1 [data-do=kind]").select_option("footer")
    page.locator("#p1 [data-do=kind]").select_option("caption")
    held.let_go()
    expect(page.locator(".para").nth(2)).to_have_id("p1")
    is_taken(page, "kind p1")
    page.locator(".w").first.click()
    page.keyboard.press("a")
    is_taken(page, "accept")
    record = read_record(folder / "order.json")
    assert [(p.id, p.kind) for p in record.paragraphs][:3] == [("p2", "dateline"), ("p3", "body"), ("p1", "caption")]
    expect(page.locator("#unsaved")).to_be_empty()


def test_the_page_is_left_when_all_is_saved(page: Page, server: Running, folder: Path) -> None:
    open_record(page, server, "away")
    held = hold(page)
    write(page, "Commission")
    page.keyboard.press("q")
    page.keyboard.press("x")  # meant for the page that is to come
    held.next().continue_()
    page.wait_for_url(server.url)
    assert decisions(folder, "away") == [("text", "Comrnission", "Commission")]


def test_done_waits_for_what_could_not_be_saved(page: Page, server: Running, folder: Path) -> None:
    open_record(page, server, "done")
    held = hold(page)
    write(page, "Commission")
    page.keyboard.press("d")
    held.next().abort()
    held.let_go()
    expect(page.locator("#unsaved")).to_contain_text("Not saved: done")
    cursor_is_on(page, "0fficers")
    page.keyboard.press("n")
    assert read_record(folder / "done.json").review.state == "needed"
    assert page.url == server.record("done")
