"""How fast the review answers on a folder of 2,000 records: ``python -m tests.benchmarks.bench_review_speed RECORD``.

RECORD is any record that ``convert`` wrote; copies of it, each with a name of its own, are the folder. Measured in
Debian's Chromium, from the key to the page that shows what came of it: first page of the queue (cold, while the records
are still being read, and warm), a record's page, a key that only moves the cursor, and keys that change the record:
logged, synced, rewritten, shown.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from ecp_ingest.record.schema import read_record, to_json

RECORDS = 2000


def make_folder(record: Path, folder: Path) -> None:
    original = read_record(record)
    for number in range(RECORDS):
        copy = original.model_copy(update={"id": f"{number:032x}-1"})
        target = folder / f"{number // 100:02}" / f"release-{number:04}.json"
        target.parent.mkdir(exist_ok=True)
        target.write_text(to_json(copy) + "\n", encoding="utf-8")  # nothing that has to survive a crash


def shown(page: Page, url: str) -> float:
    """From the request until the page's content is there, as the browser itself measures it."""
    page.goto(url, wait_until="domcontentloaded")
    return float(page.evaluate("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"))


KEY = """async (key) => {
    const began = performance.now();
    const shown = new Promise((found) => new MutationObserver(found).observe(
        document.querySelector('#paragraphs'), {childList: true}));
    document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true, cancelable: true}));
    const moved = performance.now() - began;
    if (key === 'a' || key === 'u') await shown;
    return [moved, performance.now() - began];
}"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("record", type=Path)
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        make_folder(given.record, Path(name))
        browser = playwright.chromium.launch(executable_path=given.chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1366, "height": 768})
        page.goto("about:blank")
        began = time.perf_counter()
        command = [sys.executable, "-m", "ecp_ingest", "review", name, "--no-browser", "--reviewer", "bench"]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            assert server.stdout is not None
            url = server.stdout.readline().strip()
            print(f"{'command to address':44}{1000 * (time.perf_counter() - began):8.0f} ms")
            tell("first page, records still being read", [shown(page, url)])
            while page.locator("#queue").get_attribute("data-unread") != "0":
                page.wait_for_timeout(200)
            tell("first page", [shown(page, url) for _ in range(10)])
            link = page.locator("tbody a").first.get_attribute("href") or ""
            record = "/".join(url.split("/")[:3]) + link
            tell("a record's page", [shown(page, record) for _ in range(10)])
            page.wait_for_selector(".w.cursor")
            tell("key n or p: the cursor moves", [page.evaluate(KEY, k)[0] for k in "npnpnpnpnp"])
            answers = [page.evaluate(KEY, key) for key in "aaaaaaaaaauuuuuuuuuu"]
            tell("key a: the cursor goes on", [moved for moved, _ in answers[:10]])
            tell("key a: confirmed and shown", [all_of_it for _, all_of_it in answers[:10]])
            tell("key u: confirmed and shown", [all_of_it for _, all_of_it in answers[10:]])
        finally:
            server.terminate()
            server.wait()
        browser.close()


def tell(what: str, times: list[float]) -> None:
    print(f"{what:44}{statistics.median(times):8.0f} ms, at most {max(times):.0f}")


if __name__ == "__main__":
    main()
