"""A card's life, cell by cell: from each status, by each person, along each transition."""

import itertools
import uuid

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from cards import proof, search, services, workflow
from cards.models import Card, Event
from cards.vocabularies import Status
from cards.workflow import NotPossible
from reports.models import Fact
from tests.factories import (
    AdministratorFactory,
    AnalystFactory,
    EditorFactory,
    MonitorFactory,
    add_outcome,
    card_answers,
    make_card,
)

pytestmark = pytest.mark.django_db

#: Who may take a card from the status of the row along the transition of the column.
#: M its monitor; S its author, being an editor; E an editor; W an editor who changed its answers;
#: F an editor of another region; O another monitor; A an analyst; D an administrator;
#: N an editor whose account is closed.
TABLE = """
            submit   return   approve   reject   duplicate   restore   reopen
draft       MS       .        .         .        .           .         .
submitted   .        EW       E         EW       EW          .         .
returned    MS       .        .         .        .           .         .
approved    .        .        .         .        .           .         SEW
rejected    .        .        .         .        .           EW        .
duplicate   .        .        .         .        .           EW        .
"""
#: Whether the transition leads anywhere from the status, whoever asks.
POSSIBLE = {
    "draft": {"submit"},
    "submitted": {"return", "approve", "reject", "duplicate"},
    "returned": {"submit"},
    "approved": {"reopen"},
    "rejected": {"restore"},
    "duplicate": {"restore"},
}
TARGET = {
    "submit": "submitted",
    "return": "returned",
    "approve": "approved",
    "reject": "rejected",
    "duplicate": "duplicate",
    "restore": "submitted",
    "reopen": "submitted",
}
REASON_NEEDED = {"return", "reject", "restore", "reopen"}
PEOPLE = "MSEWFOADN"


def table() -> dict[tuple[str, str], str]:
    """(status, transition) -> letters of the people who may."""
    heading, *lines = [line.split() for line in TABLE.strip().splitlines()]
    return {
        (line[0], name): "" if cell == "." else cell
        for line in lines
        for name, cell in zip(heading, line[1:], strict=True)
    }


def person_and_card(letter: str, status: str):
    if letter == "S":
        person = EditorFactory()
        return person, make_card(status, monitor=person)
    card = make_card(status)
    person = {
        "M": lambda: card.monitor,
        "E": EditorFactory,
        "W": EditorFactory,
        "F": lambda: EditorFactory(all_regions=False, regions=["KZ-71"]),
        "O": lambda: MonitorFactory(all_regions=True),
        "A": AnalystFactory,
        "D": AdministratorFactory,
        "N": lambda: EditorFactory(is_active=False),
    }[letter]()
    if letter == "W":
        card = services.save(card, actor=person, answers={"settlement": "Aksai"})
    return person, card


def attempt(card: Card, name: str, person, other: Card) -> str:
    """What becomes of the attempt: "done", "right", "state"; nothing stays of it."""
    point = transaction.savepoint()
    try:
        moved = workflow.apply(card, name, actor=person, reason="A reason", duplicate_of=other)
    except PermissionDenied:
        return "right"
    except NotPossible:
        return "state"
    else:
        assert moved.status == TARGET[name]
        return "done"
    finally:
        transaction.savepoint_rollback(point)


def test_the_table_here_has_every_status_and_transition():
    names = [row.name for row in workflow.TRANSITIONS]
    assert set(table()) == set(itertools.product(Status.values, names))
    assert {row.name: str(row.target) for row in workflow.TRANSITIONS} == TARGET
    assert {row.name for row in workflow.TRANSITIONS if row.reason_needed} == REASON_NEEDED


@pytest.mark.parametrize("status", POSSIBLE)
@pytest.mark.parametrize("letter", PEOPLE)
def test_each_cell(reference, status, letter):
    other = make_card("submitted")
    person, card = person_and_card(letter, status)
    expected, found = {}, {}
    for name in TARGET:
        if name not in POSSIBLE[status]:
            expected[name] = "state"
        else:
            expected[name] = "done" if letter in table()[status, name] else "right"
        found[name] = attempt(card, name, person, other)
    assert found == expected
    card.refresh_from_db()
    offered = {row.name for row in workflow.open_to(person, card)}
    assert offered == {name for name, outcome in expected.items() if outcome == "done"}


