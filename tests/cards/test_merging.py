"""Two cards made one and taken apart again: nothing is lost, nothing is counted twice."""

import datetime
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.db import OperationalError, connection, transaction
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from cards import attachments, comparison, merging, review, services, workflow
from cards.models import Card, CaseUpdate, CourtCase, Merge, PermitApplication, Query
from cards.serialise import answers_of
from monitoring.accounts.access import allowed
from reports import facts
from reports.models import Fact
from tests.factories import EditorFactory, MonitorFactory, add_outcome, make_card
from tests.loading import load

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


#: What the second monitor saw otherwise.
OTHERWISE = {
    "start_time": datetime.time(12, 20),
    "place": "Theatre square",
    "source": ("media",),
    "source_links": "https://example.org/a",
    "participants": 40,
    "participants_low": None,
    "participants_high": None,
    "police": None,
    "police_basis": "",
    "police_actions": ("filmed",),
    "minors_present": "unknown",
    "description": "A crowd stood before the theatre for an hour and a half and sang.",
}


def two_cards(status: str = "submitted", **changes) -> tuple[Card, Card]:
    """Two monitors' cards on one assembly."""
    return make_card(status), make_card(status, **{**OTHERWISE, **changes})


def proposed(first: Card, second: Card, **changes) -> dict[str, str]:
    """The choices that the page proposes, with ``changes``."""
    differing, _equal = comparison.rows(first, second)
    return {**{row.name: row.default for row in differing}, **changes}


def merged(first: Card, second: Card, *, actor=None, **options) -> Merge:
    choices = options.pop("choices", None)
    choices = proposed(first, second) if choices is None else choices
    return merging.merge(first, second, actor=actor or EditorFactory(), choices=choices, **options)


def approved(card: Card) -> Card:
    return workflow.apply(card, "approve", actor=EditorFactory())


def fresh(*cards: Card):
    return [Card.objects.get(pk=card.pk) for card in cards]


def snapshot(card: Card) -> tuple:
    """Everything of a card that merging must leave alone."""
    card = Card.objects.get(pk=card.pk)
    rows = (card.counts, card.cases, card.attachments)
    updates = CaseUpdate.objects.filter(case__card=card)
    return (
        answers_of(card),
        card.number,
        card.monitor_id,
        card.editor_id,
        card.approved_at,
        card.submitted_at,
        [list(each.order_by("pk").values()) for each in rows],
        list(updates.order_by("pk").values()),
    )


def assemblies() -> int:
    return sum(fact.sums.get("assemblies", [0, 0])[1] for fact in Fact.objects.all())


def kept() -> dict:
    return {(f.place_id, f.month): (f.counts, f.sums) for f in Fact.objects.all()}


# What is proposed


def test_a_difference_comes_with_a_proposal(reference):
    first, second = two_cards()
    with translation.override("en"):
        differing, equal = comparison.rows(first, second)
    found = {row.name: row for row in differing}
    assert {name: row.default for name, row in found.items()} == {
        "start_time": "first",  # seen before told
        "place": "first",
        "source": "both",
        "source_links": "second",  # known before unknown
        "minors_present": "first",
        "participants": "first",
        "police": "first",
        "police_actions": "both",
        "description": "second",  # the longer text
    }
    assert (found["participants"].first, found["participants"].second) == (
        "25 (20–30), Estimated",
        "40, Estimated",
    )
    assert found["police"].second == ""
    assert found["source"].both == "The monitor was there, Media"
    assert found["description"].both.count("\n\n") == 1
    assert found["place"].both == ""
    assert {"city", "date", "form"} <= {row.name for row in equal}
    # It follows from the times of each.
    assert "duration_minutes" not in found


def test_who_was_there_leads(reference):
    first, second = two_cards()
    assert comparison.leading(first, second) == "first"
    assert comparison.leading(second, first) == "second"
    assert comparison.leading(first, first) == "first"


AGREEMENTS = [
    (100, 110, True),
    (100, 112, False),
    (0, 0, True),
    (0, 1, False),
    (datetime.time(12), datetime.time(12, 15), True),
    (datetime.time(12), datetime.time(12, 16), False),
    (("observed", "filmed"), ("observed", "filmed"), True),
    (("observed",), ("observed", "filmed"), False),
    ("yes", "no", False),
    ("not_applicable", "not_applicable", True),
]


