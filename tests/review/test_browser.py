"""The page in a real browser: what an archivist does, with the keys that an archivist presses."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from ecp_ingest.files.record_files import log_path, recognised_path
from ecp_ingest.record.schema import Record, read_record
from tests.support.browsing import is_taken, open_record, text_of, word
from tests.support.press import URDU_TWICE, lay_out
from tests.support.serving import Running, serving

SHOTS = os.environ.get("REVIEW_SHOTS")
"""A folder: then screenshots are left there, to be looked at."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    names = ("first", "words", "urdu", "undo", "pairs", "shape", "tabs", "done", "lost", "hostile")
    folder = tmp_path_factory.mktemp("review")
    records = lay_out(folder, *names)
    (folder / "scans" / "lost.png").unlink()
    return records


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Running]:
    with serving(folder, sources=folder.parent / "scans") as running:
        yield running


def shoot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png")


def until(page: Page, predicate: str) -> None:
    """Waits for it; the browser's own way of waiting for an expression is a script that the page forbids."""
    for _ in range(200):
        if page.evaluate(predicate):
            return
        page.wait_for_timeout(50)
    raise AssertionError(predicate)


# ── looking ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_from_the_queue_through_doubtful_words(page: Page, server: Running) -> None:
    page.goto(server.url)
    expect(page.get_by_role("link", name="first.json")).to_be_visible()
    expect(page.locator("#queue")).to_contain_text("printed duplicate")
    page.get_by_role("link", name="first.json").click()
    cursor = page.locator(".w.cursor")
    expect(cursor).to_have_text("Comrnission")
    expect(page.locator("#why")).to_contain_text("confidence 0.30")
    page.keyboard.press("n")
    expect(cursor).to_have_text("0fficers")
    page.keyboard.press("p")
    expect(cursor).to_have_text("Comrnission")
    page.keyboard.press("ArrowRight")
    expect(cursor).to_have_text("decided")
    page.keyboard.press("ArrowDown")
    expect(cursor).to_have_text("will")
    page.keyboard.press("ArrowUp")
    expect(cursor).to_have_text("The")
    # In Urdu the next word stands to the left.
    word(page, "فیصلہ")
    page.keyboard.press("ArrowLeft")
    expect(cursor).to_have_text("کیا")
    shoot(page, "urdu")


def test_the_word_is_marked_on_the_scan_and_the_scan_finds_the_word(page: Page, server: Running) -> None:
    open_record(page, server, "first")
    expect(page.locator(".sheet rect.cursor")).to_have_count(1)
    until(
        page,
        """() => { const c = document.querySelector('#line');
                   const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
                   let dark = 0; for (let i = 0; i < d.length; i += 4) if (d[i] < 90) dark++; return dark > 200; }""",
    )  # ink of the enlarged line
    # Where "stations" stands on the page, by the record; the browser has to find the word again.
    record_word = page.locator(".w", has_text="stations")
    left, top, right, bottom = map(int, (record_word.get_attribute("data-b") or "").split(","))
    sheet = page.locator(".sheet").bounding_box()
    assert sheet is not None
    x = sheet["x"] + (left + right) / 20_000 * sheet["width"]
    y = sheet["y"] + (top + bottom) / 20_000 * sheet["height"]
    page.mouse.click(x, y)
    expect(page.locator(".w.cursor")).to_have_text("stations")
    before = page.locator(".sheet").bounding_box()
    page.keyboard.press("+")
    after = page.locator(".sheet").bounding_box()
    assert before is not None
    assert after is not None
    assert after["width"] > 1.2 * before["width"]
    shoot(page, "zoomed")


def test_a_record_without_its_scan_can_be_worked_on(page: Page, server: Running) -> None:
    open_record(page, server, "lost")
    expect(page.get_by_role("note")).to_contain_text("lost.png wasn't found")
    page.keyboard.press("a")
    is_taken(page, "accept")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(1366, 768), (390, 844)])
def test_accessible(browser: Browser, server: Running, scheme: str, width: int, height: int) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=scheme,  # type: ignore[arg-type]
    )
    page = context.new_page()
    for place, url in (("queue", server.url), ("record", server.record("first"))):
        page.goto(url)
        until(page, "() => document.querySelector('.sheet img')?.complete ?? true")
        shoot(page, f"{place}-{scheme}-{width}")
        found = Axe().run(page).response["violations"]
        assert not found, json.dumps(found, indent=1)[:3000]
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{place} is wider than the screen: {wide}"
    page.keyboard.press("n")
    assert page.evaluate("document.activeElement.matches('.w.cursor')")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    assert not Axe().run(page).response["violations"]
    context.close()


