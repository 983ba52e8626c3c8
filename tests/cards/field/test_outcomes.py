"""A court outcome sent by a device: added once, to the case of the same person."""

from __future__ import annotations

import uuid as uuids

import pytest

from cards.models import CaseUpdate, CourtCase
from tests import field
from tests.factories import MonitorFactory, add_outcome, make_card
from tests.field import Device

pytestmark = pytest.mark.django_db


@pytest.fixture
def card(monitor):
    return make_card("approved", monitor=monitor, detained=2, police_actions=("detained",),
                     in_the_name_of_the_law="no")  # fmt: skip


def test_an_outcome_is_added_and_sent_again_is_there_already(device, card):
    said = field.outcome(str(card.uuid))
    answer = device.send(said)
    assert answer["result"] == "saved"
    assert answer["uuid"] == said["uuid"]
    assert answer["number"] == card.number
    assert device.send(said)["result"] == "already"
    update = CaseUpdate.objects.get()
    assert (update.case.case_code, update.outcome, update.fine_mci) == ("A-01", "fine", 20)
    assert update.review == "pending"
    assert card.events.filter(kind="outcome").count() == 1


def test_the_same_person_is_one_case_however_the_code_is_typed(device, card):
    device.send(field.outcome(str(card.uuid), outcome="pending", fine_mci=None, decided_on=None))
    device.send(field.outcome(str(card.uuid), case_code=" a-01 "))
    assert CourtCase.objects.get().updates.count() == 2


def test_the_same_news_under_another_identifier_is_not_doubled(device, card):
    for _turn in range(2):
        assert device.send(field.outcome(str(card.uuid)))["result"] == "saved"
    assert CaseUpdate.objects.count() == 1


def test_the_same_identifier_with_other_words_is_refused_and_told(device, card):
    said = field.outcome(str(card.uuid))
    device.send(said)
    other = field.outcome(str(card.uuid), said["uuid"], fine_mci=30)
    answer = device.send(other)
    assert answer["result"] == "refused"
    assert "already" in answer["errors"]["__all__"][0]
    assert answer["typed"]["fine_mci"] == ["30"]
    assert CaseUpdate.objects.get().fine_mci == 20


def test_what_is_missing_is_named(device, card):
    said = field.outcome(str(card.uuid))
    for changes, name in (({"fine_mci": None}, "fine_mci"), ({"article": "koap_999"}, "article")):
        said = field.outcome(str(card.uuid), said["uuid"], **changes)
        for _turn in range(2):
            answer = device.send(said)
            assert answer["result"] == "refused"
            assert set(answer["errors"]) == {name}
            assert answer["typed"] == said["answers"]
    assert not CaseUpdate.objects.exists()
    # Mended, under the same identifier, it is taken.
    assert device.send(field.outcome(str(card.uuid), said["uuid"]))["result"] == "saved"


def test_out_of_reach_and_not_here_answer_alike(device, card):
    elsewhere = Device.of(MonitorFactory(all_regions=True))
    for sender, of in ((elsewhere, str(card.uuid)), (device, str(uuids.uuid4()))):
        said = field.outcome(of)
        answer = sender.send(said)
        assert answer == {
            "result": "gone",
            "uuid": said["uuid"],
            "reason": "This card has not reached the site, or is not yours.",
            "typed": said["answers"],
        }
    assert not CaseUpdate.objects.exists()


def test_no_outcome_for_a_card_that_was_dropped(device, monitor):
    card = make_card("rejected", monitor=monitor)
    assert device.send(field.outcome(str(card.uuid)))["result"] == "gone"


@pytest.mark.slow
def test_followups_go_when_everybody_has_an_outcome(device, monitor, card):
    def waiting() -> list:
        return device.state()["followups"]

    (row,) = waiting()
    assert (row["uuid"], row["detained"], row["cases"]) == (str(card.uuid), 2, [])
    assert (row["remind_on"], row["due"]) == ("2018-05-24", True)
    add_outcome(card, review="pending", outcome="pending", fine_mci=None, decided_on=None)
    (row,) = waiting()
    assert row["cases"] == [
        {"code": "A-01", "outcome": "pending", "outcome_label": "Pending", "decided_on": None}
    ]
    add_outcome(card, review="rejected", case_code="A-02")
    assert len(waiting()) == 1
    add_outcome(card, case_code="A-02")
    assert len(waiting()) == 1
    add_outcome(card)
    assert waiting() == []


def test_who_was_released_without_a_report_comes_before_no_court(device, monitor):
    make_card("submitted", monitor=monitor, detained=3, released_without_report=3,
              police_actions=("detained",), in_the_name_of_the_law="no")  # fmt: skip
    assert device.state()["followups"] == []
