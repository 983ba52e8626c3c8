"""The cards say what their history says, and what was changed past the services is found."""

import contextlib
import datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cards import proof, replay, services, workflow
from cards.models import Card, Event
from cards.workflow import TRANSITIONS
from tests.factories import card_answers, make_card, rows_of_cards
from tests.files import card_row
from tests.loading import load

pytestmark = pytest.mark.usefixtures("reference")


def found() -> list[tuple[str, str, str, int | None]]:
    """Field, told, found, entry of every difference."""
    return [(d.field, d.told, d.found, d.seq) for d in replay.verify()]


@pytest.fixture
def lived(editor, monitor, other_editor):
    """A card that went through most of what a card can go through."""
    card = make_card("returned", monitor=monitor, editor=editor, participants=None,
                     participants_low=None, participants_high=None,
                     participants_basis="unknown")  # fmt: skip
    services.save(
        card,
        actor=monitor,
        answers={
            "latitude": 43.2, "longitude": 76.9, "police": 0, "police_low": None,
            "end_date": datetime.date(2018, 5, 11), "report_worthy": True,
            "demands": "Первая строка\r\nЕкінші\n\nthird; with a semicolon",
        },
    )  # fmt: skip
    services.add_count(card, actor=monitor, subject="police", best=7, low=5, high=9,
                       basis="counted", source="media", use=True)  # fmt: skip
    card = workflow.apply(card, "submit", actor=monitor)
    services.decide_inclusion(card, actor=editor, inclusion="excluded", reason="A gathering")
    card = workflow.apply(card, "approve", actor=other_editor)
    card = workflow.apply(card, "reopen", actor=editor, reason="The place is wrong")
    services.save(card, actor=editor, answers={"place": "Station"}, reason="Corrected")
    return workflow.apply(card, "approve", actor=other_editor)


def test_a_whole_life_is_told_to_the_letter(lived):
    assert (lived.status, lived.police, lived.inclusion) == ("approved", 7, "excluded")
    assert Event.objects.filter(card=lived).count() > 10
    assert found() == []


def test_cards_of_a_file_loaded_changed_and_loaded_again(reference):
    rows = [
        card_row("A-1", status="approved"),
        card_row("A-2", status="draft", participants="", detained="", attributes="chants;placards"),
        card_row("A-3", status="duplicate", latitude="43.25", longitude="76.5"),
    ]
    load(*rows)
    assert found() == []
    load(rows[0] | {"police": "11", "place": "Station"}, rows[1] | {"status": "submitted"})
    assert found() == []
    assert {card.status for card in Card.objects.all()} == {"submitted", "approved", "duplicate"}


def test_the_reconstruction_of_2018_is_told_to_the_letter(reference):
    from monitoring import demo

    assert demo._cards() == 32
    assert found() == []


@pytest.mark.parametrize(
    ("values", "field", "told", "is_now"),
    [
        ({"place": "Elsewhere"}, "place", "Station", "Elsewhere"),
        ({"police": None}, "police", "7", ""),
        ({"attributes": ("chants",)}, "attributes", "placards;chants", "chants"),
        ({"city": "astana"}, "city", "almaty", "astana"),
        ({"report_worthy": False}, "report_worthy", "yes", "no"),
        ({"status": "submitted"}, "status", "approved", "submitted"),
    ],
)
def test_a_change_past_the_services_is_found(lived, values, field, told, is_now):
    Card.objects.filter(pk=lived.pk).update(**values)
    assert found() == [(field, told, is_now, None)]


def test_a_change_past_the_services_is_found_after_later_changes_too(lived, editor):
    draft = make_card("draft")
    Card.objects.filter(pk=draft.pk).update(place="Elsewhere")
    services.save(draft, actor=draft.monitor, answers={"place": "Station"})
    entry = draft.events.first().seq
    assert found() == [("place", "Square before the theatre", "Elsewhere", entry)]


def test_a_status_past_the_workflow_is_found_after_later_changes_too(editor):
    card = make_card("draft")
    Card.objects.filter(pk=card.pk).update(status="submitted", number="2018-X-1")
    workflow.apply(card, "return", actor=editor, reason="Look again")
    assert found() == [("status", "draft", "submitted", card.events.first().seq)]


def test_a_card_from_nowhere_is_found(monitor):
    rows_of_cards(1, monitor=monitor)
    assert found() == [("history", "", "recorded nowhere", None)]


def test_the_command_lists_every_difference(lived):
    from tests.cards.test_history import verified

    Card.objects.filter(pk=lived.pk).update(place="Elsewhere", police=1)
    status, out, err = verified("--state")
    assert status == 1
    assert out.startswith("state: 2 differences\n")
    assert f"{lived.number} place: the history says “Station”, the card “Elsewhere”\n" in err


def test_cards_are_read_in_pages(reference, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(replay, "PAGE", 2)
    for _card in range(3):
        make_card("draft")
    # Two pages and an empty one: head, cards, entries each, in a transaction of their own.
    with django_assert_num_queries(14):
        assert found() == []


ANSWERS = st.fixed_dictionaries(
    {},
    optional={
        "place": st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12),
        "police": st.none() | st.integers(0, 50),
        "police_low": st.none() | st.integers(0, 50),
        "city": st.sampled_from(["almaty", "astana", None]),
        "course": st.sampled_from(["held", "cut_short", "prevented", ""]),
        "detained": st.none() | st.integers(0, 9),
        "attributes": st.sampled_from([(), ("placards",), ("none",), ("chants", "placards")]),
        "end_time": st.none() | st.times(),
    },
)
STEP = st.one_of(
    st.tuples(st.just("save"), ANSWERS),
    st.tuples(st.just("apply"), st.sampled_from([row.name for row in TRANSITIONS])),
    st.tuples(st.just("count"), st.integers(0, 40)),
    st.tuples(st.just("inclusion"), st.sampled_from(["counted", "excluded"])),
    st.tuples(st.just("load"), st.sampled_from(["police", "place"])),
)


def _take(step: tuple, card: Card, people: tuple, other: Card) -> None:
    """One step of a life, by whoever comes next; what is not allowed is refused as a whole."""
    name, given = step
    card.refresh_from_db()
    for actor in people:
        with (
            contextlib.suppress(PermissionDenied, ValidationError, services.StaleVersion),
            transaction.atomic(),
        ):
            if name == "save":
                services.save(card, actor=actor, answers=given)
            elif name == "apply":
                workflow.apply(card, given, actor=actor, reason="So", duplicate_of=other)
            elif name == "count":
                services.add_count(card, actor=actor, subject="police", best=given, low=None,
                                   high=None, basis="counted", source="", use=True)  # fmt: skip
            elif name == "inclusion":
                services.decide_inclusion(card, actor=actor, inclusion=given, reason="Decided")
            else:
                load(card_row("A-1", **{given: "5"}))
            return


@pytest.mark.slow
@settings(max_examples=25, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(steps=st.lists(st.tuples(STEP, st.integers(0, 2)), max_size=10))
def test_any_life_leaves_a_chain_that_verifies(steps, monitor, editor, other_editor):
    with transaction.atomic():
        other = make_card("submitted")
        card = services.create(actor=monitor, answers=card_answers())
        people = (monitor, editor, other_editor)
        for step, first in steps:
            _take(step, card, people[first:] + people[:first], other)
        assert proof.verify().faults == ()
        assert found() == []
        transaction.set_rollback(True)
