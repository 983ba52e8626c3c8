"""Files of cards: every row by the rules of the form, the whole file or nothing."""

import contextlib
import csv
import datetime
import uuid
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cards import importing, services, workflow
from cards.columns import CARD_COLUMNS
from cards.export import written
from cards.importing import check
from cards.models import Card, CaseUpdate, Count, Event, NumberSequence
from cards.serialise import answers_of
from cards.vocabularies import Status
from tests.factories import EditorFactory, add_outcome, card_answers, make_card
from tests.files import card_row, csv_of, outcome_row, table, workbook_of

pytestmark = pytest.mark.usefixtures("reference")


def load(*rows, outcomes=(), user=None, **options) -> importing.Checked:
    """Check and load rows of cards, and of outcomes."""
    checked = check(csv_of(*rows), csv_of(*outcomes) if outcomes else None, user=user, **options)
    assert said(checked) == []
    importing.load(checked, user=user)
    return checked


def said(checked) -> list[tuple]:
    return [(refusal.sheet, refusal.line, refusal.column) for refusal in checked.refusals]


def refused(*rows, **options) -> list[tuple]:
    """Line and column of every refusal of these rows of cards."""
    checked = check(csv_of(*rows), **options)
    with pytest.raises(ValueError, match="refused"):
        importing.load(checked)
    assert Card.objects.count() == NumberSequence.objects.count() == 0
    return [(refusal.line, refusal.column) for refusal in checked.refusals]


def counts(tally) -> tuple:
    return tally.read, tally.new, tally.updated, tally.unchanged, tally.refused


# --- new cards -------------------------------------------------------------------------------


def test_a_loaded_card_is_what_the_form_would_have_made_of_it(monitor):
    """Every column of the row, except what says when, by whom and under which number."""
    load(card_row("A-1"))
    loaded = Card.objects.get(ref="A-1")
    typed = services.create(actor=monitor, answers=card_answers())
    typed = workflow.apply(typed, "submit", actor=monitor)
    own = {"id", "uuid", "ref", "number", "monitor_id", "version", "search_text", "created_at",
           "updated_at", "submitted_at"}  # fmt: skip
    names = {column.attname for column in Card._meta.concrete_fields} - own
    assert {name: getattr(loaded, name) for name in names} == {
        name: getattr(typed, name) for name in names
    }
    assert loaded.number == "2018-ALMATY-001"
    assert typed.number == "2018-ALMATY-002"
    assert loaded.number.casefold() in loaded.search_text
    assert "square before the theatre" in loaded.search_text
    assert loaded.submitted_at is not None
    assert loaded.version == 1
    assert loaded.monitor is None
    compare = ("subject", "best", "low", "high", "basis", "source", "used")
    assert list(loaded.counts.values_list(*compare)) == list(typed.counts.values_list(*compare))


def test_the_history_begins_with_the_file(editor):
    load(card_row("A-1"), user=editor)
    event = Event.objects.get()
    assert (event.kind, event.actor, event.to_status) == ("imported", editor, "submitted")
    assert event.changes["place"] == ["", "Square before the theatre"]
    assert event.changes["attributes"] == ["", "placards;chants"]
    assert "injured" not in event.changes


@pytest.mark.parametrize("status", Status.values)
@pytest.mark.parametrize("by", ["column", "option"])
def test_cards_arrive_in_the_state_that_is_asked_for(status, by):
    if by == "column":
        load(card_row("A-1", status=status))
    else:
        load(card_row("A-1"), status=status)
    card = Card.objects.get()
    assert card.status == status
    assert (card.number is None) == (status == "draft")
    assert (card.approved_at is not None) == (status == "approved")
    assert (card.submitted_at is None) == (status == "draft")
    assert card.duplicate_of is None


def test_a_column_goes_before_the_option_and_submitted_is_the_default():
    load(card_row("A-1", status="draft"), card_row("A-2", status=""), status="approved")
    load(card_row("A-3"))
    states = dict(Card.objects.values_list("ref", "status"))
    assert states == {"A-1": "draft", "A-2": "approved", "A-3": "submitted"}


