"""What a device is told of its person, and of nobody else; in few queries, however much."""

from __future__ import annotations

import base64
import datetime
import re
import uuid as uuids

import pytest
from django.core.management.utils import get_random_secret_key
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cards import attachments, review, workflow
from cards.models import Card, Event
from monitoring.accounts.models import Device as Row
from tests.factories import (
    MonitorFactory,
    add_outcome,
    make_card,
)
from tests.field import Device
from tests.history import unguarded
from tests.security.hostile import picture

pytestmark = pytest.mark.django_db


def test_each_proof_of_who_one_is_has_a_name_of_its_own(device):
    """What was locked on a device opens only with another proof than the one of before."""
    first = device.state()["sign_in"]
    assert device.state()["sign_in"] == first
    session = device.client.session
    session["fresh_at"] = session["fresh_at"] + 60
    session.save()
    second = device.state()["sign_in"]
    assert second != first
    assert session.session_key not in (first, second)


def test_the_first_visit_gives_a_key_that_stays_the_same(device, monitor):
    first, second = device.state(), device.state()
    assert first["key"] == second["key"]
    assert len(base64.urlsafe_b64decode(first["key"] + "=")) == 32
    assert first["device"] == device.uuid
    assert first["keys"][0]["alg"] == "ECDH-ES+A256KW"
    assert datetime.datetime.fromisoformat(first["server_time"]).tzinfo is not None
    assert first["lock_after"] == 12 * 3600
    assert (first["alias"], first["language"]) == (monitor.alias, "en")
    assert first["cities"] == ["almaty"]
    assert (first["habits"], first["habits_at"]) == ({}, None)
    assert first["cards"] == first["followups"] == first["sent"] == first["messages"] == []


def test_another_device_and_another_account_have_keys_of_their_own(device, monitor):
    other = Device.of(monitor)
    stranger = Device.of(MonitorFactory())
    stranger.uuid = device.uuid
    states = [each.state() for each in (device, other, stranger)]
    assert len({state["key"] for state in states}) == 3
    assert [state["account"] for state in states].count(states[0]["account"]) == 2
    assert re.fullmatch(r"[0-9a-f]{16,}", states[0]["account"])


def test_the_account_is_known_by_the_same_name_after_a_new_secret_key(device, settings, monitor):
    before = device.state()["account"]
    settings.SECRET_KEY = get_random_secret_key()
    assert Device.of(monitor).state()["account"] == before
    assert str(monitor.pk) != before


def test_a_forgotten_device_is_told_so_and_may_still_send(device, monitor):
    from tests import field

    device.state()
    assert device.post("forget", {"device": device.uuid}).json() == {"ok": True}
    assert Row.objects.get().key == ""
    answer = device.post("state", {"device": device.uuid})
    assert (answer.status_code, answer.json()) == (410, {"forgotten": True})
    assert device.send(field.card())["result"] == "saved"
    # Twice, or one that nobody knows, is no error.
    for uuid in (device.uuid, str(uuids.uuid4())):
        assert device.post("forget", {"device": uuid}).json() == {"ok": True}
    device.uuid = str(uuids.uuid4())
    assert device.state()["key"]


def test_somebody_else_forgets_no_device_of_mine(device):
    key = device.state()["key"]
    stranger = Device.of(MonitorFactory())
    stranger.post("forget", {"device": device.uuid})
    assert device.state()["key"] == key


def test_an_ended_session_is_told_in_json(device):
    device.client.logout()
    for address in ("state", "send", "forget"):
        answer = device.post(address, {"device": device.uuid})
        assert answer.status_code == 401
        assert answer.json()["ok"] is False


def test_without_a_key_to_seal_to_nothing_is_given_out(device, folder):
    answer = device.post("state", {"device": device.uuid})
    assert answer.status_code == 503
    assert answer.json()["ok"] is False


def test_the_cookie_for_sending_comes_with_the_state(device):
    assert "csrftoken" in device.post("state", {"device": device.uuid}).cookies


