"""Keyset pages: complete, in order and stable with ties and missing values, in both directions."""

import datetime

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cards import paging
from cards.models import Card
from tests.factories import MonitorFactory, rows_of_cards

pytestmark = pytest.mark.django_db
DAY = datetime.date(2018, 5, 1)


def query(address: str) -> QueryDict:
    return QueryDict(address.removeprefix("?"))


def pages(rows, order, size):
    """Primary keys of each page from the first to the last, and the last page itself."""
    found, page = [], paging.page_of(rows, order, QueryDict(), size)
    found.append([card.pk for card in page.rows])
    while page.after:
        page = paging.page_of(rows, order, query(page.next_url(QueryDict())), size)
        found.append([card.pk for card in page.rows])
    return found, page


def pages_back(rows, order, size, page):
    found = [[card.pk for card in page.rows]]
    while page.before:
        page = paging.page_of(rows, order, query(page.previous_url(QueryDict())), size)
        found.append([card.pk for card in page.rows])
    return found[::-1]


@pytest.fixture
def tied(reference):
    """Forty drafts: thirty on three days, ten without a date; submitted in five groups or never."""
    drafts = rows_of_cards(
        40,
        monitor=MonitorFactory(),
        status="draft",
        date=lambda index: None if index % 4 == 0 else DAY + datetime.timedelta(days=index % 3),
    )
    now = timezone.now()
    for index, card in enumerate(drafts):
        moment = now + datetime.timedelta(hours=index % 5) if index % 7 else None
        Card.objects.filter(pk=card.pk).update(submitted_at=moment)
    return Card.objects.all()


def expected(order) -> list[int]:
    """The order by Python: in a falling column what is not known comes first, in a rising last."""
    cards = list(Card.objects.all())
    for column in reversed(order):
        known = [card for card in cards if getattr(card, column.name) is not None]
        unknown = [card for card in cards if getattr(card, column.name) is None]
        known.sort(key=lambda card, name=column.name: getattr(card, name), reverse=column.falling)
        cards = unknown + known if column.falling else known + unknown
    return [card.pk for card in cards]


@pytest.mark.parametrize("size", [1, 3, 7, 10, 39, 40, 41])
@pytest.mark.parametrize("order", [paging.NEWEST, paging.OLDEST_SUBMITTED], ids=["newest", "queue"])
def test_every_row_stands_on_one_page_in_order(tied, order, size):
    forwards, last = pages(tied, order, size)
    assert sum(forwards, []) == expected(order)
    assert all(len(page) == size for page in forwards[:-1])
    back = pages_back(tied, order, size, last)
    assert sum(back, []) == expected(order)


@pytest.mark.parametrize("order", [paging.NEWEST, paging.OLDEST_SUBMITTED], ids=["newest", "queue"])
def test_rows_that_come_and_go_neither_repeat_nor_hide_others(tied, order):
    whole = expected(order)
    page = paging.page_of(tied, order, QueryDict(), 10)
    # The row that the next page begins after leaves the list: cards are never deleted.
    gone = page.rows[-1].pk
    Card.objects.filter(pk=gone).update(status="draft", date=None, submitted_at=None)
    after = paging.page_of(tied.exclude(pk=gone), order, query(page.next_url(QueryDict())), 10)
    assert [card.pk for card in after.rows] == whole[10:20]


def test_a_list_of_one_page_has_no_neighbours_and_an_empty_one_no_rows(reference):
    rows_of_cards(3, monitor=MonitorFactory())
    page = paging.page_of(Card.objects.all(), paging.NEWEST, QueryDict(), 3)
    assert (len(page.rows), page.before, page.after) == (3, "", "")
    assert page.next_url(QueryDict()) == page.previous_url(QueryDict()) == ""
    assert paging.page_of(Card.objects.none(), paging.NEWEST, QueryDict()).rows == []


def test_the_conditions_of_the_list_are_carried_from_page_to_page(tied):
    given = QueryDict("text=a+b&form=rally&after=old&before=older")
    page = paging.page_of(tied, paging.NEWEST, QueryDict(), 5)
    address = query(page.next_url(given))
    assert (address["text"], address["form"], address["after"]) == ("a b", "rally", page.after)
    assert "before" not in address


@pytest.mark.parametrize("cursor", ["x", "W10:bad", "", "[1]", "%00", "é"])
def test_a_cursor_of_nobodys_making_gives_the_first_page(tied, cursor):
    first = expected(paging.NEWEST)[:5]
    for name in ("after", "before"):
        page = paging.page_of(tied, paging.NEWEST, QueryDict(f"{name}={cursor}"), 5)
        assert [card.pk for card in page.rows] == first


def test_a_cursor_of_another_order_gives_the_first_page(tied):
    page = paging.page_of(tied, paging.OLDEST_SUBMITTED, QueryDict(), 5)
    other = (*paging.NEWEST, paging.Column("version"))
    again = paging.page_of(tied, other, query(page.next_url(QueryDict())), 5)
    assert again.before == ""


@pytest.mark.parametrize("number", [30, 120])
def test_a_page_is_two_queries_however_long_the_list(reference, number):
    rows_of_cards(number, monitor=MonitorFactory(), date=lambda index: DAY)
    page = paging.page_of(Card.objects.all(), paging.NEWEST, QueryDict())
    with CaptureQueriesContext(
        connection,
    ) as queries:
        paging.page_of(Card.objects.all(), paging.NEWEST, query(page.next_url(QueryDict())))
    which, rows = (each["sql"] for each in queries)
    assert " OFFSET " not in which
    # Nothing is sorted or joined but the rows of the page.
    assert '"city_id"' not in which
    assert '"cards_card"."id" IN (' in rows


@pytest.mark.slow
def test_the_orders_are_served_by_an_index(reference):
    """No sorting step: both databases read the page in the order of the index."""
    monitor = MonitorFactory()
    rows_of_cards(300, monitor=monitor, date=lambda i: DAY + datetime.timedelta(days=i))
    rows_of_cards(300, monitor=monitor, status="submitted")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_sort = off")
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_bitmapscan = off")
    for rows, order in (
        (Card.objects.all(), paging.NEWEST),
        (Card.objects.filter(monitor=monitor), paging.NEWEST),
        (Card.objects.filter(status="submitted"), paging.OLDEST_SUBMITTED),
    ):
        for columns in (order, [column.reversed() for column in order]):
            sorted_rows = rows.order_by(*(column.expression() for column in columns))
            plan = sorted_rows[:26].explain()
            assert "TEMP B-TREE" not in plan
            assert "Sort" not in plan