def test_drafts_and_returned_cards_may_be_incomplete():
    load({"ref": "A-1", "status": "draft", "place": "Somewhere"})
    load({"ref": "A-2", "status": "returned", "date": "2018-05-10", "city": "almaty"})
    assert Card.objects.get(ref="A-2").number == "2018-ALMATY-001"
    checked = check(csv_of({"ref": "A-3", "status": "returned", "place": "Somewhere"}))
    assert said(checked) == [("cards", 2, "city"), ("cards", 2, "date")]


def test_numbers_go_on_where_the_last_ended():
    make_card("submitted")
    load(card_row("A-1"), card_row("A-2", city="astana"), card_row("A-3"), card_row("A-4"))
    load(card_row("A-5"))
    assert dict(Card.objects.exclude(ref=None).values_list("ref", "number")) == {
        "A-1": "2018-ALMATY-002",
        "A-2": "2018-ASTANA-001",
        "A-3": "2018-ALMATY-003",
        "A-4": "2018-ALMATY-004",
        "A-5": "2018-ALMATY-005",
    }


def test_empty_means_unknown_and_nought_means_none():
    load(
        card_row("A-1", detained="", in_the_name_of_the_law="unknown", injured="", police=""),
        card_row("A-2", detained="0", injured="0", participants="0", participants_low="0"),
    )
    unknown, none = Card.objects.order_by("ref")
    assert (unknown.detained, unknown.detained_unknown, unknown.injured) == (None, True, None)
    assert (none.detained, none.detained_unknown, none.injured) == (0, False, 0)
    assert unknown.police is None
    assert none.participants == 0
    subjects = Count.objects.values_list("card__ref", "subject")
    assert sorted(subjects) == [("A-1", "participants"), ("A-2", "participants"), ("A-2", "police")]


def test_labels_dates_and_numbers_as_people_write_them():
    load(
        card_row(
            "A-1",
            city="Алматы",
            form="Митинг",
            source="The monitor was there;Media",
            source_links="https://example.org/1; https://example.org/2",
            date="10.05.2018",
            start_time="0.5",
            end_time="13:30:00",
            participants="1 000",
            participants_high="",
            participants_low="",
            description="First\r\nsecond",
        )
    )
    card = Card.objects.get()
    assert (card.city_id, card.form_id, card.source) == ("almaty", "rally", ("direct", "media"))
    assert (card.date, card.start_time) == (datetime.date(2018, 5, 10), datetime.time(12))
    assert (card.participants, card.duration_minutes) == (1000, 90)
    assert card.links == ["https://example.org/1", "https://example.org/2"]
    assert card.description == "First\nsecond"


def test_inclusion_by_the_rule_or_with_a_reason():
    load(
        card_row("A-1"),
        card_row("A-2", peaceful="no"),
        card_row("A-3", peaceful="no", inclusion="counted", inclusion_reason="First stage"),
        card_row("A-4", inclusion="excluded", inclusion_reason="A concert"),
        card_row("A-5", course="prevented"),
    )
    assert list(Card.objects.order_by("ref").values_list("inclusion", flat=True)) == [
        "counted", "excluded", "counted", "excluded", "excluded",
    ]  # fmt: skip


