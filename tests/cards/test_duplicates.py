"""Cards that may tell of one assembly: pairs that must be named and pairs that must not."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from cards import duplicates, services
from cards.similarity import similarity
from tests.factories import EditorFactory, MonitorFactory, make_card, rows_of_cards

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
THE_DAY = datetime.date(2018, 5, 10)

#: Two ways to write a place, and whether they are the same, similar or different ones.
PLACES = [
    ("ул. Абая, 10", "улица Абая 10", "same"),
    ("Абай көшесі 10", "ул. Абая, 10", "same"),
    ("пл. Республики", "Республика алаңы", "same"),
    ("Площадь Республики", "площадь республики у монумента", "same"),
    ("пр. Назарбаева", "Назарбаев даңғылы", "same"),
    ("Сквер Чокана Валиханова", "сквер Ч. Валиханова", "same"),
    ("у здания акимата", "Акимат, перед зданием", "same"),
    ("Наурыз алаңы", "площадь Наурыз", "same"),
    ("Орталық алаң, Қазақстан", "площадь, Казахстан", "same"),
    ("памятник Абылай-хану", "Памятник Абылайхану", "same"),
    ("ул. Абая, 10", "ул. Абая, 150", "similar"),
    ("пл. Абая", "пр. Абая", "similar"),
    ("пл. Республики", "парк Горького", "different"),
    ("ул. Абая", "ул. Сатпаева", "different"),
    ("ул. Толе би", "ул. Казыбек би", "different"),
    ("", "ул. Абая", "different"),
    ("площадь", "площадь", "same"),
    ("площадь", "парк", "different"),
]


@pytest.mark.parametrize(("one", "two", "expected"), PLACES)
def test_places_written_in_two_ways(one, two, expected):
    value = similarity(one, two)
    assert value == similarity(two, one)
    assert 0 <= value <= 1
    found = (
        "same"
        if value >= duplicates.SAME
        else "similar"
        if value >= duplicates.SIMILAR
        else "different"
    )
    assert found == expected, value


ELSE = {"form": "picket", "topic": "pension_size", "place": "Парк Горького"}
LATE = {"start_time": datetime.time(18), "end_time": datetime.time(19)}
#: What the second card says differently, and whether it may be the same assembly.
PAIRS = {
    "the same answers": ({}, True),
    "the place in capitals": ({"place": "SQUARE BEFORE THE THEATRE"}, True),
    "another form and topic": ({"form": "picket", "topic": "pension_size"}, True),
    "another place in words": ({"place": "Угол Абая и Сейфуллина"}, True),
    "half an hour later, fewer people": (
        {"start_time": datetime.time(12, 30), "participants": 15, "participants_low": None},
        True,
    ),
    "after midnight": (
        {"date": THE_DAY + DAY, "start_time": datetime.time(0, 10), "end_time": None},
        True,
    ),
    "the day before": ({"date": THE_DAY - DAY}, True),
    "a strike that is still going on": (
        {"date": THE_DAY - 9 * DAY, "end_date": THE_DAY - DAY, "end_time": None},
        True,
    ),
    "only the month known": (
        {"date": datetime.date(2018, 5, 31), "date_precision": "month", "start_time": None},
        True,
    ),
    "nothing known but the form": (
        {"place": "Not known", "start_time": None, "topic": "pension_size", "participants": None,
         "participants_low": None, "participants_high": None},
        False,
    ),
    "time and number only": (ELSE, False),
    "two pickets at noon": ({"topic": "police_actions", "place": "Парк Горького"}, False),
    "the form, in the evening, elsewhere": ({**LATE, "topic": "pension_size",
                                             "place": "Парк Горького"}, False),
    "two days later": ({"date": THE_DAY + 2 * DAY}, False),
    "a strike that ended two days before": (
        {"date": THE_DAY - 9 * DAY, "end_date": THE_DAY - 2 * DAY, "end_time": None},
        False,
    ),
    "another month": (
        {"date": datetime.date(2018, 6, 30), "date_precision": "month", "start_time": None},
        False,
    ),
    "another city": ({"city": "astana"}, False),
    "another village": ({"settlement": "Ақсай", **LATE, "form": "picket"}, True),
}  # fmt: skip


@pytest.mark.parametrize("pair", PAIRS)
def test_pairs(reference, pair):
    changes, expected = PAIRS[pair]
    first = make_card("submitted")
    second = make_card("submitted", **changes)
    editor = EditorFactory()
    found = [each.card for each in duplicates.candidates(first, editor)]
    assert found == ([second] if expected else [])
    # Whoever is looked at first.
    assert [each.card for each in duplicates.candidates(second, editor)] == (
        [first] if expected else []
    )


def test_villages_tell_the_same_square_apart(reference):
    first = make_card("submitted", settlement="Бесагаш", place="Площадь")
    second = make_card("submitted", settlement="Отеген батыр", place="Площадь", form="picket",
                       topic="pension_size", **LATE)  # fmt: skip
    assert duplicates.candidates(first, EditorFactory()) == []
    assert second.city == first.city


def test_the_reasons_are_said_in_words(reference):
    first = make_card("submitted")
    make_card("submitted", monitor=first.monitor, start_time=datetime.time(13, 5), end_time=None,
              topic="pension_size", participants=26)  # fmt: skip
    with translation.override("en"):
        (found,) = duplicates.candidates(first, EditorFactory())
        reasons = [str(reason) for reason in found.reasons]
    assert reasons == [
        "the same place",
        "the same form",
        "a related topic",
        "1 hour apart",
        "the same day",
        "a similar number of participants",
        "the same monitor",
    ]
    assert 0.5 < found.score < 1
    assert found.percent == round(100 * found.score)


def test_the_likeliest_comes_first_and_no_more_than_five(reference):
    card = make_card("submitted")
    make_card("submitted", place="Somewhere else altogether")
    exact = make_card("approved")
    for hour in range(13, 18):
        make_card("submitted", start_time=datetime.time(hour), end_time=None)
    found = duplicates.candidates(card, EditorFactory())
    assert found[0].card == exact
    assert found[0].score == 1
    assert len(found) == duplicates.MOST_NAMED
    assert [each.score for each in found] == sorted((e.score for e in found), reverse=True)


def test_what_was_set_aside_is_no_candidate(reference):
    card = make_card("submitted")
    make_card("rejected")
    repeated = make_card("duplicate", duplicate_of=card)
    assert duplicates.candidates(card, EditorFactory()) == []
    assert [each.card for each in duplicates.candidates(repeated, EditorFactory())] == [card]


def test_drafts_are_their_monitors_alone(reference):
    monitor = MonitorFactory()
    card, own = make_card("draft", monitor=monitor), make_card("draft", monitor=monitor)
    make_card("draft")
    assert [each.card for each in duplicates.candidates(card, monitor)] == [own]
    assert duplicates.candidates(card, EditorFactory()) == []


def test_a_card_without_city_or_day_has_no_candidates_yet(reference):
    make_card("submitted")
    card = make_card("draft", city=None)
    assert duplicates.candidates(card, card.monitor) == []
    card = make_card("draft", date=None)
    assert duplicates.candidates(card, card.monitor) == []


@pytest.mark.parametrize("number", [3, 60])
def test_two_queries_whatever_there_is(reference, number):
    card = make_card("submitted")
    rows_of_cards(number, monitor=card.monitor, status="submitted")
    card, editor = type(card).objects.with_labels().get(pk=card.pk), EditorFactory()
    with CaptureQueriesContext(connection) as queries:
        assert len(duplicates.candidates(card, editor)) == min(number, 5)
    # All that lie near, and the few of them that are named.
    assert len(queries) == 2


def test_no_more_are_compared_than_a_busy_city_has_in_two_days(reference, monkeypatch):
    monkeypatch.setattr(duplicates, "MOST_COMPARED", 4)
    card = make_card("submitted")
    rows_of_cards(9, monitor=card.monitor, status="submitted")
    assert len(duplicates.nearby(card, EditorFactory())) == 4


def test_a_card_being_written_is_compared_with_what_is_there(reference):
    card = services.create(actor=MonitorFactory(), answers={"city": "almaty", "date": THE_DAY})
    make_card("submitted")
    assert duplicates.candidates(card, card.monitor) == []
