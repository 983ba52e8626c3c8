"""The card in the browser without JavaScript: save, check, submit, conflict, decide."""

from __future__ import annotations

import re
import uuid

import pytest
from django.urls import reverse

from cards import services, workflow
from cards.models import Card, Event
from cards.serialise import answers_of, as_text
from tests.factories import EditorFactory, MonitorFactory, card_answers, make_card

pytestmark = pytest.mark.django_db


def posted(answers, **changes) -> dict:
    """Answers the way a browser posts them."""
    data = {
        name: list(value) if isinstance(value, tuple) else as_text(value)
        for name, value in answers.items()
        if value not in (None, "", (), False)
    } | {name: "0" for name, value in answers.items() if value == 0 and value is not False}
    return {"uuid": str(uuid.uuid4()), "version": "0", "action": "save", **data, **changes}


def post(client, data):
    return client.post(reverse("cards:edit", args=[data["uuid"]]), data)


@pytest.fixture
def client_of(signed_in):
    return signed_in


def test_the_empty_page_offers_the_cities_of_the_scope_only(client_of, monitor):
    page = client_of(monitor).get(reverse("cards:new")).content.decode()
    assert '<option value="almaty">' in page
    assert '<option value="astana">' not in page


def test_a_monitor_without_regions_is_told(client_of, reference):
    page = client_of(MonitorFactory(regions=[])).get(reverse("cards:new")).content.decode()
    assert "No region has been assigned to your account" in page


def test_analysts_begin_no_cards(client_of, analyst):
    assert client_of(analyst).get(reverse("cards:new")).status_code == 403


def test_a_draft_can_be_saved_with_one_answer(client_of, monitor):
    data = posted({"settlement": "Aksai"})
    response = post(client_of(monitor), data)
    assert response.status_code == 302
    card = Card.objects.get(uuid=data["uuid"])
    assert (card.status, card.settlement, card.number) == ("draft", "Aksai", None)


def test_sending_a_new_card_twice_makes_no_twin(client_of, monitor):
    data = posted(card_answers())
    client = client_of(monitor)
    assert post(client, data).status_code == 302
    assert post(client, data).status_code == 302
    assert Card.objects.count() == 1
    assert Card.objects.get().version == 1


def test_a_slip_of_the_finger_loses_nothing_else(client_of, monitor):
    data = posted(card_answers(), participants="about 50", settlement="Aksai")
    response = post(client_of(monitor), data)
    page = response.content.decode()
    assert response.status_code == 422
    assert 'value="about 50"' in page
    assert "Everything else has been saved" in page
    card = Card.objects.get(uuid=data["uuid"])
    assert card.settlement == "Aksai"
    assert card.participants is None
    assert re.search(r'name="version"[^>]*value="1"', page)


def test_submitting_an_incomplete_card_lists_what_is_missing(client_of, monitor):
    data = posted(card_answers(), action="submit")
    del data["topic"], data["police_actions"]
    response = post(client_of(monitor), data)
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"topic", "police_actions"}
    page = response.content.decode()
    assert 'href="#id_topic"' in page
    assert 'href="#id_police_actions"' in page
    assert Card.objects.get().status == "draft"


def test_submitting_gives_a_number(client_of, monitor):
    data = posted(card_answers(), action="submit")
    response = post(client_of(monitor), data)
    card = Card.objects.get()
    assert response.status_code == 302
    assert card.status == "submitted"
    assert card.number == "2018-ALMATY-001"


def test_warnings_ask_once_and_do_not_block(client_of, monitor):
    data = posted(
        card_answers(participants=3, participants_low=None, participants_high=None),
        police="9",
        police_basis="counted",
        police_present="yes",
        action="submit",
    )
    client = client_of(monitor)
    response = post(client, data)
    assert response.status_code == 200
    assert [w.code for w in response.context["warnings"]] == ["police_above_participants"]
    assert Card.objects.get().status == "draft"
    data |= {"accepted": ["police_above_participants"], "version": "1"}
    assert post(client, data).status_code == 302
    assert Card.objects.get().status == "submitted"
    event = Event.objects.get(to_status="submitted")
    assert event.changes == {"warnings": ["", "police_above_participants"]}


def test_a_likely_duplicate_is_shown_before_sending(client_of, monitor):
    twin = make_card("submitted", monitor=monitor)
    response = post(client_of(monitor), posted(card_answers(), action="submit"))
    assert response.status_code == 200
    assert [each.card for each in response.context["twins"]] == [twin]
    assert Card.objects.filter(status="draft").count() == 1


