"""Cross tables against a count by hand, and every number against the cards that it leads to."""

from __future__ import annotations

import datetime
import random
from collections import Counter
from itertools import cycle

import pytest
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.test import RequestFactory
from hypothesis import given, settings
from hypothesis import strategies as st

from cards.filters import CardFilter
from cards.models import Card
from reports.explorer.compute import compute
from reports.explorer.cross import KNOWN, Group, tally
from reports.explorer.measures import MEASURES, QUANTITIES
from reports.explorer.questions import QUESTIONS
from reports.explorer.spec import Spec, parse, serialise
from reports.links import drill
from reports.types import TOTAL
from tests.factories import AnalystFactory, EditorFactory
from tests.reports import generate
from tests.reports.explorer import recount

ANSWERS = st.sets(st.sampled_from(["a", "b", "unknown"]), min_size=1).map(
    lambda found: tuple(sorted(found - {"unknown"})) or ("unknown",)
)


def write(seed: int, number: int = 60) -> None:
    """Random cards over the years of three divisions of the country, hours and inexact days."""
    cards = generate.write_cards(seed, number, first=datetime.date(2017, 5, 1), days=2200)
    chance = random.Random(seed)
    for card in cards:
        card.start_time = chance.choice([None, datetime.time(chance.randrange(24), 30)])
        card.date_precision = chance.choice(["exact", "exact", "month", "unknown_day"])
        card.participants_basis = chance.choice(["", "counted", "unknown"])
    Card.objects.bulk_update(cards, ["start_time", "date_precision", "participants_basis"])


@pytest.fixture
def cards(reference):
    write(1)
    return recount.all_counted()


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.tuples(ANSWERS, ANSWERS, st.integers(1, 5), st.integers(0, 3), st.integers(0, 9)),
        max_size=8,
    )
)
def test_groups_are_brought_into_cells_and_margins(groups):
    found = tally([Group(*each) for each in groups], frozenset({"unknown"}), frozenset({"unknown"}))
    by_hand: Counter = Counter()
    for rows, columns, n, _known, total in groups:
        for row in (*rows, TOTAL):
            for column in (*columns, TOTAL):
                by_hand[row, column, "n"] += n
                by_hand[row, column, "total"] += total
        if rows != ("unknown",):
            by_hand[KNOWN, TOTAL, "n"] += n
    for (row, column), each in found.items():
        if KNOWN not in (row, column):
            assert (each.n, each.total) == (
                by_hand[row, column, "n"],
                by_hand[row, column, "total"],
            )
    if groups:
        assert found[TOTAL, TOTAL].n == sum(n for _r, _c, n, _k, _t in groups)
        assert getattr(found.get((KNOWN, TOTAL)), "n", 0) == by_hand[KNOWN, TOTAL, "n"]


def test_every_question_is_recounted():
    assert set(recount.ANSWERS) == {question.code for question in QUESTIONS}


@pytest.mark.slow
@pytest.mark.django_db
def test_each_question_by_itself(cards):
    for question in QUESTIONS:
        table = compute(Spec(rows=question.code)).table
        shown = {row.code: row.cells[0].value.value for row in table.rows}
        by_hand = Counter(each for card in cards for each in recount.ANSWERS[question.code](card))
        assert shown.pop(TOTAL) == len(cards), question.code
        # Steps of a scale that nobody gave are zeros, and everything else was given.
        assert {code: n for code, n in shown.items() if n} == dict(by_hand), question.code


def spec_of(rows: str, columns: str, measure: str, **more) -> Spec:
    return Spec(rows=rows, columns=columns, measure=measure, **more)


PAIRS = [
    ("place", "year"), ("police_actions", "organiser"), ("source", "attributes"),
    ("reason", "detentions"), ("obstructed", "in_the_name_of_the_law"), ("weekday", "hour"),
    ("region_then", "sanction"), ("outcomes", "articles"), ("participants_basis", "form"),
]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.slow
@pytest.mark.parametrize(("rows", "columns"), PAIRS)
def test_counts_shares_means_and_sums_are_those_of_a_count_by_hand(cards, rows, columns):
    measures = ("count", "row", "column", "all", "mean-participants", "sum-detained",
                "mean-answer_days")  # fmt: skip
    for measure in measures:
        kind, _, name = measure.partition("-")
        table = compute(spec_of(rows, columns, measure)).table
        assert table.rows
        for row in table.rows:
            for column, cell in zip(table.columns, row.cells, strict=True):
                at = (rows, row.code, columns, column.code)
                value, unit = recount.expected(cards, *at, kind, name)
                assert cell.value.value == pytest.approx(value), (measure, at)
                assert not unit or cell.unit == unit


