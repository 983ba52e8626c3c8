"""A card sent by a device: each answer of docs/decisions/015, and each of them twice."""

from __future__ import annotations

import datetime
import json

import pytest

from cards import review, services, workflow
from cards.field import home
from cards.models import Arrival, Card, Count, Event, Query
from monitoring.accounts.models import User
from tests import field
from tests.factories import (
    EditorFactory,
    MonitorFactory,
    card_answers,
    make_card,
)
from tests.field import Device

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def stored(uuid: str) -> Card:
    return Card.objects.get(uuid=uuid)


def picture(card: Card) -> tuple:
    """Everything of the card that a parcel could change."""
    return (
        Card.objects.filter(pk=card.pk).values().get(),
        list(Event.objects.filter(card=card).order_by("id").values_list("id", "hash")),
        list(Count.objects.filter(card=card).order_by("id").values_list()),
    )


# --- saved ---------------------------------------------------------------------------------------


def test_a_draft_is_saved_and_sent_again_changes_nothing(device):
    said = field.card(answers={"settlement": ["Aksai"]})
    first = device.send(said)
    assert first["result"] == "saved"
    assert (first["uuid"], first["version"], first["status"]) == (said["uuid"], 1, "draft")
    assert datetime.time.fromisoformat(first["saved_at"])
    card = stored(said["uuid"])
    assert (card.settlement, card.status) == ("Aksai", "draft")
    assert first["card"]["answers"]["settlement"] == ["Aksai"]
    before = picture(card)
    second = device.send(said)
    assert (second["result"], second["version"]) == ("already", 1)
    assert picture(card) == before


def test_a_change_of_a_draft_is_a_version_more(device):
    said = field.card()
    device.send(said)
    answer = device.send(said | {"version": 1, "answers": field.whole(place="By the river")})
    assert (answer["result"], answer["version"]) == ("saved", 2)
    assert stored(said["uuid"]).place == "By the river"


def test_going_back_to_what_it_was_before_is_saved_as_well(device):
    said = field.card()
    device.send(said)
    device.send(said | {"version": 1, "answers": field.whole(place="By the river")})
    answer = device.send(said | {"version": 2})
    assert (answer["result"], answer["version"]) == ("saved", 3)
    assert stored(said["uuid"]).place == "Square before the theatre"


def test_a_slip_of_the_finger_loses_nothing_else(device):
    said = field.card(answers=field.whole(participants=None) | {"participants": ["about 50"]})
    for _turn in range(2):
        answer = device.send(said)
        assert answer["result"] == "saved"
        assert list(answer["errors"]) == ["participants"]
        assert answer["version"] == 1
    card = stored(said["uuid"])
    assert card.participants is None
    assert card.place == "Square before the theatre"


@pytest.mark.parametrize(
    ("answers", "field_name"),
    [
        ({"attributes": ["none", "placards"], "place": ["Here"]}, "attributes"),
        ({"police_actions": ["not_observed", "force"], "place": ["Here"]}, "police_actions"),
        ({"latitude": ["43.2"], "place": ["Here"]}, "longitude"),
        ({"longitude": ["76.9"], "latitude": ["x"], "place": ["Here"]}, "latitude"),
        ({"place": ["Here"], "demands": ["a\0b"]}, "demands"),
        ({"place": ["Here"], "city": ["atlantis"]}, "city"),
        ({"place": ["Here"], "detained": ["-3"]}, "detained"),
        ({"place": ["Here"], "duration_minutes": ["9" * 30]}, "duration_minutes"),
    ],
)
def test_what_not_even_a_draft_can_hold_is_named_and_the_rest_kept(device, answers, field_name):
    said = field.card(answers=answers)
    answer = device.send(said)
    assert answer["result"] == "saved"
    assert field_name in answer["errors"]
    assert stored(said["uuid"]).place == "Here"


def test_answers_of_a_stored_card_that_cannot_stand_together_are_refused_with_what_was_typed(
    device,
):
    said = field.card(answers={"latitude": ["43.2"], "longitude": ["76.9"]})
    device.send(said)
    device.send(said | {"version": 1, "answers": {"place": ["Here"]}})
    both = said | {"version": 2, "answers": {"latitude": ["43.3"], "longitude": ["76.8"]}}
    answer = device.send(both | {"take": {"longitude": "theirs"}})
    assert answer["result"] == "refused"
    assert "__all__" in answer["errors"]
    assert answer["typed"]["latitude"] == ["43.3"]
    assert stored(said["uuid"]).place == "Here"


