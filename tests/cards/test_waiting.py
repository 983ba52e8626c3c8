"""What waits for a monitor: which cards, in which order, where it leads, how many queries."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from cards import reminders, review, services, workflow
from cards.followups import next_code, persons_of
from cards.models import Card, Event
from cards.waiting import decided_of, followups_of, waiting_for
from tests.factories import (
    OUTCOME,
    EditorFactory,
    MonitorFactory,
    add_outcome,
    make_card,
    rows_of_cards,
)
from tests.history import unguarded

pytestmark = pytest.mark.django_db
TAKEN = {"detained": 3, "police_actions": ("detained",), "in_the_name_of_the_law": "no"}
PENDING = {"outcome": "pending", "fine_mci": None}


def lacking(user=None) -> set[int]:
    cards = Card.objects.all() if user is None else Card.objects.filter(monitor=user)
    return set(cards.lacking_outcome().values_list("pk", flat=True))


def decide(card, *codes, **changes):
    for code in codes:
        add_outcome(card, case_code=code, **changes)


def list_of(client):
    return client.get(reverse("cards:list"))


def test_nothing_waits_for_whoever_has_nothing(signed_in, monitor):
    waiting = waiting_for(monitor)
    assert not waiting
    assert not waiting.asks
    assert "waiting-title" not in list_of(signed_in(monitor)).content.decode()


@pytest.mark.slow
def test_whose_people_lack_an_outcome(reference):
    none_known = make_card("approved", **TAKEN)
    some = make_card("submitted", **TAKEN)
    decide(some, "A-01", "A-02", review="pending")
    everybody = make_card("draft", **TAKEN)
    decide(everybody, "A-01", "A-02", "A-03", review="pending")
    released = make_card("approved", **TAKEN, released_without_report=1)
    decide(released, "A-01", "A-02")
    again = make_card("approved", **TAKEN, released_without_report=3)
    decide(again, "A-01")
    add_outcome(again, case_code="A-01", decided_on=datetime.date(2018, 7, 1), **PENDING)
    undone = make_card("approved", **TAKEN, released_without_report=2)
    add_outcome(undone, case_code="A-01", review="rejected")
    make_card("approved", **TAKEN, released_without_report=3)
    make_card("rejected", **TAKEN)
    make_card("duplicate", **TAKEN)
    make_card("approved")
    assert lacking() == {none_known.pk, some.pk, again.pk, undone.pk}


def test_a_number_that_is_not_known_is_not_none(reference):
    unknown = make_card("approved", **TAKEN | {"detained": None})
    pending = make_card("approved", **TAKEN | {"detained": None})
    decide(pending, "A-01")
    add_outcome(pending, case_code="A-02", **PENDING)
    assert lacking() == {unknown.pk, pending.pk}
    decide(unknown, "A-01")
    assert lacking() == {pending.pk}
    # A question that nobody has answered yet is no detention.
    assert make_card("draft", detained=None, detained_unknown=False).pk not in lacking()


def test_the_people_of_a_card_with_what_counts_of_each(reference):
    card = make_card("approved", **TAKEN)
    add_outcome(card, case_code="A-01", decided_on=datetime.date(2018, 7, 1))
    add_outcome(card, case_code="A-01", decided_on=None, **PENDING)
    add_outcome(card, case_code="A-02", review="rejected")
    add_outcome(card, case_code="B", **PENDING)
    people = persons_of(Card.objects.with_everything().get(pk=card.pk))
    found = [(each.code, each.latest and each.latest.outcome, each.decided) for each in people]
    assert found == [("A-01", "fine", True), ("A-02", None, False), ("B", "pending", False)]


@pytest.mark.parametrize(
    ("codes", "free"),
    [
        ([], "A-01"),
        (["A-01"], "A-02"),
        (["A-01", "a-09"], "a-10"),
        (["Z"], "A-01"),
        (["A-01", "B7"], "B8"),
        (["A-99"], "A-100"),
    ],
)
def test_a_code_for_somebody_new(codes, free):
    assert next_code(codes) == free
    assert free not in codes


def test_when_a_monitor_is_reminded(monitor):
    today = timezone.localdate()
    old, young = (
        make_card("approved", monitor=monitor, date=today - datetime.timedelta(days=days), **TAKEN)
        for days in (20, 5)
    )
    undated = make_card("draft", monitor=monitor, date=None, **TAKEN)
    older = make_card("submitted", monitor=monitor, date=old.date.replace(year=2018), **TAKEN)
    make_card("approved", **TAKEN)
    found = [(item.card.pk, item.due, item.remind_on) for item in followups_of(monitor)]
    assert found == [
        (older.pk, True, older.date + reminders.FIRST),
        (old.pk, True, old.date + reminders.FIRST),
        (young.pk, False, young.date + reminders.FIRST),
        (undated.pk, False, None),
    ]
    later = today + datetime.timedelta(days=7)
    reminders.remind(old, user=monitor, on=later)
    reminders.remind(young, user=MonitorFactory(), on=later)
    found = {item.card.pk: (item.due, item.remind_on) for item in followups_of(monitor)}
    assert found[old.pk] == (False, later)
    assert found[young.pk] == (False, young.date + reminders.FIRST)


def test_who_may_not_add_an_outcome_any_more_is_not_asked_for_one(reference):
    monitor = MonitorFactory(all_regions=False, regions=["KZ-71"])
    card = make_card("approved", **TAKEN)
    Card.objects.filter(pk=card.pk).update(monitor=monitor)
    assert followups_of(monitor) == []


def test_everybody_new_has_a_code_until_all_have_one(monitor):
    card = make_card("approved", monitor=monitor, **TAKEN, released_without_report=1)
    assert [item.new_code for item in followups_of(monitor)] == ["A-01"]
    add_outcome(card, **PENDING)
    assert [item.new_code for item in followups_of(monitor)] == ["A-02"]
    add_outcome(card, case_code="A-02")
    (item,) = followups_of(monitor)
    assert (item.new_code, item.decided) == ("", 1)
    assert [person.code for person in item.undecided] == ["A-01"]


@pytest.mark.slow
def test_each_item_leads_to_its_very_place(signed_in, monitor, editor):
    draft = make_card("draft", monitor=monitor, topic=None)
    returned = make_card("returned", monitor=monitor, editor=editor, **TAKEN)
    asked = make_card("submitted", monitor=monitor)
    query = review.ask(asked, actor=editor, field="place", text="Which square?")
    waiting = waiting_for(monitor)
    form = reverse("cards:edit", args=[returned.uuid])
    assert [item.place for item in waiting.returned] == [form]
    assert [item.place for item in waiting.drafts] == [
        reverse("cards:edit", args=[draft.uuid]) + "#id_topic"
    ]
    assert [item.place for item in waiting.questions] == [
        f"{asked.get_absolute_url()}#query-{query.pk}"
    ]
    second = review.ask(returned, actor=editor, field="police", text="How many?")
    waiting = waiting_for(monitor)
    assert waiting.returned[0].place == f"{form}#query-{second.pk}"
    client = signed_in(monitor)
    page = list_of(client).content.decode()
    for item in (*waiting.returned, *waiting.drafts, *waiting.questions, *waiting.followups):
        assert f'href="{item.place}"' in page
        there, _, anchor = item.place.partition("#")
        assert f'id="{anchor}"' in client.get(there).content.decode()
    assert f'href="{reverse("cards:outcome_add", args=[returned.uuid])}?case=A-01"' in page
    assert "Because of the test" in page
    assert "How many?" in page


def test_what_was_decided_lately_is_told_with_its_reason(signed_in, monitor, editor):
    approved = make_card("approved", monitor=monitor, editor=editor)
    rejected = make_card("rejected", monitor=monitor, editor=editor)
    make_card("duplicate", monitor=monitor, editor=editor, duplicate_of=approved)
    reopened = make_card("approved", monitor=monitor, editor=editor)
    workflow.apply(reopened, "reopen", actor=editor, reason="A mistake")
    make_card("approved")
    with translation.override("en"):
        told = [(item.card.pk, str(item.text)) for item in decided_of(monitor)]
    assert told[1:] == [
        (rejected.pk, "Rejected: Because of the test"),
        (approved.pk, "Approved"),
    ]
    assert told[0][1] == "Duplicate"
    response = list_of(signed_in(monitor))
    assert not response.context["waiting"].asks
    assert "Rejected: Because of the test" in response.content.decode()
    assert "Waiting for you" not in response.content.decode()
    assert decided_of(monitor, timezone.now() + datetime.timedelta(days=15)) == []


def test_a_card_approved_twice_is_told_of_once(monitor, editor):
    card = make_card("approved", monitor=monitor, editor=editor)
    workflow.apply(card, "reopen", actor=EditorFactory(), reason="A mistake")
    workflow.apply(card, "approve", actor=editor)
    assert [item.card.pk for item in decided_of(monitor)] == [card.pk]
    with unguarded():
        Event.objects.filter(card=card).update(actor=monitor)
    assert decided_of(monitor) == []


@pytest.mark.parametrize("number", [3, 8])
def test_as_many_queries_for_many_cards_as_for_few(monitor, editor, number):
    for status in ("draft", "returned", "approved", "rejected"):
        rows = rows_of_cards(number, monitor=monitor, status=status, **TAKEN)
        for card in rows[:number]:
            if status == "returned":
                review.ask(card, actor=editor, field="place", text="Which?")
            if status == "approved":
                services.add_outcome(card, actor=monitor, outcome={**OUTCOME, "case_code": "A-01"})
                reminders.remind(
                    card, user=monitor, on=timezone.localdate() + datetime.timedelta(days=9)
                )
    with CaptureQueriesContext(connection) as queries:
        waiting = waiting_for(monitor)
        assert [item.place for item in waiting.returned + waiting.drafts]
        assert [item.place for item in waiting.questions]
        assert [(item.place, item.new_code, item.card.title) for item in waiting.followups]
    sizes = [len(part) for part in (waiting.returned, waiting.questions, waiting.drafts)]
    assert sizes == [number] * 3
    # Drafts and returned cards have people detained, too.
    assert len(waiting.followups) == 3 * number
    assert len(queries) == 10, "\n".join(query["sql"][:150] for query in queries)


def test_the_first_of_very_many_are_shown(reference, monitor, monkeypatch):
    monkeypatch.setattr("cards.waiting.MOST", 2)
    day = datetime.date(2018, 5, 1)
    rows = rows_of_cards(
        4, monitor=monitor, detained=1, date=lambda index: day + datetime.timedelta(days=index)
    )
    later = timezone.localdate() + datetime.timedelta(days=9)
    reminders.remind(rows[0], user=monitor, on=later)
    found = followups_of(monitor)
    assert [each.card.pk for each in found] == [rows[1].pk, rows[2].pk]
    Card.objects.filter(pk__in=[rows[1].pk, rows[2].pk]).update(detained=0)
    assert [each.card.pk for each in followups_of(monitor)] == [rows[3].pk, rows[0].pk]
