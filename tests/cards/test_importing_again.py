"""Files loaded again: what is the same stays, what differs is a recorded change."""

import uuid
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from cards import review, services, workflow
from cards.files import importing
from cards.files.export import written
from cards.files.importing import check
from cards.models import Card, CaseUpdate, Event, NumberSequence
from cards.vocabularies import Status
from tests.factories import EditorFactory, add_outcome, make_card
from tests.files import card_row, csv_of, outcome_row
from tests.loading import counts, load, said

pytestmark = pytest.mark.usefixtures("reference")


def test_loading_the_same_file_again_changes_nothing():
    rows = [card_row("A-1"), card_row("A-2", status="approved"), card_row("A-3", status="draft")]
    outcomes = [outcome_row("A-1"), outcome_row("A-2", case_code="A-02")]
    load(*rows, outcomes=outcomes)
    before = (list(Card.objects.values()), list(CaseUpdate.objects.values()), Event.objects.count())
    checked = load(*rows, outcomes=outcomes)
    assert counts(checked.cards) == (3, 0, 0, 3, 0)
    assert counts(checked.court) == (2, 0, 0, 2, 0)
    after = (list(Card.objects.values()), list(CaseUpdate.objects.values()), Event.objects.count())
    assert after == before


def test_a_changed_row_updates_its_card_and_the_history_says_so(editor):
    load(card_row("A-1"), card_row("A-2"))
    checked = load(
        card_row("A-1", place="Station", police="12", attributes="chants;placards"),
        card_row("A-2"),
        card_row("A-3"),
        user=editor,
    )
    assert counts(checked.cards) == (3, 1, 1, 1, 0)
    card = Card.objects.get(ref="A-1")
    assert (card.place, card.police, card.version, card.status) == ("Station", 12, 2, "submitted")
    assert "station" in card.search_text
    event = card.events.first()
    assert (event.kind, event.actor, event.version) == ("imported", editor, 2)
    assert event.changes == {
        "place": ["Square before the theatre", "Station"],
        "police": ["10", "12"],
    }
    police = card.counts.filter(subject="police")
    assert list(police.values_list("best", "used")) == [(10, False), (12, True)]
    assert card.counts.get(subject="participants").used


def test_columns_that_are_not_there_keep_their_answers():
    load(card_row("A-1", injured="2"))
    load({"ref": "A-1", "police": "", "police_basis": "", "detained": ""})
    card = Card.objects.get()
    assert (card.police, card.injured, card.place) == (None, 2, "Square before the theatre")
    assert (card.detained, card.detained_unknown) == (None, True)
    assert not card.counts.filter(subject="police", used=True).exists()


def test_a_change_of_course_settles_inclusion_anew():
    load(card_row("A-1"))
    load({"ref": "A-1", "course": "prevented"})
    assert Card.objects.get().inclusion == "excluded"


def test_an_update_is_checked_like_any_other_row():
    load(card_row("A-1"))
    checked = check(csv_of({"ref": "A-1", "date": "", "police_present": "no"}))
    assert said(checked) == [("cards", 2, "date"), ("cards", 2, "police_present")]


def test_a_file_carries_the_status_on_and_never_back():
    load(card_row("A-1"), card_row("A-2"))
    checked = load(card_row("A-1", status="approved"), card_row("A-2", status="draft"))
    assert counts(checked.cards) == (2, 0, 1, 1, 0)
    assert len(checked.notices) == 1
    first, second = Card.objects.order_by("ref")
    assert (first.status, second.status) == ("approved", "submitted")
    event = first.events.first()
    assert (event.kind, event.from_status, event.to_status) == ("status", "submitted", "approved")
    # Loaded once more as at first, the approved card stays approved.
    checked = load(card_row("A-1", status="submitted"))
    assert counts(checked.cards) == (1, 0, 0, 1, 0)
    assert Card.objects.get(ref="A-1").status == "approved"


def test_other_answers_without_a_word_on_the_status_reopen_an_approved_card():
    load(card_row("A-1"), status="approved")
    load(card_row("A-1", place="Station"))
    card = Card.objects.get()
    assert (card.status, card.approved_at, card.editor) == ("submitted", None, None)
    load(card_row("A-1", place="Station square", status="approved"))
    assert Card.objects.get().status == "approved"