@pytest.mark.parametrize(("one", "two", "same"), AGREEMENTS)
def test_when_two_answers_agree(one, two, same):
    assert comparison.agree(one, two) is same
    assert comparison.agree(two, one) is same


def test_agreement_is_taken_over_what_both_know(reference):
    first, second = two_cards(minors_present="no", plain_clothes="no", akimat_present="no")
    found = comparison.agreement(first, second)
    assert found["form"] is found["date"] is found["minors_present"] is True
    assert found["participants"] is found["akimat_present"] is found["start_time"] is False
    # Unknown on one card; free words; what each says of themselves.
    assert found.keys().isdisjoint({"plain_clothes", "police", "description", "place", "source"})
    made = merged(first, second)
    assert made.agreement == found
    assert (made.compared, made.agreed) == (len(found), sum(found.values()))


# Merging


def test_two_cards_become_a_third_and_stay_as_they_were(reference):
    first, second = two_cards("approved")
    before = [snapshot(card) for card in (first, second)]
    editor = EditorFactory()
    made = merged(first, second, actor=editor)
    card = made.card
    assert (card.status, card.monitor, card.editor) == ("submitted", first.monitor, None)
    assert card.number not in (None, first.number, second.number)
    assert (card.place, card.description) == (first.place, second.description)
    assert card.police_actions == ("observed", "filmed")
    assert card.minors_present == "no"
    assert card.duration_minutes == 90
    assert (made.first_status, made.second_status, made.author) == ("approved", "approved", editor)
    first, second = fresh(first, second)
    assert [snapshot(each) for each in (first, second)] == before
    assert (first.status, second.status) == ("duplicate", "duplicate")
    assert first.duplicate_of == second.duplicate_of == card
    created, moved = card.events.order_by("id")
    assert (created.kind, created.actor, moved.kind) == ("created", editor, "merged")
    assert moved.changes == {"merged_from": ["", f"{first.number}; {second.number}"]}
    event = first.events.first()
    assert (event.kind, event.from_status, event.to_status) == ("merged", "approved", "duplicate")
    assert event.changes == {"merged_into": ["", card.number]}


def test_the_lead_gives_the_monitor(reference):
    first, second = two_cards()
    assert merged(first, second, lead="second").card.monitor == second.monitor


def test_every_choice_is_kept(reference):
    first, second = two_cards()
    choices = proposed(first, second, description="both", participants="second", place="second")
    card = merged(first, second, choices=choices).card
    assert card.description == f"{first.description}\n\n{second.description}"
    assert (card.participants, card.participants_low, card.place) == (40, None, "Theatre square")
    assert Merge.objects.get().choices == choices


@pytest.mark.parametrize("wrong", ["", "third", "both"])
def test_nothing_is_chosen_in_silence(reference, wrong):
    first, second = two_cards()
    with pytest.raises(ValidationError) as refused:
        merged(first, second, choices=proposed(first, second, place=wrong))
    assert set(refused.value.error_dict) == {"place"}
    assert Card.objects.count() == 2
    assert first.status == fresh(first)[0].status == "submitted"


def test_choices_that_contradict_each_other_are_refused_at_their_field(reference):
    first, second = two_cards(police_present="no")
    with pytest.raises(ValidationError) as refused:
        merged(first, second, choices=proposed(first, second, police_present="second"))
    assert set(refused.value.error_dict) == {"police_present"}
    assert not Merge.objects.exists()


def test_a_card_changed_meanwhile_is_looked_at_again(reference):
    first, second = two_cards()
    versions = first.version, second.version
    services.save(first, actor=EditorFactory(), answers={"settlement": "Aksai"})
    with pytest.raises(merging.Changed):
        merged(first, second, choices=proposed(first, second), versions=versions)


@pytest.mark.parametrize("side", [0, 1])
def test_questions_are_closed_before_cards_go_aside(reference, side):
    cards, editor = two_cards(), EditorFactory()
    query = review.ask(cards[side], actor=editor, field="place", text="Which square?")
    with pytest.raises(ValidationError, match="questions"):
        merged(*cards)
    review.close(query, actor=editor)
    assert merged(*cards).card.status == "submitted"


def test_an_editors_decision_on_inclusion_goes_along(reference):
    first, second = two_cards(peaceful="no")
    second = services.decide_inclusion(second, actor=EditorFactory(), inclusion="counted",
                                       reason="The first hour was peaceful.")  # fmt: skip
    choices = proposed(first, second, peaceful="second")
    assert choices["inclusion"] == "second"
    card = merged(first, second, choices=choices).card
    assert (card.inclusion, card.inclusion_reason) == ("counted", "The first hour was peaceful.")


