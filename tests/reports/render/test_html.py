"""The report as HTML: links to the cards, marks, ranges, and nothing that a policy forbids."""

import dataclasses
import re

import pytest
from django.template.loader import render_to_string
from django.utils.translation import override

from reports.render import render_html
from reports.render.html import context
from reports.render.tables import table_view
from reports.types import Block
from tests.reports.render import sample

#: Drawing and printing take their time; the inner loop goes without.
pytestmark = pytest.mark.slow


def page(report, language="ru", **more) -> str:
    with override(language):
        return render_to_string("reports/_report.html", context(report, language, **more))


def view(table, language="ru", drill_base=None):
    with override(language):
        return table_view(table, language, drill_base)


def test_a_computed_cell_leads_to_its_cards_and_a_published_one_nowhere(report):
    lines = view(report.table("1"), drill_base="/cards/").lines
    assert lines[0].cells[0].url == "/cards/?period=2018&place=astana"
    assert lines[-1].cells[0].url == "/cards/?period=2018"
    assert not any(
        cell.url for line in view(report.table("2"), drill_base="/").lines for cell in line.cells
    )


def test_without_a_base_a_cell_is_a_plain_number(report):
    html = page(report)
    assert '<td class="num">10</td>' in html
    assert '<a href="/' not in html


def test_a_function_may_give_the_address(report):
    lines = view(report.table("1"), drill_base=lambda cell: f"/{cell.key.column}").lines
    assert lines[0].cells[1].url == "/share"


def test_a_column_of_published_figures_is_marked_once(report):
    shown = view(report.table("2"))
    assert [heading.mark for heading in shown.head[0]] == [False, *(True,) * 7, False]
    assert not any(cell.mark for line in shown.lines for cell in line.cells)
    assert not any(line.mark for line in shown.lines)
    assert shown.published


def test_a_span_of_published_figures_is_marked_once(report):
    head = view(report.table("8")).head
    assert [(str(h.text), h.columns, h.rows, h.mark) for h in head[0]] == [
        ("Форма", 1, 2, False),
        ("2017", 2, 1, True),
        ("2018", 2, 1, False),
    ]
    assert not any(heading.mark for heading in head[1])


def test_a_single_published_figure_is_marked_at_its_cell(report):
    table = report.table("1")
    first = table.rows[0]
    old = dataclasses.replace(first.cells[0], source="published")
    rows = (dataclasses.replace(first, cells=(old, first.cells[1])), *table.rows[1:])
    shown = view(dataclasses.replace(table, rows=rows))
    assert [line.cells[0].mark for line in shown.lines] == [True, *(False,) * 5]


def test_a_row_of_published_figures_is_marked_at_its_label(report):
    table = report.table("1")
    old = tuple(dataclasses.replace(cell, source="published") for cell in table.rows[1].cells)
    rows = (table.rows[0], dataclasses.replace(table.rows[1], cells=old), *table.rows[2:])
    shown = view(dataclasses.replace(table, rows=rows))
    assert [line.mark for line in shown.lines] == [False, True, *(False,) * 4]
    assert not any(cell.mark for line in shown.lines for cell in line.cells)


def test_ranges_dashes_and_cells_with_nothing_to_print(report):
    astana, uralsk = view(report.table("14")).lines
    assert (astana.cells[2].text, astana.cells[2].range) == ("1,38", "1,10–1,75")
    assert [cell.text for cell in uralsk.cells] == ["33", "", "–"]


def test_what_the_figures_rest_on_is_said_under_the_table(report):
    assert view(report.table("1"), "en").coverage == "n = 25, unknown: 0"
    astana = "Astana, Police: n = 9, unknown: 1"
    assert astana not in view(report.table("14"), "en").coverage
    assert "Police: n = 9, unknown: 1" in view(report.table("14"), "en").coverage
    assert "Astana, Participants: n = 10, unknown: 0" in view(report.table("14"), "en").coverage