def test_an_old_version_is_refused_with_both_sides(client_of, monitor):
    card = make_card(monitor=monitor)
    services.save(card, actor=monitor, answers={"place": "Square of the Republic"})
    data = posted(
        answers_of(card), uuid=str(card.uuid), version="1", place="The old square", settlement="X"
    )
    client = client_of(monitor)
    response = post(client, data)
    assert response.status_code == 409
    sides = {row.name: (row.mine, row.theirs, row.take) for row in response.context["conflicts"]}
    assert sides["place"] == ("The old square", "Square of the Republic", "mine")
    assert sides["settlement"] == ("X", "", "mine")
    assert Card.objects.get(pk=card.pk).place == "Square of the Republic"
    data |= {"version": "2", "take_place": "theirs", "take_settlement": "mine"}
    assert post(client, data).status_code == 302
    card.refresh_from_db()
    assert (card.place, card.settlement, card.version) == ("Square of the Republic", "X", 3)


def test_an_answer_left_alone_keeps_what_the_other_saved(client_of, monitor):
    card = make_card(monitor=monitor)
    before = answers_of(card)
    services.save(card, actor=monitor, answers={"place": "Square of the Republic"})
    data = posted(before, uuid=str(card.uuid), version="1", settlement="X")
    response = post(client_of(monitor), data)
    sides = {row.name: row.take for row in response.context["conflicts"]}
    assert sides == {"place": "theirs", "settlement": "mine"}


def test_autosave_answers_in_json(client_of, monitor):
    data = posted(card_answers(), participants="x")
    client = client_of(monitor)
    url = reverse("cards:autosave", args=[data["uuid"]])
    answer = client.post(url, data, headers={"Accept": "application/json"}).json()
    assert answer["ok"] is False
    assert set(answer["errors"]) == {"participants"}
    assert answer["version"] == 1
    data |= {"participants": "12", "participants_basis": "counted", "version": "1"}
    assert client.post(url, data).json()["ok"] is True
    card = Card.objects.get()
    assert (card.participants, card.version) == (12, 2)
    stale = client.post(url, {**data, "participants": "13", "version": "1"})
    assert stale.status_code == 409


def test_autosave_without_a_session_says_so(client, monitor):
    data = posted(card_answers())
    url = reverse("cards:autosave", args=[data["uuid"]])
    response = client.post(url, data, headers={"Accept": "application/json"})
    assert response.status_code == 401
    assert Card.objects.count() == 0


def test_a_form_sent_after_the_session_ended_is_kept_through_sign_in(client, monitor):
    data = posted(card_answers(), settlement="Typed for an hour")
    response = post(client, data)
    assert response.status_code == 401
    sealed = response.context["kept"]
    assert Card.objects.count() == 0
    credentials = {"username": monitor.username, "password": "pass-word-of-tests", "kept": sealed}
    monitor.set_password("pass-word-of-tests")
    monitor.save()
    wrong = client.post(reverse("sign_in"), {**credentials, "password": "wrong"})
    assert wrong.context["kept"] == sealed
    page = client.post(reverse("sign_in"), credentials)
    kept = page.context["kept"]
    assert kept.path == reverse("cards:edit", args=[data["uuid"]])
    again: dict = {}
    for name, value in kept.fields:
        again.setdefault(name, []).append(value)
    assert client.post(kept.path, again).status_code == 302
    assert Card.objects.get().settlement == "Typed for an hour"


def test_a_tampered_form_is_not_carried(client, monitor):
    monitor.set_password("pass-word-of-tests")
    monitor.save()
    credentials = {"username": monitor.username, "password": "pass-word-of-tests"}
    response = client.post(reverse("sign_in"), {**credentials, "kept": "forged:text"})
    assert response.status_code == 302


def test_another_monitors_card_is_not_there(client_of, monitor):
    card = make_card()
    client = client_of(monitor)
    for name in ("detail", "edit", "history"):
        assert client.get(reverse(f"cards:{name}", args=[card.uuid])).status_code == 404
    assert post(client, posted(answers_of(card), uuid=str(card.uuid))).status_code == 404


def test_the_page_of_a_card_shows_answers_in_words(client_of, editor):
    card = make_card("submitted")
    page = client_of(editor).get(card.get_absolute_url()).content.decode()
    assert card.number in page
    assert "Observed" in page
    assert "not_applicable" not in re.sub(r"<[^>]+>", "", page)


def test_the_history_shows_the_difference(client_of, monitor, editor):
    card = make_card(monitor=monitor)
    services.save(card, actor=monitor, answers={"place": "New place", "form": "picket"})
    page = client_of(monitor).get(reverse("cards:history", args=[card.uuid])).content.decode()
    assert "New place" in page
    assert ">Picket</ins>" in page


@pytest.mark.slow
def test_an_editor_returns_with_a_reason_only(client_of, editor):
    card = make_card("submitted")
    client = client_of(editor)
    url = reverse("cards:transition", args=[card.uuid, "return"])
    refused = client.post(url, {"reason": "  "})
    assert refused.status_code == 422
    assert "Give a reason." in refused.content.decode()
    assert client.post(url, {"reason": "Which square?"}).status_code == 302
    card.refresh_from_db()
    assert card.status == "returned"
    page = client_of(card.monitor).get(reverse("cards:edit", args=[card.uuid])).content.decode()
    assert "Which square?" in page


