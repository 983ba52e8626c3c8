"""Whatever happens to cards, an answer of the explorer is that of the cards as they are."""

from __future__ import annotations

import datetime
import threading

import pytest
from django.core.management import call_command
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from cards import services, workflow
from cards.models import Card, City
from monitoring.backup.rows import LEFT_OUT
from monitoring.jobs import upkeep
from monitoring.jobs.working import Look
from reports import facts, listening
from reports.columns import changes, keeping, reading
from reports.explorer import query
from reports.explorer.spec import Spec
from reports.models import ColumnChange, Fact, MonthColumn
from tests.factories import EditorFactory, MonitorFactory, add_outcome, make_card, rows_of_cards
from tests.reports.explorer.test_cross import write

pytestmark = pytest.mark.django_db
MAY, JUNE = datetime.date(2018, 5, 1), datetime.date(2018, 6, 1)
VIEW = Spec("city", "month", "sum-participants")


def noted() -> set[datetime.date]:
    return set(ColumnChange.objects.values_list("month", flat=True))


def months() -> set[datetime.date]:
    return set(MonthColumn.objects.values_list("month", flat=True))


@pytest.fixture
def card(reference, both) -> Card:
    """An approved card of May 2018 beside another of June, both packed."""
    made = make_card("approved")
    make_card("approved", date=datetime.date(2018, 6, 20))
    keeping.settle()
    assert months() == {MAY, JUNE}
    assert noted() == set()
    assert both.agree(VIEW)
    return made


#: Another answer for each column, with what a card in order needs beside it.
OTHERWISE = {
    "date": {"date": datetime.date(2018, 5, 2)},
    "date_precision": {"date_precision": "month"},
    "start_time": {"start_time": datetime.time(7, 5)},
    "city": {"city": "semey"},
    "place_type": {"place_type": "road"},
    "source": {"source": ("direct", "participant")},
    "course": {"course": "cut_short"},
    "peaceful": {"peaceful": "unknown"},
    "form": {"form": "picket"},
    "topic": {"topic": "against_land_sale"},
    "organiser_type": {"organiser_type": "individual"},
    "attributes": {"attributes": ("placards", "leaflets")},
    "minors_present": {"minors_present": "unknown"},
    "participants_basis": {"participants_basis": "counted"},
    "legal_status": {"legal_status": "unknown", "reason_not_requested": ""},
    "reason_not_requested": {"reason_not_requested": "unknown"},
    "application_date": {"legal_status": "sanctioned", "reason_not_requested": "",
                         "application_date": datetime.date(2018, 5, 1)},
    "answer_date": {"legal_status": "sanctioned", "reason_not_requested": "",
                    "application_date": datetime.date(2018, 5, 1),
                    "answer_date": datetime.date(2018, 5, 4)},
    "prosecutor_present": {"prosecutor_present": "unknown"},
    "prosecutor_warned": {"prosecutor_warned": "unknown"},
    "akimat_present": {"akimat_present": "unknown"},
    "akimat_warned": {"akimat_warned": "unknown"},
    "police_present": {"police_present": "unknown", "police": None, "police_warned": "unknown"},
    "police_warned": {"police_warned": "yes"},
    "police_basis": {"police_basis": "estimated"},
    "plain_clothes": {"plain_clothes": "yes"},
    "police_actions": {"police_actions": ("observed", "filmed")},
    "warned_before_dispersal": {"warned_before_dispersal": "unknown"},
    "in_the_name_of_the_law": {"detained": 1, "in_the_name_of_the_law": "no"},
    "participants": {"participants": 31, "participants_low": 20, "participants_high": 40},
    "police": {"police": 12},
    "duration_minutes": {"start_time": None, "end_time": None, "duration_minutes": 77},
    "detained": {"detained": 3, "in_the_name_of_the_law": "yes"},
    "detained_minors": {"detained": 3, "in_the_name_of_the_law": "yes", "detained_minors": 1},
    "detained_before": {"detained": 3, "in_the_name_of_the_law": "yes", "detained_before": 2},
    "released_without_report": {"detained": 3, "in_the_name_of_the_law": "yes",
                                "released_without_report": 1},
    "injured": {"injured": 2},
}  # fmt: skip


def test_every_column_is_edited_below():
    assert set(OTHERWISE) == set(keeping.NAMES)


