"""Writing cards: versions, counts, numbers, outcomes, and a history that forgets nothing."""

import datetime
import uuid

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connections, transaction

from cards import history, services, workflow
from cards.models import Card, CaseUpdate, Count, CourtCase, NumberSequence
from cards.reading import history_of
from cards.serialise import answers_of
from cards.services import StaleVersion
from tests.factories import (
    EditorFactory,
    MonitorFactory,
    add_outcome,
    card_answers,
    make_card,
    outcome_answers,
)

pytestmark = pytest.mark.django_db


# Versions and history


def test_a_card_begins_with_version_1_and_its_answers_in_the_history(reference):
    monitor = MonitorFactory()
    card = services.create(actor=monitor, answers={"place": "Square", "city": "almaty"})
    assert (card.version, card.status, card.monitor) == (1, "draft", monitor)
    event = card.events.get()
    assert (event.kind, event.actor, event.version) == ("created", monitor, 1)
    # Whether it counts waits for the answers that decide it.
    assert event.changes == {"city": ["", "almaty"], "place": ["", "Square"]}


def test_the_same_identifier_is_never_a_second_card(reference):
    monitor, identifier = MonitorFactory(), uuid.uuid4()
    services.create(actor=monitor, answers={}, uuid=identifier)
    with pytest.raises(IntegrityError), transaction.atomic():
        services.create(actor=monitor, answers={"place": "Elsewhere"}, uuid=identifier)
    assert Card.objects.get(uuid=identifier).place == ""


def test_saving_raises_the_version_and_records_from_what_to_what(reference):
    card = make_card("draft")
    saved = services.save(
        card,
        actor=card.monitor,
        expected_version=1,
        answers={
            "participants": None,
            "participants_low": None,
            "participants_high": None,
            "participants_basis": "",
            "attributes": (),
            "start_time": datetime.time(11, 5),
            "city": "astana",
            "report_worthy": True,
        },
    )
    assert saved.version == 2
    assert card.events.first().changes == {
        "start_time": ["12:00", "11:05"],
        "duration_minutes": ["90", "145"],
        "city": ["almaty", "astana"],
        "attributes": ["placards;chants", ""],
        "participants": ["25", ""],
        "participants_low": ["20", ""],
        "participants_high": ["30", ""],
        "participants_basis": ["estimated", ""],
        "report_worthy": ["no", "yes"],
    }


def test_saving_the_same_changes_nothing(reference):
    card = make_card("draft")
    saved = services.save(card, actor=card.monitor, answers=card_answers())
    assert (saved.version, card.events.count()) == (1, 1)


def test_an_answer_that_is_not_given_stays(reference):
    card = make_card("draft")
    saved = services.save(card, actor=card.monitor, answers={"place": "Park"})
    assert (saved.place, saved.demands) == ("Park", "Lower prices")


def test_saving_on_an_old_version_is_refused_and_loses_nothing(reference):
    card = make_card("draft")
    services.save(card, actor=card.monitor, answers={"place": "First"}, expected_version=1)
    with pytest.raises(StaleVersion) as stale:
        services.save(card, actor=card.monitor, answers={"place": "Second"}, expected_version=1)
    assert (stale.value.card.place, stale.value.card.version) == ("First", 2)
    assert Card.objects.get(pk=card.pk).place == "First"
    assert card.events.count() == 2


def test_what_is_stored_already_is_no_conflict(reference):
    card = make_card("draft")
    services.save(card, actor=card.monitor, answers={"place": "First"}, expected_version=1)
    again = services.save(card, actor=card.monitor, answers={"place": "First"}, expected_version=1)
    assert (again.version, card.events.count()) == (2, 2)


def test_a_field_that_is_no_answer_is_not_written(reference):
    card = make_card("draft")
    with pytest.raises(KeyError):
        services.save(card, actor=card.monitor, answers={"status": "approved"})
    assert Card.objects.get(pk=card.pk).status == "draft"


def test_the_history_reads_in_words(reference):
    from django.utils import translation

    card = make_card("draft")
    services.save(
        card,
        actor=card.monitor,
        answers={"city": "astana", "legal_status": "sanctioned", "attributes": ("none",)},
        reason="As told by phone",
    )
    with translation.override("en"):
        entry = history_of(card)[0]
        changes = {str(change.label): (change.before, change.after) for change in entry.changes}
    assert entry.event.reason == "As told by phone"
    assert changes == {
        "city": ("Almaty", "Astana"),
        "what people carried and used": ("Placards, Chants", "None"),
        "permit": ("No permit was sought", "Permitted"),
        "why no permit was sought": ("Spontaneous, no time to ask", ""),
    }


EMPTIED = {
    "place": ("", "required"),
    "city": (None, "required"),
    "date": (None, "required"),
    "detained": (None, "required"),
    "attributes": ((), "required"),
    "police_present": ("no", "counted"),
    "date_precision": ("", "required"),
}


