"""XLSX, CSV and JSON carry the values of the report, unrounded, and nothing that is executed."""

import csv
import io
import json

import openpyxl
import pytest

from reports.render import render_xlsx, report_json, table_csv, values_csv
from reports.render.csv import HEADER, number
from reports.render.text import safe_text
from tests.reports.render import sample

PAYLOADS = (
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    " =1+1",
    "=HYPERLINK(1)",
)
CODEBOOK = [("Place", "city", "=Город", "choice", "astana; almaty", "-required")]


def floats(line: dict[str, str]) -> tuple:
    """The numbers of a line of values.csv, as they were."""
    names = ("value", "numerator", "denominator", "n", "unknown", "low", "high")
    return tuple(float(line[name]) if line[name] else None for name in names)


def carried(value) -> tuple:
    return (
        value.value,
        value.numerator,
        value.denominator,
        value.n,
        value.unknown,
        value.low,
        value.high,
    )


@pytest.fixture(scope="module")
def workbook(report):
    content = render_xlsx(report, "ru", CODEBOOK)
    return openpyxl.load_workbook(io.BytesIO(content))


def test_values_csv_has_its_columns_and_a_line_per_cell(report):
    lines = list(csv.DictReader(io.StringIO(values_csv(report).decode("utf-8"))))
    assert tuple(lines[0]) == HEADER
    cells = list(report.cells())
    assert [floats(line) for line in lines] == [carried(cell.value) for cell in cells]
    assert [(line["table"], line["period"], line["row"], line["column"]) for line in lines] == [
        (cell.key.table, cell.key.period, cell.key.row, cell.key.column) for cell in cells
    ]
    assert {line["source"] for line in lines} == {"computed", "published"}


def test_a_value_that_does_not_exist_is_empty_and_never_zero(report):
    lines = list(csv.DictReader(io.StringIO(values_csv(report).decode("utf-8"))))
    index = [line for line in lines if (line["table"], line["row"]) == ("14", "uralsk")][-1]
    assert (index["value"], index["n"], index["unknown"]) == ("", "0", "5")


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, ""), (0, "0"), (12.0, "12"), (0.1 + 0.2, "0.30000000000000004"), (1 / 3, repr(1 / 3))],
)
def test_numbers_are_written_in_their_shortest_exact_form(value, text):
    assert number(value) == text


def test_a_table_csv_tells_published_columns_and_periods_apart(report):
    lines = list(csv.DictReader(io.StringIO(table_csv(report.table("8")).decode("utf-8"))))
    assert lines[0]["published"] == "2017:assemblies;2017:share"
    assert lines[0]["2018:assemblies"] == "7"
    assert lines[0]["label_kk"] == "Митинг"
    first = next(csv.DictReader(io.StringIO(table_csv(report.table("2")).decode("utf-8"))))
    assert "2018" not in first["published"].split(";")


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_field_of_a_csv_starts_a_formula(payload):
    assert safe_text(payload).lstrip("\n").startswith("'")


@pytest.mark.parametrize("plain", ["", "-1.5", "12", "2018:share", "Алматы", "политические/темы"])
def test_numbers_and_plain_texts_stay_as_they_are(plain):
    assert safe_text(plain) == plain


def test_labels_that_look_like_formulas_are_marked_in_table_csv(report):
    lines = list(csv.DictReader(io.StringIO(table_csv(report.table("8")).decode("utf-8"))))
    assert [lines[2][f"label_{language}"] for language in ("ru", "kk", "en")] == [
        "'=HYPERLINK(1)",
        "'+1+1",
        "'@SUM(1)",
    ]


def test_json_reads_back_the_same_values(report):
    document = json.loads(report_json(report))
    assert list(document) == [
        "period",
        "checksum",
        "demonstration",
        "tables",
        "figures",
        "indicators",
        "findings",
        "values",
    ]
    values = [tuple(list(line.values())[5:12]) for line in document["values"]]
    assert values == [carried(cell.value) for cell in report.cells()]
    assert document["period"]["name"]["kk"] == "2018 жыл"
    assert document["indicators"][0]["value"] == 499 / 525
    assert document["tables"][3]["rows"][1]["cells"][1] is None


def test_a_sheet_per_table_and_the_four_around_them(workbook):
    assert workbook.sheetnames == [
        "contents",
        "T01",
        "T02",
        "T08",
        "T14",
        "indicators",
        "codebook",
        "data_quality",
    ]


def test_sheets_carry_every_cell_unrounded(workbook, report):
    for table, name in zip(report.tables, ("T01", "T02", "T08", "T14"), strict=True):
        rows = list(workbook[name].iter_rows(values_only=True))
        cells = list(table.cells())
        assert [row[4:11] for row in rows[-len(cells) :]] == [carried(cell.value) for cell in cells]
        assert [row[:3] for row in rows[-len(cells) :]] == [
            (cell.key.row, cell.key.period, cell.key.column) for cell in cells
        ]


def test_printed_cells_keep_the_number_and_format_it(workbook):
    share = workbook["T01"]["C4"]
    assert share.value == 40
    assert share.number_format == '#,##0.0" %"'
    index = workbook["T14"]["D4"]
    assert index.value == pytest.approx(180 / 130, abs=0)
    assert index.number_format == "#,##0.00"
    assert workbook["T14"]["D5"].value is None


def test_published_cells_are_set_apart(workbook):
    assert workbook["T02"]["B4"].font.italic
    assert not workbook["T02"]["I4"].font.italic


def test_no_cell_of_the_workbook_is_a_formula(workbook):
    cells = [cell for sheet in workbook for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert "=HYPERLINK(1)" in {cell.value for cell in cells}
    assert "=Город" in {cell.value for cell in cells}


def test_the_workbook_is_the_same_every_time(report):
    assert render_xlsx(report, "kk", CODEBOOK) == render_xlsx(sample.report(), "kk", CODEBOOK)


def test_data_quality_lists_the_unknown(workbook):
    rows = list(workbook["data_quality"].iter_rows(min_row=4, values_only=True))
    assert ("14", "2018", "astana", "police", 9, 1, 10) in [row[:7] for row in rows]