# Who may


@pytest.mark.parametrize("status", ["draft", "returned", "rejected", "duplicate"])
def test_only_what_stands_can_be_merged(reference, status):
    first, second = make_card("submitted"), make_card(status)
    with pytest.raises(PermissionDenied):
        merged(first, second)
    with pytest.raises(PermissionDenied):
        merged(second, first)


def test_both_cards_must_be_in_reach_and_somebody_elses(reference):
    editor = EditorFactory()
    own, other = make_card("submitted", monitor=editor), make_card("submitted")
    for actor in (
        editor,
        EditorFactory(all_regions=False, regions=["KZ-71"]),
        MonitorFactory(all_regions=True),
    ):
        with pytest.raises(PermissionDenied):
            merged(other, own, actor=actor)
    assert not Merge.objects.exists()


def test_who_wrote_any_of_the_three_does_not_approve(reference):
    wrote, merging_editor, asked = EditorFactory(), EditorFactory(), EditorFactory()
    first, second = make_card("submitted"), make_card("submitted", monitor=asked, **OTHERWISE)
    first = services.save(first, actor=wrote, answers={"settlement": "Aksai"})
    first = workflow.apply(first, "approve", actor=EditorFactory())
    card = merged(first, second, actor=merging_editor).card
    for person in (wrote, merging_editor, asked):
        assert not allowed(person, "card.approve", card)
    assert allowed(first.editor, "card.approve", card)
    third = make_card("submitted", place="Somewhere else")
    again = merged(card, third).card
    for person in (wrote, merging_editor, asked):
        assert not allowed(person, "card.approve", again), "along the whole chain"
    assert again.origins() == {first.pk, second.pk, card.pk, third.pk}


# What goes along


def test_every_count_goes_along_with_author_and_source(reference):
    first, second = two_cards()
    extra = MonitorFactory()
    services.add_count(second, actor=extra, subject="police", best=12, basis="official",
                       source="official", note="From the akimat")  # fmt: skip
    card = merged(first, second, choices=proposed(first, second, participants="second")).card
    names = ("subject", "best", "low", "high", "basis", "source", "author_id", "note", "created_at")
    of_both = [
        row for each in (first, second) for row in each.counts.order_by("id").values_list(*names)
    ]
    assert sorted(card.counts.values_list(*names), key=str) == sorted(of_both, key=str)
    used = {count.subject: count.best for count in card.counts.filter(used=True)}
    assert used == {"participants": 40, "police": 10}


def test_the_same_code_is_one_case_with_both_updates(reference):
    first, second = two_cards("approved")
    add_outcome(first, case_code="A-01", outcome="fine")
    add_outcome(second, case_code="A-01", outcome="warning", fine_mci=None,
                decided_on=datetime.date(2018, 7, 1))  # fmt: skip
    add_outcome(second, case_code="B-01", review="pending")
    assert merging.shared_codes(first, second) == ["A-01"]
    card = merged(first, second).card
    cases = {
        case.case_code: [(u.outcome, u.review, u.author_id) for u in case.updates.all()]
        for case in card.cases.all()
    }
    assert {code: [row[:2] for row in rows] for code, rows in cases.items()} == {
        "A-01": [("fine", "approved"), ("warning", "approved")],
        "B-01": [("fine", "pending")],
    }
    authors = CaseUpdate.objects.filter(case__card__in=[first, second])
    assert {row[2] for rows in cases.values() for row in rows} == {u.author_id for u in authors}


def test_different_people_under_one_code_are_kept_apart(reference):
    first, second = two_cards("approved")
    for card in (first, second):
        add_outcome(card, case_code="A-01")
    add_outcome(first, case_code="A-01-2")
    made = merged(first, second, apart=["A-01", "not-there"])
    assert set(made.card.cases.values_list("case_code", flat=True)) == {"A-01", "A-01-2", "A-01-3"}
    assert made.taken["renamed"] == {"A-01-3": "A-01"}
    assert CourtCase.objects.filter(card=second).get().case_code == "A-01"


def upload(card: Card, content: bytes, caption: str = "", **told):
    file = ContentFile(b"%PDF-" + content, name="order.pdf")
    return attachments.accept(card, actor=card.monitor, file=file, caption=caption, **told)


