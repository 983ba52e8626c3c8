"""A report's own list: empty for whatever the cards are, and not blind."""

from dataclasses import replace

import pytest
from hypothesis import given

from reports.reconcile import of_report
from reports.types import TOTAL, Report
from tests.reports.material import PLACES, Little, report_of
from tests.reports.strategies import little_cards, whole_reports


def changed(report: Report, address: tuple[str, str, str], value: float) -> Report:
    """The report with another number at (table, row, column) of its own period."""
    table, row, column = address

    def other(cell):
        if cell is None or (cell.key.row, cell.key.column) != (row, column):
            return cell
        return replace(cell, value=replace(cell.value, value=value))

    tables = tuple(
        replace(
            each,
            rows=tuple(replace(r, cells=tuple(map(other, r.cells))) for r in each.rows),
            extra=tuple(map(other, each.extra)),
        )
        if each.code == table
        else each
        for each in report.tables
    )
    return replace(report, tables=tables)


@pytest.mark.slow
@whole_reports
@given(little_cards)
def test_a_computed_report_contradicts_nothing_in_itself(cards):
    """With unknown answers, ranges and rounding as they come."""
    assert of_report(report_of(cards)) == ()


@pytest.mark.slow
@whole_reports
@given(little_cards)
def test_nor_where_places_are_covered_in_part(cards):
    covered = dict(zip(PLACES, (12.0, 7.5, 0.5, 3.0), strict=True))
    assert of_report(report_of(cards, covered=covered)) == ()


def test_a_report_without_assemblies_contradicts_nothing():
    assert of_report(report_of([])) == ()


def test_a_wrong_number_of_any_table_is_on_the_list():
    report = report_of([Little(place="almaty")] * 2 + [Little(place="astana", detained=3)])
    for address in (
        ("1", "almaty", "assemblies"),
        ("1", "almaty", "share"),
        ("2", "astana", "assemblies"),
        ("3", TOTAL, "rally_activity_index"),
        ("7", TOTAL, "assemblies"),
        ("11", "almaty", "unsanctioned"),
        ("12", TOTAL, "law_abidance_index"),
        ("14", "almaty", "police_control_index"),
        ("16", TOTAL, "detained"),
        ("18", "almaty", "participants"),
        ("text", TOTAL, "mean_participants"),
    ):
        assert of_report(changed(report, address, 77)), address


def test_assemblies_where_no_month_is_covered_are_on_the_list():
    """Then there is no index: the register of coverage has to be mended before freezing."""
    report = report_of([Little(place="almaty")], covered={"almaty": 0, "astana": 12})
    assert [(f.table, f.row, f.rule, f.kind) for f in of_report(report)] == [
        ("3", "almaty", "assemblies_without_index", "missing")
    ]


def test_figures_of_earlier_reports_are_not_its_own():
    from tests.reports.material import printed

    wrong = [(printed("2", "2017", TOTAL, "assemblies", "9"), "2017")]
    wrong += [(printed("2", "2017", "almaty", "assemblies", "3"), "2017")]
    report = report_of([Little()], published=wrong)
    assert report.findings
    assert of_report(report) == ()