def test_halves_of_characters_are_no_reason_to_lose_a_text(device):
    said = field.card(answers={"place": ["Here \ud83d"], "demands": ["\U0001f600"]})
    assert device.send(said)["result"] == "saved"
    card = stored(said["uuid"])
    assert card.place == "Here \ufffd"
    assert card.demands == "\U0001f600"


def test_a_card_of_another_region_is_a_draft_without_its_city(device):
    said = field.card(answers=field.whole(city="astana"), action="submit")
    for _turn in range(2):
        answer = device.send(said)
        assert answer["result"] == "refused"
        assert "city" in answer["errors"]
        assert answer["typed"]["city"] == ["astana"]
    assert stored(said["uuid"]).city is None


def test_a_parcel_without_answers_changes_no_answer(device):
    said = field.card()
    device.send(said)
    answer = device.send(said | {"version": 1, "answers": {}})
    assert answer["version"] == 1
    assert stored(said["uuid"]).place == "Square before the theatre"


# --- submitted, already --------------------------------------------------------------------------


def test_a_card_is_submitted_at_once_and_sent_again_is_there_already(device):
    said = field.card(action="submit")
    answer = device.send(said)
    assert answer["result"] == "submitted"
    assert answer["status"] == "submitted"
    assert answer["number"] == "2018-ALMATY-001"
    assert answer["card"] is None
    assert answer["notices"] == ["Card 2018-ALMATY-001 has been submitted."]
    before = picture(stored(said["uuid"]))
    again = device.send(said)
    assert (again["result"], again["version"]) == ("already", answer["version"])
    assert again["number"] == answer["number"]
    assert picture(stored(said["uuid"])) == before


def test_an_earlier_draft_that_comes_late_is_there_already(device):
    draft = field.card(answers=field.whole(place="First"))
    device.send(draft)
    whole = draft | {"version": 1, "action": "submit", "answers": field.whole(place="Second")}
    assert device.send(whole)["result"] == "submitted"
    assert device.send(draft)["result"] == "already"
    assert stored(draft["uuid"]).place == "Second"


def test_a_submission_that_comes_again_after_the_card_was_returned_submits_nothing(device, editor):
    said = field.card(action="submit")
    device.send(said)
    workflow.apply(stored(said["uuid"]), "return", actor=editor, reason="Which square?")
    answer = device.send(said)
    assert answer["result"] == "already"
    assert answer["status"] == "returned"
    assert answer["card"]["returned_for"] == "Which square?"
    assert stored(said["uuid"]).status == "returned"


def test_the_editors_corrections_stay_when_the_submission_comes_again(device, editor):
    said = field.card(action="submit")
    device.send(said)
    services.save(stored(said["uuid"]), actor=editor, answers={"place": "Corrected"})
    assert device.send(said)["result"] == "already"
    assert stored(said["uuid"]).place == "Corrected"


def test_what_another_tab_submitted_with_other_words_is_not_called_mine(device):
    """Stored as a draft, then changed and submitted elsewhere: what was typed is given back."""
    draft = field.card(answers=field.whole(place="First"))
    device.send(draft)
    whole = draft | {"version": 1, "action": "submit", "answers": field.whole(place="Second")}
    device.send(whole)
    late = draft | {"action": "submit"}
    answer = device.send(late)
    assert answer["result"] == "gone"
    assert answer["typed"]["place"] == ["First"]
    assert "returned" in answer["reason"]


# --- refused -------------------------------------------------------------------------------------


def test_an_incomplete_card_is_a_draft_with_its_errors(device):
    said = field.card(action="submit", answers=field.whole(description=None, topic=None))
    for _turn in range(2):
        answer = device.send(said)
        assert answer["result"] == "refused"
        assert set(answer["errors"]) == {"description", "topic"}
        assert answer["card"]["status"] == "draft"
        assert answer["typed"] == said["answers"]
    assert (stored(said["uuid"]).status, stored(said["uuid"]).version) == ("draft", 1)


def test_a_region_that_was_taken_away_is_told(device, monitor):
    said = field.card()
    device.send(said)
    monitor.regions.clear()
    answer = device.send(said | {"version": 1, "action": "submit"})
    assert answer["result"] == "refused"
    assert "region" in answer["errors"]["__all__"][0]
    assert stored(said["uuid"]).status == "draft"


# --- confirm, unseen -----------------------------------------------------------------------------


ODD = {"police": 80, "participants": 25}