@pytest.mark.parametrize("name", keeping.NAMES)
def test_an_edit_of_any_column_is_noticed(card, name):
    """Also of those that no fact is made of."""
    before = getattr(card, name)
    answers = OTHERWISE[name]
    services.save(card, actor=EditorFactory(), answers=answers, reason="A second source")
    card.refresh_from_db()
    assert getattr(card, name) != before
    assert noted() == {MAY}
    kept = reading.read("default", {name, "date"}, (None, None))
    assert len(kept.keys) == 1
    keeping.settle()
    assert list(keeping.verify()) == []
    assert noted() == set()


@pytest.mark.slow
def test_approving_withdrawing_and_moving(card, both):
    late = make_card("submitted")
    assert both.agree(VIEW)
    workflow.apply(late, "approve", actor=EditorFactory())
    assert noted() == {MAY}
    assert both.agree(VIEW)
    keeping.settle()
    assert both.answers(VIEW)[0].at().n == 3
    answers = {"date": datetime.date(2018, 6, 9), "city": "semey"}
    services.save(card, actor=EditorFactory(), answers=answers, reason="A second source")
    assert noted() == {MAY, JUNE}
    # Nothing is current: the cards alone answer.
    assert not both.agree(VIEW)
    keeping.settle()
    assert both.agree(VIEW)
    card.refresh_from_db()
    workflow.apply(card, "reopen", actor=EditorFactory(), reason="Counted twice")
    assert noted() == {JUNE}
    assert both.agree(VIEW)
    assert both.answers(VIEW)[0].at().n == 2


def test_a_month_whose_last_card_leaves_is_kept_no_longer(card, both):
    workflow.apply(card, "reopen", actor=EditorFactory(), reason="Counted twice")
    assert noted() == {MAY}
    keeping.settle()
    assert months() == {JUNE}
    assert both.agree(VIEW)


def test_court_cases_are_asked_of_the_cards(card, both):
    add_outcome(card)
    assert noted() == {MAY}
    for rows in ("court", "outcomes", "articles"):
        assert not both.agree(Spec(rows, "city"))


def test_months_with_few_cards_are_not_kept(card, both, monkeypatch):
    monkeypatch.setattr(keeping, "FEWEST", 2)
    changes.note_all("default")
    keeping.settle()
    assert months() == set()
    assert noted() == set()
    assert not both.agree(VIEW)


@pytest.mark.parametrize("act", ["insert", "update", "delete", "move"])
def test_whoever_writes_facts_notes_their_month(card, act):
    """Also an older version of the product, which knows nothing of columns, and SQL by hand."""
    rows = Fact.objects.filter(month=MAY)
    if act == "insert":
        Fact.objects.create(place_id="taraz", month=datetime.date(2031, 5, 1))
        Fact.objects.bulk_create([Fact(place_id="semey", month=datetime.date(2031, 6, 1))])
    elif act == "update":
        rows.update(sums={})
    elif act == "delete":
        rows.delete()
    elif act == "move":
        rows.update(month=datetime.date(2019, 1, 1))
    expected = {
        "insert": {datetime.date(2031, 5, 1), datetime.date(2031, 6, 1)},
        "move": {MAY, datetime.date(2019, 1, 1)},
    }.get(act, {MAY})
    assert noted() == expected


@pytest.mark.slow
def test_deriving_all_facts_anew_writes_few_rows(reference, both):
    write(3, 200)
    facts.rebuild()
    keeping.settle()
    facts.rebuild()
    assert noted() >= months()
    # A row for each place's month that goes and comes, at most.
    assert ColumnChange.objects.count() <= 2 * Fact.objects.count()


def test_a_law_or_register_that_changes_facts_notes_all_months(card):
    City.objects.get(pk="almaty").save()
    assert noted() == set()
    city = City.objects.get(pk="almaty")
    city.place_id = "semey"
    city.save()
    assert noted() == {MAY, JUNE}


def test_a_step_back_to_a_version_with_other_columns_is_mended(card, both):
    MonthColumn.objects.filter(month=MAY, name="injured").delete()
    MonthColumn.objects.filter(month=JUNE, name="source").update(name="mood")
    assert both.agree(Spec("city", "form"))
    assert both.agree(Spec("source", "form", "sum-injured")) is False
    keeping.settle()
    assert set(MonthColumn.objects.values_list("name", flat=True)) == set(keeping.NAMES)
    assert both.agree(Spec("source", "form", "sum-injured"))
    assert keeping.settle() == 0