# ── deciding ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_english_words_are_corrected(page: Page, server: Running, folder: Path) -> None:
    open_record(page, server, "words")
    page.keyboard.press("e")
    page.keyboard.type("Commission")
    page.keyboard.press("Enter")
    expect(page.locator(".w.cursor")).to_have_text("0fficers")
    is_taken(page, "“Comrnission” → “Commission”")
    expect(page.locator("#choices button").first).to_contain_text("Officers")
    page.keyboard.press("1")
    is_taken(page, "“0fficers” → “Officers”")
    expect(page.locator("#p3 .d1, #p3 .d2")).to_have_count(0)
    word(page, "morning.")
    page.keyboard.press("x")
    is_taken(page, "morning.")
    assert text_of(folder, "words", "p3") == (
        "The Commission decided that polling in 48 districts will be held on 12th March, 2023. Presiding "
        "Officers shall reach their stations before seven in the"
    )
    record = read_record(folder / "words.json")
    assert [(e.reviewer, e.before, e.after) for e in record.review.edits][:2] == [
        ("Ayesha", "Comrnission", "Commission"),
        ("Ayesha", "0fficers", "Officers"),
    ]
    kept = read_record(recognised_path(folder / "words.json"))
    assert "Comrnission" in next(p.text for p in kept.paragraphs if p.id == "p3")
    assert not kept.review.edits


def test_urdu_is_typed_right_to_left_with_a_latin_name_inside(page: Page, server: Running, folder: Path) -> None:
    open_record(page, server, "urdu")
    word(page, "استیشن")
    page.keyboard.press("Enter")
    field = page.locator("input.edit")
    expect(field).to_have_attribute("lang", "ur")
    # As an Arabic keyboard has it: yeh and kaf are made Urdu's own.
    field.press_sequentially("اسٹيشن Khalid Anwar كے")
    assert page.evaluate("getComputedStyle(document.querySelector('input.edit')).direction") == "rtl"
    shoot(page, "urdu-typing")
    page.keyboard.press("Enter")
    is_taken(page, "اسٹیشن Khalid Anwar کے")
    text = text_of(folder, "urdu", "p7")
    assert text.endswith("اپنے اسٹیشن Khalid Anwar کے پر موجود ہوں گے۔")
    assert not set(text) & set("يكه\u200e\u200f\u202a\u202b\u202c")
    name, after = (page.locator("#p7 .w", has_text=t).bounding_box() for t in ("Khalid", "Anwar"))
    station, on = (page.locator("#p7 .w", has_text=t).last.bounding_box() for t in ("اسٹیشن", "موجود"))
    assert name is not None
    assert after is not None
    assert station is not None
    assert on is not None
    assert name["x"] < after["x"], "the Latin name reads from left to right"
    if station["y"] == on["y"]:
        assert on["x"] < name["x"] < station["x"], "and the line around it from right to left"
    shoot(page, "urdu-mixed")
    # With an Urdu keyboard switched on, keys count by their place: this is the key that has "n".
    word(page, "فیصلہ")
    page.evaluate(
        "document.activeElement.dispatchEvent("
        "new KeyboardEvent('keydown', {key: 'ن', code: 'KeyN', bubbles: true, cancelable: true}))"
    )
    expect(page.locator(".w.cursor")).not_to_have_text("فیصلہ")


def test_anything_can_be_undone_at_any_time(page: Page, server: Running, folder: Path) -> None:
    before = text_of(folder, "undo", "p3")
    open_record(page, server, "undo")
    page.keyboard.press("a")
    page.locator(".w", has_text="Comrnission").click()
    for text in ("The Commission", "Officers"):  # faster than the server can answer, and the first moves the second
        page.keyboard.press("e")
        page.keyboard.type(text)
        page.keyboard.press("Enter")
    is_taken(page, "Officers")
    page.keyboard.press("h")
    page.get_by_role("button", name="Undo edit 2").click()
    expect(page.locator("#p3")).to_contain_text("Comrnission decided")
    expect(page.locator("#p3")).to_contain_text("Officers shall")
    page.get_by_role("button", name="Redo edit 2").click()
    expect(page.locator("#p3")).to_contain_text("The The Commission decided")
    page.locator(".w").first.click()
    page.keyboard.press("u")
    expect(page.locator("#p3")).to_contain_text("0fficers shall")
    page.keyboard.press("u")
    expect(page.locator("#p3")).to_contain_text("Comrnission decided")
    assert text_of(folder, "undo", "p3") == before
    assert len(log_path(folder / "undo.json").read_text().splitlines()) == 7, "undoing takes nothing out of the log"


