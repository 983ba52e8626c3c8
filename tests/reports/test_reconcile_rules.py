"""The rules on reports of any year: consistent ones pass, a planted contradiction is found."""

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from reports.reconcile import across, check
from reports.reconcile.amounts import judge, rounded
from reports.reconcile.mending import mendings
from reports.reconcile.own import as_rounded
from reports.types import TOTAL, Cell, Key, Value
from tests.reports.material import PERIODS, Little, printed, report_of
from tests.reports.strategies import little_cards, whole_reports
from tests.reports.test_reconcile import known

Listed = list[tuple[Cell, str | None]]


def print_of(cards: list[Little], code: str | None = "2018") -> Listed:
    """What a careful bureau would print of such cards: every answer known, rounded right."""
    report = report_of([known(card) for card in cards])
    cells = {}
    for table in report.tables:
        for cell in table.cells():
            if cell.source == "computed" and cell.value and cell.key.period == "2018":
                text = as_rounded(cell).printed
                number = as_rounded(cell).value.value
                cells[cell.key] = replace(
                    cell, source="published", printed=text, value=Value(number)
                )
    return [(cell, code) for cell in cells.values()]


#: Tables of which every figure is told twice: by another, or by those that it is made of.
TWICE = {"1", "2", "3", "7", "8", "11", "14", "16", "18"}


@pytest.mark.slow
@whole_reports
@given(little_cards)
def test_a_consistent_report_has_no_finding_of_any_kind(cards):
    assert check(print_of(cards), PERIODS) == ()


@pytest.mark.slow
@whole_reports
@given(little_cards)
def test_nor_has_one_of_a_period_that_nobody_knows(cards):
    unknown = [
        (replace(cell, key=replace(cell.key, period="spring of 1931")), None)
        for cell, _code in print_of(cards)
    ]
    assert check(unknown, PERIODS) == ()


@pytest.mark.slow
@whole_reports
@given(little_cards, st.data())
def test_one_wrong_figure_is_among_the_findings(cards, data):
    cells = print_of([*cards, Little(place="almaty"), Little(place="astana", detained=2)])
    candidates = [
        n
        for n, (cell, _code) in enumerate(cells)
        if cell.key.table in TWICE
        and cell.key.column != "median_police_per_participant"
        # An address of a single total may be the only figure of its kind.
        and not (cell.key.row == TOTAL and cell.key.column in ("mean_participants", "share"))
    ]
    n = data.draw(st.sampled_from(candidates))
    cell, code = cells[n]
    places = len(cell.printed.rstrip("%").partition(".")[2])
    more = data.draw(st.integers(2, 50)) * (10.0**-places if places else 1)
    assume(cell.value.value is not None)
    wrong = f"{(cell.value.value or 0) + more:.{places}f}"
    text = wrong + ("%" if cell.printed.endswith("%") else "")
    cells[n] = (replace(cell, printed=text, value=Value(float(wrong))), code)
    found = check(cells, PERIODS)
    assert any(
        (each.table, each.row, each.column) == (cell.key.table, cell.key.row, cell.key.column)
        or cell.key in each.basis
        for each in found
    ), (cell.key, cell.printed, text)


def foreign() -> dict[Key, str]:
    """A small report of somebody else, on a season that the register does not know; consistent."""
    told = {
        ("1", "oslo", "assemblies"): "5",
        ("1", "bergen", "assemblies"): "3",
        ("1", TOTAL, "assemblies"): "8",
        ("1", "oslo", "share"): "62,5 %",
        ("1", "bergen", "share"): "37,5 %",
        ("2", "oslo", "assemblies"): "5",
        ("2", "bergen", "assemblies"): "3",
        ("2", TOTAL, "assemblies"): "8",
        ("3", "oslo", "rally_activity_index"): "1,7",
        ("3", "bergen", "rally_activity_index"): "1,0",
        ("3", TOTAL, "rally_activity_index"): "2,67",
        ("14", "oslo", "participants"): "400",
        ("14", "bergen", "participants"): "100",
        ("14", TOTAL, "participants"): "500",
        ("14", "oslo", "police"): "40",
        ("14", "bergen", "police"): "0",
        ("14", TOTAL, "police"): "40",
        ("14", "oslo", "police_control_index"): "0,10",
        ("14", "bergen", "police_control_index"): "0",
        ("14", TOTAL, "police_control_index"): "0,08",
        ("15", TOTAL, "police_control_index"): "0,08",
        ("6", "public_organisation", "share"): "50 %",
        ("6", "spontaneous_group", "share"): "13 %",
        ("6", "individual", "share"): "38 %",
        ("A1", "leaflets", "copies"): "70",
        ("A1", "posters", "copies"): "30",
        ("A1", TOTAL, "copies"): "100",
        ("text", TOTAL, "participants"): "500",
        ("text", TOTAL, "assemblies_with_detentions"): "2 (25 %)",
    }
    return {Key(t, "spring of 1931", row, column): text for (t, row, column), text in told.items()}


def as_cells(told: dict[Key, str]) -> Listed:
    cells = []
    for key, text in told.items():
        cell = printed(
            key.table, key.period, key.row, key.column, text.replace(",", ".").replace("–", "-")
        )
        cells.append((replace(cell, printed=text), None))
    return cells


