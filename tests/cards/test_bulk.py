"""Rows written in bulk are the rows that a model would have written."""

import datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from cards import bulk, history
from cards.models import Card, Count
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


def test_nothing_to_write():
    bulk.insert(Card, NAMES, [])
    bulk.update(Card, ("place",), [])
    assert Card.objects.count() == 0