def test_duplicates_side_by_side_and_a_repair_restored(page: Page, server: Running, folder: Path) -> None:
    open_record(page, server, "pairs")
    suspected = page.locator("#panel > .pair")
    expect(suspected.locator("blockquote")).to_have_count(2)
    expect(suspected).to_contain_text("score 1.0")
    shoot(page, "duplicates")
    suspected.get_by_role("button", name="Keep one").click()
    expect(page.locator("#p5")).to_contain_text("Taken out")
    taken_out = page.locator("#taken-out .pair", has_text=URDU_TWICE)
    assert text_of(folder, "pairs", "p8").count(URDU_TWICE) == 1
    taken_out.get_by_role("button", name="Keep both").click()
    expect(page.locator("#panel .pair")).to_have_count(0)
    assert text_of(folder, "pairs", "p8").count(URDU_TWICE) == 2
    assert text_of(folder, "pairs", "p5") == ""


def test_paragraphs_and_fields(page: Page, server: Running, folder: Path) -> None:
    open_record(page, server, "shape")
    word(page, "Presiding")
    page.keyboard.press("s")
    expect(page.locator(".para")).to_have_count(9)
    page.locator("#p3 .w").first.click()
    page.keyboard.press("m")
    expect(page.locator(".para")).to_have_count(8)
    page.locator("#p2 .w").first.click()
    page.keyboard.press("]")
    expect(page.locator(".para").nth(2)).to_have_id("p2")
    page.locator("#p4 [data-do=kind]").select_option("footer")
    is_taken(page, "kind p4")
    page.locator("#p4 [data-do=language]").select_option("urd")
    expect(page.locator("#p4 .text")).to_have_attribute("dir", "rtl")
    page.locator("#p1 .w").first.click()
    page.keyboard.press("f")
    page.get_by_label("place").fill("Lahore")
    page.get_by_label("place").press("Tab")
    is_taken(page, "field")
    page.locator("#p1 .w").first.click()
    page.keyboard.press("w")
    page.locator("textarea.rewrite").fill("ELECTION COMMISSION")
    page.keyboard.press("Enter")
    is_taken(page, "OF PAKISTAN")
    record: Record = read_record(folder / "shape.json")
    assert [p.id for p in record.paragraphs][:3] == ["p1", "p3", "p2"]
    p4 = next(p for p in record.paragraphs if p.id == "p4")
    assert (p4.kind, p4.language, p4.script, p4.direction) == ("footer", "urd", "Arab", "rtl")
    assert record.release.place is not None
    assert record.release.place.value == "Lahore"
    assert record.paragraphs[0].text == "ELECTION COMMISSION"


def test_done_leads_to_the_next_record_and_to_the_bottom_of_the_queue(
    page: Page, server: Running, folder: Path
) -> None:
    open_record(page, server, "done")
    page.keyboard.press("d")
    page.wait_for_url(lambda url: url != server.record("done") and "/record/" in url)
    assert read_record(folder / "done.json").review.state == "done"
    page.goto(server.url)
    expect(page.locator("tbody tr").last).to_contain_text("done.json")


def test_two_tabs_in_conflict_lose_nothing(page: Page, browser: Browser, server: Running, folder: Path) -> None:
    open_record(page, server, "tabs")
    other = browser.new_page()
    other.goto(server.record("tabs"))
    expect(other.locator(".w.cursor")).to_have_text("Comrnission")
    page.keyboard.press("e")
    page.keyboard.type("Commission")
    page.keyboard.press("Enter")
    is_taken(page, "Commission")
    word(other, "morning.")
    other.keyboard.press("e")
    other.keyboard.type("evening.")
    other.keyboard.press("Enter")
    dialog = other.locator("#conflict")
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text("made by Ayesha")
    expect(dialog.locator("mark").first).to_have_text("Commission")
    mine = dialog.get_by_label("As you wrote it")
    expect(mine).to_have_value(
        "The Comrnission decided that polling in 48 districts will be held on 12th March, 2023. Presiding "
        "0fficers shall reach their stations before seven in the evening."
    )
    shoot(other, "conflict")
    assert not Axe().run(other).response["violations"]
    assert "morning." in text_of(folder, "tabs", "p3"), "nothing is taken before the person has said so"
    mine.fill(mine.input_value().replace("Comrnission", "Commission"))
    dialog.get_by_role("button", name="Take mine").click()
    is_taken(other, "evening.")
    text = text_of(folder, "tabs", "p3")
    assert "The Commission" in text
    assert text.endswith("evening.")
    other.close()