@pytest.mark.slow
@pytest.mark.django_db
def test_unknown_is_never_zero_and_can_be_counted_in(cards):
    for each in QUANTITIES:
        table = compute(Spec(rows="form", measure=f"mean-{each.code}")).table
        total = table.rows[-1].cells
        unknown = sum(recount.quantity(card, each.code) is None for card in cards)
        assert (total[1].value.value, total[2].value.value) == (len(cards) - unknown, unknown)
        for row in table.rows:
            assert (row.cells[0].value.value is None) == (row.cells[1].value.value == 0)
    for measure in ("row", "column", "all"):
        spec = spec_of("organiser", "obstructed", measure, apart="with")
        table = compute(spec).table
        printed = [cell for row in table.rows for cell in row.cells]
        assert {cell.unit for cell in printed if cell.value.numerator is not None} == {"percent"}
        first = table.rows[0]
        if measure == "row":
            assert sum(cell.value.value for cell in first.cells[:-1]) == pytest.approx(100)


def number_behind(query: str, user) -> int:
    request = RequestFactory().get("/")
    request.user = user
    found = CardFilter(QueryDict(query), request=request)
    assert found.problems == [], query
    return found.qs.distinct().count()


def check_links(spec: Spec, user, by_address: dict[str, int]) -> int:
    to, seen = drill(user), 0
    table = compute(spec, user).table
    for row in table.rows:
        for cell in row.cells:
            if cell is None:
                continue
            query = to(cell).partition("?")[2]
            if query not in by_address:
                by_address[query] = number_behind(query, user)
            value = cell.value
            n = value.numerator if cell.unit == "percent" else value.n
            assert by_address[query] == n, (serialise(spec), query)
            seen += 1
    return seen


@pytest.mark.slow
@pytest.mark.django_db
def test_every_answer_of_every_question_leads_to_as_many_cards(cards):
    user, known = AnalystFactory(), {}
    for question in QUESTIONS:
        assert check_links(Spec(rows=question.code), user, known) > 1


@pytest.mark.django_db
@pytest.mark.slow
@pytest.mark.parametrize(("rows", "columns"), PAIRS[:7])
@pytest.mark.parametrize("measure", ["count", "row", "column", "all", "mean-police", "sum-injured"])
def test_every_cell_leads_to_as_many_cards(cards, rows, columns, measure):
    assert check_links(spec_of(rows, columns, measure), AnalystFactory(), {}) > 6


@pytest.mark.slow
@pytest.mark.django_db
def test_links_keep_the_conditions_in_force(cards):
    chosen = (("from", "2018-01-01"), ("police_actions", "filmed"), ("source", "media"))
    for rows, columns in (("police_actions", "organiser"), ("source", "police_actions")):
        for measure in ("count", "all", "mean-participants"):
            check_links(spec_of(rows, columns, measure, chosen=chosen), EditorFactory(), {})


@pytest.mark.slow
@pytest.mark.django_db
def test_only_counted_cards_that_the_person_may_see(cards):
    whole = compute(Spec()).cross.at().n
    assert whole == len(cards)
    part = AnalystFactory(all_regions=False, regions=["KZ-75"])
    seen = [card for card in cards if card.city.region_id == "KZ-75"]
    assert compute(Spec(), part).cross.at().n == len(seen) < whole
    check_links(spec_of("form", "year", "row"), part, {})


@pytest.mark.slow
@pytest.mark.django_db
def test_a_view_is_one_string_and_reads_back(cards):
    for question, measure in zip(QUESTIONS, cycle(MEASURES), strict=False):
        columns = "year" if question.code != "year" else "form"
        spec = Spec(
            question.code, columns, measure.code, "heat", "size", "with",
            (("form", "rally"), ("told", "organiser")),
        )  # fmt: skip
        assert parse(serialise(spec)) == spec
    assert serialise(Spec()) == ""
    assert parse("") == Spec()
    assert parse("?rows=form&columns=year&period=2018").chosen == (("period", "2018"),)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query",
    [
        "rows=mood", "columns=mood", "rows=form&columns=form", "measure=mean-mood", "chart=pie",
        "chart=heat", "rows=form&columns=topic&chart=multiples", "rows=form&chart=map",
        "rows=form&columns=topic&chart=lines", "period=1913", "told=mood", "told=city",
        "source=media,mood", "year=19", "hour=24",
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused(reference, query):
    with pytest.raises(ValidationError):
        parse(query)


@pytest.mark.django_db
def test_no_card_at_all(reference):
    made = compute(spec_of("place", "year", "row"))
    assert not made.table.rows
    assert made.figure is None
    assert made.cross.at().n == 0
