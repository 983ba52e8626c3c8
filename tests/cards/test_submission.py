"""A card that is submitted as it comes: one transaction, few statements, all of it or nothing."""

from __future__ import annotations

import uuid

import pytest
from django.contrib.messages import get_messages
from django.contrib.sessions.models import Session
from django.db import DatabaseError, IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cards import bulk, history, proof, services, workflow
from cards.models import Card, City, Count, Event, Form, HistoryHead, NumberSequence, Topic
from cards.rows import of_codes
from tests.cards.test_card_views import post, posted
from tests.factories import MonitorFactory, card_answers, ensure_reference

#: What a text may hold that SQL, JSON or a template of either could read as its own.
SIGNS = "“Жиналыс” 'q' \"d\" %s %(x)s \\ \\n ;,|[] {}\tand\nline \u2028 🙂"


def composed(monitor, number: uuid.UUID | None = None, **changes) -> Card:
    answers = card_answers(**changes)
    return services.compose(actor=monitor, answers=answers, uuid=number or uuid.uuid4())


@pytest.mark.django_db
def test_the_entries_are_on_the_chain_whatever_the_card_says(monitor):
    for text in (SIGNS, "Second."):
        workflow.submit_new(composed(monitor, description=text), actor=monitor, warnings=["a", "b"])
    assert proof.verify().faults == ()
    created, submitted = Event.objects.filter(card__description=SIGNS).order_by("seq")
    assert created.changes["description"] == ["", SIGNS]
    assert submitted.changes == {"warnings": ["", "a;b"]}
    head = HistoryHead.objects.get()
    assert (head.seq, head.hash) == Event.objects.order_by("-seq").values_list("seq", "hash")[0]


@pytest.mark.django_db
def test_a_submission_asks_little(signed_in, monitor, django_assert_max_num_queries):
    client = signed_in(monitor)
    client.get(reverse("cards:list"))
    data = posted(card_answers(), action="submit")
    # Session and account; what is named; neighbours; where the test itself is in a transaction,
    # its beginning and end. SQLite carries out one by one what goes to PostgreSQL together.
    together = {"postgresql": 3, "sqlite": 7}[connection.vendor]
    with django_assert_max_num_queries(2 + 1 + 1 + 2 + together + 1):
        assert post(client, data).status_code == 302
    assert Card.objects.get().status == "submitted"


@pytest.mark.slow
@pytest.mark.django_db
def test_the_notice_comes_with_the_card_and_is_shown_once(signed_in, monitor):
    client = signed_in(monitor)
    client.get(reverse("cards:list"))
    with CaptureQueriesContext(connection) as asked:
        response = post(client, posted(card_answers(), action="submit"))
    card = Card.objects.get()
    text = f"Card {card.number} has been submitted."
    written = [each["sql"] for each in asked if "UPDATE" in each["sql"]]
    assert sum("django_session" in sql for sql in written) == 1
    # It is in the table already, not only in the memory of this request.
    stored = Session.objects.get(pk=client.session.session_key).get_decoded()
    assert text in stored["_messages"]
    assert [str(each) for each in get_messages(response.wsgi_request)] == []
    assert text in client.get(response.url).content.decode()
    assert text not in client.get(response.url).content.decode()


@pytest.mark.django_db
def test_a_session_that_ended_meanwhile_stays_ended(signed_in, monitor, monkeypatch):
    client = signed_in(monitor)
    client.get(reverse("cards:list"))
    number = services.next_number

    def ended(card, along=()):
        Session.objects.all().delete()
        return number(card, along)

    monkeypatch.setattr(services, "next_number", ended)
    post(client, posted(card_answers(), action="submit"))
    assert Card.objects.get().status == "submitted"
    assert not Session.objects.exists()


@pytest.mark.django_db
def test_sent_twice_it_is_one_card(signed_in, monitor):
    client = signed_in(monitor)
    data = posted(card_answers(), action="submit")
    first, second = post(client, data), post(client, data)
    assert first.status_code == 302
    assert second.status_code in (302, 403)
    assert Card.objects.count() == 1
    assert proof.verify().faults == ()


@pytest.mark.django_db(transaction=True)
def test_what_fails_leaves_nothing_and_a_connection_that_goes_on():
    ensure_reference()
    monitor = MonitorFactory()
    first = workflow.submit_new(composed(monitor), actor=monitor)
    before = NumberSequence.objects.get().last
    with pytest.raises(IntegrityError):
        workflow.submit_new(composed(monitor, first.uuid), actor=monitor)
    counted = (Card.objects.count(), Count.objects.count(), Event.objects.count())
    assert counted == (1, 2, 2)
    assert NumberSequence.objects.get().last == before
    assert connection.get_autocommit()
    third = workflow.submit_new(composed(monitor), actor=monitor)
    assert third.number.endswith(f"{before + 1:03d}")
    assert proof.verify().faults == ()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("step", ["card", "python", "last"])
def test_a_transaction_that_breaks_off_is_taken_back(monkeypatch, step):
    ensure_reference()
    monitor = MonitorFactory()
    card = composed(monitor)
    refused = ("SELECT nothing FROM nowhere", ())
    broken = {"card": lambda card: [refused], "python": lambda card: [][0], "last": None}
    if step == "last":
        monkeypatch.setattr(
            history, "record_held", lambda rows, along, end: bulk.run(*along, refused, *end)
        )
    with pytest.raises((DatabaseError, IndexError)):
        workflow.submit_new(card, actor=monitor, beside=broken[step])
    # Another connection of the same database would not see an open transaction; this one would.
    connection.close()
    assert not Card.objects.exists()
    assert not NumberSequence.objects.exists()
    assert not Event.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_what_a_brief_transaction_wrote_is_there_for_everybody():
    ensure_reference()
    with bulk.brief() as (begin, end):
        statement = ("UPDATE cards_city SET label_en = %s WHERE code = %s", ("Elsewhere", "almaty"))
        bulk.run(*begin, statement, *end)
    connection.close()
    assert City.objects.get(pk="almaty").label_en == "Elsewhere"


@pytest.mark.django_db
def test_rows_read_together_are_those_read_one_by_one(reference):
    codes = {City: "almaty", Form: "rally", Topic: Topic.objects.first().pk}
    found = of_codes(codes)
    for register, code in codes.items():
        one = register.objects.get(pk=code)
        names = [field.attname for field in register._meta.concrete_fields]
        assert [getattr(found[register], name) for name in names] == [
            getattr(one, name) for name in names
        ]
        assert not found[register]._state.adding
    assert of_codes({City: "almaty", Form: None, Topic: "none' OR 1=1 --"}) == {
        City: City.objects.get(pk="almaty"),
        Form: None,
        Topic: None,
    }


@pytest.mark.django_db
def test_entries_of_more_than_a_few_follow_those_of_few(monitor):
    card = workflow.submit_new(composed(monitor), actor=monitor)
    now = card.created_at
    row = (card.pk, "edited", monitor.pk, now, "", "", 2, {"place": ["", SIGNS]}, SIGNS)
    for number in (1, bulk.FEW, bulk.FEW + 1, 2):
        history.record_many([row] * number)
    assert proof.verify().faults == ()
    assert Event.objects.count() == 2 + 1 + bulk.FEW + bulk.FEW + 1 + 2
