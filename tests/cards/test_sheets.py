"""Files as Excel and people save them come out as the same rows, or are refused in clear words."""

import datetime
import io
import zipfile

import openpyxl
import pytest

from cards.files.records import Unreadable
from cards.files.sheets import read_sheets
from tests.files import saved, workbook_of

KNOWN = {"table": ("place", "month", "state")}
PLAIN = "place,month,state\nalmaty,2018-03,full\nastana,2018-04,none\n"
ROWS = [
    {"place": "almaty", "month": "2018-03", "state": "full"},
    {"place": "astana", "month": "2018-04", "state": "none"},
]


def cells(content: bytes) -> list[dict]:
    return [line.cells for line in read_sheets(content, KNOWN)["table"].lines]


def refused(content: bytes) -> str:
    """The message with which the file is refused, wherever reading stops."""
    with pytest.raises(Unreadable) as failure:
        cells(content)
    return str(failure.value)


def table(*rows, sheet="table") -> bytes:
    return workbook_of(**{sheet: list(rows)})


@pytest.mark.parametrize(
    "content",
    [
        PLAIN.encode(),
        PLAIN.encode("utf-8-sig"),
        PLAIN.replace(",", ";").encode("utf-8-sig"),
        PLAIN.replace(",", "\t").encode(),
        ("sep=;\n" + PLAIN.replace(",", ";")).encode(),
        PLAIN.replace("\n", "\r\n").encode(),
        PLAIN.replace("\n", "\r").encode(),
        PLAIN.replace(",", " , ").replace("almaty", "\xa0almaty\xa0").encode(),
        PLAIN.replace("place", "Place").replace("state", "STATE ").encode(),
        ("Coverage of 2018; by place; month;;;;\n\n" + PLAIN).encode(),
        PLAIN.replace("\n", ",,\n").encode(),
        (PLAIN + "\n,,\n  ,\xa0,\n\n").encode(),
        PLAIN.replace("almaty", '"almaty"').encode(),
        table(*(line.split(",") for line in PLAIN.split())),
        table(*(line.split(",") for line in PLAIN.split()), sheet="Лист1"),
        table(*(line.split(",") for line in PLAIN.split()), sheet=" Table "),
        table(["Coverage"], [], *([None, *line.split(",")] for line in PLAIN.split())),
    ],
    ids=[
        "comma",
        "bom",
        "semicolon",
        "tab",
        "sep",
        "crlf",
        "cr",
        "spaces",
        "capitals",
        "title",
        "empty-columns",
        "blank-lines",
        "quotes",
        "workbook",
        "other-sheet-name",
        "sheet-name-with-spaces",
        "workbook-with-title",
    ],
)
def test_the_same_rows_however_they_are_saved(content):
    assert cells(content) == ROWS


def test_merged_title_above_the_headings():
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["A1"] = "Coverage of 2018, all places"
    sheet.merge_cells("A1:C2")
    for row in [[], ["place", "month", "state"], [], ["almaty", "2018-03", "full"]]:
        sheet.append(row)
    lines = read_sheets(saved(book), KNOWN)["table"].lines
    assert [(line.number, line.cells) for line in lines] == [(5, ROWS[0])]


def test_lines_are_numbered_as_the_spreadsheet_shows_them():
    content = 'title\n\nplace,month,state\n"al\nmaty",2018-03,full\n\nastana,2018-04,none\n'
    lines = read_sheets(content.encode(), KNOWN)["table"].lines
    assert [line.number for line in lines] == [4, 6]
    assert lines[0].cells["place"] == "al\nmaty"


def test_unknown_columns_stay_and_short_rows_are_filled():
    sheet = read_sheets(b"month,colour,place\n2018-03\n", KNOWN)["table"]
    assert sheet.columns == ("month", "colour", "place")
    assert [line.cells for line in sheet.lines] == [{"month": "2018-03", "colour": "", "place": ""}]


def test_cells_under_no_heading_are_noticed():
    sheet = read_sheets(b"place,month,,state\na,b,,c\na,b,x,c\na,b,,c,d\n", KNOWN)["table"]
    assert [sheet.strays(cells) for _line, cells in sheet.records] == [False, True, True]


def test_workbook_cells_keep_their_kind():
    row = [datetime.date(2018, 3, 1), datetime.time(12, 30), 25, 0.5, True, " text\xa0", "1"]
    content = table(["place", "b", "c", "d", "e", "f", "g"], row)
    assert list(cells(content)[0].values()) == [*row[:5], "text", "1"]