def test_a_duplicate_keeps_the_card_that_it_repeats():
    card = make_card("duplicate")
    load({"uuid": str(card.uuid), "ref": "", "place": "Station"})
    card.refresh_from_db()
    assert (card.place, card.status) == ("Station", "duplicate")
    assert card.duplicate_of is not None
    load({"uuid": str(card.uuid), "ref": "", "place": "Square", "status": "submitted"})
    card.refresh_from_db()
    assert (card.status, card.duplicate_of) == ("submitted", None)


def test_cards_are_found_by_their_identifier_too(monitor):
    card = make_card("submitted", monitor=monitor)
    row = {"ref": "", "uuid": str(card.uuid), "place": "Station"}
    assert counts(load(row).cards) == (1, 0, 1, 0, 0)
    # The export names a card without a ref by its identifier.
    row = {"ref": str(card.uuid), "uuid": str(card.uuid), "place": "Station"}
    assert counts(load(row).cards) == (1, 0, 0, 1, 0)
    load({"ref": "A-1", "uuid": str(card.uuid)})
    card.refresh_from_db()
    assert (card.ref, card.monitor) == ("A-1", monitor)
    assert card.events.first().changes == {"ref": ["", "A-1"]}
    for row in ({"ref": "A-2", "uuid": str(card.uuid)}, {"ref": "A-1", "uuid": str(uuid.uuid4())}):
        assert len(said(check(csv_of({**row, "place": "x"})))) == 1


def test_a_new_card_keeps_the_identifier_of_the_file():
    made = uuid.uuid4()
    load(card_row("A-1", uuid=str(made)))
    assert Card.objects.get().uuid == made


def test_what_was_checked_is_written_or_nothing_is():
    load(card_row("A-1"))
    checked = check(csv_of(card_row("A-1", place="Station"), card_row("A-2")))
    card = Card.objects.get()
    services.save(card, actor=EditorFactory(), answers={"place": "Elsewhere"})
    with pytest.raises(importing.Changed), transaction.atomic():
        importing.load(checked)
    assert Card.objects.get().place == "Elsewhere"
    checked = check(csv_of(card_row("A-2")))
    load(card_row("A-2"))
    with pytest.raises(importing.Changed), transaction.atomic():
        importing.load(checked)
    assert Card.objects.count() == 2
    assert NumberSequence.objects.get().last == 2


def test_no_savepoint_is_made_within_the_transaction_of_a_job():
    """On SQLite updating 7,000 cards behind one took twelve times as long, and 400 MB."""
    rows = [card_row(f"A-{number}", status="approved") for number in range(3)]
    load(*rows)
    changed = [row | {"place": "Station", "police": "11"} for row in rows]
    checked = check(csv_of(*changed, card_row("A-9", status="approved")))
    with transaction.atomic(), CaptureQueriesContext(connection) as queries:
        importing.load(checked)
    assert Card.objects.filter(place="Station").count() == 3
    assert [each["sql"] for each in queries if "SAVEPOINT" in each["sql"]] == []


def test_exported_cards_load_again_as_unchanged():
    cards = [make_card(status) for status in Status.values]
    monitor = cards[0].monitor
    services.save(cards[0], actor=monitor, answers={"description": "One\r\ntwo", "detained": None})
    services.save(cards[1], actor=monitor, answers={"demands": "=1+1\n-2", "latitude": Decimal(
        "43.2"), "longitude": Decimal("76.9")})  # fmt: skip
    add_outcome(cards[3])
    load(card_row("A-1"), outcomes=[outcome_row("A-1")])
    for kind in ("csv", "xlsx"):
        checked = check(written(Card.objects.all(), kind).read(), user=None)
        total = Card.objects.count()
        assert said(checked) == []
        assert [row.changes for row in checked.rows] == []
        assert counts(checked.cards) == (total, 0, 0, total, 0)
    assert counts(checked.court) == (2, 0, 0, 2, 0)