@pytest.mark.parametrize("name", EMPTIED)
def test_a_submitted_card_stays_complete_and_free_of_contradictions(reference, name):
    card, (value, code) = make_card("submitted"), EMPTIED[name]
    with pytest.raises(ValidationError) as refused:
        services.save(card, actor=EditorFactory(), answers={name: value})
    codes = {field: [e.code for e in errors] for field, errors in refused.value.error_dict.items()}
    assert codes == {name: [code]}
    stored = Card.objects.get(pk=card.pk)
    assert (answers_of(stored)[name], stored.version) == (answers_of(card)[name], card.version)
    workflow.apply(card, "return", actor=EditorFactory(), reason="Look again")
    services.save(card, actor=card.monitor, answers={name: value})


# What follows from answers


def test_inclusion_follows_course_and_peacefulness(reference):
    card = make_card("draft")
    for changes, inclusion in (
        ({"peaceful": "no"}, "excluded"),
        ({"peaceful": "yes"}, "counted"),
        ({"course": "prevented"}, "excluded"),
        ({"course": "cut_short"}, "counted"),
    ):
        card = services.save(card, actor=card.monitor, answers=changes)
        assert card.inclusion == inclusion


def test_an_editors_decision_stays_until_the_rule_forbids_it(reference):
    editor = EditorFactory()
    card = make_card("submitted", peaceful="no")
    card = services.decide_inclusion(
        card, actor=editor, inclusion="counted", reason=" The first stage was peaceful "
    )
    assert (card.inclusion, card.inclusion_reason) == ("counted", "The first stage was peaceful")
    event = card.events.first()
    assert (event.kind, event.changes["inclusion"]) == ("inclusion", ["excluded", "counted"])
    card = services.save(card, actor=editor, answers={"place": "Park"})
    assert card.inclusion == "counted"
    card = services.save(card, actor=editor, answers={"course": "prevented"})
    assert card.inclusion == "excluded"


def test_a_decision_without_its_reason_or_right_is_refused(reference):
    card = make_card("submitted", peaceful="no")
    with pytest.raises(ValidationError) as refused:
        services.decide_inclusion(card, actor=EditorFactory(), inclusion="counted", reason=" ")
    assert set(refused.value.error_dict) == {"inclusion_reason"}
    with pytest.raises(PermissionDenied):
        services.decide_inclusion(card, actor=card.monitor, inclusion="counted", reason="Mine")
    assert Card.objects.get(pk=card.pk).inclusion == "excluded"


def test_the_words_of_a_card_can_be_searched(reference):
    card = make_card("draft", description="Құрметті АДАМДАР", place="Ақсай")
    assert "құрметті адамдар" in card.search_text
    assert "ақсай" in card.search_text


# Counts of people


def used_counts(card: Card) -> list[tuple]:
    rows = card.counts.order_by("subject", "id")
    return [(row.subject, row.best, row.low, row.high, row.basis, row.used) for row in rows]


def test_every_count_is_kept_and_one_of_each_kind_is_used(reference):
    card = make_card("draft")
    assert used_counts(card) == [
        ("participants", 25, 20, 30, "estimated", True),
        ("police", 10, None, None, "counted", True),
    ]
    media = services.add_count(
        card, actor=card.monitor, subject="participants", best=80, basis="media", source="media"
    )
    assert [count.used for count in card.counts.filter(subject="participants")] == [True, False]
    before = Card.objects.get(pk=card.pk).version
    card = services.use_count(media, actor=card.monitor)
    assert (card.participants, card.participants_low, card.participants_high) == (80, None, None)
    assert (card.participants_basis, card.version) == ("media", before + 1)
    assert used_counts(card) == [
        ("participants", 25, 20, 30, "estimated", False),
        ("participants", 80, None, None, "media", True),
        ("police", 10, None, None, "counted", True),
    ]
    assert card.events.first().changes["participants"] == ["25", "80"]


def test_a_number_still_being_typed_is_one_count(reference):
    card = make_card("draft")
    for number in (2, 26, 260):
        card = services.save(
            card, actor=card.monitor, answers={"participants": number, "participants_high": None,
                                               "participants_low": None}
        )  # fmt: skip
    assert [row[1] for row in used_counts(card) if row[0] == "participants"] == [260]


def test_another_persons_number_is_another_count(reference):
    card, editor = make_card("submitted"), EditorFactory()
    card = services.save(card, actor=editor, answers={"police": 12})
    police = [row for row in used_counts(card) if row[0] == "police"]
    assert [(row[1], row[5]) for row in police] == [(10, False), (12, True)]
    assert Count.objects.get(card=card, subject="police", used=True).author == editor


def test_a_number_taken_back_leaves_its_count_unused(reference):
    card = make_card("draft")
    card = services.save(card, actor=card.monitor, answers={"police": None, "police_basis": ""})
    assert [(row[1], row[5]) for row in used_counts(card) if row[0] == "police"] == [(10, False)]


