"""Large files and strange ones: few queries, one announcement, no accident."""

import contextlib
import csv
import datetime

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cards import services
from cards.files import importing
from cards.files.columns import CARD_COLUMNS
from cards.files.export import written
from cards.files.importing import check
from cards.models import Card, Count, Event, NumberSequence
from tests.factories import card_answers
from tests.files import card_row, csv_of, outcome_row
from tests.loading import counts, load

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("reference")]


def _rows(number: int) -> list[dict]:
    """Approved cards of four cities and months."""
    cities = ("almaty", "astana", "shymkent", "semey")
    return [
        card_row(
            f"{number}-{index}",
            city=cities[index % 4],
            date=f"2018-0{1 + index % 4}-10",
            status="approved",
        )
        for index in range(number)
    ]


def test_queries_do_not_grow_with_the_rows():
    """Within the pages in which rows are read and written."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def asked(rows, outcomes) -> int:
        with CaptureQueriesContext(connection) as queries:
            load(*rows, outcomes=outcomes)
        return len(queries)

    found = []
    for number in (20, 90):
        rows = _rows(number)
        outcomes = [outcome_row(row["ref"], decided_on="") for row in rows]
        changed = [row | {"place": "Station", "police": "11"} for row in rows]
        later = [row | {"decided_on": "2018-12-01"} for row in outcomes]
        found.append([asked(rows, outcomes), asked(rows, outcomes), asked(changed, later)])
    assert found[0] == found[1]
    assert max(found[0]) < 60


def test_listeners_are_told_once_of_every_month_that_changed(monkeypatch):
    from cards.signals import counted_cards_changed

    told = []

    def listen(sender, months, **kwargs):
        told.append(months)

    counted_cards_changed.connect(listen)
    try:
        may = ("almaty", datetime.date(2018, 5, 1))
        load(card_row("A-1", status="approved"), card_row("A-2", status="draft", date="2018-06-10"))
        load(card_row("A-1", status="approved", date="2018-07-10"))
        load(card_row("A-2", status="submitted", date="2018-06-10"))
    finally:
        counted_cards_changed.disconnect(listen)
    assert told == [{may}, {may, ("almaty", datetime.date(2018, 7, 1))}]


CELL = st.one_of(
    st.text(max_size=30),
    st.from_regex(r"[-+=@]?[0-9 .,:/;eE%]{0,14}", fullmatch=True),
    st.sampled_from(
        ["yes", "да", "none;placards", "2018-02-30", "0.5", "approved", "unknown", "''"]
    ),
)
COLUMN = st.one_of(st.sampled_from(CARD_COLUMNS), st.text(max_size=8))


def examples(number: int):
    """The tables of reference, which the fixture brings once, are the same for every example."""
    same = [HealthCheck.function_scoped_fixture]
    return settings(max_examples=number, deadline=None, suppress_health_check=same)


@examples(40)
@given(changes=st.dictionaries(COLUMN, CELL, max_size=8), second=st.dictionaries(COLUMN, CELL))
def test_any_cells_are_loaded_or_refused_by_line(changes, second):
    """Whatever stands in a file: the database never has to refuse what was found in order."""
    content = csv_of(card_row("A-1"), card_row("A-2") | changes, second, quoting=csv.QUOTE_ALL)
    outcomes = csv_of(outcome_row("A-1"), outcome_row("A-1") | second, quoting=csv.QUOTE_ALL)
    with transaction.atomic(), contextlib.suppress(importing.Unreadable):
        checked = check(content, outcomes)
        assert {refusal.line for refusal in checked.refusals} <= {2, 3, 4}
        if not checked.refusals:
            importing.load(checked)
            assert check(content).cards.updated == 0
        transaction.set_rollback(True)


@examples(40)
@given(content=st.one_of(st.binary(max_size=200), st.text(max_size=200).map(str.encode)))
def test_any_bytes_are_read_or_refused(content):
    for start in (b"", b"PK\x03\x04", csv_of(card_row("A-1"))):
        with contextlib.suppress(importing.Unreadable):
            assert check(start + content).cards.read >= 0


@examples(15)
@given(
    texts=st.fixed_dictionaries(
        {name: st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40)
         for name in ("place", "settlement", "demands", "description", "organiser_name")}
    )
)  # fmt: skip
def test_whatever_people_type_survives_export_and_import(texts, monitor):
    typed = {name: text.strip() for name, text in texts.items()}
    with transaction.atomic():
        services.create(actor=monitor, answers=card_answers(**typed))
        for kind in ("csv", "xlsx"):
            checked = check(written(Card.objects.all(), kind).read())
            assert [(row.changes, row.stored is None) for row in checked.rows] == []
            assert counts(checked.cards) == (1, 0, 0, 1, 0)
        transaction.set_rollback(True)


@pytest.mark.slow
def test_twenty_thousand_rows(django_assert_max_num_queries):
    """Checked, loaded and found unchanged, in batches of queries and not in rows."""
    rows = _rows(20_000)
    content = csv_of(*rows)
    # Two look-ups for each batch of 500, and a few for the whole.
    with django_assert_max_num_queries(100):
        checked = check(content)
    assert counts(checked.cards) == (20_000, 20_000, 0, 0, 0)
    with django_assert_max_num_queries(250):
        importing.load(checked)
    assert Card.objects.filter(status="approved").count() == 20_000
    assert Event.objects.count() == 20_000
    assert Count.objects.count() == 40_000
    numbers = Card.objects.values_list("number", flat=True)
    assert len(set(numbers)) == 20_000
    assert sorted(NumberSequence.objects.values_list("last", flat=True)) == [5000] * 4
    checked = check(content)
    assert counts(checked.cards) == (20_000, 0, 0, 20_000, 0)
    assert checked.rows == []