# --- Others at the same time ---------------------------------------------------------------------


def in_between(monkeypatch, module, name, *acts):
    """After each of the first calls of a function one of the acts happens, before it returns."""
    real, left = getattr(module, name), list(acts)

    def acting(*args, **kwargs):
        found = real(*args, **kwargs)
        if left:
            left.pop(0)()
        return found

    monkeypatch.setattr(module, name, acting)


def change(card: Card, **answers) -> None:
    services.save(card, actor=EditorFactory(), answers=answers, reason="A second source")
    card.refresh_from_db()


def test_a_card_changed_while_its_month_is_packed_leaves_the_month_changed(card, both, monkeypatch):
    change(card, peaceful="unknown")
    in_between(monkeypatch, keeping, "_cards", lambda: change(card, plain_clothes="yes"))
    keeping.settle()
    assert noted() == {MAY}
    assert both.agree(Spec("plain_clothes", "peaceful"))
    keeping.settle()
    assert noted() == set()
    assert list(keeping.verify()) == []


def test_who_read_the_cards_earlier_does_not_write_later(card, both, monkeypatch):
    """Two pack the same month: what the second read is newer."""
    change(card, peaceful="unknown")

    def other() -> None:
        change(card, plain_clothes="yes")
        assert keeping.settle() == 1

    in_between(monkeypatch, keeping, "_cards", other)
    assert keeping.settle() == 0
    assert noted() == set()
    assert list(keeping.verify()) == []
    assert both.agree(Spec("plain_clothes", "peaceful"))


def test_a_card_that_moves_while_an_answer_is_read_counts_once(card, both, monkeypatch):
    """From a month of columns into one of cards, between the two readings."""
    changes.note("default", [JUNE])
    moved = []

    def move() -> None:
        change(card, date=datetime.date(2018, 6, 2))
        moved.append(card.pk)

    in_between(monkeypatch, reading, "read", move)
    one, other = both.answers(VIEW)
    assert moved
    assert one == other
    assert one.at().n == 2


def test_columns_that_change_faster_than_they_are_read_are_left(card, both, monkeypatch):
    changes.note("default", [JUNE])
    peaceful = iter(["unknown", "yes"] * query.TRIES)

    def edit() -> None:
        change(card, peaceful=next(peaceful))
        keeping.settle()
        changes.note("default", [JUNE])

    in_between(monkeypatch, reading, "read", *[edit] * query.TRIES)
    assert both.agree(VIEW) is False


def test_packing_waits_for_nobody_and_nobody_for_it(transactional_db, reference, both):
    """A writer who has not committed yet leaves the month changed when it does."""
    card = make_card("approved")
    packed = []

    def pack() -> None:
        try:
            packed.append(keeping.settle())
        finally:
            connections.close_all()

    with transaction.atomic():
        change(card, peaceful="unknown")
        if connection.vendor == "postgresql":  # SQLite has one writer at a time
            thread = threading.Thread(target=pack)
            thread.start()
            thread.join(20)
            assert packed == [1]
    assert noted() == {MAY}
    assert not both.agree(VIEW)
    assert keeping.settle() == 1
    assert list(keeping.verify()) == []
    assert both.agree(Spec("peaceful", "month"))


# --- Checked, kept up, taken away ----------------------------------------------------------------


def test_an_edit_past_the_services_is_found_and_mended(card, both, capsys):
    assert list(keeping.verify()) == []
    Card.objects.filter(pk=card.pk).update(peaceful="unknown", injured=4)
    found = [str(each) for each in keeping.verify()]
    assert sorted(found) == [
        "2018-05 column injured: kept 1, cards 1, 1 differ",
        "2018-05 column peaceful: kept 1, cards 1, 1 differ",
    ]
    with pytest.raises(SystemExit):
        call_command("verify_facts")
    assert found[0] in capsys.readouterr().out
    Card.objects.filter(pk=card.pk).update(date=JUNE)
    assert "kept 1, cards 0" in str(next(keeping.verify()))
    call_command("verify_facts", rebuild=True)
    assert list(keeping.verify()) == []
    assert both.agree(Spec("peaceful", "month"))


