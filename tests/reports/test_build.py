"""The assembled report: its chapters, its checksum, its errata."""

import dataclasses

import pytest
from django.utils.translation import override
from hypothesis import given

from reports.build import build, checksum
from reports.types import LANGUAGES, TOTAL, Facts
from tests.reports.material import (
    OWN,
    PERIODS,
    VOCABULARY,
    Little,
    facts_of,
    periods_2018,
    printed,
    published_2018,
    report_of,
    year,
)
from tests.reports.strategies import little_cards, whole_reports

CARDS = [Little(place="astana", detained=2, cases=("fine",))] * 3 + [Little()]


def everything_said(report) -> list[str]:
    """Every text of a report, in the active language."""
    said = [str(chapter.title) for chapter in report.chapters]
    for chapter in report.chapters:
        for block in chapter.blocks:
            said += [str(block.text), *map(str, block.items)]
            said += [str(text) for line in block.lines for text in line]
    for table in report.tables:
        said += [str(table.title), str(table.stub), *map(str, table.notes)]
        said += [str(column.title) for column in table.columns]
        said += [str(row.label) for row in table.rows]
    return said + [str(figure.alt) for figure in report.figures]


def test_chapters_come_in_the_order_of_the_method():
    report = report_of(CARDS)
    assert [(chapter.number, chapter.code) for chapter in report.chapters] == [
        ("", "glance"),
        ("1", "introduction"),
        ("2", "legislation"),
        ("3", "overall"),
        ("4", "activity"),
        ("5", "character"),
        ("6", "forms"),
        ("7", "law_abidance"),
        ("8", "authorities"),
        ("9", "police"),
        ("10", "detentions"),
        ("11", "convictions"),
        ("12", "statistics"),
        ("13", "conclusions"),
        ("", "annex"),
    ]


def test_every_table_with_a_figure_stands_in_exactly_one_chapter():
    report = report_of(CARDS)
    placed = [
        block.table.code
        for chapter in report.chapters
        for block in chapter.blocks
        if block.table is not None
    ]
    with_figures = [
        table.code for table in report.tables if any(cell.value for cell in table.cells())
    ]
    assert sorted(placed) == sorted(with_figures)
    assert len(set(placed)) == len(placed)


def test_tables_are_found_by_code():
    report = report_of(CARDS)
    assert report.table("court").code == "court"
    with pytest.raises(KeyError):
        report.table("20")


def test_the_annex_states_every_method():
    report = report_of(CARDS)
    annex = report.chapters[-1]
    with override("en"):
        grids = {str(block.text): block for block in annex.blocks if block.kind == "grid"}
    assert len(grids["How each quantity is computed"].lines) == len(report.indicators)
    for grid in grids.values():
        assert all(len(line) == len(grid.items) for line in grid.lines)


def test_an_indicator_that_exists_per_answer_tells_n_and_unknown_only():
    values = {each.code: value for each, value in report_of(CARDS).indicators}
    assert values["form_share"].value is None
    assert values["form_share"].n == 4
    assert values["assemblies"].value == 4


def test_a_period_that_is_not_listed_is_refused():
    with pytest.raises(ValueError, match="2019"):
        build(year(2019), {}, [], VOCABULARY, PERIODS, False)


def test_the_checksum_changes_with_a_value_and_with_nothing_else():
    report = report_of(CARDS)
    assert report.checksum == report_of(list(reversed(CARDS))).checksum
    assert report.checksum == checksum(dataclasses.replace(report, demonstration=True))
    assert report.checksum != report_of([*CARDS, Little()]).checksum
    assert report.checksum != report_of([*CARDS[:-1], Little(minutes=31)]).checksum
    was = printed("12", "2017", TOTAL, "law_abidance_index", "14%", "percent")
    assert report.checksum != report_of(CARDS, [(was, "2017")]).checksum
    assert len(report.checksum) == 64


def test_whole_numbers_and_fractions_of_the_same_value_give_the_same_checksum():
    facts = facts_of(CARDS)
    as_floats = Facts(
        facts.period,
        facts.counts,
        {key: dataclasses.replace(s, total=float(s.total)) for key, s in facts.sums.items()},
        facts.covered,
        facts.covered_any,
    )
    plain, floats = (
        build(OWN, {"2018": each}, [], VOCABULARY, PERIODS, False) for each in (facts, as_floats)
    )
    assert plain.checksum == floats.checksum


def test_findings_of_the_printed_report_stand_in_the_annex():
    wrong = [
        (printed("2", "2017", TOTAL, "assemblies", "36"), "2017"),
        (printed("2", "2017", "astana", "assemblies", "35"), "2017"),
        (printed("1", "2018", TOTAL, "assemblies", "5"), "2018"),
    ]
    report = report_of(CARDS, wrong)
    assert [(each.table, each.period, each.rule) for each in report.findings] == [
        ("2", "2017", "total"),
        ("1", "2018", "computed"),
    ]
    with override("en"):
        rule = "A total is the sum of its rows."
        errata = next(block for block in report.chapters[-1].blocks if str(block.text) == rule)
        assert [[str(text) for text in line] for line in errata.lines] == [
            ["Table 2, 2017, Total", "36", "35", "Contradiction"]
        ]


def test_a_report_without_printed_figures_has_no_errata():
    report = report_of(CARDS)
    assert report.findings == ()
    with override("en"):
        assert "Errata of earlier reports" not in everything_said(report)


def test_all_583_printed_cells_reach_the_values():
    periods = periods_2018()
    published = published_2018()
    report = build(
        periods[-1], {"2018": facts_of(CARDS, periods[-1])}, published, VOCABULARY, periods, True
    )
    reached = [cell for cell in report.cells() if cell.source == "published"]
    assert len(reached) == len(published) == 583
    assert [cell.key for cell in reached if cell.key.period == "2011 (sic; 2010)"]


@pytest.mark.slow
@whole_reports
@given(little_cards)
def test_a_report_of_any_cards_can_be_said_in_every_language(cards):
    report = report_of(cards)
    for language in LANGUAGES:
        with override(language):
            for text in everything_said(report):
                assert "%(" not in text
                assert "None" not in text
                assert "nan" not in text.split()
