"""Questions, checks let stand, marks, sightings: what is written while a card is under review."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import translation

from cards import at_once, flags, review, services, workflow
from cards.desk import asked_of, desk_of
from cards.models import Card, Dismissal, EventKind, Query, Sighting, Verification
from cards.reading import hidden_from, history_of
from cards.services import StaleVersion
from tests.factories import AnalystFactory, EditorFactory, MonitorFactory, make_card

pytestmark = pytest.mark.django_db


def history_for(user, card) -> list:
    """The history as the person reads it."""
    return history_of(card, hidden=hidden_from(user, card))


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def last(card: Card) -> tuple:
    event = card.events.first()
    return event.kind, event.actor, event.changes


def codes(refused) -> dict[str, list[str]]:
    errors = refused.value.error_dict
    return {name: [error.code for error in found] for name, found in errors.items()}


def test_a_question_is_asked_answered_asked_again_and_closed(editor):
    card = make_card("submitted")
    query = review.ask(card, actor=editor, field="place", text=" Which square? ")
    assert (query.state, query.field) == ("open", "place")
    assert last(card) == (
        "query", editor, {"field": ["", "place"], "query": ["", "Which square?"]},
    )  # fmt: skip
    query = review.answer(query, actor=card.monitor, text="The old one")
    assert query.state == "answered"
    assert last(card)[0] == "query_answered"
    query = review.ask_again(query, actor=editor, text="Before the theatre?")
    assert query.state == "open"
    query = review.answer(query, actor=card.monitor, text="Yes")
    query = review.close(query, actor=editor)
    assert (query.state, query.closed_by) == ("closed", editor)
    assert query.closed_at is not None
    assert last(card) == ("query_closed", editor, {"field": ["", "place"]})
    texts = [message.text for message in query.messages.all()]
    assert texts == ["Which square?", "The old one", "Before the theatre?", "Yes"]
    query = review.ask_again(query, actor=EditorFactory(), text="One more thing")
    assert (query.state, query.closed_by, query.closed_at) == ("open", None, None)


def test_a_version_does_not_move_with_a_question(editor):
    card = make_card("submitted")
    query = review.ask(card, actor=editor, text="Photographs?")
    review.answer(query, actor=card.monitor, text="Here")
    assert Card.objects.get(pk=card.pk).version == card.version


def test_what_is_sent_twice_is_there_once(editor):
    card = make_card("submitted")
    query = review.ask(card, actor=editor, text="Photographs?")
    assert review.ask(card, actor=editor, text="Photographs?") == query
    for _time in range(2):
        review.answer(query, actor=card.monitor, text="None")
    for _time in range(2):
        review.ask_again(query, actor=editor, text="Really?")
    for _time in range(2):
        review.close(query, actor=editor)
    assert query.messages.count() == 3
    kinds = list(card.events.values_list("kind", flat=True)[:4])
    assert kinds == ["query_closed", "query", "query_answered", "query"]


def test_words_are_needed_and_a_closed_question_takes_no_answer(editor):
    card = make_card("submitted")
    with pytest.raises(ValidationError) as refused:
        review.ask(card, actor=editor, text="  ")
    assert codes(refused) == {"text": ["required"]}
    with pytest.raises(KeyError):
        review.ask(card, actor=editor, text="What?", field="colour")
    query = review.ask(card, actor=editor, text="What?")
    for write in (review.answer, review.ask_again):
        actor = card.monitor if write is review.answer else editor
        with pytest.raises(ValidationError):
            write(query, actor=actor, text="\n")
    review.close(query, actor=editor)
    with pytest.raises(ValidationError) as refused:
        review.answer(query, actor=card.monitor, text="Late")
    assert codes(refused) == {"text": ["closed"]}
    assert query.messages.count() == 1


def test_who_may_not_ask_answer_close_dismiss_or_verify(editor):
    card = make_card("submitted", police=40)
    query = review.ask(card, actor=editor, text="What?")
    elsewhere = EditorFactory(all_regions=False, regions=["KZ-71"])
    for person in (card.monitor, elsewhere, AnalystFactory(), MonitorFactory(all_regions=True)):
        with pytest.raises(PermissionDenied):
            review.ask(card, actor=person, text="What?")
        with pytest.raises(PermissionDenied):
            review.ask_again(query, actor=person, text="What?")
        with pytest.raises(PermissionDenied):
            review.close(query, actor=person)
        with pytest.raises(PermissionDenied):
            review.dismiss(card, actor=person, code="police_above_participants", reason="So")
        with pytest.raises(PermissionDenied):
            review.verify(card, actor=person, fields=["place"], version=card.version)
        with pytest.raises(PermissionDenied):
            review.unverify(card, actor=person, fields=["place"])
    for person in (editor, elsewhere, MonitorFactory(all_regions=True)):
        with pytest.raises(PermissionDenied):
            review.answer(query, actor=person, text="That")


def test_editors_answer_for_their_own_cards(editor):
    card = make_card("submitted", monitor=EditorFactory())
    query = review.ask(card, actor=editor, text="What?")
    assert review.answer(query, actor=card.monitor, text="That").state == "answered"


@pytest.mark.parametrize("state", ["open", "answered"])
def test_a_question_that_is_not_closed_holds_approval_back(editor, state):
    card = make_card("submitted")
    query = review.ask(card, actor=editor, field="place", text="Which square?")
    if state == "answered":
        review.answer(query, actor=card.monitor, text="The old one")
    for person in (editor, EditorFactory()):
        with pytest.raises(ValidationError) as refused:
            workflow.apply(card, "approve", actor=person)
        assert refused.value.code == "queries"
        assert "1 question about this card is not closed" in refused.value.messages[0]
    assert Card.objects.get(pk=card.pk).status == "submitted"
    review.close(query, actor=editor)
    assert workflow.apply(card, "approve", actor=editor).status == "approved"


def test_what_is_asked_is_the_reason_of_a_return(editor):
    card = make_card("submitted")
    review.ask(card, actor=editor, field="place", text="Which square?")
    review.ask(card, actor=editor, text="Photographs?")
    closed = review.ask(card, actor=editor, text="Settled")
    review.close(closed, actor=editor)
    card = workflow.apply(card, "return", actor=editor)
    reason = card.events.first().reason
    assert reason == "Please answer the questions:\n– Place: Which square?\n– Photographs?"
    other = make_card("submitted")
    review.ask(other, actor=editor, text="Photographs?")
    other = workflow.apply(other, "return", actor=editor, reason="My own words")
    assert other.events.first().reason == "My own words"


def test_questions_are_answered_while_the_card_is_with_the_monitor(editor):
    card = make_card("submitted")
    query = review.ask(card, actor=editor, text="Photographs?")
    card = workflow.apply(card, "return", actor=editor)
    assert [thread.query for thread in asked_of(card.monitor)] == [query]
    assert asked_of(MonitorFactory()) == []
    review.answer(query, actor=card.monitor, text="Here")
    assert asked_of(card.monitor) == []
    card = workflow.apply(card, "submit", actor=card.monitor)
    assert [thread.query.state for thread in desk_of(editor, card).unsettled] == ["answered"]


def test_analysts_read_no_question_and_no_mark(editor):
    card = make_card("submitted", police=40)
    query = review.ask(card, actor=editor, field="place", text="Which square?")
    review.close(query, actor=editor)
    review.verify(card, actor=editor, fields=["place"], version=card.version)
    review.dismiss(card, actor=editor, code="police_above_participants", reason="A squad came")
    card = workflow.apply(card, "approve", actor=editor)
    desk = desk_of(AnalystFactory(), card)
    assert (desk.threads, desk.flags, desk.verified) == ([], [], 0)
    kinds = {entry.event.kind for entry in history_for(AnalystFactory(), card)}
    assert kinds == {"created", "status"}
    assert "query" in {entry.event.kind for entry in history_for(editor, card)}
    assert len(desk_of(card.monitor, card).threads) == 1


def test_a_check_let_stand_is_quiet_until_its_answers_change(editor):
    card = make_card("submitted", police=40)
    assert flags.speaking([card]) == {card.pk: 1}
    code = "police_above_participants"
    with pytest.raises(ValidationError) as refused:
        review.dismiss(card, actor=editor, code=code, reason=" ")
    assert codes(refused) == {"reason": ["required"]}
    dismissal = review.dismiss(card, actor=editor, code=code, reason="Two buses of police ")
    assert dismissal.reason == "Two buses of police"
    assert last(card) == ("check_dismissed", editor, {"check": ["", code]})
    assert flags.speaking([card]) == {}
    (flag,) = flags.flags_of([card])[card.pk]
    assert (flag.check.code, flag.dismissal) == (code, dismissal)
    # Another answer is no matter of this check.
    card = services.save(card, actor=editor, answers={"place": "Elsewhere"})
    assert flags.speaking([card]) == {}
    card = services.save(card, actor=editor, answers={"police": 41})
    assert flags.speaking([card]) == {card.pk: 1}
    # As it was before: what was said then holds again.
    card = services.save(card, actor=editor, answers={"police": 40})
    assert flags.speaking([card]) == {}


def test_only_a_check_that_speaks_can_be_let_stand(editor):
    card = make_card("submitted")
    with pytest.raises(ValidationError) as refused:
        review.dismiss(card, actor=editor, code="police_above_participants", reason="So")
    assert codes(refused) == {"reason": ["silent"]}
    with pytest.raises(KeyError):
        review.dismiss(card, actor=editor, code="nothing", reason="So")
    assert not Dismissal.objects.exists()


def test_a_mark_drops_when_the_value_changes(editor, other_editor):
    card = make_card("submitted")
    marked = review.verify(
        card, actor=editor, fields=["place", "participants"], version=card.version
    )
    assert marked == ["place", "participants"]
    assert last(card) == ("verified", editor, {"verified": ["", "place;participants"]})
    # Once is enough.
    again = review.verify(card, actor=other_editor, fields=["place"], version=card.version)
    assert again == []
    assert Verification.objects.get(field="place").author == editor
    desk = desk_of(editor, card)
    assert desk.verified == 2
    card = services.save(card, actor=editor, answers={"place": "Station"})
    assert desk_of(editor, card).verified == 1
    assert review.verify(card, actor=other_editor, fields=["place"], version=card.version)
    assert Verification.objects.get(field="place").author == other_editor
    assert Verification.objects.count() == 2
    gone = review.unverify(card, actor=editor, fields=["place", "date"])
    assert gone == ["place"]
    assert last(card) == ("unverified", editor, {"verified": ["place", ""]})
    assert desk_of(editor, card).verified == 1


def test_only_what_was_seen_is_verified(editor):
    card = make_card("submitted")
    services.save(card, actor=EditorFactory(), answers={"place": "Station"})
    with pytest.raises(StaleVersion):
        review.verify(card, actor=editor, fields=["place"], version=card.version)
    assert not Verification.objects.exists()


def test_a_card_is_approved_without_every_mark(editor):
    card = make_card("submitted")
    review.verify(card, actor=editor, fields=["place"], version=card.version)
    assert workflow.apply(card, "approve", actor=editor).status == "approved"


def test_what_changed_since_one_last_saw_the_card(editor):
    card = make_card("submitted")
    assert review.see(card, editor) is None
    seen = review.see(card, editor)
    assert seen == card.events.first().pk
    assert Sighting.objects.count() == 1
    assert desk_of(editor, card, seen=seen).news is None
    other = EditorFactory()
    services.save(card, actor=other, answers={"place": "Station"})
    services.save(card, actor=other, answers={"place": "Old station", "police": 12})
    services.save(card, actor=other, answers={"police": 10})
    services.save(card, actor=editor, answers={"demands": "My own correction"})
    card = Card.objects.get(pk=card.pk)
    desk = desk_of(editor, card, seen=review.see(card, editor))
    changes = {name: (c.before, c.after) for name, c in desk.news.changes.items()}
    # From the first to the last; what came back to the same is no change, nor is one's own.
    assert changes == {"place": ("Square before the theatre", "Old station")}
    assert len(desk.news.events) == 3
    rows = {row.answer.name: row for part in desk.parts for row in part.rows}
    assert rows["place"].former.before == "Square before the theatre"
    assert review.see(card, editor) == card.events.first().pk


def test_a_change_of_what_was_approved_is_marked_and_needs_a_second_person(editor, other_editor):
    card = make_card("approved", editor=editor)
    assert card.amended_at is None
    card = workflow.apply(card, "reopen", actor=editor, reason="A wrong number")
    assert Card.objects.get(pk=card.pk).amended_at is None
    card = services.save(card, actor=editor, answers={"police": 12})
    assert card.amended_at is not None
    with pytest.raises(PermissionDenied):
        workflow.apply(card, "approve", actor=editor)
    card = workflow.apply(card, "approve", actor=other_editor)
    assert card.amended_at is not None


def test_a_first_review_marks_nothing_as_amended(editor):
    card = make_card("submitted")
    card = services.save(card, actor=editor, answers={"police": 12})
    assert card.amended_at is None


def test_deciding_on_what_was_approved_needs_a_second_person_too(editor, other_editor):
    first = make_card("submitted")
    services.decide_inclusion(first, actor=editor, inclusion="excluded", reason="Not an assembly")
    # Before the first approval it is part of the review.
    first = workflow.apply(first, "approve", actor=editor)
    first = workflow.apply(first, "reopen", actor=editor, reason="It was one")
    first = services.decide_inclusion(first, actor=editor, inclusion="counted", reason="It was")
    assert first.amended_at is not None
    with pytest.raises(PermissionDenied):
        workflow.apply(first, "approve", actor=editor)
    assert workflow.apply(first, "approve", actor=other_editor).status == "approved"


def test_another_count_after_approval_is_a_change(editor):
    card = make_card("approved")
    card = workflow.apply(card, "reopen", actor=editor, reason="Another count")
    card = workflow.apply(card, "return", actor=editor, reason="Another count")
    services.add_count(card, actor=card.monitor, subject="police", best=14, basis="counted")
    assert Card.objects.get(pk=card.pk).amended_at is None
    services.add_count(
        card, actor=card.monitor, subject="police", best=15, basis="counted", use=True
    )
    assert Card.objects.get(pk=card.pk).amended_at is not None


def test_many_are_approved_where_nothing_speaks(editor):
    day = datetime.timedelta(days=10)
    date = datetime.date(2018, 5, 10)
    clean = make_card("submitted", date=date)
    flagged = make_card("submitted", date=date - day, police=40)
    asked = make_card("submitted", date=date - 2 * day)
    review.ask(asked, actor=editor, text="Photographs?")
    own = make_card("submitted", monitor=editor, date=date - 3 * day)
    written = make_card("submitted", date=date - 4 * day)
    services.save(written, actor=editor, answers={"settlement": "Aksai"})
    twin, other = (make_card("submitted", date=date - 5 * day) for _ in range(2))
    cards = [clean, flagged, asked, own, written, twin]
    chosen = at_once.chosen(editor, [str(card.uuid) for card in cards] + ["nonsense"])
    assert {card.pk for card in chosen} == {card.pk for card in cards}
    plan = {row.card.pk: row.against for row in at_once.plan(chosen, "approve", actor=editor)}
    assert plan == {
        clean.pk: [],
        flagged.pk: ["1 quality check speaks."],
        asked.pk: ["1 question is not closed."],
        own.pk: ["It is your own card."],
        written.pk: ["You changed its answers: another editor decides."],
        twin.pk: ["There is a card on what may be the same assembly."],
    }
    at_once.carry_out(chosen, "approve", actor=editor)
    approved = set(Card.objects.filter(status="approved").values_list("pk", flat=True))
    assert approved == {clean.pk}
    assert other.pk not in approved


def test_one_card_that_has_moved_stops_no_other(editor):
    date = datetime.date(2018, 5, 10)
    first, second = (
        make_card("submitted", date=date - datetime.timedelta(days=10 * n)) for n in range(2)
    )
    chosen = at_once.chosen(editor, [str(first.uuid), str(second.uuid)])
    workflow.apply(first, "reject", actor=EditorFactory(), reason="Not an assembly")
    results = at_once.carry_out(chosen, "return", actor=editor, reason="Photographs, please")
    assert [bool(row.against) for row in results] == [True, False]
    statuses = [Card.objects.get(pk=card.pk).status for card in (first, second)]
    assert statuses == ["rejected", "returned"]
    assert second.events.first().reason == "Photographs, please"


def test_cards_out_of_reach_are_never_chosen(editor):
    card = make_card("submitted", city="astana")
    draft = make_card("draft")
    here = EditorFactory(all_regions=False, regions=["KZ-75"])
    assert at_once.chosen(here, [str(card.uuid), str(draft.uuid)]) == []


def test_every_act_is_in_the_history_of_the_card(editor):
    card = make_card("submitted", police=40)
    query = review.ask(card, actor=editor, text="What?")
    review.answer(query, actor=card.monitor, text="That")
    review.close(query, actor=editor)
    review.dismiss(card, actor=editor, code="police_above_participants", reason="So")
    review.verify(card, actor=editor, fields=["place"], version=card.version)
    review.unverify(card, actor=editor, fields=["place"])
    told = [entry.event.kind for entry in history_for(editor, card)[:6]]
    assert told == [
        EventKind.UNVERIFIED, EventKind.VERIFIED, EventKind.CHECK_DISMISSED,
        EventKind.QUERY_CLOSED, EventKind.QUERY_ANSWERED, EventKind.QUERY,
    ]  # fmt: skip
    words = {
        (change.label, change.before, change.after)
        for entry in history_for(editor, card)[:6]
        for change in entry.changes
    }
    assert ("answers verified", "", "place") in words
    assert ("quality check", "", "More police than participants.") in words
    assert Query.objects.get().messages.count() == 2