# --- refusals --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"date": ""}, "date"),
        ({"date": "2999-01-01"}, "date"),
        ({"date": "yesterday"}, "date"),
        ({"city": "Atlantis"}, "city"),
        ({"form": "other"}, "form_other"),
        ({"source": "media"}, "source_links"),
        ({"source": "media", "source_links": "example.org"}, "source_links"),
        ({"attributes": "none;placards"}, "attributes"),
        ({"participants": "several dozen"}, "participants"),
        ({"participants": "30", "participants_low": "40", "participants_high": ""},
         "participants_low"),
        ({"police_basis": ""}, "police_basis"),
        ({"police_present": "no"}, "police_present"),
        ({"prosecutor_warned": "yes"}, "prosecutor_warned"),
        ({"legal_status": "requested_refused"}, "refusal_ground"),
        ({"police_actions": "detained"}, "detained"),
        ({"detained": "2", "detained_unknown": "yes"}, "detained"),
        ({"detained": "", "detained_unknown": "no"}, "detained"),
        ({"detained": "2", "detained_minors": "3"}, "detained_minors"),
        ({"inclusion": "excluded", "inclusion_reason": ""}, "inclusion_reason"),
        ({"course": "prevented", "inclusion": "counted"}, "inclusion"),
        ({"duration_minutes": "60"}, "duration_minutes"),
        ({"latitude": "43.2"}, "longitude"),
        ({"latitude": "10", "longitude": "76"}, "latitude"),
        ({"status": "archived"}, "status"),
        ({"uuid": "17"}, "uuid"),
        ({"description": "  "}, "description"),
    ],
)  # fmt: skip
def test_each_mistake_is_told_at_its_column(changes, column):
    rows = [card_row("A-1"), card_row("A-2", **changes), card_row("A-3")]
    found = refused(*rows)
    assert (3, column) in found
    assert {line for line, _column in found} == {3}


def test_too_long_a_ref():
    assert refused(card_row("x" * 101)) == [(2, "ref")]


def test_a_thousand_refused_rows_are_all_listed():
    rows = [card_row(f"A-{number}", form="gathering") for number in range(1000)]
    checked = check(csv_of(*rows, card_row("B-1")))
    assert said(checked) == [("cards", line, "form") for line in range(2, 1002)]
    assert counts(checked.cards) == (1001, 1, 0, 0, 1000)
    assert checked.refused == 1000


def test_nobody_reads_a_file_of_mistakes_to_the_end(monkeypatch):
    from cards import checking

    monkeypatch.setattr(checking, "MOST_REFUSALS", 600)
    rows = [card_row(f"A-{number}", form="gathering") for number in range(2000)]
    checked = check(csv_of(*rows))
    assert checked.cards.read < 2000
    assert any(refusal.column == "" for refusal in checked.refusals)


def test_unknown_columns_are_told_and_those_of_the_site_are_left_alone():
    with_others = card_row("A-1", colour="red", number="2018-ALMATY-999", monitor="anna")
    checked = load(with_others)
    notices = [str(notice) for notice in checked.notices]
    assert len(notices) == 3
    for column in ("colour", "number", "monitor"):
        assert any(f"{column}" in notice for notice in notices)
    assert Card.objects.get().number == "2018-ALMATY-001"


def test_a_missing_column_is_told_once_beside_the_refused_rows():
    rows = [card_row("A-1"), card_row("A-2")]
    for row in rows:
        del row["topic"]
    checked = check(csv_of(*rows))
    assert said(checked) == [("cards", 2, "topic"), ("cards", 3, "topic")]
    assert ["topic" in str(notice) for notice in checked.notices] == [True]


def test_cells_under_no_heading_refuse_the_row():
    content = csv_of(card_row("A-1")).rstrip(b"\n") + b",and more\n"
    assert said(check(content)) == [("cards", 2, "")]


def test_formulas_without_a_result_refuse_the_row():
    sheet = table(card_row("A-1"), card_row("A-2", participants="=20+5"))
    assert said(check(workbook_of(cards=sheet))) == [("cards", 3, "participants")]


def test_only_headings_and_no_file():
    checked = check(csv_of(card_row()).split(b"\n")[0])
    assert counts(checked.cards) == (0, 0, 0, 0, 0)
    with pytest.raises(importing.Unreadable):
        check(b"")


def test_the_same_card_twice_in_a_file():
    same = str(uuid.uuid4())
    rows = [card_row("A-1"), card_row("A-2", uuid=same), card_row("A-1")]
    rows.append(card_row("A-4", uuid=same))
    assert refused(*rows) == [(4, "ref"), (5, "uuid")]


def test_rows_without_a_ref_are_told():
    row = card_row("")
    load(row)
    checked = load(row)
    assert Card.objects.count() == 2
    assert len(checked.notices) == 1