def test_a_card_approved_while_columns_are_compared_is_no_difference(card, monkeypatch):
    in_between(monkeypatch, keeping, "_current", lambda: change(card, peaceful="unknown"))
    assert list(keeping.verify()) == []


def test_the_command_packs_what_has_changed(card, both):
    change(card, peaceful="unknown")
    call_command("verify_facts")
    assert noted() == set()
    assert both.agree(VIEW)


def test_whoever_does_jobs_packs_now_and_then(card, both, monkeypatch):
    change(card, peaceful="unknown")
    look = Look()
    assert not look.turn()
    assert noted() == {MAY}
    monkeypatch.setattr(upkeep, "EVERY", 0.0)
    assert not look.turn()
    assert noted() == set()
    assert list(keeping.verify()) == []


def test_what_fails_keeps_nobody_from_doing_jobs(card, monkeypatch, caplog):
    change(card, peaceful="unknown")
    monkeypatch.setattr(upkeep, "EVERY", 0.0)
    monkeypatch.setattr(keeping, "_cards", lambda *args: 1 / 0)
    assert not Look().turn()
    assert noted() == {MAY}
    assert "ZeroDivisionError" in caplog.text


def test_packing_takes_a_moment_at_a_time(card, monkeypatch):
    changes.note("default", [MAY, JUNE])
    assert keeping.settle(seconds=0.0) == 0
    monkeypatch.setattr(keeping, "_cards", slowly(keeping._cards))
    assert keeping.settle(seconds=0.01) == 1
    monkeypatch.setattr(listening, "MOMENT", 0.01)
    changes.note("default", [MAY, JUNE])
    assert listening.pack_columns() is True
    assert listening.pack_columns() is False
    assert noted() == set()


def slowly(read):
    import time

    def reading_slowly(*args):
        time.sleep(0.02)
        return read(*args)

    return reading_slowly


def test_triggers_that_are_missing_come_back_and_nothing_is_current(card):
    """A migration that rebuilds the table of facts on SQLite takes its triggers along."""
    assert changes.TRIGGERS.complete(connection)
    changes.TRIGGERS.remove(connection)
    assert not changes.TRIGGERS.complete(connection)
    assert not listening.columns_complete(connection)
    change(card, peaceful="unknown")
    assert noted() == set()
    changes.after_migrations(None, using="default")
    assert changes.TRIGGERS.complete(connection)
    assert noted() == {MAY, JUNE}
    keeping.settle()
    change(card, peaceful="yes")
    assert noted() == {MAY}


def test_backups_leave_them_out():
    assert {MonthColumn._meta.label_lower, ColumnChange._meta.label_lower} <= LEFT_OUT


# --- Of many cards -------------------------------------------------------------------------------


def test_answers_and_numbers_of_any_width(reference, both):
    """As many different answers as take one byte, or two, and numbers of any size."""
    for different, size, width in ((256, 254, 1), (257, 255, 2), (300, 70_000, 4)):
        month = datetime.date(2018, 5, 1)
        rows = [[f"answer {n % different}"] * len(keeping.CODED) +
                [None if n == 7 else size] * len(keeping.NUMBERS) for n in range(400)]  # fmt: skip
        for column in keeping.columns_of(month, rows):
            expected = (1 if different == 256 else 2) if column.name in keeping.CODED else width
            assert column.width == expected
            assert len(column.codes) == 400 * expected
            values = keeping._values(column)
            assert values[8] == ("answer 8" if column.name in keeping.CODED else size + 1)
            assert values[7] == ("answer 7" if column.name in keeping.CODED else 0)


@pytest.mark.slow
def test_the_same_queries_at_any_size(reference, both):
    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert both.agree(Spec("form", "year", "sum-police", chosen=(("place", "almaty"),)))
        return len(captured)

    write(7, 20)
    facts.rebuild()
    keeping.settle()
    few = asked()
    write(8, 200)
    facts.rebuild()
    keeping.settle()
    changes.note("default", sorted(months())[3:9:2])
    assert asked() == few
    assert few < 20


def test_many_rows_of_a_month_are_taken_away_at_once(card):
    changes.note("default", [MAY] * 1201)
    assert keeping.settle() == 1
    assert noted() == set()


def test_cards_that_do_not_count_are_not_kept(reference, both):
    rows_of_cards(3, monitor=MonitorFactory(all_regions=True), status="submitted")
    make_card("approved", course="prevented")
    keeping.settle()
    assert months() == set()