@pytest.mark.parametrize("name", sorted(REASON_NEEDED))
@pytest.mark.parametrize("reason", ["", "   \n"])
def test_a_reason_that_is_needed_is_asked_for(reference, name, reason):
    status = next(status for status, names in POSSIBLE.items() if name in names)
    card = make_card(status)
    with pytest.raises(ValidationError) as refused:
        workflow.apply(card, name, actor=EditorFactory(), reason=reason)
    assert {
        field: [e.code for e in errors] for field, errors in refused.value.error_dict.items()
    } == {"reason": ["required"]}
    card.refresh_from_db()
    assert card.status == status


@pytest.mark.parametrize("name", TARGET)
def test_every_transition_is_recorded_with_who_why_from_and_to(reference, name):
    status = next(status for status, names in POSSIBLE.items() if name in names)
    card, other = make_card(status), make_card("submitted")
    actor = card.monitor if name == "submit" else EditorFactory()
    version, before = card.version, card.events.count()
    duplicate_of = other if name == "duplicate" else None
    card = workflow.apply(card, name, actor=actor, reason=" Because ", duplicate_of=duplicate_of)
    assert card.version == version + 1
    assert card.events.count() == before + 1
    event = card.events.first()
    assert (event.kind, event.actor, event.reason) == ("status", actor, "Because")
    assert (event.from_status, event.to_status, event.version) == (
        status,
        TARGET[name],
        card.version,
    )
    expected = {"duplicate_of": ["", other.number]} if name == "duplicate" else {}
    assert event.changes == expected


def test_a_card_goes_its_whole_way_and_back(reference):
    card, editor, second = make_card("draft"), EditorFactory(), EditorFactory()
    monitor = card.monitor
    card = workflow.apply(card, "submit", actor=monitor)
    number, first_submission = card.number, card.submitted_at
    assert number == "2018-ALMATY-001"
    card = workflow.apply(card, "return", actor=editor, reason="Which square?")
    card = services.save(card, actor=monitor, answers={"place": "Old square"})
    card = workflow.apply(card, "submit", actor=monitor)
    assert (card.number, card.submitted_at > first_submission) == (number, True)
    card = workflow.apply(card, "approve", actor=editor)
    assert (card.editor, card.approved_at is not None) == (editor, True)
    card = workflow.apply(card, "reopen", actor=editor, reason="Wrong number")
    assert (card.editor, card.approved_at) == (None, None)
    card = services.save(card, actor=editor, answers={"participants": 22})
    with pytest.raises(PermissionDenied):
        workflow.apply(card, "approve", actor=editor)
    card = workflow.apply(card, "approve", actor=second)
    # What was changed before that approval no longer stands in the way of the next.
    card = workflow.apply(card, "reopen", actor=second, reason="Once more")
    card = workflow.apply(card, "approve", actor=editor)
    assert (card.number, card.editor) == (number, editor)
    statuses = [event.to_status for event in card.events.filter(kind="status").order_by("id")]
    assert statuses == [
        "submitted", "returned", "submitted", "approved", "submitted", "approved",
        "submitted", "approved",
    ]  # fmt: skip


def test_who_only_reopened_a_card_may_approve_it_again(reference):
    card, editor = make_card("approved"), EditorFactory()
    card = workflow.apply(card, "reopen", actor=editor, reason="A second look")
    assert workflow.apply(card, "approve", actor=editor).status == "approved"


def test_an_incomplete_card_is_not_submitted_and_every_reason_is_told(reference):
    card = make_card("draft", place="", form=None, detained=None, detained_unknown=False)
    with pytest.raises(ValidationError) as refused:
        workflow.apply(card, "submit", actor=card.monitor)
    codes = {name: [e.code for e in errors] for name, errors in refused.value.error_dict.items()}
    assert codes == {"place": ["required"], "form": ["required"], "detained": ["required"]}
    card.refresh_from_db()
    assert (card.status, card.number, card.submitted_at) == ("draft", None, None)


def test_the_warnings_that_were_looked_at_are_recorded(reference):
    card = make_card("draft", police=26)
    codes = ["police_above_participants", "duplicate"]
    card = workflow.apply(card, "submit", actor=card.monitor, warnings=codes)
    assert card.events.first().changes == {"warnings": ["", "police_above_participants;duplicate"]}


def test_a_duplicate_repeats_another_card_that_is_none(reference):
    card, editor = make_card("submitted"), EditorFactory()
    for wrong in (None, card, make_card("duplicate")):
        with pytest.raises(ValidationError) as refused:
            workflow.apply(card, "duplicate", actor=editor, duplicate_of=wrong)
        assert set(refused.value.error_dict) == {"duplicate_of"}
    other = make_card("submitted")
    card = workflow.apply(card, "duplicate", actor=editor, duplicate_of=other)
    assert card.duplicate_of == other
    card = workflow.apply(card, "restore", actor=editor, reason="Another square after all")
    assert (card.status, card.duplicate_of) == ("submitted", None)