# --- loading again ---------------------------------------------------------------------------


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
    with pytest.raises(importing.Changed):
        importing.load(checked)
    assert Card.objects.get().place == "Elsewhere"
    checked = check(csv_of(card_row("A-2")))
    load(card_row("A-2"))
    with pytest.raises(importing.Changed):
        importing.load(checked)
    assert Card.objects.count() == 2
    assert NumberSequence.objects.get().last == 2


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


# --- rights ----------------------------------------------------------------------------------


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


# --- court outcomes --------------------------------------------------------------------------


def test_outcomes_come_with_their_cards(editor):
    checked = load(
        card_row("A-1", status="approved"),
        card_row("A-2", status="submitted"),
        outcomes=[
            outcome_row("A-1"),
            outcome_row("A-1", decided_on="2018-07-01", outcome="terminated"),
            outcome_row("A-1", case_code="A-02", court="", fine_mci="", fine_kzt="12 000"),
            outcome_row("A-2", outcome="arrest", arrest_days="5"),
        ],
        user=editor,
    )
    assert counts(checked.court) == (4, 4, 0, 0, 0)
    updates = CaseUpdate.objects.order_by("id")
    assert [(u.case.card.ref, u.case.case_code, u.outcome, u.review) for u in updates] == [
        ("A-1", "A-01", "fine", "approved"),
        ("A-1", "A-01", "terminated", "approved"),
        ("A-1", "A-02", "fine", "approved"),
        # What comes with a card that is not approved yet is reviewed with it.
        ("A-2", "A-01", "arrest", "pending"),
    ]
    assert {update.author for update in updates} == {editor}
    assert updates[2].fine_kzt == 12000
    assert updates[3].arrest_days == 5
    assert Event.objects.filter(kind="outcome").count() == 4


def test_outcomes_for_a_card_that_is_stored(editor):
    load(card_row("A-1"), card_row("A-2"), status="approved")
    news = [outcome_row("A-1"), outcome_row("A-1", decided_on="2018-08-01", fine_mci="30")]
    rows = [card_row("A-3")]
    load(*rows, outcomes=news[:1])
    checked = load(*rows, outcomes=news, user=editor)
    assert counts(checked.court) == (2, 0, 1, 1, 0)
    # The operator's word counts at once; an editor's awaits a second person.
    assert list(CaseUpdate.objects.order_by("id").values_list("review", flat=True)) == [
        "approved", "pending",
    ]  # fmt: skip
    only = workbook_of(outcomes=table(outcome_row("A-2")))
    checked = check(only)
    assert said(checked) == []
    importing.load(checked)
    assert CaseUpdate.objects.filter(case__card__ref="A-2").count() == 1


def test_a_person_code_is_the_same_however_it_is_typed():
    load(card_row("A-1"), outcomes=[outcome_row(), outcome_row(case_code="a-02")])
    later = [
        outcome_row(case_code="a-01"),
        outcome_row(case_code="A-02", decided_on="2018-07-01"),
        outcome_row(case_code="B-03"),
        outcome_row(case_code="b-03", decided_on="2018-07-01"),
    ]
    checked = load(card_row("A-1"), outcomes=later)
    assert counts(checked.court) == (4, 2, 1, 1, 0)
    cases = Card.objects.get().cases.order_by("id")
    assert [(case.case_code, case.updates.count()) for case in cases] == [
        ("A-01", 1), ("a-02", 2), ("B-03", 2),
    ]  # fmt: skip