def test_files_go_along_each_once_and_point_to_the_same_bytes(reference):
    first, second = two_cards()
    one, same = upload(first, b"one", "The order"), upload(second, b"one", "As sent")
    two = upload(second, b"two")
    card = merged(first, second).card
    rows = {row.sha256: row for row in card.attachments.all()}
    assert set(rows) == {one.sha256, two.sha256}
    assert rows[one.sha256].caption == "The order / As sent"
    assert rows[two.sha256].original.name == two.original.name
    assert rows[two.sha256].original.read() == b"%PDF-two"
    assert {row.uuid for row in rows.values()}.isdisjoint({one.uuid, same.uuid, two.uuid})
    assert rows[two.sha256].author == second.monitor
    assert [row.order for row in card.attachments.all()] == [0, 1]


def test_of_a_file_on_both_cards_what_either_knows_stays(reference):
    first, second = two_cards()
    upload(first, b"one")
    other = upload(second, b"one", camera_sha256="a1" * 32)
    attachments.describe(other, actor=second.monitor, taken_by="internet")
    found = merged(first, second).card.attachments.get()
    assert (found.taken_by, found.camera_sha256) == ("internet", "a1" * 32)


def application(card: Card | None, **changes) -> PermitApplication:
    values = {"city_id": "almaty", "applied_on": datetime.date(2018, 5, 1), **changes}
    return PermitApplication.objects.create(card=card, **values)


def test_permit_applications_are_linked_to_the_merged_card_and_back(reference):
    first, second = two_cards()
    one, two = application(first), application(second)
    made = merged(first, second)
    later = application(made.card)
    assert set(made.card.applications.all()) == {one, two, later}
    event = one.events.get()
    assert (event.kind, event.changes) == (
        "application_linked",
        {"card": [first.number, made.card.number]},
    )
    merging.unmerge(made, actor=EditorFactory(), reason="Two assemblies")
    found = [PermitApplication.objects.get(pk=row.pk).card for row in (one, two, later)]
    assert found == [first, second, first]


# Taking apart


def test_undoing_brings_the_originals_back(reference):
    first, second = two_cards("approved")
    second = make_card("submitted", **OTHERWISE)
    before = [snapshot(card) for card in (first, second)]
    made = merged(first, second)
    editor = EditorFactory()
    made = merging.unmerge(made, actor=editor, reason=" Two assemblies ")
    assert (made.undone_by, made.card.status) == (editor, "rejected")
    first, second = fresh(first, second)
    assert [snapshot(card) for card in (first, second)] == before
    assert (first.status, second.status) == ("approved", "submitted")
    assert first.duplicate_of is second.duplicate_of is None
    for card, (old, new) in (
        (first, ("duplicate", "approved")),
        (second, ("duplicate", "submitted")),
        (made.card, ("submitted", "rejected")),
    ):
        event = card.events.first()
        assert (event.kind, event.reason) == ("merge_undone", "Two assemblies")
        assert (event.from_status, event.to_status) == (old, new)
    again = merged(first, second)
    assert again.card.number != made.card.number


def test_undoing_needs_a_reason_and_the_right(reference):
    made = merged(*two_cards())
    with pytest.raises(ValidationError) as refused:
        merging.unmerge(made, actor=EditorFactory(), reason="  ")
    assert set(refused.value.error_dict) == {"reason"}
    for actor in (made.first.monitor, EditorFactory(all_regions=False, regions=["KZ-71"])):
        with pytest.raises(PermissionDenied):
            merging.unmerge(made, actor=actor, reason="Because")


