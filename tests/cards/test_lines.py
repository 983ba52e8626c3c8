"""Lines of CSV that the database writes are those that a card at a time would give."""

import csv
import datetime
import io
import threading

import pytest
from django.db import DatabaseError, connection
from django.db.models import Func, IntegerField, Value

from cards.files import lines
from cards.files.cells import safe
from cards.files.export import COLUMNS, row_of
from cards.models import Card
from cards.serialise import as_text
from tests.factories import MonitorFactory, make_card, rows_of_cards
from tests.security.test_formulas import PAYLOADS

pytestmark = pytest.mark.django_db
WHOLE = {name: name for name in COLUMNS}


def expected(cards) -> list[list[str]]:
    return [[safe(as_text(value)) for value in row_of(card)] for card in cards]


def read(parts) -> list[list[str]]:
    text = b"".join(parts).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


@pytest.fixture
def cards(reference):
    """Cards with everything answered, hardly anything, and texts of every kind."""
    rows = rows_of_cards(
        len(PAYLOADS) + 3,
        monitor=MonitorFactory(),
        start_time=lambda index: datetime.time(index % 24, 5, 7) if index % 3 else None,
        duration_minutes=lambda index: index or None,
        latitude=lambda index: ("43.25000", "51.5", None, "41")[index % 4],
        longitude=lambda index: ("76.95", "71", None, "50.10")[index % 4],
    )
    texts = [*PAYLOADS, 'a "quoted"\r\nline; =1', "плюс + минус - здесь", "\tx"]
    for row, text in zip(rows, texts, strict=True):
        Card.objects.filter(pk=row.pk).update(
            description=text or "-", demands=text, settlement=text[:200]
        )
    Card.objects.filter(pk=rows[0].pk).update(ref="=1+1")
    make_card("draft", detained=None, detained_unknown=True)
    return Card.objects.order_by("-date", "-id")


def test_the_same_as_card_by_card(cards):
    found = read(lines.written(cards, WHOLE))
    assert found[0] == list(COLUMNS)
    assert found[1:] == expected(cards)
    assert len(found) > 40


@pytest.mark.parametrize("nothing", [Card.objects.none, lambda: Card.objects.filter(pk__in=[])])
def test_cards_of_which_there_can_be_none_give_the_names_of_the_columns_alone(nothing):
    assert read(lines.written(nothing(), WHOLE)) == [list(COLUMNS)]


@pytest.mark.parametrize(("end", "mark"), [("\r\n", True), ("\n", False)])
def test_ends_of_lines_and_the_mark_are_as_asked(cards, end, mark):
    whole = b"".join(
        lines.written(cards, {"number": "city", "is": "status"}, end=end, mark=mark)
    ).decode()
    assert whole.startswith("\ufeff") == mark
    assert whole.lstrip("\ufeff").split(end)[:2] == ["number,is", f"{cards[0].city_id},draft"]
    assert whole.endswith(end)


def test_columns_stay_empty_and_go_by_other_names(cards):
    found = read(lines.written(cards, {"ref": "uuid", "place": "", "city": "city"}))
    assert found[0] == ["ref", "place", "city"]
    assert found[1:] == [[str(card.uuid), "", card.city_id or ""] for card in cards]


@pytest.mark.parametrize("size", [1, 2, 7, 1 << 18])
def test_line_feeds_in_texts_stay_wherever_a_part_ends(size):
    text = b'a,"x\ny ""z""\n",b\nc,d,e\n"\n",1,\n'
    parts = (text[at : at + size] for at in range(0, len(text), size))
    assert b"".join(lines._ended(parts, b"\r\n")) == (b'a,"x\ny ""z""\n",b\r\nc,d,e\r\n"\n",1,\r\n')


@pytest.mark.django_db(transaction=True)
def test_nothing_is_left_behind_by_whoever_stops_reading(reference):
    rows_of_cards(30, monitor=MonitorFactory(), description=lambda index: "x" * 40_000)
    before = threading.active_count()
    parts = lines.written(Card.objects.order_by("id"), WHOLE)
    assert next(parts).startswith("\ufeffref,".encode())
    assert next(parts)
    parts.close()
    assert threading.active_count() == before
    assert len(read(lines.written(Card.objects.order_by("id"), WHOLE))) == 31
    assert not connection.in_atomic_block


@pytest.mark.django_db(transaction=True)
def test_what_the_database_refuses_is_told(reference):
    make_card("draft")
    broken = Card.objects.annotate(
        wrong=Func(Value("x"), function="no_such_function", output_field=IntegerField())
    )
    with pytest.raises(DatabaseError, match="no_such_function"):
        b"".join(lines.written(broken.filter(wrong=1), WHOLE))
