"""Counts of people on the card's page: in the order of time, the used and the highest one told."""

import datetime

import pytest

from cards import services
from cards.counts import tables_of
from cards.models import Card
from tests.factories import make_card

pytestmark = pytest.mark.django_db
NO_POLICE = {"police": None, "police_basis": ""}
NO_PARTICIPANTS = {
    "participants": None,
    "participants_low": None,
    "participants_high": None,
    "participants_basis": "",
}


def at(text: str | None) -> datetime.time | None:
    return datetime.time.fromisoformat(text) if text else None


def count(card, best, when=None, subject="participants", **numbers):
    return services.add_count(
        card, actor=card.monitor, subject=subject, best=best, basis="estimated",
        counted_at=at(when), **numbers,
    )  # fmt: skip


def told(card) -> list[tuple]:
    card = Card.objects.with_everything().get(pk=card.pk)
    return [
        (table.subject, row.count.best, row.count.counted_at, row.count.used, row.highest)
        for table in tables_of(card)
        for row in table.rows
    ]


def test_in_the_order_of_time_the_unknown_last(reference):
    card = make_card("draft", **NO_POLICE)
    count(card, 40, "13:10")
    count(card, 60, "12:20")
    assert told(card) == [
        ("participants", 60, at("12:20"), False, True),
        ("participants", 40, at("13:10"), False, False),
        ("participants", 25, None, True, False),
    ]


def test_the_small_hours_of_a_long_night_come_last(reference):
    card = make_card("draft", start_time=at("22:00"), end_time=at("01:30"), **NO_PARTICIPANTS)
    for best, when in ((30, "00:40"), (50, "22:10"), (45, "23:30")):
        count(card, best, when)
    assert [row[1] for row in told(card) if row[0] == "participants"] == [50, 45, 30]


def test_what_is_not_known_is_compared_with_nothing(reference):
    card = make_card("draft", **NO_PARTICIPANTS, **NO_POLICE)
    count(card, None, "12:00", low=80)
    assert [row[-1] for row in told(card)] == [False]
    count(card, 70, "12:30")
    count(card, None, "13:00", high=500)
    count(card, 0, "14:00")
    assert [row[-1] for row in told(card)] == [True, False, False, False]
    # Two that say the same are both the highest.
    count(card, 80, "15:00")
    assert [row[-1] for row in told(card)] == [True, False, False, False, True]


def test_participants_come_before_police(reference):
    card = make_card("draft")
    count(card, 12, "12:00", subject="police")
    assert [row[:2] for row in told(card)] == [
        ("participants", 25), ("police", 12), ("police", 10),
    ]  # fmt: skip


def test_the_page_shows_a_table_for_each(signed_in, reference):
    card = make_card("draft")
    for best, when in ((60, "12:20"), (40, "13:10")):
        count(card, best, when)
    page = signed_in(card.monitor).get(card.get_absolute_url()).content.decode()
    assert page.count('<table class="counts">') == 2
    assert page.count("<caption>") >= 2
    assert page.index('datetime="12:20"') < page.index('datetime="13:10"')
    assert page.count(">highest</span>") == 1
    assert page.count(">used</span>") == 2
    assert page.count("Use this count</button>") == 2


def test_a_card_without_counts_says_nothing_of_them(signed_in, editor):
    card = make_card("submitted", **NO_PARTICIPANTS, **NO_POLICE)
    assert 'id="counts"' not in signed_in(editor).get(card.get_absolute_url()).content.decode()


@pytest.mark.parametrize("number", [1, 30])
def test_no_query_of_their_own(reference, django_assert_num_queries, number):
    card = make_card("draft")
    for minute in range(number):
        count(card, minute, f"12:{minute:02d}")
    card = Card.objects.with_everything().get(pk=card.pk)
    with django_assert_num_queries(0):
        assert sum(len(table.rows) for table in tables_of(card)) == number + 2