def test_approving_by_hand_and_a_card_that_moved_on(client_of, editor):
    card = make_card("submitted")
    client = client_of(editor)
    url = reverse("cards:transition", args=[card.uuid, "approve"])
    assert client.post(url).status_code == 302
    card.refresh_from_db()
    assert (card.status, card.editor) == ("approved", editor)
    late = client.post(url, follow=True)
    assert late.redirect_chain == [(card.get_absolute_url(), 302)]
    assert "status has changed meanwhile" in late.content.decode()


def test_a_duplicate_needs_the_other_card(client_of, editor):
    first, second = make_card("submitted"), make_card("submitted")
    client = client_of(editor)
    url = reverse("cards:transition", args=[second.uuid, "duplicate"])
    assert client.post(url, {"duplicate_of": "2018-NOWHERE-1"}).status_code == 422
    assert client.post(url, {"duplicate_of": first.number.lower()}).status_code == 302
    second.refresh_from_db()
    assert second.duplicate_of == first


@pytest.mark.slow
def test_inclusion_is_decided_with_a_reason(client_of, editor):
    card = make_card("submitted", peaceful="no")
    assert card.inclusion == "excluded"
    client = client_of(editor)
    url = reverse("cards:inclusion", args=[card.uuid])
    refused = client.post(url, {"inclusion": "counted", "reason": ""})
    assert refused.status_code == 422
    assert refused.context["inclusion_form"].errors == {
        "reason": ["Give the reason for departing from the rule."]
    }
    reason = "The first stage met the criteria."
    assert client.post(url, {"inclusion": "counted", "reason": reason}).status_code == 302
    card.refresh_from_db()
    assert (card.inclusion, card.inclusion_reason) == ("counted", reason)
    prevented = make_card("submitted", course="prevented", monitor=card.monitor)
    url = reverse("cards:inclusion", args=[prevented.uuid])
    assert client.post(url, {"inclusion": "counted", "reason": reason}).status_code == 422


def test_counts_are_kept_and_one_is_used(client_of, monitor):
    card = make_card(monitor=monitor, participants=20, participants_basis="estimated")
    client = client_of(monitor)
    url = reverse("cards:count_add", args=[card.uuid])
    given = {"subject": "participants", "best": "1 200", "basis": "media", "use": "on"}
    assert client.post(url, {**given, "low": "1300"}).status_code == 422
    assert client.post(url, given).status_code == 302
    card.refresh_from_db()
    assert (card.participants, card.participants_basis) == (1200, "media")
    first = card.counts.get(best=20)
    assert client.post(reverse("cards:count_use", args=[card.uuid, first.pk])).status_code == 302
    card.refresh_from_db()
    assert card.participants == 20
    assert card.counts.filter(subject="participants").count() == 2


def test_an_editor_corrects_a_submitted_card_and_then_may_not_approve_it(client_of, editor):
    card = make_card("submitted")
    client = client_of(editor)
    data = posted(answers_of(card), uuid=str(card.uuid), version=card.version, settlement="Aksai")
    assert post(client, data).status_code == 302
    assert client.post(reverse("cards:transition", args=[card.uuid, "approve"])).status_code == 403
    workflow.apply(card, "approve", actor=EditorFactory())
    card.refresh_from_db()
    assert card.status == "approved"


def test_a_correction_that_leaves_a_submitted_card_incomplete_is_refused(client_of, editor):
    card = make_card("submitted")
    client = client_of(editor)
    answers = answers_of(card) | {"place": "", "police_present": "no", "settlement": "Aksai"}
    data = posted(answers, uuid=str(card.uuid), version=card.version)
    response = post(client, data)
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"place", "police_present"}
    assert 'value="Aksai"' in response.content.decode()
    answer = client.post(reverse("cards:autosave", args=[card.uuid]), data)
    assert answer.status_code == 422
    assert set(answer.json()["errors"]) == {"place", "police_present"}
    assert "version" not in answer.json()
    stored = Card.objects.get(pk=card.pk)
    assert (stored.place, stored.settlement, stored.version) == (card.place, "", card.version)


def test_editing_an_approved_card_needs_reopening(client_of, editor):
    card = make_card("approved", editor=editor)
    client = client_of(editor)
    assert client.get(reverse("cards:edit", args=[card.uuid])).status_code == 403
    url = reverse("cards:transition", args=[card.uuid, "reopen"])
    assert client.post(url, {"reason": "A wrong date"}).status_code == 302
    assert client.get(reverse("cards:edit", args=[card.uuid])).status_code == 200
