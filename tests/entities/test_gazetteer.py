"""The table of names: its form, what is looked up in it, and rows of a user's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from ecp_ingest.entities.gazetteer import current, extended_by, gazetteer, parse, read_rows
from ecp_ingest.errors import BadGazetteerError
from ecp_ingest.language.folding import URDU_LETTERS, fold
from ecp_ingest.release.fields.extract import extract
from ecp_ingest.settings import ReleaseSettings, Settings
from tests.support.builders import RunCli, said

ROWS = """
# a town, an office and another spelling of a month
town | Kot Diji | کوٹ ڈیجی |
paper | bulletin | خبرنامہ
month | May | مئیی | MAI
"""


def test_the_table_is_sound() -> None:
    table = gazetteer()
    assert len(table.of("month")) == len(table.of("islamic_month")) == 12
    assert len(table.of("district")) > 150
    for entry in table.entries:
        letters = "".join(entry.urdu)
        assert not set(URDU_LETTERS) & set(letters) - set("ه"), f"{entry.name}: Arabic letters"
        assert not any("\u0600" <= c <= "\u06ff" for c in "".join(entry.english + entry.abbreviations)), entry.name


def test_no_name_means_two_things_of_a_kind() -> None:
    for kind in ("district", "month", "islamic_month", "seat", "paper", "wing", "law", "party"):
        forms = [fold(form) for entry in gazetteer().of(kind) for form in {fold(f): f for f in entry.forms}.values()]
        assert len(forms) == len(set(forms)), f"{kind}: {[form for form in forms if forms.count(form) > 1]}"


@pytest.mark.parametrize(
    ("text", "kinds", "name", "likeness"),
    [
        ("Faisalabad", ("district",), "Faisalabad", 1.0),
        ("فیصل آباد", ("district",), "Faisalabad", 1.0),
        ("Faisa1abad", ("district",), "Faisalabad", 0.9),
        ("شیخوپوره", ("district",), "Sheikhupura", 1.0),
        ("شیخوہورہ", ("district",), "Sheikhupura", 0.88),
        ("Swot", ("district",), None, None),
        ("Atlantis", ("district", "town"), None, None),
        ("جمادی الثانی", ("islamic_month",), "Jamadi-us-Sani", 1.0),
        ("Karachi Wast", ("district",), None, None),  # may be the one in the east or the one in the west
    ],
)
def test_names_are_found_with_a_letter_misread_where_no_other_comes_near(
    text: str, kinds: tuple[str, ...], name: str | None, likeness: float | None
) -> None:
    found = current().named(text, *kinds)
    assert (found[0].name if found else None) == name
    assert found is None or found[1] == pytest.approx(likeness, abs=0.02)


def test_rows_of_ones_own_add_to_the_table_and_leave_it_alone() -> None:
    release = said(("heading", "Bulletin"), ("dateline", "Kot Diji, 5th Mai, 2023:"))
    assert extract(release).kind is None
    with extended_by(ROWS):
        found = extract(release)
        assert "مئی" in next(entry for entry in current().of("month") if entry.name == "May").urdu
    assert [field and field.value for field in (found.kind, found.place, found.date)] == [
        "bulletin",
        "Kot Diji",
        "2023-05-05",
    ]
    assert extract(release).kind is None


@pytest.mark.parametrize(
    ("rows", "complaint"),
    [
        ("town\tX", "line 1: a row is"),
        ("\nvillage | X", "line 2: no kind is called 'village'"),
        ("town | | شہر", "line 1: the English name is missing"),
        ("town | a | b | c | d", "line 1: a row is"),
    ],
)
def test_a_table_of_another_form_is_refused(rows: str, complaint: str) -> None:
    with pytest.raises(BadGazetteerError, match=complaint) as caught:
        list(parse(rows, source="mine.txt"))
    assert str(caught.value).startswith("mine.txt: ")


def test_a_file_that_is_no_table_is_refused(tmp_path: Path) -> None:
    for name, content in (("empty.txt", b"# nothing\n"), ("latin.txt", b"town | Z\xfcrich")):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(BadGazetteerError, match=name):
            read_rows(tmp_path / name)
    with pytest.raises(BadGazetteerError, match="No such file"):
        read_rows(tmp_path / "missing.txt")


def test_the_rows_are_part_of_the_fingerprint() -> None:
    assert Settings(release=ReleaseSettings(gazetteer=ROWS)).fingerprint != Settings().fingerprint


def test_the_command_line_takes_a_table(tmp_path: Path, run_cli: RunCli) -> None:
    (tmp_path / "mine.txt").write_text(ROWS, encoding="utf-8")
    (tmp_path / "in.txt").write_text(
        "ELECTION COMMISSION OF PAKISTAN\n\nBulletin\n\nKot Diji, 5th May, 2023:\n\n"
        "The Commission met today and decided to keep the polling stations open until six in the evening.\n",
        encoding="utf-8",
    )
    arguments = ["convert", str(tmp_path / "in.txt"), "-o", str(tmp_path / "out"), "--json", "-q", "--gazetteer"]
    done = run_cli(*arguments, str(tmp_path / "mine.txt"))
    assert done.returncode == 0, done.stderr
    assert '"Kot Diji"' in done.stdout
    (tmp_path / "mine.txt").write_text("village | Kot Diji", encoding="utf-8")
    done = run_cli(*arguments, str(tmp_path / "mine.txt"))
    assert done.returncode == 2
    assert "mine.txt: line 1: no kind is called 'village'" in done.stderr
