"""Tables against hand-made cards, and what has to hold of them whatever the cards."""

import random
from collections import Counter

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from reports.build import build
from reports.tables import TABLES, make_context, tables_of
from reports.types import TOTAL, Facts, Key
from tests.reports.material import (
    CONVICTIONS,
    GROUP_OF_TOPIC,
    OWN,
    PERIODS,
    PLACES,
    VOCABULARY,
    Little,
    facts_of,
    printed,
    report_of,
    value,
    year,
)
from tests.reports.strategies import little_cards, whole_reports


def row_codes(report, table: str) -> list[str]:
    return [row.code for row in report.table(table).rows]


def shown(report, table: str, row: str) -> list[float | None]:
    """The printed numbers of a row."""
    found = next(each for each in report.table(table).rows if each.code == row)
    return [None if cell is None else cell.value.value for cell in found.cells]


def test_tables_are_those_of_the_report_in_its_order():
    order = ["1", "2", "3", "4", "topics", *"56789", "10", "11", "12", "13", "14", "15", "16"]
    assert list(TABLES) == [*order, "court", "17", "18", "19", "text", "applications"]


def test_table_1_puts_the_place_with_most_first_and_equals_in_register_order():
    cards = [Little(place="semey")] * 2 + [Little(place="uralsk"), Little(place="almaty")]
    report = report_of(cards)
    assert row_codes(report, "1") == ["semey", "almaty", "uralsk", TOTAL]
    assert shown(report, "1", "semey") == [2, 50]
    assert shown(report, "1", TOTAL) == [4, 100]


def test_places_without_a_card_are_not_listed_by_tables_of_one_period():
    report = report_of([Little(place="semey")])
    for table in ("1", "11", "14", "16", "court", "18"):
        assert row_codes(report, table) == ["semey", TOTAL], table


def test_by_period_tables_join_what_was_printed_with_what_is_computed():
    was = printed("2", "2017", "astana", "assemblies", "9")
    none = printed("2", "2016", "astana", "assemblies", "-")
    total = printed("2", "2017", TOTAL, "assemblies", "9")
    report = report_of([Little()], [(was, "2017"), (none, "2016"), (total, "2017")])
    table = report.table("2")
    assert [column.code for column in table.columns] == ["2017", "2018"]
    assert row_codes(report, "2") == ["almaty", "astana", TOTAL]
    assert shown(report, "2", "astana") == [9, 0]
    assert shown(report, "2", "almaty") == [None, 1]
    sources = [cell.source for row in table.rows for cell in row.cells if cell is not None]
    assert sorted(set(sources)) == ["computed", "published"]


def test_a_printed_dash_lists_no_place_and_a_printed_zero_does():
    dash = printed("2", "2017", "astana", "assemblies", "-")
    zero = printed("2", "2017", "semey", "assemblies", "0")
    report = report_of([Little()], [(dash, "2017"), (zero, "2017")])
    assert row_codes(report, "2") == ["almaty", "semey", TOTAL]


def test_of_a_period_of_cards_the_computed_figure_is_printed_and_both_are_kept():
    was = printed("12", "2018", TOTAL, "law_abidance_index", "7%", "percent")
    report = report_of([Little(sanction="sanctioned")], [(was, "2018")])
    assert shown(report, "12", TOTAL) == [100]
    key = Key("12", "2018", TOTAL, "law_abidance_index")
    sources = {cell.source: cell.value.value for cell in report.cells() if cell.key == key}
    assert sources == {"computed": 100, "published": 7}


def test_of_a_published_period_with_cards_the_printed_figure_is_printed_and_both_are_kept():
    was = printed("12", "2017", TOTAL, "law_abidance_index", "14%", "percent")
    facts = {
        "2017": facts_of([Little(sanction="sanctioned")], year(2017)),
        "2018": facts_of([Little()]),
    }
    report = build(OWN, facts, [(was, "2017")], VOCABULARY, PERIODS, False)
    assert shown(report, "12", TOTAL) == [14, 0]
    key = Key("12", "2017", TOTAL, "law_abidance_index")
    sources = {cell.source: cell.value.value for cell in report.cells() if cell.key == key}
    assert sources == {"computed": 100, "published": 14}


def test_a_report_on_a_published_period_prints_what_was_printed():
    cells = [
        (printed("1", "2017", "astana", "assemblies", "9"), "2017"),
        (printed("1", "2017", TOTAL, "assemblies", "36"), "2017"),
    ]
    report = build(PERIODS[1], {}, cells, VOCABULARY, PERIODS, False)
    assert row_codes(report, "1") == ["astana", TOTAL]
    assert shown(report, "1", TOTAL) == [36, None]
    assert {cell.source for cell in report.cells()} == {"published"}


