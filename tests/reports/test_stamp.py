"""A report is gathered anew exactly when something that it is made from has changed."""

from __future__ import annotations

import datetime

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from cards import services, workflow
from cards.models import Card, Coverage, Form, Law, Period, Place, Topic
from reports import facts, importing, source, stamp
from reports.models import Fact, PublishedValue
from tests.factories import EditorFactory, MonitorFactory, make_card
from tests.reports.test_published import PRINTED_2018

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def reference_rows(reference):
    assert stamp.complete(connection)


def mark() -> str:
    found = stamp.now("default")
    assert found is not None
    return found


def test_what_has_not_changed_costs_one_query():
    make_card("approved")
    first = source.gather("2018")
    with CaptureQueriesContext(connection) as queries:
        again = source.gather("2018")
    assert again is first
    assert len(queries) == 1


CHANGES = {
    "a name of a place": lambda: Place.objects.filter(pk="almaty").update(label_en="Alma-Ata"),
    "a form": lambda: Form.objects.filter(pk="rally").update(label_en="Meeting"),
    "the order of topics": lambda: Topic.objects.order_by("pk").update(order=1),
    "a law": lambda: Law.objects.update(answer_days=3),
    "a period": lambda: Period.objects.filter(pk="2018").update(months=11),
    "a covered month": lambda: Coverage.objects.create(
        place_id="almaty", month=datetime.date(2018, 5, 1), state="none"
    ),
    "a fact, past the product": lambda: Fact.objects.update(sums={}),
    "facts that are derived anew": lambda: facts.rebuild(),
    "facts that are gone": lambda: Fact.objects.all().delete(),
}


@pytest.mark.parametrize("what", CHANGES)
def test_it_is_gathered_anew_after(what):
    make_card("approved")
    first, before = source.gather("2018"), mark()
    CHANGES[what]()
    assert mark() != before
    assert source.gather("2018") is not first


def test_printed_figures_belong_to_it():
    first = source.gather("2018")
    importing.load(importing.check(PRINTED_2018))
    assert PublishedValue.objects.exists()
    assert source.gather("2018").fingerprint != first.fingerprint


def test_every_change_of_a_counted_card_is_one():
    """Also of what the facts themselves do not show: two cards exchange their police, so that
    every sum stays and the median does not."""
    exact = {"participants_low": None, "participants_high": None, "police_low": None,
             "police_high": None}  # fmt: skip
    first = make_card("approved", participants=10, police=10, **exact)
    second = make_card("approved", participants=1000, police=20, **exact)
    before = source.gather("2018")
    median = before.facts["2018"].medians
    editor = EditorFactory()
    for card, police in ((first, 20), (second, 10)):
        card.refresh_from_db()
        services.save(
            card, actor=editor, answers={"police": police}, reason="exchanged",
            expected_version=card.version,
        )  # fmt: skip
    after = source.gather("2018")
    assert after.facts["2018"].medians != median
    assert after.facts["2018"].sums == before.facts["2018"].sums


def test_an_approval_shows_at_once():
    card = make_card("submitted", monitor=MonitorFactory())
    assert source.gather("2018").facts["2018"].assemblies() == 0
    workflow.apply(card, "approve", actor=EditorFactory())
    assert source.gather("2018").facts["2018"].assemblies() == 1


def test_what_is_rolled_back_leaves_the_mark():
    before = mark()

    def change() -> None:
        with transaction.atomic():
            Place.objects.filter(pk="almaty").update(label_en="X")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        change()
    assert mark() == before


def test_inside_a_transaction_nothing_kept_is_used():
    make_card("approved")
    source.gather("2018")
    with transaction.atomic():
        assert stamp.now("default") is None
        Place.objects.filter(pk="almaty").update(label_en="X")
        assert source.gather("2018").vocabulary.places["almaty"].en == "X"


def test_without_its_triggers_nothing_is_kept(monkeypatch):
    monkeypatch.setattr(stamp, "_TRUSTED", set())
    stamp.remove(connection)
    try:
        assert not stamp.complete(connection)
        assert stamp.now("default") is None
        assert source.gather("2018") is not source.gather("2018")
    finally:
        stamp.install(connection)
    assert stamp.complete(connection)


def test_sources_are_few():
    kept = source._Kept()
    for number in range(3 * kept.MOST):
        kept.get("mark", (number,), lambda code: code)
    assert len(kept._sources) == kept.MOST
    kept.get("another", (0,), lambda code: code)
    assert list(kept._sources) == [(0,)]


def test_cards_that_do_not_count_change_nothing():
    before = mark()
    make_card("draft")
    make_card("submitted")
    assert mark() == before
    assert Card.objects.count() == 2
