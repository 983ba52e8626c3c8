"""Printed figures against each other and against the cards: every rule, and the report on 2018."""

import csv
from dataclasses import replace
from pathlib import Path

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from reports.reconcile import KINDS, RULES, check, compare, judge
from reports.types import TOTAL
from tests.reports.material import (
    PERIODS,
    Little,
    periods_2018,
    printed,
    published_2018,
    report_of,
)
from tests.reports.strategies import little_cards, whole_reports

KNOWN_OF_2018 = Path(__file__).with_name("findings_2018.csv")
Cells = list[tuple[str, str, str, str, str]]


def known(card: Little) -> Little:
    """The card with an answer wherever it has none."""
    return replace(
        card,
        organiser="individual" if card.organiser == "unknown" else card.organiser,
        sanction="unsanctioned" if card.sanction == "outside" else card.sanction,
        participants=card.participants or 1,
        police=card.police or 0,
        detained=card.detained or 0,
    )


def found(cells: Cells) -> list[tuple[str, str, str, str, str]]:
    """(table, row, column, rule, kind) of what is wrong with cells (table, period, row, ...)."""
    listed = [(printed(*cell), cell[1]) for cell in cells]
    return [
        (each.table, each.row, each.column, each.rule, each.kind) for each in check(listed, PERIODS)
    ]


@pytest.mark.parametrize(
    ("figure", "expected", "decimals", "kind"),
    [
        (31.2, 31.25, 1, None),
        (31.3, 31.25, 1, None),
        (3.1, 3.125, 1, None),
        (3.2, 3.125, 1, "rounding"),
        (0.7, 0.759, 1, "rounding"),
        (1.0, 1.121, 1, "contradiction"),
        (33, 32, 0, "contradiction"),
        (32, 32, 0, None),
        (16, 16.75, 0, "rounding"),
        (16, 17, 0, "contradiction"),
    ],
)
def test_rounding_and_cutting_off_are_told_apart_from_contradictions(
    figure, expected, decimals, kind
):
    assert judge(figure, expected, decimals) == kind


@given(st.floats(0, 1000), st.integers(0, 3))
def test_a_figure_rounded_right_is_never_found_wrong(value, decimals):
    assert judge(float(f"{value:.{decimals}f}"), value, decimals) is None


def test_a_total_is_the_sum_of_its_rows():
    rows = [("2", "2017", "almaty", "assemblies", "3"), ("2", "2017", "astana", "assemblies", "-")]
    total = ("2", "2017", TOTAL, "assemblies")
    assert found([*rows, (*total, "3")]) == []
    assert found([*rows, (*total, "4")]) == [("2", TOTAL, "assemblies", "total", "contradiction")]


def test_a_total_without_rows_is_taken_as_it_is():
    assert found([("2", "2017", TOTAL, "assemblies", "36")]) == []


def test_a_group_of_topics_is_the_sum_of_its_topics():
    cells = [
        ("topics", "2018", "social/eviction", "assemblies", "2"),
        ("topics", "2018", "social", "assemblies", "3"),
    ]
    assert found(cells) == [("topics", "social", "assemblies", "total", "contradiction")]


@pytest.mark.parametrize(
    ("rare", "wrong"),
    [
        ((), False),
        (("1", "-", "-"), False),
        (("1", "0", "0"), False),
        (("2", "0", "0"), True),
        (("0", "0", "0"), True),
    ],
)
def test_penalties_make_up_the_convictions(rare, wrong):
    """Where only the frequent ones are printed, they are no more than the convictions."""
    cells = [
        ("court", "2018", "almaty", "convicted", "19"),
        ("court", "2018", "almaty", "warning", "1"),
        ("court", "2018", "almaty", "fine", "9"),
        ("court", "2018", "almaty", "arrest", "8"),
    ]
    columns = ("community_work", "restriction", "imprisonment")
    cells += [
        ("court", "2018", "almaty", column, text)
        for column, text in zip(columns, rare, strict=False)
    ]
    parts = [("court", "almaty", "convicted", "parts", "contradiction")]
    assert found(cells) == (parts if wrong else [])


def test_penalties_are_no_more_than_the_convictions():
    cells = [
        ("court", "2018", "almaty", "convicted", "3"),
        ("court", "2018", "almaty", "fine", "4"),
    ]
    assert found(cells) == [("court", "almaty", "convicted", "parts", "contradiction")]