def test_printed_cells_keep_their_label_verbatim_under_the_period_that_it_means():
    sic = printed("10", "2011 (sic; 2010)", "unknown", "share", "5%", "percent")
    report = report_of([Little(reason="unknown")], [(sic, "2016")])
    assert [column.code for column in report.table("10").columns] == ["2016", "2018"]
    assert shown(report, "10", "unknown") == [5, 100]
    labels = [cell.key.period for cell in report.cells() if cell.source == "published"]
    assert labels == ["2011 (sic; 2010)"]


def test_every_printed_cell_reaches_the_values_once():
    cells = [
        (printed("9", "text", TOTAL, "unsanctioned_share", "88.3%", "percent"), None),
        (printed("12", "2016", TOTAL, "law_abidance_index", "9.6%", "percent"), "2016"),
    ]
    report = report_of([Little()], cells)
    found = [cell.printed for cell in report.cells() if cell.source == "published"]
    assert sorted(found) == ["88.3%", "9.6%"]


def test_later_periods_are_not_in_a_report():
    report = build(PERIODS[1], {}, [], VOCABULARY, PERIODS, False)
    assert all(column.code != "2018" for column in report.table("2").columns)


def test_table_8_lists_forms_of_either_period():
    was = printed("8", "2017", "flash_mob", "assemblies", "3")
    share = printed("8", "2017", "flash_mob", "share", "8%", "percent")
    report = report_of(
        [Little(form="rally"), Little(form="picket")], [(was, "2017"), (share, "2017")]
    )
    assert row_codes(report, "8") == ["rally", "picket", "flash_mob"]
    assert shown(report, "8", "flash_mob") == [3, 8, 0, 0]
    assert shown(report, "8", "rally") == [None, None, 1, 50]
    with override("en"):
        assert [str(column.span) for column in report.table("8").columns] == [
            "2017",
            "2017",
            "2018",
            "2018",
        ]


def test_topics_stand_under_their_group():
    cards = [Little(topic="eviction"), Little(topic="gas_price"), Little(topic="gas_price")]
    report = report_of(cards)
    assert row_codes(report, "topics") == [
        "political",
        "economic",
        "economic/gas_price",
        "social",
        "social/eviction",
    ]
    assert shown(report, "topics", "economic/gas_price") == [2]
    assert shown(report, "topics", "political") == [0]


def test_court_keeps_other_outcomes_beside_the_printed_ones():
    report = report_of([Little(cases=("fine", "community_work", "pending"))])
    assert shown(report, "court", TOTAL) == [2, 0, 1, 0]
    assert value(report, "court", "almaty", "community_work").value == 1
    assert value(report, "court", TOTAL, "pending").value == 1


def test_text_follows_articles_in_places_with_a_case_only():
    report = report_of([Little(place="almaty", cases=("fine",)), Little(place="semey")])
    codes = row_codes(report, "text")
    assert "convicted_hooliganism_almaty" in codes
    assert "convicted_hooliganism_semey" not in codes


def test_cells_lead_to_the_cards_behind_them():
    report = report_of([Little(place="astana", detained=2)])
    cells = {(cell.key.table, cell.key.row, cell.key.column): cell.drill for cell in report.cells()}
    assert cells["16", "astana", "detained"] == {
        "counted": "yes",
        "place": "astana",
        "detentions": "yes",
    }
    assert cells["6", "public_organisation", "share"] == {
        "counted": "yes",
        "organiser": "public_organisations",
    }
    assert cells["13", "police", "present"] == {"counted": "yes", "police_present": "yes"}
    assert cells["13", "akimat", "present"] is None


def test_published_cells_lead_to_no_cards():
    was = printed("12", "2017", TOTAL, "law_abidance_index", "14%", "percent")
    report = report_of([Little()], [(was, "2017")])
    assert [cell.drill for cell in report.cells() if cell.source == "published"] == [None]


def test_a_period_without_cards_has_values_of_nothing():
    report = report_of([])
    assert shown(report, "1", TOTAL) == [0, None]
    assert shown(report, "12", TOTAL) == [None]
    assert row_codes(report, "7") == [TOTAL]


def column_sums(report, table: str, column: str) -> tuple[float, float | None]:
    """What the rows of a column add up to, and its total."""
    cells = [
        cell
        for cell in report.table(table).cells()
        if cell.key.column == column and cell.key.period == "2018"
    ]
    rows = sum(cell.value.value or 0 for cell in cells if cell.key.row != TOTAL)
    return rows, next(cell.value.value for cell in cells if cell.key.row == TOTAL)


