"""Permit applications: rules, the life of one, links to cards, and what the history keeps."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from cards import permit_rules, permits
from cards.models import Card, EventKind, PermitApplication
from reports.models import Fact
from tests.factories import (
    ALMATY,
    APPLICATION,
    ASTANA,
    EditorFactory,
    MonitorFactory,
    make_application,
    make_card,
)

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2026, 11, 25)


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def codes(problems) -> set[tuple[str, str]]:
    return {(problem.field, problem.code) for problem in problems}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, set()),
        ({"city": None}, {("city", "required")}),
        ({"applied_on": None}, {("applied_on", "required")}),
        ({"applied_on": day("2026-11-26"), "answered_on": None}, {("applied_on", "future")}),
        ({"applied_on": day("1018-08-06")}, {("applied_on", "too_early")}),
        ({"planned_for": day("0218-08-06")}, {("planned_for", "too_early")}),
        ({"answered_on": day("2018-08-05")}, {("answered_on", "before_application")}),
        ({"answered_on": day("2018-08-06")}, set()),
        ({"answered_on": day("2026-11-26")}, {("answered_on", "future")}),
        ({"ground": " "}, {("ground", "required")}),
        ({"decision": "permitted", "ground": ""}, set()),
        ({"decision": "other_place"}, {("other_place", "required")}),
        ({"decision": "other_place", "other_place": "A park"}, set()),
        ({"decision": "no_answer"}, {("answered_on", "unanswered")}),
        ({"decision": "pending"}, {("answered_on", "unanswered")}),
        ({"decision": "pending", "answered_on": None}, set()),
        ({"applicant_code": "Ivan Ivanov"}, {("applicant_code", "a_name")}),
        ({"source_links": "not an address"}, {("source_links", "not_an_address")}),
    ],
)
def test_what_is_missing_or_cannot_be(changes, expected):
    assert codes(permit_rules.problems({**APPLICATION, **changes}, TODAY)) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, set()),
        ({"planned_for": None}, set()),
        ({"planned_for": day("2018-08-05")}, {("planned_for", "before_application")}),
        ({"planned_for": day("2018-08-15")}, {("answered_on", "after_planned")}),
    ],
)
def test_what_deserves_a_second_look(changes, expected):
    assert codes(permit_rules.warnings({**APPLICATION, **changes})) == expected


def test_answers_to_unasked_questions_fall_away():
    tidied = permit_rules.tidy({"decision": "permitted", "ground": "Repairs", "other_place": "X"})
    assert (tidied["ground"], tidied["other_place"]) == ("", "")


def test_a_new_application_awaits_review_and_is_logged(monitor):
    application = make_application("pending", author=monitor)
    assert (application.review, application.author, application.version) == ("pending", monitor, 1)
    assert application.days_to_answer == 10
    event = application.events.get()
    assert (event.kind, event.actor, event.card) == (EventKind.APPLICATION, monitor, None)
    assert event.changes["decision"] == ["", "refused"]
    assert event.changes["applied_on"] == ["", "2018-08-06"]


def test_the_same_identifier_makes_no_twin(monitor):
    application = make_application("pending", author=monitor)
    with pytest.raises(IntegrityError), transaction.atomic():
        permits.create(actor=monitor, answers=APPLICATION, uuid=application.uuid)


def test_nothing_wrong_is_stored(monitor):
    with pytest.raises(ValidationError) as refused:
        permits.create(actor=monitor, answers={**APPLICATION, "ground": ""})
    assert set(refused.value.error_dict) == {"ground"}
    with pytest.raises(ValidationError) as refused:
        permits.create(actor=monitor, answers={**APPLICATION, "city": "astana"})
    assert set(refused.value.error_dict) == {"city"}
    assert not PermitApplication.objects.exists()


def test_an_analyst_records_nothing(analyst):
    with pytest.raises(PermissionDenied):
        permits.create(actor=analyst, answers=APPLICATION)


def test_a_change_is_kept_from_what_to_what(monitor):
    application = make_application("pending", author=monitor)
    changed = permits.change(
        application, actor=monitor, answers={"place": "A park"}, expected_version=1
    )
    assert changed.version == 2
    assert changed.events.first().changes == {"place": ["Square behind the cinema", "A park"]}
    same = permits.change(changed, actor=monitor, answers={"place": "A park"}, expected_version=1)
    assert same.version == 2
    assert same.events.count() == 2


def test_who_saves_second_is_told(monitor, editor):
    application = make_application("pending", author=monitor)
    permits.change(application, actor=editor, answers={"place": "A park"}, expected_version=1)
    with pytest.raises(permits.StaleApplication) as stale:
        permits.change(application, actor=monitor, answers={"note": "x"}, expected_version=1)
    assert stale.value.application.place == "A park"


def test_a_reviewed_application_changes_with_a_reason_and_a_second_person(editor, other_editor):
    application = make_application("approved", reviewer=editor)
    with pytest.raises(ValidationError) as refused:
        permits.change(application, actor=editor, answers={"place": "A park"})
    assert set(refused.value.error_dict) == {"reason"}
    changed = permits.change(
        application, actor=editor, answers={"place": "A park"}, reason="The letter says so"
    )
    assert (changed.review, changed.reviewer, changed.reviewed_at) == ("pending", None, None)
    event = changed.events.first()
    assert event.changes["review"] == ["approved", "pending"]
    assert event.reason == "The letter says so"
    with pytest.raises(PermissionDenied):
        permits.review(changed, actor=editor, accept=True)
    assert permits.review(changed, actor=other_editor, accept=True).review == "approved"
    # Once somebody else has looked, the earlier change no longer stands in the way.
    assert not PermitApplication.objects.get(pk=changed.pk).was_changed_by(editor)


def test_nobody_reviews_their_own_and_a_refusal_needs_a_reason(editor, other_editor):
    application = make_application("pending", author=editor)
    with pytest.raises(PermissionDenied):
        permits.review(application, actor=editor, accept=True)
    with pytest.raises(ValidationError):
        permits.review(application, actor=other_editor, accept=False)
    refused = permits.review(application, actor=other_editor, accept=False, reason="Twice")
    assert (refused.review, refused.review_reason) == ("rejected", "Twice")
    with pytest.raises(ValidationError):
        permits.review(application, actor=other_editor, accept=True)


def test_a_monitor_changes_nothing_that_was_reviewed(monitor):
    application = make_application("approved", author=monitor)
    with pytest.raises(PermissionDenied):
        permits.change(application, actor=monitor, answers={"note": "x"}, reason="Because")


def test_the_database_holds_the_second_person(editor):
    application = make_application("pending", author=editor)
    with pytest.raises(IntegrityError), transaction.atomic():
        PermitApplication.objects.filter(pk=application.pk).update(reviewer=editor)


def test_a_link_takes_it_out_of_the_count_and_back(editor):
    application = make_application(planned_for=day("2018-08-09"))
    card = make_card("approved", date=day("2018-08-09"))
    assert Fact.objects.get(month=day("2018-08-01")).sums["applications"] == [1, 1]
    linked = permits.link(application, actor=editor, card=card)
    assert not linked.never_held
    assert "applications" not in Fact.objects.get(month=day("2018-08-01")).sums
    assert linked.events.first().changes == {"card": ["", card.number]}
    with pytest.raises(ValidationError):
        permits.unlink(linked, actor=editor, reason=" ")
    back = permits.unlink(linked, actor=editor, reason="Another assembly")
    assert back.never_held
    assert Fact.objects.get(month=day("2018-08-01")).sums["applications"] == [1, 1]
    assert [event.kind for event in back.events.all()][:2] == [EventKind.APPLICATION_LINKED] * 2


def test_a_card_of_another_city_or_dropped_is_refused(editor):
    application = make_application()
    for card in (make_card("approved", city="astana"), make_card("rejected")):
        with pytest.raises(ValidationError) as refused:
            permits.link(application, actor=editor, card=card)
        assert set(refused.value.error_dict) == {"card"}
    linked = permits.link(application, actor=editor, card=make_card("approved"))
    with pytest.raises(ValidationError):
        permits.change(linked, actor=editor, answers={"city": "astana"}, reason="A mistake")


def test_monitors_and_editors_elsewhere_link_nothing(monitor):
    application, card = make_application("pending", author=monitor), make_card("approved")
    for person in (monitor, EditorFactory(all_regions=False, regions=[ASTANA])):
        with pytest.raises(PermissionDenied):
            permits.link(application, actor=person, card=card)


def test_likely_cards_are_near_in_place_and_time(editor):
    application = make_application(planned_for=day("2018-08-25"))
    near = make_card("approved", date=day("2018-08-26"))
    nearer = make_card("submitted", date=day("2018-08-25"))
    make_card("approved", date=day("2018-08-25"), city="astana")
    early = make_card("approved", date=day("2018-08-17"))
    make_card("rejected", date=day("2018-08-25"))
    cards = Card.objects.visible_to(editor)
    assert permits.candidates(application, cards) == [nearer, near]
    unplanned = make_application(planned_for=None)
    assert permits.candidates(unplanned, cards) == [early, nearer, near]


def test_a_card_begins_the_form(monitor):
    card = make_card(
        "submitted",
        legal_status="requested_refused",
        reason_not_requested="",
        refusal_ground="Repairs",
        application_date=day("2018-05-01"),
        answer_date=day("2018-05-09"),
    )
    assert permits.tells_of_one(card)
    said = permits.from_card(card)
    assert (said["decision"], said["ground"]) == ("refused", "Repairs")
    assert (said["applied_on"], said["planned_for"]) == (day("2018-05-01"), card.date)
    assert not permits.tells_of_one(make_card("submitted"))
    author = MonitorFactory(regions=[ALMATY])
    application = permits.create(actor=author, answers=said, card=card)
    assert list(card.applications.all()) == [application]
