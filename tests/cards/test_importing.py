"""Files of new cards: every row by the rules of the form, the whole file or nothing."""

import datetime
import uuid
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.utils import translation

from cards import search, services, workflow
from cards.files import importing, loading
from cards.files.importing import check
from cards.models import Card, Count, Event
from cards.serialise import answers_of
from cards.vocabularies import Status
from tests.factories import card_answers, make_card
from tests.files import card_row, csv_of, outcome_row, table, workbook_of
from tests.loading import counts, load, refused, said

pytestmark = pytest.mark.usefixtures("reference")


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
    assert search.text_of(loaded.number) in loaded.search_text
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


def test_start_and_end_decide_over_a_duration_that_contradicts_them():
    with translation.override("en"):
        checked = check(csv_of(card_row("A-1", duration_minutes="60"), card_row("A-2")))
    assert checked.refusals == []
    assert [row.answers["duration_minutes"] for row in checked.rows] == [90, 90]
    assert [str(notice) for notice in checked.notices] == [
        "1 row gives a duration that start and end contradict; the times were taken."
    ]


def test_too_long_a_ref():
    assert refused(card_row("x" * 101)) == [(2, "ref")]


def test_a_thousand_refused_rows_are_all_listed():
    rows = [card_row(f"A-{number}", form="gathering") for number in range(1000)]
    checked = check(csv_of(*rows, card_row("B-1")))
    assert said(checked) == [("cards", line, "form") for line in range(2, 1002)]
    assert counts(checked.cards) == (1001, 1, 0, 0, 1000)
    assert checked.refused == 1000


def test_nobody_reads_a_file_of_mistakes_to_the_end(monkeypatch):
    from cards.files import checking

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


def test_loaded_cards_enter_the_index_of_words_and_so_do_later_ones(monitor):
    """On SQLite a file fills the index at its end, without the trigger that does so otherwise."""
    load(card_row("A-1", place="Jetisu"), card_row("A-2", place="Saryarqa"))
    later = services.create(actor=monitor, answers=card_answers(place="Saryarqa"))
    load(card_row("A-1", place="Altyn"), card_row("A-3", place="Jetisu"))
    keys = dict(Card.objects.values_list("ref", "pk"))
    found = {word: set(search._from_index("default", [word])) for word in ("jetisu", "saryarqa")}
    assert found == {"jetisu": {keys["A-3"]}, "saryarqa": {keys["A-2"], later.pk}}
    assert search.complete(connection)


def test_a_load_that_fails_leaves_the_index_of_words_as_it_was(monkeypatch):
    load(card_row("A-1", place="Jetisu"))
    monkeypatch.setattr(loading.Writer, "record", _breaks)
    with pytest.raises(RuntimeError, match="power cut"), transaction.atomic():
        load(card_row("A-2", place="Jetisu"))
    assert Card.objects.count() == len(search._from_index("default", ["jetisu"])) == 1
    assert search.complete(connection)


def _breaks(self):
    raise RuntimeError("power cut")