def test_warnings_and_twins_ask_first(device, monitor):
    make_card("submitted", **ODD)
    said = field.card(action="submit", answers=field.whole(**ODD))
    answer = device.send(said)
    assert answer["result"] == "confirm"
    assert [row["code"] for row in answer["warnings"]] == ["police_above_participants"]
    assert answer["warnings"][0]["field"] == "police"
    assert "police" in answer["warnings"][0]["text"]
    (twin,) = answer["twins"]
    assert twin["number"] == "2018-ALMATY-001"
    assert twin["url"] == ""
    assert "the same place" in twin["reasons"]
    assert stored(said["uuid"]).status == "draft"
    assert device.send(said)["result"] == "confirm"
    half = said | {"accepted": ["police_above_participants"]}
    assert device.send(half)["result"] == "confirm"
    whole = said | {"accepted": ["police_above_participants", "duplicate"], "version": 1}
    answer = device.send(whole)
    assert answer["result"] == "submitted"
    assert (answer["warnings"], answer["twins"]) == ([], [])
    assert device.send(whole)["result"] == "already"
    changes = stored(said["uuid"]).events.get(kind="status").changes
    assert changes["warnings"] == ["", "police_above_participants;duplicate"]
    assert "unseen" not in changes


def test_ones_own_twin_is_named_with_its_address(device, monitor):
    twin = make_card("submitted", monitor=monitor)
    (found,) = device.send(field.card(action="submit"))["twins"]
    assert found["url"] == twin.get_absolute_url()


def test_a_card_sealed_without_a_connection_is_not_asked_about(device, signed_in, editor):
    make_card("submitted", **ODD)
    said = field.card(action="submit", unseen=True, answers=field.whole(**ODD))
    answer = device.send(said)
    assert answer["result"] == "submitted"
    assert answer["warnings"] == ["More police than participants."]
    assert [row["number"] for row in answer["twins"]] == ["2018-ALMATY-001"]
    card = stored(said["uuid"])
    changes = card.events.get(kind="status").changes
    assert changes["unseen"] == ["", "police_above_participants;duplicate"]
    assert "warnings" not in changes
    page = signed_in(editor).get(f"/cards/{card.uuid}/").content.decode()
    assert "arnings that could not be shown" in page
    assert "More police than participants." in page
    assert device.send(said)["result"] == "already"


def test_nothing_unseen_is_recorded_where_nothing_was_noticed(device):
    said = field.card(action="submit", unseen=True)
    assert device.send(said)["warnings"] == []
    assert stored(said["uuid"]).events.get(kind="status").changes == {}


# --- conflict ------------------------------------------------------------------------------------


def test_two_tabs_meet_and_both_sides_are_shown(device):
    said = field.card()
    device.send(said)
    one = said | {"version": 1, "answers": field.whole(place="One", demands="Mine")}
    two = said | {"version": 1, "answers": field.whole(place="Two")}
    assert device.send(one)["version"] == 2
    answer = device.send(two)
    assert answer["result"] == "conflict"
    assert answer["version"] == 2
    rows = {row["name"]: row for row in answer["fields"]}
    assert set(rows) == {"place", "demands"}
    assert (rows["place"]["mine"], rows["place"]["theirs"]) == ("Two", "One")
    assert rows["place"]["label"] == "place"
    # What the second tab left as it was stands as the first one has it.
    assert (rows["place"]["take"], rows["demands"]["take"]) == ("mine", "theirs")
    assert answer["card"]["answers"]["place"] == ["One"]
    assert answer["typed"]["place"] == ["Two"]
    assert stored(said["uuid"]).place == "One"
    assert device.send(two)["result"] == "conflict"


def test_sides_are_chosen_field_by_field(device):
    said = field.card()
    device.send(said)
    device.send(said | {"version": 1, "answers": field.whole(place="One", demands="One")})
    two = said | {"answers": field.whole(place="Two", demands="Two")}
    answer = device.send(two | {"version": 2, "take": {"place": "mine", "demands": "theirs"}})
    assert (answer["result"], answer["version"]) == ("saved", 3)
    card = stored(said["uuid"])
    assert (card.place, card.demands) == ("Two", "One")


def test_a_lost_answer_is_no_conflict_with_oneself(device):
    """Saved, the answer lost, changed in another tab since: the first one is there already."""
    said = field.card()
    device.send(said)
    one = said | {"version": 1, "answers": field.whole(place="One")}
    device.send(one)
    device.send(said | {"version": 2, "answers": field.whole(place="Two")})
    assert device.send(one)["result"] == "already"
    assert stored(said["uuid"]).place == "Two"
    # To submit it is another matter: what would go to the editors is not what was typed.
    assert device.send(one | {"action": "submit"})["result"] == "conflict"
    assert stored(said["uuid"]).status == "draft"