#: (address, what is printed instead, what has to be found: table, row, column, rule, kind).
PLANTED = [
    (("1", TOTAL, "assemblies"), "9", ("1", TOTAL, "assemblies", "total", "contradiction")),
    (("1", "oslo", "share"), "62,4 %", ("1", "oslo", "share", "share", "contradiction")),
    (("1", "oslo", "share"), "62 %", None),
    (("2", "bergen", "assemblies"), "4", ("2", "bergen", "assemblies", "same", "contradiction")),
    (("3", "oslo", "rally_activity_index"), "1,6",
     ("3", "oslo", "rally_activity_index", "index", "rounding")),
    (("3", "oslo", "rally_activity_index"), "2,1",
     ("3", "oslo", "rally_activity_index", "index", "contradiction")),
    (("3", "bergen", "rally_activity_index"), "–",
     ("3", "bergen", "rally_activity_index", "assemblies_without_index", "missing")),
    (("14", "oslo", "police"), "44", ("14", TOTAL, "police", "total", "contradiction")),
    (("15", TOTAL, "police_control_index"), "0,8",
     ("15", TOTAL, "police_control_index", "same", "contradiction")),
    (("6", "individual", "share"), "41 %", ("6", TOTAL, "share", "hundred", "contradiction")),
    (("6", "spontaneous_group", "share"), "11 %",
     ("6", TOTAL, "share", "whole_numbers", "contradiction")),
    (("A1", TOTAL, "copies"), "99", ("A1", TOTAL, "copies", "total", "contradiction")),
    (("text", TOTAL, "participants"), "550",
     ("text", TOTAL, "participants", "same", "contradiction")),
    (("text", TOTAL, "assemblies_with_detentions"), "2 (20 %)",
     ("text", TOTAL, "assemblies_with_detentions", "share", "contradiction")),
    (("text", TOTAL, "assemblies_with_detentions"), "9",
     ("text", TOTAL, "assemblies_with_detentions", "most", "contradiction")),
]  # fmt: skip


def test_a_consistent_foreign_report_is_left_in_peace():
    assert check(as_cells(foreign()), PERIODS) == ()


@pytest.mark.parametrize(("address", "text", "wanted"), PLANTED)
def test_a_planted_contradiction_of_a_foreign_report_is_found(address, text, wanted):
    table, row, column = address
    told = foreign() | {Key(table, "spring of 1931", row, column): text}
    found = [(f.table, f.row, f.column, f.rule, f.kind) for f in check(as_cells(told), PERIODS)]
    if wanted is None:
        assert found == []
    else:
        assert wanted in found
        # Nothing is found that the planted figure has no part in.
        assert {f[0] for f in found} <= {table, "1", "2", "3", "11", "14", "15", "18", "text"}


def test_shares_of_another_number_of_assemblies_are_found():
    """6, 61 and 33 % would be 2, 20 and 11 of 33; of 17 assemblies they are nothing."""
    rows = ("public_organisation", "spontaneous_group", "individual")
    cells = [
        ("6", row, "share", text) for row, text in zip(rows, ("6%", "61%", "33%"), strict=True)
    ]
    told = {Key(t, "2019", r, c): text for t, r, c, text in cells}

    def rules(assemblies: str) -> list[str]:
        held = {Key("1", "2019", TOTAL, "assemblies"): assemblies}
        return [each.rule for each in check(as_cells(told | held), PERIODS)]

    assert rules("33") == []
    assert rules("17") == ["whole_numbers"]


def test_a_figure_printed_again_in_a_later_report_is_the_same():
    earlier = [(printed("2", "2016", TOTAL, "assemblies", "52"), "2016")]
    same = [(printed("2", "2016", TOTAL, "assemblies", "52"), "2016")]
    other = [(printed("2", "2016", TOTAL, "assemblies", "53"), "2016")]
    unknown = [(printed("2", "long ago", TOTAL, "assemblies", "53"), None)]
    assert across(same, earlier) == across(unknown, earlier) == ()
    (found,) = across(other, earlier)
    assert (found.rule, found.expected, found.kind) == ("editions", 52, "contradiction")


def test_two_rounded_figures_are_judged_by_what_both_may_stand_for():
    """88.25 % and 11.75 % are printed as 88.3 and 11.8: nothing is wrong."""
    assert judge(11.8, rounded(88.3, 1).left_of(100), 1) is None
    assert judge(11.9, rounded(88.3, 1).left_of(100), 1) == "contradiction"
    assert judge(31.2, rounded(31, 0), 1) is None
    assert judge(31, rounded(31.2, 1), 0) is None


@pytest.mark.parametrize(
    ("address", "text", "reads"),
    [
        (("1", TOTAL, "assemblies"), "9", "8"),
        (("1", "oslo", "share"), "60,5 %", "62,5 %"),
        (("3", "oslo", "rally_activity_index"), "2,1", "1,7"),
        (("14", TOTAL, "police_control_index"), "0,8", "0,1"),
        (("text", TOTAL, "participants"), "550", "500"),
        (("text", TOTAL, "assemblies_with_detentions"), "2 (20 %)", "2 (25 %)"),
    ],
)
def test_the_figure_that_was_planted_is_the_first_to_be_mended(address, text, reads):
    table, row, column = address
    key = Key(table, "spring of 1931", row, column)
    cells = as_cells(foreign() | {key: text})
    listed = check(cells, PERIODS)
    ways = mendings(cells, PERIODS, listed)
    best = [way for each in listed for way in ways[each][:1]]
    assert (key, text, reads) in [(way.key, way.printed, way.reads) for way in best]
    assert all(way.settles >= 1 for each in listed for way in ways[each])


def test_every_way_to_mend_settles_what_it_is_for():
    cells = as_cells(foreign() | {Key("14", "spring of 1931", "oslo", "police"): "44"})
    listed = check(cells, PERIODS)
    for finding, ways in mendings(cells, PERIODS, listed).items():
        for way in ways:
            number = float(way.reads.rstrip(" %").replace(",", ".").replace("–", "0"))
            mended = [
                (replace(c, printed=way.reads, value=Value(number)), code)
                if c.key == way.key
                else (c, code)
                for c, code in cells
            ]
            assert finding not in check(mended, PERIODS)