def test_assemblies_by_permit_may_be_fewer_than_all_but_not_more():
    def row(unsanctioned: str) -> Cells:
        return [
            ("11", "2018", "almaty", "assemblies", "5"),
            ("11", "2018", "almaty", "unsanctioned", unsanctioned),
            ("11", "2018", "almaty", "sanctioned", "1"),
        ]

    assert found(row("3")) == []
    assert found(row("5")) == [("11", "almaty", "assemblies", "parts", "contradiction")]


@pytest.mark.parametrize(
    ("shares", "kind"),
    [
        (("33.3%", "33.3%", "33.3%"), None),
        (("33%", "33%", "33%"), None),
        (("40%", "53%", "7%"), None),
        (("29%", "47%", "33%"), "contradiction"),
        (("17%", "49%", "36%"), "contradiction"),
        (("18.7%", "18.7%", "62.4%"), "rounding"),
        (("18.7%", "-", "18.7%"), "contradiction"),
    ],
)
def test_shares_of_a_whole_add_up_to_a_hundred(shares, kind):
    rows = ("public_organisation", "spontaneous_group", "individual")
    cells = [("6", "2017", row, "share", text) for row, text in zip(rows, shares, strict=True)]
    expected = [] if kind is None else [("6", TOTAL, "share", "hundred", kind)]
    assert found(cells) == expected


def test_a_share_is_the_part_divided_by_the_whole():
    cells = [
        ("1", "2018", "almaty", "assemblies", "1"),
        ("1", "2018", "astana", "assemblies", "31"),
        ("1", "2018", TOTAL, "assemblies", "32"),
        ("1", "2018", "almaty", "share", "3.2%"),
        ("1", "2018", "astana", "share", "96.9%"),
    ]
    assert found(cells) == [("1", "almaty", "share", "share", "rounding")]


def test_a_share_in_brackets_is_checked_too():
    cells = [
        ("2", "2018", TOTAL, "assemblies", "32"),
        ("text", "2018", TOTAL, "assemblies_without_consequences", "12 (36.4%)"),
    ]
    assert found(cells) == [
        ("text", TOTAL, "assemblies_without_consequences", "share", "contradiction")
    ]
    assert found([cells[0], (*cells[1][:4], "12 (37.5%)")]) == []


@pytest.mark.parametrize(
    ("index", "wrong"),
    [
        ("3.0", []),
        ("2.9", [("3", "almaty", "rally_activity_index", "index", "contradiction")]),
        ("-", [("3", "almaty", "rally_activity_index", "assemblies_without_index", "missing")]),
    ],
)
def test_activity_is_assemblies_by_months(index, wrong):
    cells = [
        ("2", "2017", "almaty", "assemblies", "36"),
        ("3", "2017", "almaty", "rally_activity_index", index),
    ]
    assert found(cells) == wrong


def test_an_index_needs_assemblies_behind_it():
    cells = [
        ("2", "2017", "almaty", "assemblies", "-"),
        ("3", "2017", "almaty", "rally_activity_index", "0.1"),
    ]
    assert found(cells) == [
        ("3", "almaty", "rally_activity_index", "index_without_assemblies", "contradiction")
    ]


def test_police_control_is_police_by_participants():
    cells = [
        ("14", "2018", "almaty", "participants", "210"),
        ("14", "2018", "almaty", "police", "155"),
        ("14", "2018", "almaty", "police_control_index", "1.35"),
    ]
    assert found(cells) == [("14", "almaty", "police_control_index", "index", "contradiction")]


def test_law_abidance_is_what_the_unsanctioned_leave():
    cells = [
        ("2", "2017", TOTAL, "assemblies", "36"),
        ("text", "2017", TOTAL, "unsanctioned", "31"),
        ("12", "2017", TOTAL, "law_abidance_index", "14%"),
    ]
    assert found(cells) == []
    cells[2] = (*cells[2][:4], "24%")
    assert found(cells) == [("12", TOTAL, "law_abidance_index", "index", "contradiction")]


def test_it_is_enough_that_one_of_two_contradicting_sums_bears_a_mean_out():
    cells = [
        ("2", "2018", TOTAL, "assemblies", "32"),
        ("14", "2018", "almaty", "police", "499"),
        ("14", "2018", TOTAL, "police", "499"),
        ("text", "2018", TOTAL, "police", "536"),
        ("text", "2018", TOTAL, "mean_police", "16"),
    ]
    assert found(cells) == [("text", TOTAL, "police", "same", "contradiction")]
    cells[-1] = (*cells[-1][:4], "20")
    assert ("text", TOTAL, "mean_police", "mean", "contradiction") in found(cells)