def test_a_change_at_the_desk_is_a_conflict_too(device, monitor, signed_in):
    said = field.card()
    device.send(said)
    from tests.cards.test_card_views import post, posted

    typed = posted(card_answers(place="At the desk"), uuid=said["uuid"], version="1")
    assert post(signed_in(monitor), typed).status_code == 302
    answer = device.send(said | {"version": 1, "answers": field.whole(place="In the field")})
    assert answer["result"] == "conflict"
    assert stored(said["uuid"]).place == "At the desk"


# --- gone ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["draft", "submitted", "returned", "approved"])
def test_somebody_elses_card_is_not_touched(reference, status):
    card = make_card(status)
    before = picture(card)
    for stranger in (MonitorFactory(all_regions=True), EditorFactory()):
        said = field.card(str(card.uuid), version=card.version, action="submit",
                          answers=field.whole(place="Mine"))  # fmt: skip
        answer = Device.of(stranger).send(said)
        assert answer["result"] == "gone"
        assert answer["typed"]["place"] == ["Mine"]
        assert "card" not in answer
        text = json.dumps(answer)
        assert (card.number or "…") not in text
    assert picture(card) == before


@pytest.mark.parametrize("status", ["submitted", "approved", "rejected", "duplicate"])
def test_a_card_that_is_with_the_editors_is_not_changed(device, monitor, status):
    card = make_card(status, monitor=monitor)
    before = picture(card)
    said = field.card(str(card.uuid), version=card.version, answers=field.whole(place="Later"))
    for action in ("save", "submit"):
        answer = device.send(said | {"action": action})
        assert answer["result"] == "gone"
        assert answer["typed"]["place"] == ["Later"]
    assert picture(card) == before


def test_a_closed_account_sends_nothing(device, monitor):
    User.objects.filter(pk=monitor.pk).update(is_active=False)
    response = device.post("send", {"device": device.uuid, "parcel": {}})
    assert response.status_code == 401
    assert response.json()["ok"] is False


def test_who_begins_no_cards_is_kept_out(analyst, administrator):
    for person in (analyst, administrator):
        device = Device.of(person)
        for address in ("state", "send", "forget"):
            assert device.post(address, {"device": device.uuid}).status_code == 403


# --- counts, replies -----------------------------------------------------------------------------


LOG = [
    {"subject": "participants", "best": 12, "at": "12:10", "basis": "counted"},
    {"subject": "participants", "best": 30, "at": "12:40", "basis": "estimated"},
    {"subject": "police", "best": 4, "at": "12:40", "basis": "counted"},
]


def test_counts_of_the_log_are_kept_once_and_none_is_used(device):
    said = field.card(counts=LOG)
    device.send(said)
    device.send(said | {"version": 1, "answers": field.whole(place="Elsewhere")})
    device.send(said | {"version": 2, "action": "submit", "counts": LOG[:2]})
    card = stored(said["uuid"])
    rows = card.counts.filter(used=False).order_by("id").values_list("subject", "best", "basis")
    assert list(rows) == [(row["subject"], row["best"], row["basis"]) for row in LOG]
    assert card.counts.filter(used=True, subject="participants").get().best == 25
    assert card.participants == 25
    assert card.events.filter(kind="count").count() == 3


def test_a_count_that_cannot_be_read_is_named_and_the_others_kept(device):
    bad = [{"subject": "horses", "best": 3, "at": "12:00", "basis": "counted"},
           {"subject": "police", "at": "12:00", "basis": "counted"},
           {"subject": "police", "best": -1, "at": "25:00", "basis": "counted"}]  # fmt: skip
    answer = device.send(field.card(counts=[*bad, LOG[2]]))
    assert answer["result"] == "saved"
    assert len(answer["errors"]["counts"]) >= 3
    assert Count.objects.get(used=False).best == 4


def test_answers_to_the_editor_are_sent_once(device, monitor, editor):
    card = make_card("submitted", monitor=monitor)
    query = review.ask(card, actor=editor, text="Which square?", field="place")
    said = field.card(str(card.uuid), version=card.version, answers={},
                      replies={str(query.pk): "The old one"})  # fmt: skip
    for _turn in range(2):
        answer = device.send(said)
        assert answer["result"] in ("saved", "already")
        assert answer["errors"] == {}
    assert [m.text for m in query.messages.all()] == ["Which square?", "The old one"]
    assert Query.objects.get().state == "answered"
    review.ask_again(query, actor=editor, text="Are you sure?")
    # The first parcel once more, behind another question, is no answer to that one.
    assert device.send(said)["errors"] == {}
    assert query.messages.count() == 3
    later = said | {"made_at": "2018-05-11T10:00:00+06:00"}
    device.send(later)
    assert query.messages.count() == 4