def test_open_cards_and_those_with_a_question_are_told_and_no_others(device, monitor, editor):
    by_status = {
        status: make_card(status, monitor=monitor)
        for status in ("draft", "returned", "submitted", "approved", "rejected")
    }
    make_card("draft")
    asked = make_card("submitted", monitor=monitor)
    query = review.ask(asked, actor=editor, text="Which square?", field="place")
    told = {row["uuid"]: row for row in device.state()["cards"]}
    assert set(told) == {
        str(card.uuid) for card in (by_status["draft"], by_status["returned"], asked)
    }
    returned = told[str(by_status["returned"].uuid)]
    assert (returned["returned_for"], returned["editable"]) == ("Because of the test", True)
    assert returned["status_label"] == "Returned"
    waiting = told[str(asked.uuid)]
    assert waiting["editable"] is False
    assert waiting["number"] == asked.number
    (thread,) = waiting["threads"]
    assert (thread["id"], thread["field"], thread["label"]) == (query.pk, "place", "place")
    assert thread["state"] == "open"
    assert thread["messages"][0]["who"] == str(editor)
    review.answer(query, actor=monitor, text="The old one")
    assert str(asked.uuid) not in {row["uuid"] for row in device.state()["cards"]}


def test_the_newest_comes_first_and_habits_are_those_of_the_latest(device, monitor):
    make_card("draft", monitor=monitor, settlement="First")
    last = make_card("draft", monitor=monitor, settlement="Second", place="Before the akimat")
    state = device.state()
    assert [row["answers"]["settlement"] for row in state["cards"]] == [["Second"], ["First"]]
    # Where it was, as coarse as that; nothing of what happened there.
    assert state["habits"] == {
        "city": "almaty", "settlement": "Second", "place_type": "central_square",
    }  # fmt: skip
    assert datetime.datetime.fromisoformat(state["habits_at"]) == last.updated_at


def test_attachments_are_told(device, monitor):
    from django.core.files.uploadedfile import SimpleUploadedFile

    card = make_card("draft", monitor=monitor)
    taken = timezone.now()
    file = attachments.accept(card, actor=monitor, file=SimpleUploadedFile("a.jpg", picture()),
                              caption="Square", taken_at=taken, taken_by="observer")  # fmt: skip
    (row,) = device.state()["cards"][0]["attachments"]
    assert (row["uuid"], row["name"], row["caption"]) == (str(file.uuid), "a.jpg", "Square")
    assert (row["kind"], row["size"], row["taken_by"]) == ("image", file.size, "observer")
    assert datetime.datetime.fromisoformat(row["taken_at"]) == taken.replace(microsecond=0)


def test_what_was_decided_lately_is_told(device, monitor, editor):
    approved = make_card("approved", monitor=monitor)
    rejected = make_card("rejected", monitor=monitor)
    reopened = make_card("approved", monitor=monitor)
    workflow.apply(reopened, "reopen", actor=editor, reason="A mistake")
    make_card("approved")
    said = device.state()["messages"]
    assert said == [
        f"{rejected.number}: Rejected: Because of the test",
        f"{approved.number}: Approved",
    ]
    with unguarded():
        Event.objects.update(at=timezone.now() - datetime.timedelta(days=15))
    assert device.state()["messages"] == []


def test_the_last_ten_that_were_sent(device, monitor):
    cards = [make_card("submitted", monitor=monitor) for _turn in range(12)]
    sent = device.state()["sent"]
    assert [row["number"] for row in sent] == [card.number for card in reversed(cards[2:])]
    assert sent[0]["status_label"] == "Submitted"


def test_all_cities_are_none_in_particular(reference):
    assert Device.of(MonitorFactory(all_regions=True)).state()["cities"] is None
    assert Device.of(MonitorFactory(regions=[])).state()["cities"] == []


def _fill(monitor, editor, times: int) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    for number in range(times):
        detentions = {"detained": 3, "police_actions": ("detained",)}
        card = make_card("returned", monitor=monitor, editor=editor, settlement=str(number),
                         in_the_name_of_the_law="no", **detentions)  # fmt: skip
        for text in ("Which?", "When?"):
            query = review.ask(card, actor=editor, text=text, field="place")
            review.answer(query, actor=monitor, text="This one")
        add_outcome(card, author=monitor, review="pending")
        add_outcome(card, author=monitor, review="pending", case_code="A-02")
        content = picture() + bytes([number])
        attachments.accept(card, actor=monitor, file=SimpleUploadedFile("a.jpg", content))
        make_card("approved", monitor=monitor, editor=editor)


@pytest.mark.slow
def test_queries_are_few_and_as_many_for_one_card_as_for_many(device, monitor, editor):
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as found:
            state = device.state()
        assert len(state["cards"]) == Card.objects.filter(status="returned").count()
        assert len(state["followups"]) == len(state["cards"])
        return len(found)

    _fill(monitor, editor, 1)
    queries()
    few = queries()
    _fill(monitor, editor, 6)
    assert queries() == few
    assert few <= 24
