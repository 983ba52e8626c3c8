"""Files as Excel and people write them come out as the same rows."""

import datetime
import io

import openpyxl
import pytest

from cards.spreadsheets import Refusal, Unreadable, read_sheet, sheet_names

KNOWN = ("place", "month", "state")
PLAIN = "place,month,state\nalmaty,2018-03,full\nastana,2018-04,none\n"


def cells(content: bytes, known=KNOWN) -> list[dict[str, str]]:
    sheet = read_sheet(content, known)
    assert sheet.refusals == []
    return [row.cells for row in sheet.rows]


def workbook(*rows, sheet="Sheet", merge=None) -> bytes:
    book = openpyxl.Workbook()
    book.active.title = sheet
    for row in rows:
        book.active.append(row)
    if merge:
        book.active.merge_cells(merge)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        PLAIN.encode(),
        PLAIN.encode("utf-8-sig"),
        PLAIN.replace(",", ";").encode("utf-8-sig"),
        PLAIN.replace(",", "\t").encode(),
        ("sep=;\n" + PLAIN.replace(",", ";")).encode(),
        PLAIN.replace("\n", "\r\n").encode(),
        PLAIN.replace(",", " , ").replace("almaty", "\xa0almaty\xa0").encode(),
        PLAIN.replace("place", "Place").replace("state", "STATE ").encode(),
        ("Coverage of 2018; by place, month\n\n" + PLAIN).encode(),
        PLAIN.replace("\n", ",,\n").encode(),
        (PLAIN + "\n,,\n\n").encode(),
        workbook(*(line.split(",") for line in PLAIN.split())),
        workbook(
            ["Coverage of 2018"], [], *(line.split(",") for line in PLAIN.split()), merge="A1:C1"
        ),
    ],
    ids=[
        "comma",
        "bom",
        "semicolon",
        "tab",
        "sep",
        "crlf",
        "spaces",
        "capitals",
        "title",
        "empty columns",
        "empty lines",
        "xlsx",
        "xlsx with a merged title",
    ],
)
def test_the_same_table_in_many_dresses(content):
    assert cells(content) == [
        {"place": "almaty", "month": "2018-03", "state": "full"},
        {"place": "astana", "month": "2018-04", "state": "none"},
    ]


def test_the_delimiter_is_what_parts_the_headings_not_what_is_frequent():
    content = b"place;month;state\n1,5,6,7,8;2,5,6,7;3,5\n"
    assert cells(content) == [{"place": "1,5,6,7,8", "month": "2,5,6,7", "state": "3,5"}]


def test_quoted_cells_keep_delimiters_and_line_breaks_and_lines_are_counted_as_in_the_file():
    content = b'place,month\n"first, with\nthree\nlines",1\nsecond,2\n'
    rows = read_sheet(content, KNOWN).rows
    assert [(row.line, row.get("place")) for row in rows] == [
        (2, "first, with\nthree\nlines"),
        (5, "second"),
    ]
    assert rows[0].get("state") == ""


def test_cells_of_a_workbook_become_text():
    content = workbook(
        ["place", "month", "state", "note", "share", "empty"],
        [
            datetime.date(2018, 3, 1),
            datetime.datetime(2018, 3, 1, 14, 30),
            datetime.time(9, 5),
            32,
            0.5,
            None,
        ],
    )
    assert cells(content) == [
        {
            "place": "2018-03-01",
            "month": "2018-03-01 14:30",
            "state": "09:05",
            "note": "32",
            "share": "0.5",
            "empty": "",
        }
    ]


def test_a_sheet_by_its_name():
    content = workbook(["place"], ["almaty"], sheet="cards")
    assert sheet_names(content) == ["cards"]
    assert read_sheet(content, KNOWN, sheet="cards").rows[0].get("place") == "almaty"
    with pytest.raises(Unreadable, match="outcomes"):
        read_sheet(content, KNOWN, sheet="outcomes")
    assert sheet_names(PLAIN.encode()) == []


def test_what_stands_under_no_heading_is_refused_and_not_lost():
    sheet = read_sheet(b"place,,month,place\na,b,c,d\na,,c,d,e\na,,c,d,,\n", KNOWN)
    assert [(refusal.line, refusal.column) for refusal in sheet.refusals] == [
        (1, "place"),
        (2, ""),
        (3, ""),
    ]


def test_missing_and_unknown_columns_are_named():
    sheet = read_sheet(b"place,colour\nalmaty,red\n", KNOWN)
    assert [refusal.column for refusal in sheet.missing(KNOWN)] == ["month", "state"]
    assert sheet.unknown(KNOWN) == ["colour"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "Файл пуст|empty"),
        (b"\n\n ,,\n", "Файл пуст|empty"),
        (b"colour,size\nred,5\n", "place, month, state"),
        ("place,month\nАлматы,2018-03\n".encode("cp1251"), "UTF-8"),
        (b"place\x00month", "UTF-8"),
        (b"PK\x03\x04 not a workbook", "."),
        (workbook(["place"], ["almaty"])[:-200], "."),
        (b'place,month\n"' + b"x" * 140_000 + b'",1\n', "2"),
    ],
    ids=["empty", "blank", "no heading", "cp1251", "nul", "no zip", "cut short", "huge cell"],
)
def test_what_is_no_table_is_said_so(content, message):
    with pytest.raises(Unreadable, match=message):
        read_sheet(content, KNOWN)


def test_a_refusal_reads_as_line_column_reason():
    from django.utils import translation

    with translation.override("en"):
        assert str(Refusal(7, "month", "no month")) == "line 7, month: no month"
        assert str(Refusal(7, "", "too long")) == "line 7: too long"


def test_twenty_thousand_rows():
    content = "place,month,state\n" + "almaty,2018-03,full\n" * 20_000
    assert len(read_sheet(content.encode(), KNOWN).rows) == 20_000
