"""What is decided before a page is set: spaces, what is kept whole, what an edition says."""

import dataclasses

import pytest
from django.template.loader import render_to_string
from django.utils.translation import override

from reports.render import flow
from reports.render.html import context
from reports.render.pdf import print_html
from reports.render.typography import tie
from reports.types import Block, Imprint, Report
from tests.reports.material import Little, report_of
from tests.reports.render import sample

NB = "\u00a0"
IMPRINT = Imprint(
    "2018-2",
    sample.PERIOD.end,  # type: ignore[arg-type]
    "https://example.org/editions/2018-2/",
    "ab" * 32,
    "Bureau: The report. Edition 2018-2.",
    corrects="2018-1",
    changes=("Table 1, Astana: 10 <instead> of 9",),
)


@pytest.mark.parametrize(
    ("typed", "tied"),
    [
        ("5 января 2018 года", f"5{NB}января 2018{NB}года"),
        ("32 собрания", f"32{NB}собрания"),
        ("Алматы – 6 (18,8 %)", f"Алматы{NB}– 6{NB}(18,8 %)"),
        ("был в Астане и в Алматы", f"был в{NB}Астане и{NB}в{NB}Алматы"),
        ("№ 2126, ст. 488, art. 400", f"№{NB}2126, ст.{NB}488, art.{NB}400"),
        ("- 5 people\n- 3\n", f"- 5{NB}people\n- 3\n"),
        ("1. one\n2. two", "1. one\n2. two"),
    ],
)
def test_what_belongs_together_is_tied(typed, tied):
    assert tie(typed) == tied


def test_only_paper_is_tied():
    report = with_text(
        Block("text", "There were 25 assemblies."), Block("prose", text="And 3 more.")
    )
    with override("en"):
        web = render_to_string("reports/_report.html", drawn(report))
        paper = render_to_string("reports/print.html", drawn(report) | {"paper": True})
    assert "25 assemblies" in web
    assert f"25{NB}assemblies" in paper
    assert "3 more" in web
    assert "3&nbsp;more" in paper


def with_text(*blocks: Block) -> Report:
    report = sample.report()
    first = dataclasses.replace(report.chapters[0], blocks=blocks)
    return dataclasses.replace(report, chapters=(first,))


def drawn(report: Report) -> dict[str, object]:
    return context(report, "en", figure_base=lambda figure: f"/{figure.number}.svg")


def test_a_chapter_is_short_as_long_as_it_fits_below_another():
    few, many = with_text(Block("text", "x" * 400)), with_text(*[Block("text", "x" * 400)] * 12)
    assert flow.is_short(few.chapters[0])
    assert not flow.is_short(many.chapters[0])
    assert not flow.is_short(sample.report().chapters[1])


def test_a_table_is_kept_whole_as_long_as_it_fits_on_a_page():
    table = sample.places()
    long = dataclasses.replace(table, rows=table.rows * 8)
    assert flow.table_whole(flow.table_lines(table))
    assert not flow.table_whole(flow.table_lines(long))
    grid = Block("grid", "", items=("a", "b"), lines=(("x", "y" * 300),) * 5)
    assert flow.table_whole(flow.grid_lines(grid))
    assert not flow.table_whole(flow.grid_lines(dataclasses.replace(grid, lines=grid.lines * 8)))


@pytest.mark.parametrize("template", ["_report", "_article", "print"])
def test_an_edition_says_which_it_is_and_what_it_changed(template):
    report = dataclasses.replace(report_of([Little()]), imprint=IMPRINT)
    with override("en"):
        html = render_to_string(f"reports/{template}.html", drawn(report))
    assert '<a href="https://example.org/editions/2018-2/">' in html
    assert html.count(IMPRINT.checksum) >= 1
    assert str(IMPRINT.citation) in html
    assert "31 December 2018" in html
    changes = html[html.index('id="changes"') :]
    assert "takes the place of edition 2018-1" in changes
    assert "10 &lt;instead&gt; of 9" in changes


def test_a_report_of_live_data_has_no_imprint():
    with override("en"):
        html = render_to_string("reports/_report.html", drawn(report_of([Little()])))
    assert "report-imprint" not in html
    assert "Suggested citation" not in html


@pytest.mark.slow
def test_a_figure_leads_to_its_numbers_and_asks_its_question():
    html = print_html(report_of([Little()] * 3 + [Little(place="astana")]), "en")
    figure = html[html.index('id="figure-1"') :]
    assert figure.index("Where did people assemble?") < figure.index("<img")
    assert '<a href="#table-1">table 1</a><span class="page-ref" data-target="#table-1"' in figure