def test_a_returned_card_is_answered_changed_and_submitted_in_one(device, monitor, editor):
    card = make_card("submitted", monitor=monitor)
    query = review.ask(card, actor=editor, text="Which square?", field="place")
    card = workflow.apply(card, "return", actor=editor)
    (told,) = device.state()["cards"]
    assert told["threads"][0]["messages"][0]["text"] == "Which square?"
    said = field.card(str(card.uuid), version=told["version"], action="submit",
                      answers=field.whole(place="The old square"),
                      replies={str(told["threads"][0]["id"]): "The old one"})  # fmt: skip
    answer = device.send(said)
    assert answer["result"] == "submitted"
    assert stored(said["uuid"]).place == "The old square"
    assert query.messages.last().text == "The old one"
    assert device.send(said)["result"] == "already"


def test_an_answer_that_cannot_be_taken_holds_the_submission_back(device, monitor, editor):
    card = make_card("submitted", monitor=monitor)
    query = review.ask(card, actor=editor, text="Which square?")
    card = workflow.apply(card, "return", actor=editor)
    elsewhere = review.ask(make_card("submitted"), actor=editor, text="Whose?")
    review.close(query, actor=editor)
    replies = {str(query.pk): "Too late", str(elsewhere.pk): "Mine", "7" * 15: "None"}
    said = field.card(str(card.uuid), version=card.version, action="submit", replies=replies)
    answer = device.send(said)
    assert answer["result"] == "refused"
    assert set(answer["errors"]) == {f"reply-{key}" for key in replies}
    assert stored(said["uuid"]).status == "returned"
    assert elsewhere.messages.count() == 1
    long = said | {"replies": {str(query.pk): "x" * 5000}}
    assert device.send(long)["result"] == "refused"


# --- whole or not at all -------------------------------------------------------------------------


def test_a_parcel_that_breaks_half_way_leaves_nothing(device, monkeypatch):
    said = field.card(counts=LOG)

    def broken(*args, **kwargs):
        raise RuntimeError("the power is gone")

    monkeypatch.setattr(services, "add_count", broken)
    with pytest.raises(RuntimeError):
        device.send(said)
    monkeypatch.undo()
    assert not Card.objects.filter(uuid=said["uuid"]).exists()
    assert not Arrival.objects.exists()
    assert device.send(said)["result"] == "saved"
    assert Count.objects.filter(used=False).count() == 3


def test_the_same_card_begun_at_the_same_moment_is_one(device, monkeypatch):
    """Another request creates the card between the look and the creation."""
    said = field.card()
    create = services.create

    def meanwhile(**kwargs):
        monkeypatch.setattr(services, "create", create)
        create(**kwargs)
        return create(**kwargs)

    monkeypatch.setattr(services, "create", meanwhile)
    answer = device.send(said)
    assert answer["result"] == "saved"
    assert Card.objects.count() == 1
    assert stored(said["uuid"]).version == 1


def test_a_card_changed_between_storing_and_submitting_is_looked_at_anew(device, monkeypatch):
    from cards.field import submitting

    # A new card is stored and submitted at once; a draft was stored before.
    draft = field.card()
    device.send(draft)
    said = draft | {"version": 1, "action": "submit", "answers": field.whole(place="Second")}
    submit = submitting._submit

    def meanwhile(user, parcel, card, codes):
        monkeypatch.setattr(submitting, "_submit", submit)
        services.save(stored(said["uuid"]), actor=user, answers={"place": "By somebody else"})
        return submit(user, parcel, card, codes)

    monkeypatch.setattr(submitting, "_submit", meanwhile)
    answer = device.send(said)
    assert answer["result"] == "conflict"
    assert stored(said["uuid"]).status == "draft"


def test_what_the_device_keeps_is_what_a_browser_would_post(device):
    """Answers that come back from the site are the answers that were sent."""
    said = field.card(answers=field.whole(detained=None, report_worthy=True, latitude="43.25",
                                          longitude="76.95", end_time="13:30"))  # fmt: skip
    answer = device.send(said)
    assert answer["errors"] == {}
    kept = answer["card"]["answers"]
    assert kept["detained_unknown"] == kept["report_worthy"] == ["on"]
    assert {name: kept[name] for name in said["answers"]} == said["answers"]
    again = device.send(said | {"version": 1, "answers": kept})
    assert again["version"] == 1


def test_a_card_keeps_its_words_in_the_form_of_a_device(device):
    assert home.posted({"place": "", "detained": 0, "source": (), "report_worthy": False}) == {
        "detained": ["0"]
    }