def test_two_sheets_and_what_stands_for_the_first():
    known = {"cards": ("ref",), "outcomes": ("card",)}
    both = workbook_of(outcomes=[["card"], ["1"]], codes=[["x"]], cards=[["ref"], ["2"]])
    sheets = read_sheets(both, known)
    assert {name: sheet.lines[0].cells for name, sheet in sheets.items()} == {
        "cards": {"ref": "2"},
        "outcomes": {"card": "1"},
    }
    other = workbook_of(Лист1=[["ref"], ["2"]], outcomes=[])
    assert read_sheets(other, known).keys() == {"cards"}
    assert read_sheets(workbook_of(outcomes=[["card"]]), known).keys() == {"outcomes"}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"\n \r\n", "empty"),
        ("\ufeff".encode(), "column names"),
        ("место,месяц\n".encode("cp1251"), "UTF-8"),
        (PLAIN.encode() + "Алматы,2018-03,full\n".encode("cp1251"), "UTF-8"),
        (PLAIN.encode("utf-16"), "UTF-8"),
        (b"Dear all,\nplease find the file attached\n", "column names"),
        (b"place\0,month\n", "not a CSV or Excel"),
        (b'place,month,state\n"almaty,2018-03,full\n', "breaks off"),
        (b'place,month,state\n"almaty"x,2018-03,full\n', "stray quotation mark"),
        (b"place,month,place\na,b,c\n", "stands twice: place"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "old Excel file"),
        (b"PK\x03\x04" + bytes(500), "cannot be read"),
        (table(["a", "b"], ["c", "d"]), "column names"),
        (table(), "column names"),
    ],
)
def test_files_that_are_no_table(settings, content, words):
    from django.utils import translation

    with translation.override("en"):
        assert words in refused(content)


@pytest.mark.parametrize("part", [0.2, 0.5, 0.9, 0.999])
def test_a_workbook_cut_short(part):
    whole = table(["place"], *([f"place {number}"] for number in range(500)))
    refused(whole[: int(len(whole) * part)])


def test_a_workbook_with_a_flipped_bit():
    whole = bytearray(table(["place"], *([f"place {number}"] for number in range(500))))
    with zipfile.ZipFile(io.BytesIO(bytes(whole))) as file:
        start = file.getinfo("xl/worksheets/sheet1.xml").header_offset
    whole[start + 300] ^= 1
    refused(bytes(whole))


def _repacked(content: bytes, name: str, change) -> bytes:
    """The workbook with one part changed."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w") as new:
        for item in old.infolist():
            data = old.read(item)
            new.writestr(
                item, change(data) if item.filename == name else data, zipfile.ZIP_DEFLATED
            )
    return stream.getvalue()


@pytest.mark.slow
def test_a_bomb_is_refused_before_it_is_unpacked():
    content = table(["place"], ["almaty"])
    bomb = _repacked(content, "xl/styles.xml", lambda data: data + b" " * (600 * 2**20))
    assert len(bomb) < 2**20
    refused(bomb)


@pytest.mark.parametrize("place", ["XFD1048576", "A1048576", "ZZ90000", "AAAAAAAA7"])
def test_a_cell_far_away_does_not_fill_the_memory(place):
    content = _repacked(
        table(["place", *["x"] * 20], ["almaty"]),
        "xl/worksheets/sheet1.xml",
        lambda data: data.replace(b'r="A2"', f'r="{place}"'.encode()),
    )
    refused(content)


def test_a_workbook_that_declares_entities():
    content = _repacked(
        table(["place"], ["almaty"]),
        "xl/workbook.xml",
        lambda data: data.replace(b"<workbook", b'<!DOCTYPE x [<!ENTITY a "b">]><workbook', 1),
    )
    refused(content)


def test_formulas_and_errors_are_not_taken_for_empty_cells():
    book = openpyxl.Workbook()
    book.active.title = "table"
    book.active.append(["place", "month", "state"])
    book.active.append(["almaty", "=1+1", "full"])
    book.active.append(["almaty", "2018-03", "#REF!"])
    book.active["C3"].data_type = "e"
    broken = read_sheets(saved(book), KNOWN)["table"].broken
    assert sorted(broken) == [(2, 1), (3, 2)]


def test_a_formula_with_its_result_is_its_result():
    import xlsxwriter

    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        sheet = book.add_worksheet("table")
        sheet.write_row(0, 0, ["place", "month", "state"])
        sheet.write_formula(1, 0, '="al"&"maty"', None, "almaty")
        sheet.write_formula(1, 1, "=1+1", None, 2)
    read = read_sheets(stream.getvalue(), KNOWN)["table"]
    assert read.broken == {}
    assert read.lines[0].cells == {"place": "almaty", "month": 2, "state": ""}


@pytest.mark.slow
def test_broken_cells_are_found_in_large_sheets():
    """The sheet is looked through in pieces; a formula on the border of two is found too."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("table")
    sheet.append(["place", "month", "state"])
    for number in range(30_000):
        sheet.append([f"a place with a longer name {number}", "=1+1", "full"])
    broken = read_sheets(saved(book), KNOWN)["table"].broken
    assert sorted(broken) == [(line, 1) for line in range(2, 30_002)]
