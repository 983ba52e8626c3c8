"""Rows written in bulk are the rows that a model would have written."""

import datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from cards import bulk, history
from cards.models import Card, Count, NumberSequence
from cards.serialise import KEPT, REFERENCES
from tests.factories import full_answers, make_card

pytestmark = pytest.mark.usefixtures("reference")
NAMES = tuple(f"{name}_id" if name in REFERENCES else name for name in KEPT)
TEXTS = [
    "",
    "plain",
    "tab\tand\nline\r\n",
    r"back\slash \N \. \t",
    "“Жиналыс” 'q' \"d\" %s %(x)s ;,|",
]


def _card(**changes) -> list:
    answers = full_answers(**changes)
    return [answers[name] for name in KEPT]


def test_every_kind_of_value():
    changes = {
        "latitude": Decimal("43.23895"),
        "longitude": Decimal("76.88971"),
        "end_date": datetime.date(2018, 5, 12),
        "attributes": (),
        "report_worthy": True,
        "injured": 0,
    }
    now = timezone.now()
    bulk.insert(Card, (*NAMES, "created_at", "updated_at"), [[*_card(**changes), now, now]])
    card = Card.objects.get()
    for name, value in full_answers(**changes).items():
        assert getattr(card, f"{name}_id" if name in REFERENCES else name) == value, name
    assert (card.created_at, card.status, card.version, card.number) == (now, "draft", 1, None)
    assert card.uuid is not None


@pytest.mark.parametrize("text", TEXTS)
def test_texts_arrive_to_the_letter(text):
    card = make_card("draft")
    changes = {"place": ["", text], "demands": [text, ""]}
    history.record_many([[card.pk, "edited", None, timezone.now(), "", "", 1, changes, ""]])
    assert card.events.first().changes == changes
    now = timezone.now()
    row = [*_card(place=text, demands=text), now, now]
    bulk.insert(Card, (*NAMES, "created_at", "updated_at"), [row])
    written = Card.objects.exclude(pk=card.pk).get()
    assert (written.demands, written.place) == (text, text)
    bulk.update(Card, ("demands", "place"), [[text, text, card.pk]])
    card.refresh_from_db()
    assert (card.demands, card.place) == (text, text)


def test_updates_reach_their_rows_only():
    cards = [make_card("draft") for _ in range(3)]
    bulk.update(
        Card,
        ("place", "police", "attributes"),
        [["first", None, ("chants",), cards[0].pk], ["third", 7, (), cards[2].pk]],
    )
    found = Card.objects.order_by("pk").values_list("place", "police", "attributes")
    assert list(found) == [
        ("first", None, ("chants",)),
        ("Square before the theatre", 10, ("placards", "chants")),
        ("third", 7, ()),
    ]


def test_the_database_holds_its_rules():
    row = [make_card("draft").pk, "police", 5, 9, "counted", timezone.now()]
    names = ("card_id", "subject", "best", "low", "basis", "created_at")
    with pytest.raises(IntegrityError), transaction.atomic():
        bulk.insert(Count, names, [row])
    assert not Count.objects.filter(low=9).exists()


def test_rows_that_are_there_are_written_others_inserted(monkeypatch):
    monkeypatch.setattr(bulk, "PAGE", 2)
    columns, same = ("year", "city_id", "last"), ("year", "city_id")
    cities = ("almaty", "astana", "shymkent")
    bulk.upsert(NumberSequence, columns, [[2018, city, 1] for city in cities], same)
    bulk.upsert(NumberSequence, columns, [[2018, "astana", 5], [2019, "astana", 7]], same)
    found = NumberSequence.objects.order_by("year", "city").values_list(*columns)
    assert list(found) == [
        (2018, "almaty", 1), (2018, "astana", 5), (2018, "shymkent", 1), (2019, "astana", 7)
    ]  # fmt: skip


def test_keys_are_nobody_elses():
    before = make_card("draft").pk
    now = timezone.now()
    keys = bulk.keys(Card, 3)
    columns = ("id", *NAMES, "created_at", "updated_at")
    bulk.insert(Card, columns, [[key, *_card(), now, now] for key in keys])
    after = make_card("draft").pk
    assert before < min(keys)
    assert sorted(keys) == keys
    assert after > max(keys)
    assert set(Card.objects.values_list("pk", flat=True)) == {before, *keys, after}
    assert bulk.keys(Card, 0) == []


def test_what_is_left_out_gets_a_default_of_its_own():
    """Ten rows at once, which PostgreSQL takes by COPY, and two, by one statement."""
    now = timezone.now()
    columns = (*NAMES, "created_at", "updated_at")
    for number in (10, 2):
        bulk.insert(Card, columns, [[*_card(), now, now] for _row in range(number)])
    assert len(set(Card.objects.values_list("uuid", flat=True))) == 12
    assert set(Card.objects.values_list("status", "version")) == {("draft", 1)}


def test_nothing_to_write():
    bulk.insert(Card, NAMES, [])
    bulk.upsert(NumberSequence, ("year", "city_id", "last"), [], ("year", "city_id"))
    bulk.update(Card, ("place",), [])
    assert Card.objects.count() == 0
