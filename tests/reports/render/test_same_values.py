"""Web, PDF, Word, workbook, CSV, JSON and package carry the same values: all are read back.

Where a file holds numbers they are the report's to the last bit; where it holds print, they are
its numbers rounded, and print is the same from one file to the other.
"""

import csv
import dataclasses
import io
import json
import re
import zipfile

import pytest
from django.utils.translation import override
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.render import (
    data_package,
    figure_csv,
    render_docx,
    render_html,
    render_pdf,
    render_xlsx,
    report_json,
    table_csv,
    values_csv,
)
from reports.types import Report, Table
from tests.reports import material
from tests.reports.render import reading, sample
from tests.reports.render.test_data import carried, floats
from tests.reports.strategies import little_cards, whole_reports

#: Each example is written in every format.
pytestmark = [pytest.mark.slow, pytest.mark.once]
few = settings(whole_reports, max_examples=12)
languages = st.sampled_from(("ru", "kk", "en"))
PRINTED_2018 = material.published_2018()
PERIODS_2018 = tuple(material.periods_2018())


def without_figures(report: Report) -> Report:
    """Drawings take most of the time and hold no cell of a table."""
    chapters = tuple(
        dataclasses.replace(
            chapter, blocks=tuple(block for block in chapter.blocks if block.kind != "figure")
        )
        for chapter in report.chapters
    )
    return dataclasses.replace(report, chapters=chapters)


def full_report() -> Report:
    """All that is known of 2018 in print, beside a few cards."""
    cards = [
        material.Little(place=place, participants=people, spread=3, cases=("fine", "arrest"))
        for place in material.PLACES
        for people in (12, None, 1234)
    ]
    return material.report_of(cards, PRINTED_2018, PERIODS_2018)


def check_print(report: Report, rows: list[reading.Rows], language: str) -> None:
    """Every printed cell is the value of the report, rounded; its range stands below it."""
    tables = [block.table for block in reading.printed(report, "table")]
    assert len(rows) == len(tables)
    for table, lines in zip(tables, rows, strict=True):
        with override(language):
            labels = [reading.squeezed(str(row.label)) for row in table.rows]
        assert [line[0].rstrip("†") for line in lines] == labels
        for row, line in zip(table.rows, lines, strict=True):
            for cell, text in zip(row.cells, line[1:], strict=False):
                check_cell(cell, text, language)


def check_cell(cell, text: str, language: str) -> None:
    if cell is None:
        assert text == ""
        return
    expected = reading.rounded(cell.value.value, cell.decimals)
    best, low, high = parts(text, cell, language)
    assert best == expected, (cell.key, text)
    if low is not None:
        assert low == reading.rounded(cell.value.low, cell.decimals)
        assert high == reading.rounded(cell.value.high, cell.decimals)


def parts(text: str, cell, language: str):
    """The value and the bounds of "1,070,87–1,29", whose places are known."""
    if text.rstrip("†") == reading.DASH or reading.DASH not in text:
        return reading.number(text, language), None, None
    start, high = text.split(reading.DASH)
    ending = f"[.,]\\d{{{cell.decimals}}}%?" if cell.decimals else ""
    values = cell.value
    for at in range(1, len(start)):
        best, low = start[:at], start[at:]
        if ending and not re.search(f"{ending}†?$", best):
            continue
        try:
            if reading.number(low, language) == reading.rounded(values.low, cell.decimals):
                found = reading.number(best, language)
                if found == reading.rounded(values.value, cell.decimals):
                    return found, reading.number(low, language), reading.number(high, language)
        except (ArithmeticError, AssertionError):
            continue
    raise AssertionError(f"{cell.key}: {text} is not {values}")


def check_numbers(report: Report, language: str) -> None:
    """Workbook, CSV, JSON and package hold every value as it is."""
    cells = list(report.cells())
    wanted = [carried(cell.value) for cell in cells]
    keys = [dataclasses.astuple(cell.key) for cell in cells]

    def of_csv(content: bytes) -> None:
        lines = list(csv.DictReader(io.StringIO(content.decode())))
        assert [floats(line) for line in lines] == wanted
        names = ("table", "period", "row", "column")
        assert [tuple(line[name] for name in names) for line in lines] == keys

    of_csv(values_csv(report))
    with zipfile.ZipFile(io.BytesIO(data_package(report))) as archive:
        of_csv(archive.read("values.csv"))
    document = json.loads(report_json(report))
    names = ("value", "numerator", "denominator", "n", "unknown", "low", "high")
    assert [tuple(line[name] for name in names) for line in document["values"]] == wanted
    sheets = reading.of_xlsx(render_xlsx(report, language), report)
    for number, table in enumerate(report.tables):
        grid = values_of(table)
        assert sheets[number] == grid
        lines = list(csv.reader(io.StringIO(table_csv(table).decode())))[1:]
        assert [[float(text) if text else None for text in line[4:-1]] for line in lines] == grid
        found = document["tables"][number]["rows"]
        assert [[cell and cell["value"] for cell in row["cells"]] for row in found] == [
            [cell and cell.value.value for cell in row.cells] for row in table.rows
        ]


def values_of(table: Table) -> list[list[float | None]]:
    return [
        [None if cell is None else cell.value.value for cell in row.cells] for row in table.rows
    ]


@few
@given(cards=little_cards, language=languages)
def test_of_any_cards_every_file_carries_the_same(cards, language):
    report = without_figures(material.report_of(cards))
    check_numbers(report, language)
    on_page = reading.of_html(render_html(report, language))
    in_word = reading.of_docx(render_docx(report, language))
    assert in_word == on_page
    check_print(report, in_word, language)


@pytest.mark.parametrize(
    ("make", "language"),
    [(full_report, "ru"), (full_report, "kk"), (full_report, "en"), (sample.report, "kk")],
)
def test_the_whole_report_is_the_same_on_page_in_print_and_in_word(make, language):
    report = without_figures(make())
    check_numbers(report, language)
    content = render_docx(report, language)
    in_word = reading.of_docx(content)
    assert in_word == reading.of_html(render_html(report, language))
    check_print(report, in_word, language)
    words = reading.of_pdf(render_pdf(report, language))
    missing = [row for rows in in_word for row in rows if "".join(row) not in words]
    assert missing == []
    said = sentences(report, language)
    paragraphs = {reading.squeezed(each.text) for each in Document(io.BytesIO(content)).paragraphs}
    assert [text for text in said if text not in paragraphs] == []
    # On paper words are divided at the ends of lines.
    undivided = words.replace("-", "")
    assert [text for text in said if text.replace("-", "") not in undivided] == []


def sentences(report: Report, language: str) -> list[str]:
    """All that is said between the tables."""
    with override(language):
        return [
            reading.squeezed(str(text))
            for kind in ("text", "heading", "list")
            for block in reading.printed(report, kind)
            for text in (block.text, *block.items)
            if str(text)
        ]


def test_the_data_of_a_figure_are_those_of_its_chart():
    for figure in full_report().figures:
        lines = list(csv.DictReader(io.StringIO(figure_csv(figure).decode())))
        values = [float(line["value"]) if line["value"] else None for line in lines]
        assert values == [value for series in figure.series for value in series.values]
        flags = [line["source"] == "published" for line in lines]
        assert flags == [
            old
            for series in figure.series
            for old in (series.published or (False,) * len(series.values))
        ]