def test_outcomes_find_a_card_by_its_identifier():
    card = make_card("approved")
    importing.load(check(workbook_of(outcomes=table(outcome_row(str(card.uuid))))))
    assert card.cases.get().updates.get().outcome == "fine"
    new = str(uuid.uuid4())
    load(card_row("", uuid=new), outcomes=[outcome_row(new)])
    assert Card.objects.get(uuid=new).cases.count() == 1


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"card": ""}, "card"),
        ({"card": "Z-9"}, "card"),
        ({"case_code": ""}, "case_code"),
        ({"case_code": "Ivan Ivanov"}, "case_code"),
        ({"case_code": "x" * 41}, "case_code"),
        ({"decided_on": "2018-05-09"}, "decided_on"),
        ({"decided_on": "2999-01-01"}, "decided_on"),
        ({"article": "489"}, "article"),
        ({"outcome": ""}, "outcome"),
        ({"fine_mci": ""}, "fine_mci"),
        ({"fine_mci": "20 МРП"}, "fine_mci"),
        ({"outcome": "arrest", "arrest_days": ""}, "arrest_days"),
        ({"outcome": "arrest", "arrest_days": "16"}, "arrest_days"),
        ({"observed_by_monitor": ""}, "observed_by_monitor"),
        ({"appeal": "perhaps"}, "appeal"),
    ],
)
def test_each_mistake_in_an_outcome_is_told_at_its_column(changes, column):
    outcomes = [outcome_row("A-1"), outcome_row("A-1", case_code="A-02") | changes]
    checked = check(csv_of(card_row("A-1")), csv_of(*outcomes))
    assert ("outcomes", 3, column) in said(checked)
    assert {(sheet, line) for sheet, line, _column in said(checked)} == {("outcomes", 3)}
    with pytest.raises(ValueError, match="refused"):
        importing.load(checked)
    assert Card.objects.count() == 0


def test_outcomes_of_a_refused_card_are_refused_for_that_reason():
    checked = check(
        csv_of(card_row("A-1", form="gathering"), card_row("A-2")),
        csv_of(outcome_row("A-1"), outcome_row("A-2"), outcome_row("A-3")),
    )
    lines = [r for r in checked.refusals if r.sheet == "outcomes"]
    assert [(refusal.line, refusal.column) for refusal in lines] == [(2, "card"), (4, "card")]
    assert str(lines[0].message) != str(lines[1].message)


def test_the_same_outcome_twice_in_a_file():
    checked = check(csv_of(card_row("A-1")), csv_of(outcome_row(), outcome_row()))
    assert said(checked) == [("outcomes", 3, "case_code")]


def test_outcomes_out_of_the_editors_reach():
    load(card_row("A-1"))
    editor = EditorFactory(all_regions=False, regions=["KZ-71"])
    draft = make_card("draft")
    outcomes = csv_of(outcome_row("A-1"), outcome_row(str(draft.uuid)))
    content = csv_of(card_row("B-1", city="astana"))
    assert said(check(content, outcomes, user=editor)) == [
        ("outcomes", 2, "card"), ("outcomes", 3, "card"),
    ]  # fmt: skip


def test_outcomes_come_in_one_file_only():
    book = workbook_of(cards=table(card_row("A-1")), outcomes=table(outcome_row()))
    assert said(check(book)) == []
    with pytest.raises(importing.Unreadable):
        check(book, csv_of(outcome_row()))


# --- workbooks -------------------------------------------------------------------------------


def test_a_workbook_with_real_dates_times_and_numbers():
    day, noon = datetime.date(2018, 5, 10), datetime.time(12, 0)
    row = card_row(17, date=day, start_time=noon, participants=25)
    row |= {"latitude": 43.238949, "longitude": 76.889709, "end_time": "13:30"}
    outcome = outcome_row(17, fine_mci=20, decided_on=datetime.datetime(2018, 6, 10))
    book = workbook_of(
        cards=[["Cards of 2018"], [], *table(row), [None] * 30], outcomes=table(outcome)
    )
    checked = check(book)
    assert said(checked) == []
    importing.load(checked)
    card = Card.objects.get(ref="17")
    assert (card.date, card.start_time, card.duration_minutes) == (day, noon, 90)
    assert card.latitude == Decimal("43.23895")
    assert card.cases.get().updates.get().fine_mci == 20
    assert answers_of(card)["participants"] == 25


# --- size ------------------------------------------------------------------------------------


def _rows(number: int) -> list[dict]:
    """Approved cards of four cities and months."""
    cities = ("almaty", "astana", "shymkent", "semey")
    return [
        card_row(
            f"{number}-{index}",
            city=cities[index % 4],
            date=f"2018-0{1 + index % 4}-10",
            status="approved",
        )
        for index in range(number)
    ]