def test_a_transition_that_does_not_exist_is_a_mistake_of_the_program(reference):
    with pytest.raises(KeyError):
        workflow.apply(make_card("draft"), "publish", actor=EditorFactory())


def test_the_status_is_read_anew_so_that_a_stale_page_moves_nothing(reference):
    card, editor = make_card("submitted"), EditorFactory()
    stale = Card.objects.get(pk=card.pk)
    workflow.apply(card, "reject", actor=editor, reason="Not an assembly")
    with pytest.raises(NotPossible):
        workflow.apply(stale, "approve", actor=EditorFactory())
    assert Event.objects.filter(card=card, to_status="approved").count() == 0


def test_what_came_in_with_the_card_is_approved_with_it_except_what_the_approver_added(reference):
    card, editor = make_card("submitted"), EditorFactory()
    theirs = add_outcome(card, review="pending")
    mine = add_outcome(card, review="pending", author=editor, case_code="A-02")
    workflow.apply(card, "approve", actor=editor)
    theirs.refresh_from_db()
    mine.refresh_from_db()
    assert (theirs.review, theirs.reviewer) == ("approved", editor)
    assert (mine.review, mine.reviewer) == ("pending", None)


def assemblies() -> int:
    return sum(fact.sums["assemblies"][0] for fact in Fact.objects.all() if fact.sums)


def test_a_card_counts_while_it_is_approved(reference):
    editor, second = EditorFactory(), EditorFactory()
    card = make_card("submitted")
    assert assemblies() == 0
    workflow.apply(card, "approve", actor=editor)
    assert assemblies() == 1
    workflow.apply(card, "reopen", actor=editor, reason="Wrong place")
    assert assemblies() == 0
    services.save(card, actor=editor, answers={"city": "astana"})
    assert assemblies() == 0
    workflow.apply(card, "approve", actor=second)
    assert {fact.place_id for fact in Fact.objects.all() if fact.sums} == {"astana"}
    assert assemblies() == 1


def _told(card: Card) -> tuple:
    """Everything that the database keeps of a card but keys, moments, numbers and hashes."""
    own = {"id", "uuid", "number", "search_text", "created_at", "updated_at", "submitted_at"}
    row = Card.objects.filter(pk=card.pk).values().get()
    names = ("subject", "best", "low", "high", "basis", "source", "used", "author", "note")
    entry = ("kind", "actor", "reason", "from_status", "to_status", "version", "changes")
    return (
        {name: value for name, value in row.items() if name not in own},
        list(card.counts.values_list(*names)),
        list(card.events.order_by("id").values_list(*entry)),
        row["submitted_at"] is not None,
        row["search_text"].removeprefix(search.text_of(row["number"])),
    )


@pytest.mark.parametrize(
    "changes", [{}, {"police": None, "police_basis": ""}, {"detained": None, "source": ("media",)}]
)
def test_a_card_submitted_as_it_comes_is_what_saving_and_submitting_make(monitor, changes):
    answers = card_answers(source_links="https://example.org/a", **changes)
    saved = services.create(actor=monitor, answers=answers)
    saved = workflow.apply(saved, "submit", actor=monitor, warnings=["numberless"])
    card = services.compose(actor=monitor, answers=answers, uuid=uuid.uuid4())
    card = workflow.submit_new(card, actor=monitor, warnings=["numberless"])
    assert _told(card) == _told(saved)
    assert Card.objects.get(pk=card.pk).number == "2018-ALMATY-002"
    assert proof.verify().faults == ()


def test_a_card_that_lacks_something_is_not_written_at_all(monitor):
    card = services.compose(actor=monitor, answers=card_answers(place=""), uuid=uuid.uuid4())
    with pytest.raises(ValidationError) as refused, transaction.atomic():
        workflow.submit_new(card, actor=monitor)
    assert set(refused.value.error_dict) == {"place"}
    assert Card.objects.count() == Event.objects.count() == 0


def test_nobody_submits_a_new_card_without_the_right(reference, analyst):
    card = services.compose(actor=analyst, answers=card_answers(), uuid=uuid.uuid4())
    with pytest.raises(PermissionDenied), transaction.atomic():
        workflow.submit_new(card, actor=analyst)
    assert Card.objects.count() == 0
