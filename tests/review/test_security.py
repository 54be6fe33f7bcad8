"""What was scanned is hostile, and so is every other page in the browser."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect

from ecp_ingest.record.entries import FieldEntry, ReviewReason
from ecp_ingest.record.schema import read_record, write_record
from ecp_ingest.review.queue import key_of
from tests.support.press import lay_out, paragraphs_of, release
from tests.support.serving import Running, serving

PAYLOADS = (
    "<script>window.hit=1</script>",
    "<img src=x onerror=window.hit=2>",
    '"><svg/onload=window.hit=3>',
    "</textarea><script>window.hit=4</script>",
    "{{7*7}}{%print(1)%}",
    "javascript:window.hit=5",
    "' onfocus='window.hit=6' autofocus='",
    "</script><script>window.hit=7</script>",
    "<iframe/srcdoc='<script>top.hit=8</script>'>",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    records = lay_out(folder, "plain")
    paragraphs = paragraphs_of((("p1", "body", "eng", list(PAYLOADS)), ("p2", "body", "urd", list(PAYLOADS))))
    nasty = "<img src=x onerror=window.hit=9>"
    record = release("hostile.png", (folder / "scans/drawn.png").read_bytes(), paragraphs=paragraphs)
    field = FieldEntry(value=nasty, text=nasty, paragraph="p1", confidence=0.5)
    record = record.model_copy(
        update={
            "release": record.release.model_copy(update={"title": field, "place": field, "people": ()}),
            "review": record.review.model_copy(
                update={"reasons": (ReviewReason(kind=nasty, paragraph="p1", detail=nasty),)}
            ),
            "source": record.source.model_copy(
                update={"file_name": "../../../../etc/passwd", "path": "../../secret.txt"}
            ),
        }
    )
    write_record(record, records / "hostile.json")
    (folder / "secret.txt").write_text("secret")
    outside = folder / "outside.json"
    write_record(read_record(records / "plain.json"), outside)
    (records / "link.json").symlink_to(outside)
    (folder / "elsewhere").mkdir()
    write_record(read_record(records / "plain.json"), folder / "elsewhere/away.json")
    (records / "away").symlink_to(folder / "elsewhere")
    return records


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Running]:
    with serving(folder) as running:
        yield running


def ask(
    server: Running, path: str, *, method: str = "GET", body: str = "", drop: str = "", **headers: str
) -> tuple[int, dict[str, str], bytes]:
    """A request byte for byte: ``path`` comes after the secret unless it begins with a slash."""
    place = urlsplit(server.url)
    connection = http.client.HTTPConnection("127.0.0.1", place.port, timeout=20)
    target = path if path.startswith("/") else place.path + path
    sent = {"Host": place.netloc, **{name.replace("_", "-"): value for name, value in headers.items()}}
    sent.pop(drop, None)
    connection.putrequest(method, target, skip_host=True)
    for name, value in sent.items():
        connection.putheader(name, value)
    connection.putheader("Content-Length", str(len(body.encode())))
    connection.endheaders(body.encode())
    answer = connection.getresponse()
    found = answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    connection.close()
    return found


def test_no_script_from_a_record_ever_runs(browser: Browser, server: Running, folder: Path) -> None:
    page = browser.new_page()
    page.goto(server.url)
    page.goto(server.record("hostile"))
    page.wait_for_selector(".w.cursor")
    shown = page.locator("#p1").inner_text()
    for payload in PAYLOADS:
        assert all(part in shown for part in payload.split()), payload
    for key in ("e", "Escape", "a", "n", "f", "Escape", "h"):
        page.keyboard.press(key)
    # Also what comes back after an edit is text, and so is what is typed.
    page.locator(".w").first.click()
    page.keyboard.press("e")
    page.keyboard.type("<img/src=x/onerror=window.hit=10>")
    page.keyboard.press("Enter")
    expect(page.locator("#history")).to_contain_text("hit=10")
    page.locator("#p2 .w").first.click()
    page.keyboard.press("w")
    page.wait_for_selector("textarea.rewrite")
    assert page.evaluate("window.hit") is None
    assert page.locator("main img:not(.sheet img), main iframe, main script, svg[onload]").count() == 0
    page.close()


def test_every_answer_forbids_foreign_scripts(server: Running) -> None:
    for path in ("", f"record/{key_of('plain.json')}", "static/record.js", "nothing", "/"):
        _, headers, _ = ask(server, path)
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"


def test_only_who_has_the_address_gets_in(server: Running) -> None:
    assert ask(server, "")[0] == 200
    for path in ("/", "/static/style.css", "/" + "x" * 32 + "/", f"/record/{key_of('plain.json')}"):
        assert ask(server, path)[0] == 404


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "127.0.0.1:1"},
        {"drop": "Host"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
    ],
)
def test_other_sites_are_refused(server: Running, headers: dict[str, str]) -> None:
    assert ask(server, "", **headers)[0] in (400, 403, 421)


def test_a_decision_needs_its_origin_and_to_be_json(server: Running, folder: Path) -> None:
    path = f"record/{key_of('plain.json')}/decide"
    good = {"Origin": server.url.rsplit("/", 2)[0], "Content_Type": "application/json"}
    body = json.dumps({"kind": "settle", "target": "x"})
    assert ask(server, path, method="POST", body=body, Content_Type="application/json")[0] == 403
    assert ask(server, path, method="POST", body=body, Origin=good["Origin"], Content_Type="text/plain")[0] == 415
    assert ask(server, path, method="DELETE", **good)[0] == 405
    for nonsense in (
        "",
        "[]",
        "{",
        '{"kind": "rm"}',
        '{"kind": "text", "start": "x"}',
        '{"kind": "undo", "target": "z"}',
    ):
        assert ask(server, path, method="POST", body=nonsense, **good)[0] in (400, 422), nonsense
    assert not (folder / "plain.json.recognised").exists()


@pytest.mark.parametrize(
    "path",
    [
        "static/../../../../../../etc/passwd",
        "static/..%2f..%2fweb.py",
        "static/%2e%2e/web.py",
        "static/guard.py",
        "record/../../../etc/passwd",
        "record/plain.json",
        "record/..%2f..%2foutside.json",
        f"record/{key_of('link.json')}",
        f"record/{key_of('../outside.json')}",
        f"record/{key_of('away/away.json')}",
        f"record/{key_of('link.json')}/page/1.jpg",
        f"record/{key_of('hostile.json')}/page/1.jpg",
        f"record/{key_of('plain.json')}/page/2.jpg",
        f"record/{key_of('plain.json')}/page/-1.jpg",
        f"record/{key_of('plain.json')}/page/..%2f1.jpg",
    ],
)
def test_nothing_outside_the_folder_is_served(server: Running, path: str) -> None:
    status, _, body = ask(server, path)
    assert status == 404
    assert b"root:" not in body
    assert b"secret" not in body


def test_a_record_replaced_by_a_link_is_not_followed(folder: Path, tmp_path: Path) -> None:
    records = lay_out(tmp_path, "may", "june")
    with serving(records) as server:
        assert ask(server, f"record/{key_of('may.json')}")[0] == 200
        (records / "may.json").unlink()
        (records / "may.json").symlink_to(folder.parent / "outside.json")
        assert ask(server, f"record/{key_of('may.json')}")[0] == 404


def test_the_server_listens_to_this_machine_only(server: Running) -> None:
    port = urlsplit(server.url).port
    listening = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    addresses = {
        line[1].partition(":")[0] for line in listening if line[3] == "0A" and line[1].endswith(f":{port:04X}")
    }
    assert addresses == {"0100007F"}