def test_an_editor_loads_into_their_regions_only():
    editor = EditorFactory(all_regions=False, regions=["KZ-75"])
    load(card_row("A-1"), user=editor)
    load(card_row("A-2", city="astana"), card_row("A-3", city="astana"))
    checked = check(
        csv_of(
            card_row("B-1", city="astana"),
            # Neither out of nor into another region.
            card_row("A-1", city="astana"),
            card_row("A-2", city="almaty"),
            card_row("B-4"),
            # Nor does it tell what stands in a card there.
            card_row("A-3", city="astana"),
        ),
        user=editor,
    )
    assert said(checked) == [
        ("cards", 2, "city"), ("cards", 3, "city"), ("cards", 4, "ref"), ("cards", 6, "ref"),
    ]  # fmt: skip


def test_drafts_of_others_are_out_of_reach(editor):
    card = make_card("draft")
    checked = check(csv_of({"ref": "", "uuid": str(card.uuid), "place": "x"}), user=editor)
    assert said(checked) == [("cards", 2, "ref")]


def test_nobody_approves_their_own_card_by_loading_it():
    editor = EditorFactory()
    card = make_card("submitted", monitor=editor)
    row = {"ref": "", "uuid": str(card.uuid), "status": "approved"}
    assert said(check(csv_of(row), user=editor)) == [("cards", 2, "status")]
    other = EditorFactory()
    load(row, user=other)
    card.refresh_from_db()
    assert (card.status, card.editor) == ("approved", other)


def test_approved_cards_need_the_right_of_an_editor(monitor, analyst):
    for user in (monitor, analyst):
        checked = check(csv_of(card_row("A-1", status="approved")), user=user)
        assert ("cards", 2, "status") in said(checked)


def test_what_an_editors_file_changes_another_editor_approves(editor, other_editor):
    card = make_card("approved", editor=other_editor)
    row = {"ref": "", "uuid": str(card.uuid), "place": "Station", "status": "approved"}
    with translation.override("en"):
        checked = check(csv_of(row), user=editor)
    assert (checked.amended, said(checked)) == (1, [])
    assert "await" in str(checked.notices[-1])
    importing.load(checked, user=editor, reason="The place was wrong")
    card.refresh_from_db()
    assert (card.place, card.status, card.editor) == ("Station", "submitted", None)
    assert card.amended_at is not None
    moved, changed = card.events.all()[:2]
    assert (moved.kind, moved.to_status, moved.reason) == (
        "status", "submitted", "The place was wrong",
    )  # fmt: skip
    assert (changed.kind, changed.actor, changed.reason) == (
        "imported", editor, "The place was wrong",
    )  # fmt: skip
    # Nor by a second file that changes nothing, nor on the card's page.
    row = {"ref": "", "uuid": str(card.uuid), "status": "approved"}
    assert said(check(csv_of(row), user=editor)) == [("cards", 2, "status")]
    with pytest.raises(PermissionDenied):
        workflow.apply(card, "approve", actor=editor)
    load(row, user=other_editor)
    card.refresh_from_db()
    assert (card.status, card.editor) == ("approved", other_editor)


def test_a_submitted_card_that_a_file_changes_is_not_approved_by_it(editor):
    card = make_card("submitted")
    row = {"ref": "", "uuid": str(card.uuid), "place": "Station", "status": "approved"}
    load(row, user=editor)
    card.refresh_from_db()
    assert (card.place, card.status, card.amended_at) == ("Station", "submitted", None)


def test_a_file_approves_no_card_with_a_question_that_is_not_closed(editor):
    card = make_card("submitted")
    query = review.ask(card, actor=editor, text="Which square?")
    row = {"ref": "", "uuid": str(card.uuid), "status": "approved"}
    for user in (EditorFactory(), None):
        assert said(check(csv_of(row), user=user)) == [("cards", 2, "status")]
    review.close(query, actor=editor)
    load(row, user=EditorFactory())
    card.refresh_from_db()
    assert card.status == "approved"


def test_the_operators_file_is_marked_as_a_change_too():
    load(card_row("A-1"), status="approved")
    assert Card.objects.get().amended_at is None
    load(card_row("A-1", place="Station", status="approved"))
    card = Card.objects.get()
    assert (card.status, card.amended_at is not None) == ("approved", True)