@pytest.mark.slow
def test_what_was_added_meanwhile_goes_back_with_the_originals(reference):
    first, second = two_cards("approved")
    add_outcome(first, case_code="A-01")
    add_outcome(second, case_code="A-01")
    add_outcome(second, case_code="B-01")
    made = merged(first, second, apart=["A-01"])
    card = approved(made.card)
    later = {"decided_on": datetime.date(2018, 8, 1), "outcome": "warning", "fine_mci": None}
    for code in ("A-01", "A-01-2", "B-01", "C-01"):
        add_outcome(card, case_code=code, **later)
    upload(card, b"later")
    services.add_count(card, actor=EditorFactory(), subject="police", best=99, basis="counted")
    added = merging.additions(made)
    assert [len(rows) for rows in (added.outcomes, added.counts, added.attachments)] == [4, 1, 1]
    merging.unmerge(made, actor=EditorFactory(), reason="Two assemblies", receiver="second")

    def latest(card):
        return {case.case_code: [u.outcome for u in case.updates.all()] for case in
                card.cases.all()}  # fmt: skip

    assert latest(first) == {"A-01": ["fine", "warning"]}
    assert latest(second) == {
        "A-01": ["fine", "warning"],
        "B-01": ["fine", "warning"],
        "C-01": ["warning"],
    }
    assert second.counts.filter(best=99, used=False).exists()
    assert second.attachments.count() == 1
    changes = fresh(second)[0].events.first().changes
    assert changes["case_code"] == ["", "A-01; B-01; C-01"]
    assert changes["attachments"] == ["", "order.pdf"]
    # The rejected card keeps what it had.
    assert CaseUpdate.objects.filter(case__card=card).count() == 7
    assert list(facts.verify()) == []


@pytest.mark.slow
def test_an_approved_original_waits_if_something_hinders_it(reference):
    for hinder in ("question", "answers"):
        first, second = two_cards("approved")
        made = merged(first, second)
        if hinder == "question":
            Query.objects.create(card=first, author=EditorFactory())
        else:
            services.save(fresh(first)[0], actor=EditorFactory(), answers={"settlement": "Aksai"})
        merging.unmerge(made, actor=EditorFactory(), reason="Two assemblies")
        first, second = fresh(first, second)
        assert (first.status, first.editor, first.approved_at) == ("submitted", None, None)
        assert second.status == "approved"
    assert list(facts.verify()) == []


def test_undoing_is_refused_once_the_cards_have_gone_on(reference):
    first, second = two_cards()
    made = merged(first, second)
    again = merged(made.card, make_card("submitted", place="Elsewhere"))
    made = Merge.objects.get(pk=made.pk)
    with pytest.raises(workflow.NotPossible, match="merged further"):
        merging.unmerge(made, actor=EditorFactory(), reason="Because")
    merging.unmerge(again, actor=EditorFactory(), reason="Because")
    made = merging.unmerge(made, actor=EditorFactory(), reason="Because")
    with pytest.raises(workflow.NotPossible, match="undone already"):
        merging.unmerge(made, actor=EditorFactory(), reason="Because")
    assert [card.status for card in fresh(first, second)] == ["submitted", "submitted"]


def test_undoing_is_refused_if_an_original_was_moved_past_the_workflow(reference):
    made = merged(*two_cards())
    Card.objects.filter(pk=made.second_id).update(status="submitted", duplicate_of=None)
    with pytest.raises(workflow.NotPossible, match=str(made.second.number)):
        merging.unmerge(made, actor=EditorFactory(), reason="Because")


def test_no_card_of_a_merge_is_taken_up_again_by_itself(reference):
    made, editor = merged(*two_cards()), EditorFactory()
    (original,) = fresh(made.first)
    assert workflow.open_to(editor, original) == []
    with pytest.raises(workflow.NotPossible, match="undo the merge"):
        workflow.apply(original, "restore", actor=editor, reason="Because")
    # The third card may be rejected and taken up again while the merge stands, not afterwards.
    card = workflow.apply(made.card, "reject", actor=editor, reason="Because")
    card = workflow.apply(card, "restore", actor=editor, reason="Because")
    made = merging.unmerge(made, actor=editor, reason="Because")
    with pytest.raises(workflow.NotPossible):
        workflow.apply(made.card, "restore", actor=editor, reason="Because")


def test_no_file_takes_a_card_of_a_merge_up_again(reference):
    made = merged(*two_cards("approved"))
    row = {"uuid": str(made.first.uuid), "ref": "", "place": "Station", "status": "approved"}
    load(row)
    (original,) = fresh(made.first)
    assert (original.status, original.place) == ("duplicate", "Station")
    assert original.duplicate_of == made.card


def test_a_rejected_merged_card_can_still_be_taken_apart(reference):
    made, editor = merged(*two_cards()), EditorFactory()
    workflow.apply(made.card, "reject", actor=editor, reason="Because")
    made = merging.unmerge(made, actor=editor, reason="Because")
    assert made.card.status == "rejected"
    assert {card.status for card in fresh(made.first, made.second)} == {"submitted"}


# Figures