def test_the_same_quantity_in_two_tables_agrees():
    cells = [
        ("7", "2018", "picket", "assemblies", "4"),
        ("7", "2018", TOTAL, "assemblies", "4"),
        ("8", "2018", "picket", "assemblies", "6"),
    ]
    assert ("8", "picket", "assemblies", "same", "contradiction") in found(cells)


def test_what_one_table_counts_the_other_lists_too():
    cells = [
        ("7", "2018", "picket", "assemblies", "4"),
        ("7", "2018", "rally", "assemblies", "1"),
        ("8", "2018", "picket", "assemblies", "4"),
    ]
    assert ("8", "rally", "assemblies", "row_missing", "missing") in found(cells)


def test_cards_bear_out_what_was_printed_rounded_right_and_nothing_else():
    report = report_of([Little(place="almaty")] * 2 + [Little(place="astana")])
    cells = [
        (printed("1", "2018", "almaty", "share", "66.7%", "percent"), "2018"),
        (printed("1", "2018", "astana", "share", "33.4%", "percent"), "2018"),
        (printed("1", "2018", "almaty", "assemblies", "3"), "2018"),
        (printed("1", "2018", "semey", "assemblies", "1"), "2018"),
        (printed("1", "2018", "uralsk", "assemblies", "-"), "2018"),
        (printed("11", "2018", "astana", "sanctioned", "-"), "2018"),
        (printed("11", "2018", "astana", "unsanctioned", "-"), "2018"),
        (printed("1", "2017", "almaty", "assemblies", "3"), "2017"),
    ]
    assert [
        (each.row, each.column, each.expected, each.difference, each.kind)
        for each in compare(report.cells(), cells)
    ] == [
        ("astana", "share", 100 / 3, pytest.approx(33.4 - 100 / 3), "rounding"),
        ("almaty", "assemblies", 2, 1, "contradiction"),
        ("semey", "assemblies", None, None, "missing"),
        ("astana", "unsanctioned", 1, None, "contradiction"),
    ]


@pytest.mark.slow
@whole_reports
@given(little_cards)
def test_computed_tables_contradict_nothing(cards):
    """What the product computes passes its own rules, if every answer is known as print implies."""
    report = report_of([known(card) for card in cards])
    cells = [
        (printed(*address, repr(float(cell.value.value)), cell.unit), "2018")
        for cell in report.cells()
        if cell.value.value is not None
        and (address := (cell.key.table, cell.key.period, cell.key.row, cell.key.column))
    ]
    assert [each for each in check(cells, PERIODS) if each.kind == "contradiction"] == []


def test_every_finding_has_a_rule_and_a_kind_in_words():
    for each in check(published_2018(), periods_2018()):
        with override("en"):
            assert str(RULES[each.rule])
            assert str(KINDS[each.kind])


def test_findings_of_the_printed_report_on_2018_are_these_and_no_others():
    """The file was gone through by hand, figure by figure, with the printed report beside it."""
    with KNOWN_OF_2018.open(encoding="utf-8", newline="") as file:
        known = [tuple(row.values()) for row in csv.DictReader(file)]
    listed = [
        (
            each.table,
            each.period,
            each.row,
            each.column,
            each.printed,
            "" if each.expected is None else f"{each.expected:.4g}",
            each.rule,
            each.kind,
        )
        for each in check(published_2018(), periods_2018())
    ]
    assert sorted(listed) == sorted(known)


def test_the_contradictions_that_the_method_names_are_found():
    found_at = {
        (each.table, each.row, each.column): each.expected
        for each in check(published_2018(), periods_2018())
        if each.rule in ("total", "same", "index")
    }
    assert found_at["11", TOTAL, "assemblies"] == 32
    assert found_at["14", TOTAL, "participants"] == 525
    assert found_at["text", TOTAL, "participants"] == 525
    assert found_at["text", TOTAL, "police"] == 499
    assert found_at["text", TOTAL, "assemblies_with_detentions"] == 22
    assert found_at["text", TOTAL, "detained"] == 330
    assert found_at["14", TOTAL, "police_control_index"] == pytest.approx(499 / 535)