def test_queries_do_not_grow_with_the_rows():
    """Within the pages in which rows are read and written."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def asked(rows, outcomes) -> int:
        with CaptureQueriesContext(connection) as queries:
            load(*rows, outcomes=outcomes)
        return len(queries)

    found = []
    for number in (20, 90):
        rows = _rows(number)
        outcomes = [outcome_row(row["ref"], decided_on="") for row in rows]
        changed = [row | {"place": "Station", "police": "11"} for row in rows]
        later = [row | {"decided_on": "2018-12-01"} for row in outcomes]
        found.append([asked(rows, outcomes), asked(rows, outcomes), asked(changed, later)])
    assert found[0] == found[1]
    assert max(found[0]) < 60


def test_listeners_are_told_once_of_every_month_that_changed(monkeypatch):
    from cards.signals import counted_cards_changed

    told = []

    def listen(sender, months, **kwargs):
        told.append(months)

    counted_cards_changed.connect(listen)
    try:
        may = ("almaty", datetime.date(2018, 5, 1))
        load(card_row("A-1", status="approved"), card_row("A-2", status="draft", date="2018-06-10"))
        load(card_row("A-1", status="approved", date="2018-07-10"))
        load(card_row("A-2", status="submitted", date="2018-06-10"))
    finally:
        counted_cards_changed.disconnect(listen)
    assert told == [{may}, {may, ("almaty", datetime.date(2018, 7, 1))}]


# --- anything at all -------------------------------------------------------------------------

CELL = st.one_of(
    st.text(max_size=30),
    st.from_regex(r"[-+=@]?[0-9 .,:/;eE%]{0,14}", fullmatch=True),
    st.sampled_from(
        ["yes", "да", "none;placards", "2018-02-30", "0.5", "approved", "unknown", "''"]
    ),
)
COLUMN = st.one_of(st.sampled_from(CARD_COLUMNS), st.text(max_size=8))


def examples(number: int):
    """The tables of reference, which the fixture brings once, are the same for every example."""
    same = [HealthCheck.function_scoped_fixture]
    return settings(max_examples=number, deadline=None, suppress_health_check=same)


@examples(40)
@given(changes=st.dictionaries(COLUMN, CELL, max_size=8), second=st.dictionaries(COLUMN, CELL))
def test_any_cells_are_loaded_or_refused_by_line(changes, second):
    """Whatever stands in a file: the database never has to refuse what was found in order."""
    content = csv_of(card_row("A-1"), card_row("A-2") | changes, second, quoting=csv.QUOTE_ALL)
    outcomes = csv_of(outcome_row("A-1"), outcome_row("A-1") | second, quoting=csv.QUOTE_ALL)
    with transaction.atomic(), contextlib.suppress(importing.Unreadable):
        checked = check(content, outcomes)
        assert {refusal.line for refusal in checked.refusals} <= {2, 3, 4}
        if not checked.refusals:
            importing.load(checked)
            assert check(content).cards.updated == 0
        transaction.set_rollback(True)


@examples(40)
@given(content=st.one_of(st.binary(max_size=200), st.text(max_size=200).map(str.encode)))
def test_any_bytes_are_read_or_refused(content):
    for start in (b"", b"PK\x03\x04", csv_of(card_row("A-1"))):
        with contextlib.suppress(importing.Unreadable):
            assert check(start + content).cards.read >= 0


@examples(15)
@given(
    texts=st.fixed_dictionaries(
        {name: st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40)
         for name in ("place", "settlement", "demands", "description", "organiser_name")}
    )
)  # fmt: skip
def test_whatever_people_type_survives_export_and_import(texts, monitor):
    typed = {name: text.strip() for name, text in texts.items()}
    with transaction.atomic():
        services.create(actor=monitor, answers=card_answers(**typed))
        for kind in ("csv", "xlsx"):
            checked = check(written(Card.objects.all(), kind).read())
            assert [(row.changes, row.stored is None) for row in checked.rows] == []
            assert counts(checked.cards) == (1, 0, 0, 1, 0)
        transaction.set_rollback(True)