@pytest.mark.slow
def test_an_assembly_seen_by_two_counts_once(reference):
    first, second = two_cards("approved")
    make_card("approved", place="Elsewhere", topic="police_actions")
    before, all_before = kept(), assemblies()
    made = merged(first, second)
    assert assemblies() == all_before - 2
    approved(made.card)
    assert assemblies() == all_before - 1
    assert list(facts.verify()) == []
    merging.unmerge(made, actor=EditorFactory(), reason="Two assemblies")
    assert kept() == before
    assert list(facts.verify()) == []


@st.composite
def sides(draw):
    """What two cards say, and what is chosen of it."""
    numbers = st.one_of(st.none(), st.integers(0, 60))
    answers = [
        {
            "participants": draw(numbers),
            "participants_low": None,
            "participants_high": None,
            "detained": draw(numbers),
            "in_the_name_of_the_law": draw(st.sampled_from(["yes", "no", "unknown"])),
            "date": datetime.date(2018, 5, 31) + datetime.timedelta(draw(st.integers(0, 1))),
            "form": draw(st.sampled_from(["rally", "picket", "procession"])),
            "course": draw(st.sampled_from(["held", "prevented"])),
            "legal_status": draw(st.sampled_from(["unknown", "sanctioned"])),
            "reason_not_requested": "",
        }
        for _side in range(2)
    ]
    codes = [draw(st.lists(st.sampled_from("ABC"), unique=True)) for _side in range(2)]
    states = [draw(st.sampled_from(["approved", "submitted"])) for _side in range(2)]
    return answers, codes, states, draw(st.randoms(use_true_random=False))


@pytest.mark.slow
@settings(max_examples=30, deadline=None)
@given(sides())
def test_merging_and_undoing_restores_every_figure_and_loses_nothing(reference, case):
    answers, codes, states, chance = case
    with transaction.atomic():
        originals = []
        for index in range(2):
            card = make_card(states[index], **answers[index])
            for code in codes[index]:
                add_outcome(card, case_code=code, review=_reviewed(states[index]),
                            decided_on=datetime.date(2018, 6, 10 + index))  # fmt: skip
            originals.append(card)
        first, second = originals
        before, snapshots = kept(), [snapshot(card) for card in originals]
        total = assemblies()
        differing, _equal = comparison.rows(first, second)
        choices = {row.name: chance.choice(["first", "second"]) for row in differing}
        made = merged(first, second, choices=choices, lead=chance.choice(["first", "second"]),
                      apart=[code for code in codes[0] if chance.random() < 0.5])  # fmt: skip
        card = made.card
        assert card.counts.count() == sum(each.counts.count() for each in originals)
        updates = CaseUpdate.objects.filter(case__card=card)
        assert updates.count() == len(codes[0]) + len(codes[1])
        approved(card)
        counted = [each.inclusion == "counted" and s == "approved"
                   for each, s in zip(originals, states, strict=True)]  # fmt: skip
        assert assemblies() == total - sum(counted) + (card.inclusion == "counted")
        assert list(facts.verify()) == []
        merging.unmerge(made, actor=EditorFactory(), reason="Two assemblies")
        assert kept() == before
        assert [snapshot(each) for each in originals] == snapshots
        assert list(facts.verify()) == []
        transaction.set_rollback(True)


def _reviewed(status: str) -> str:
    return "approved" if status == "approved" else "pending"


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_editors_who_merge_the_same_cards_at_once_make_one_card(reference):
    """Whichever order they hold the cards in, one comes first and the other finds them gone."""
    first, second = two_cards()
    pairs = [(first, second), (second, first)] * 2
    editors = EditorFactory.create_batch(len(pairs))
    together = threading.Barrier(len(pairs))

    def attempt(pair, editor) -> bool:
        together.wait(10)
        try:
            for _attempt in range(200):
                try:
                    merged(*pair, actor=editor)
                    return True
                except PermissionDenied:
                    return False
                except OperationalError as error:
                    # SQLite in memory does not wait for the other writer.
                    if "deadlock" in str(error):
                        raise
                    time.sleep(0.02)
            raise AssertionError("the cards were never free")
        finally:
            connection.close()

    with ThreadPoolExecutor(len(pairs)) as pool:
        asked = [pool.submit(attempt, *each) for each in zip(pairs, editors, strict=True)]
        done = [each.result(60) for each in asked]
    assert sum(done) == 1
    assert Merge.objects.count() == 1
    assert Card.objects.count() == 3