def test_rows_that_rest_on_different_cards_show_n_and_unknown(report):
    table = report.table("14")
    alone = dataclasses.replace(
        table,
        columns=table.columns[:1],
        rows=tuple(dataclasses.replace(row, cells=row.cells[:1]) for row in table.rows),
    )
    shown = view(alone, "en")
    assert [str(heading.text) for heading in shown.head[0]] == [
        "Place",
        "Participants",
        "n",
        "Unknown",
    ]
    assert [cell.text for cell in shown.lines[0].cells] == ["130", "10", "0"]
    assert shown.coverage == ""


def test_tables_too_wide_for_the_page_are_turned(report):
    table = report.table("2")
    wide = dataclasses.replace(
        table,
        columns=table.columns * 2,
        rows=tuple(dataclasses.replace(row, cells=row.cells * 2) for row in table.rows),
    )
    assert [view(each).size for each in (report.table("1"), report.table("8"), table, wide)] == [
        "narrow",
        "normal",
        "wide",
        "landscape",
    ]


def test_the_fragment_has_no_inline_style_or_script(report):
    html = page(report, drill_base="/cards/", figure_base=lambda figure: f"/f/{figure.number}.svg")
    assert not re.search(r"<style|<script|\sstyle=|\son\w+=|javascript:", html)
    assert '<img src="/f/1.svg" alt="Астана 10, Алматы 6.">' in html


def test_texts_of_the_report_are_escaped():
    report = sample.report()
    chapter = report.chapters[0]
    bad = dataclasses.replace(chapter.blocks[0], text="<img src=x onerror=alert(1)>")
    broken = dataclasses.replace(chapter, blocks=(bad,))
    html = page(dataclasses.replace(report, chapters=(broken,)))
    assert "<img src=x" not in html


@pytest.mark.parametrize("language", ["ru", "kk", "en"])
def test_the_file_stands_alone(report, language):
    html = render_html(report, language).decode()
    assert f'<html lang="{language}">' in html
    assert not re.search(r'(?:src|href)="(?!#|data:)', html)
    assert not re.search(r'url\("(?!data:)', html)
    for table in report.tables:
        assert str(getattr(table.title, language)) in html


def test_a_table_of_words_is_printed():
    report = sample.report()
    lines = (("1", "сумма"), ("2", "доля"))
    grid = Block("grid", "Указатель", items=("Код", "Правило"), lines=lines)
    chapter = dataclasses.replace(report.chapters[0], blocks=(grid,))
    html = page(dataclasses.replace(report, chapters=(chapter,)))
    assert '<th scope="row">2</th><td>доля</td>' in html


def test_columns_of_numbers_in_a_table_of_words_stand_to_the_right():
    report = sample.report()
    lines = (("Алматы", "12", "96,9\u00a0%", "3 (сверено)"), ("Орал", "–", "100\u00a0%", "4"))
    grid = Block("grid", "", items=("Город", "Месяцев", "Доля", "Пояснение"), lines=lines)
    chapter = dataclasses.replace(report.chapters[0], blocks=(grid,))
    html = page(dataclasses.replace(report, chapters=(chapter,)))
    assert '<th scope="col" class="num">Месяцев</th><th scope="col" class="num">Доля</th>' in html
    assert "<td>3 (сверено)</td>" in html


def test_columns_under_one_heading_speak_with_one_voice(report):
    table = report.table("8")
    counted = dataclasses.replace(report.table("1").rows[0].cells[0].value, n=24, unknown=1)
    rows = []
    for row in table.rows:
        known = dataclasses.replace(row.cells[2], value=counted)
        rows.append(dataclasses.replace(row, cells=(*row.cells[:2], known, row.cells[3])))
    shown = view(dataclasses.replace(table, rows=tuple(rows)), "en")
    assert shown.coverage == "2018: n = 24, unknown: 1"
