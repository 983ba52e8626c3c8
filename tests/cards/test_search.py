"""Search by words: both plans find the same cards, and the index follows every change."""

import pytest
from django.db import connection

from cards import search, services
from cards.models import Card
from tests.factories import MonitorFactory, make_card, rows_of_cards

pytestmark = pytest.mark.django_db


def found(text: str) -> set[int]:
    return set(search.found(Card.objects.all(), text).values_list("pk", flat=True))


@pytest.fixture(params=["walk", "index"])
def plan(request, monkeypatch):
    """Once in the order of the list, once by the index."""
    monkeypatch.setattr(search, "_common", lambda using, wanted: request.param == "walk")
    return request.param


def kept(*texts: str) -> list[int]:
    rows = rows_of_cards(len(texts), monitor=MonitorFactory())
    for row, text in zip(rows, texts, strict=True):
        Card.objects.filter(pk=row.pk).update(search_text=search.text_of(text))
    return [row.pk for row in rows]


@pytest.mark.parametrize(
    ("asked", "indices"),
    [
        ("пенси", {0}),
        ("ПЕНСИЙ, повысить!", {0}),
        ("ғимарат", {1}),
        ("қ", {1, 2}),
        ("2018-kz-75-000", {1}),
        ("2018 0007", {1}),
        ("0007", {1}),
        ("007", set()),
        ("енсий", set()),
        ("йод", {2}),
        ("иод", set()),
        ("12e5", {2}),
        ("5gb", {2}),
        ("a'b\"c*", {2}),
        ("пенсий нет", set()),
        ("* - \" '", set()),
        ("ы" * 300, {3}),
    ],
)
def test_words_begin_as_asked(reference, plan, asked, indices):
    keys = kept(
        "Повысить пенсии! «пенсий»", "2018-KZ-75-0007 қала ғимараты", "Йод, қан: 12e5 5gb a b c",
        "ы" * 400,
    )  # fmt: skip
    assert found(asked) == {keys[index] for index in indices}


def test_nothing_asked_leaves_all(reference):
    keys = kept("one", "two")
    assert found("  ") == set(keys)


def test_too_many_for_the_index_are_looked_for_in_the_cards(reference, monkeypatch):
    keys = kept("шеру", "шеру", "митинг")
    monkeypatch.setattr(search, "_common", lambda using, wanted: False)
    monkeypatch.setattr(search, "MOST_FROM_INDEX", 1)
    assert found("шеру") == set(keys[:2])


def test_a_word_of_many_of_the_newest_cards_is_common(reference, monkeypatch):
    kept("шеру", "шеру", "митинг")
    monkeypatch.setattr(search, "SAMPLE", 3)
    monkeypatch.setattr(search, "COMMON", 2)
    assert search._common("default", ["шеру"])
    assert not search._common("default", ["митинг"])


def test_the_index_follows_what_is_written(reference, monkeypatch, monitor):
    monkeypatch.setattr(search, "_common", lambda using, wanted: False)
    card = make_card("draft", monitor=monitor, place="Площадь Абая")
    assert found("абая") == {card.pk}
    services.save(card, actor=monitor, answers={"place": "Сквер Гоголя"}, expected_version=1)
    assert (found("абая"), found("гоголя")) == (set(), {card.pk})
    submitted = make_card("submitted")
    assert found(submitted.number) == {submitted.pk}


def test_it_is_made_again_where_it_is_missing(reference, monkeypatch):
    monkeypatch.setattr(search, "_common", lambda using, wanted: False)
    search.remove(connection)
    assert not search.complete(connection)
    keys = kept("шеру")
    connection.check_constraints()  # PostgreSQL makes no index while checks are waiting
    search.install(connection)
    assert search.complete(connection)
    assert found("шеру") == set(keys)