@pytest.mark.slow
@whole_reports
@given(little_cards)
def test_totals_are_the_sums_of_their_rows(cards):
    report = report_of(cards)
    for table, column in (
        ("1", "assemblies"),
        ("2", "assemblies"),
        ("7", "assemblies"),
        ("11", "assemblies"),
        ("11", "unsanctioned"),
        ("11", "sanctioned"),
        ("14", "participants"),
        ("14", "police"),
        ("16", "assemblies_with_detentions"),
        ("16", "detained"),
        ("18", "participants"),
        ("court", "convicted"),
        ("court", "pending"),
    ):
        rows, total = column_sums(report, table, column)
        assert rows == (total or 0), (table, column)


@pytest.mark.slow
@whole_reports
@given(little_cards)
def test_shares_of_a_whole_add_up_to_a_hundred(cards):
    report = report_of(cards)
    for table in ("1", "4", "6", "7", "8", "10", "18"):
        shares = [
            cell.value.value
            for cell in report.table(table).cells()
            if cell.key.column == "share" and cell.key.row != TOTAL and cell.value
        ]
        if shares and sum(shares):
            assert sum(shares) == pytest.approx(100), table


@pytest.mark.slow
@whole_reports
@given(little_cards, st.randoms(use_true_random=False))
def test_the_order_of_cards_is_irrelevant(cards, chance: random.Random):
    shuffled = list(cards)
    chance.shuffle(shuffled)
    assert report_of(cards).checksum == report_of(shuffled).checksum


@pytest.mark.slow
@whole_reports
@given(little_cards)
def test_values_agree_with_a_plain_count_of_the_cards(cards):
    report = report_of(cards)
    assert value(report, "1", TOTAL, "assemblies").value == len(cards)
    for place, n in Counter(card.place for card in cards).items():
        assert value(report, "1", place, "assemblies").value == n
        assert value(report, "3", place, "rally_activity_index").value == n / 12
    known = [card.participants for card in cards if card.participants is not None]
    people = value(report, "18", TOTAL, "mean_participants")
    assert people.value == (sum(known) / len(known) if known else None)
    assert people.unknown == len(cards) - len(known)
    groups = Counter(GROUP_OF_TOPIC[card.topic] for card in cards)
    for group in VOCABULARY.topic_groups:
        share = value(report, "4", group, "share").value
        assert share == (pytest.approx(100 * groups[group] / len(cards)) if cards else None)
    penalties = sum(outcome in CONVICTIONS for card in cards for outcome in card.cases)
    assert value(report, "court", TOTAL, "convicted").value == penalties


@pytest.mark.slow
@whole_reports
@given(little_cards)
def test_the_same_quantity_is_the_same_in_every_table(cards):
    report = report_of(cards)
    for place in [*{card.place for card in cards}, TOTAL]:
        seen = {value(report, table, place, "assemblies").value for table in ("1", "2", "11")}
        assert len(seen) == 1
        people = {value(report, table, place, "participants").value for table in ("14", "18")}
        assert len(people) == 1
    index = value(report, "14", TOTAL, "police_control_index")
    assert index == value(report, "15", TOTAL, "police_control_index")
    assert value(report, "11", TOTAL, "law_abidance_index") == value(
        report, "12", TOTAL, "law_abidance_index"
    )
    both = value(report, "9", TOTAL, "unsanctioned_share").value
    if both is not None:
        index = value(report, "12", TOTAL, "law_abidance_index")
        assert both + index.value == pytest.approx(100)


@pytest.mark.slow
@whole_reports
@given(little_cards)
def test_every_cell_of_a_table_belongs_to_it_and_stands_once(cards):
    context = make_context(OWN, {"2018": facts_of(cards)}, [], VOCABULARY, PERIODS)
    for code, table in tables_of(context).items():
        keys = [cell.key for cell in table.cells()]
        assert len(set(keys)) == len(keys), code
        assert {key.table for key in keys} <= {code}
        assert all(len(row.cells) == len(table.columns) for row in table.rows), code


def test_facts_look_totals_up_as_the_sum_of_places():
    facts = facts_of([Little(place=place, participants=3) for place in PLACES])
    assert facts.sum(TOTAL, "participants").total == 12
    assert facts.count(TOTAL, "form", "rally") == 4
    assert facts.values("semey", "form") == {"rally": 1}
    assert Facts(OWN, {}, {}, {}, 0).sum(TOTAL, "participants").n == 0