def test_a_new_count_is_used_at_once_if_so_wished(reference):
    card = make_card("draft")
    services.add_count(
        card, actor=card.monitor, subject="police", best=15, basis="counted", use=True
    )
    assert Card.objects.get(pk=card.pk).police == 15
    kinds = list(card.events.values_list("kind", flat=True)[:2])
    assert kinds == ["count_used", "count"]


# Numbers of cards


def test_numbers_run_by_year_and_city_and_are_never_used_again(reference):
    numbers = [
        make_card("submitted").number,
        make_card("submitted").number,
        make_card("submitted", city="astana").number,
        make_card("submitted", date=datetime.date(2019, 1, 1)).number,
    ]
    assert numbers == ["2018-ALMATY-001", "2018-ALMATY-002", "2018-ASTANA-001", "2019-ALMATY-001"]
    last = Card.objects.get(number="2018-ALMATY-002")
    Card.objects.filter(pk=last.pk).update(status="draft", number=None)
    assert make_card("submitted").number == "2018-ALMATY-003"


def test_a_number_stays_when_city_and_year_are_corrected(reference):
    card, editor = make_card("submitted"), EditorFactory()
    workflow.apply(card, "return", actor=editor, reason="It was Astana")
    card = services.save(card, actor=card.monitor, answers={"city": "astana"})
    card = workflow.apply(card, "submit", actor=card.monitor)
    assert card.number == "2018-ALMATY-001"


def test_a_submission_that_fails_takes_no_number(reference, monkeypatch):
    card = make_card("draft")
    make_card("submitted")

    def fails(*args, **kwargs):
        raise RuntimeError("power cut")

    monkeypatch.setattr(history, "record", fails)
    with pytest.raises(RuntimeError, match="power cut"):
        workflow.apply(card, "submit", actor=card.monitor)
    assert NumberSequence.objects.get().last == 1
    assert Card.objects.get(pk=card.pk).status == "draft"


# Among the slow ones, which run on a file: SQLite in memory has one connection's locks only.
@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_cards_submitted_at_once_get_numbers_of_their_own(reference):
    import threading

    cards = [make_card("draft") for _ in range(6)]
    failed = []

    def submit(card):
        try:
            workflow.apply(card, "submit", actor=card.monitor)
        except Exception as error:
            failed.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=submit, args=[card]) for card in cards]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    numbers = sorted(Card.objects.values_list("number", flat=True))
    assert numbers == [f"2018-ALMATY-{serial:03d}" for serial in range(1, 7)]


# Court outcomes


def test_an_outcome_belongs_to_the_case_of_its_code(reference):
    card = make_card("approved")
    first = services.add_outcome(card, actor=card.monitor, outcome=outcome_answers())
    later = services.add_outcome(
        card,
        actor=card.monitor,
        outcome=outcome_answers(case_code=" A-01 ", appeal="overturned", outcome="acquitted",
                                fine_mci=None),
    )  # fmt: skip
    assert first.case == later.case
    assert list(first.case.updates.values_list("outcome", flat=True)) == ["fine", "acquitted"]


def test_the_same_outcome_twice_is_one(reference):
    card = make_card("approved")
    twins = [
        services.add_outcome(card, actor=card.monitor, outcome=outcome_answers()) for _ in range(2)
    ]
    assert twins[0] == twins[1]
    assert card.events.filter(kind="outcome").count() == 1


def test_an_impossible_outcome_leaves_no_case_behind(reference):
    card = make_card("approved")
    with pytest.raises(ValidationError) as refused:
        services.add_outcome(
            card, actor=card.monitor, outcome=outcome_answers(outcome="arrest", article="")
        )
    assert set(refused.value.error_dict) == {"arrest_days", "article"}
    assert not CourtCase.objects.exists()


def test_reviews_have_a_second_person_a_reason_and_a_place_in_the_history(reference):
    card, editor = make_card("approved"), EditorFactory()
    update = add_outcome(card, review="pending")
    with pytest.raises(PermissionDenied):
        services.review_outcome(update, actor=update.author, accept=True)
    with pytest.raises(ValidationError):
        services.review_outcome(update, actor=editor, accept=False)
    services.review_outcome(update, actor=editor, accept=False, reason=" Another person ")
    stored = CaseUpdate.objects.get()
    assert (stored.review, stored.review_reason) == ("rejected", "Another person")
    assert card.events.first().changes["review"] == ["pending", "rejected"]


def test_nothing_is_reviewed_on_a_card_that_is_not_approved(reference):
    update = add_outcome(make_card("submitted"), review="pending")
    with pytest.raises(PermissionDenied):
        services.review_outcome(update, actor=EditorFactory(), accept=True)


def test_answers_written_are_answers_read(reference):
    card = make_card("submitted", source=("direct", "media"), source_links="https://example.org/")
    stored = answers_of(Card.objects.get(pk=card.pk))
    written = {name: stored[name] for name in card_answers()}
    assert written == card_answers(source=("direct", "media"))
