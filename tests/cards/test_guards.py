"""What the database refuses whoever asks: changing or deleting what was recorded."""

import pytest
from django.db import IntegrityError, connection, transaction

from cards import guards
from cards.models import (
    Attachment,
    Card,
    CaseUpdate,
    Dismissal,
    Event,
    HeldParcel,
    HistoryHead,
    Merge,
    PermitApplication,
    Query,
    QueryMessage,
)
from tests.factories import add_outcome, make_card
from tests.history import unguarded

pytestmark = pytest.mark.usefixtures("reference")


@pytest.fixture
def world(editor):
    """At least one row of everything that is kept for good."""
    card = make_card("approved", detained=3, police_actions=("detained",))
    add_outcome(card)
    Attachment.objects.create(
        card=card, kind="image", content_type="image/jpeg", name="a.jpg", size=1, sha256="0" * 64
    )
    PermitApplication.objects.create(city_id="almaty", applied_on="2018-05-10")
    query = Query.objects.create(card=card, author=editor)
    QueryMessage.objects.create(query=query, author=editor, text="Why?")
    Dismissal.objects.create(
        card=card, check_code="x", basis="", reason="Seen by many", author=editor
    )
    HeldParcel.objects.create(account=editor, digest="0" * 64, parcel="{}")
    first, second = make_card("submitted"), make_card("submitted")
    Merge.objects.create(
        card=card,
        first=first,
        second=second,
        first_status="submitted",
        second_status="submitted",
        author=editor,
    )
    return card


def refused(statement: str, *values) -> None:
    refusal = pytest.raises(IntegrityError, match="what was recorded stays")
    with connection.cursor() as cursor, refusal, transaction.atomic():
        cursor.execute(statement, values)


@pytest.mark.parametrize("model", guards.KEPT_FOR_GOOD, ids=lambda model: model.__name__)
def test_nothing_that_was_entered_is_deleted(world, model):
    assert model.objects.exists()
    refused(f"DELETE FROM {model._meta.db_table}")
    with pytest.raises(IntegrityError, match="what was recorded stays"), transaction.atomic():
        model.objects.all()._raw_delete("default")


@pytest.mark.parametrize("model", guards.KEPT_FOR_GOOD, ids=lambda model: model.__name__)
def test_no_table_is_emptied_at_once(world, model):
    connection.check_constraints()
    if connection.vendor == "postgresql":
        refused(f"TRUNCATE {model._meta.db_table} CASCADE")
    else:
        refused(f"DELETE FROM {model._meta.db_table} WHERE 1")


def test_no_entry_is_changed(world):
    for column, value in (("reason", "x"), ("seq", 1000), ("hash", "f" * 64)):
        refused(f"UPDATE cards_event SET {column} = %s WHERE seq = 2", value)
    event = Event.objects.first()
    event.reason = "Forged"
    with pytest.raises(IntegrityError), transaction.atomic():
        event.save()


def test_no_entry_is_replaced(world):
    """SQLite's REPLACE deletes without a word unless it is told to tell the triggers."""
    columns = "card_id, kind, at, reason, from_status, to_status, version, changes, previous, hash"
    values = "card_id, kind, at, 'x', from_status, to_status, version, changes, previous, hash"
    statement = f"INSERT INTO cards_event (id, seq, {columns}) SELECT id, seq, {values}"
    if connection.vendor == "postgresql":
        refused(f"{statement} FROM cards_event WHERE seq = 2 ON CONFLICT (id) "
                "DO UPDATE SET reason = 'x'")  # fmt: skip
    else:
        refused(f"{statement} FROM cards_event WHERE seq = 2".replace("INSERT", "REPLACE", 1))


def test_the_head_only_moves_on(world):
    seq = HistoryHead.objects.get().seq
    for wrong in (seq, seq - 1, 0):
        refused("UPDATE cards_historyhead SET seq = %s", wrong)
    refused("UPDATE cards_historyhead SET hash = %s", "f" * 64)
    with pytest.raises(IntegrityError), transaction.atomic():
        HistoryHead.objects.create(pk=2)
    HistoryHead.objects.update(seq=seq + 1)


def test_the_rest_of_a_card_may_still_change(world):
    Card.objects.update(place="Station")
    CaseUpdate.objects.update(review="rejected")
    assert Card.objects.filter(place="Station").exists()


def test_guards_that_are_gone_are_named_and_put_back(world):
    assert guards.missing(connection) == []
    names = {guard.name for guard in guards._of(connection)}
    with unguarded():
        assert set(guards.missing(connection)) == names
    assert guards.missing(connection) == []


@pytest.mark.parametrize("how", ["gone", "harmless"])
def test_one_guard_that_is_gone_or_does_nothing_is_found(world, how):
    connection.check_constraints()
    postgresql = connection.vendor == "postgresql"
    on = " ON cards_event" if postgresql else ""
    statements = [f"DROP TRIGGER guard_cards_event_update{on}"]
    if how == "harmless" and postgresql:
        statements = ["ALTER TABLE cards_event DISABLE TRIGGER guard_cards_event_update"]
    elif how == "harmless":
        statements.append(
            "CREATE TRIGGER guard_cards_event_update BEFORE UPDATE ON cards_event "
            "BEGIN SELECT 1; END"
        )
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
    assert guards.missing(connection) == ["guard_cards_event_update"]
    guards.install(connection)
    assert guards.missing(connection) == []


def test_the_site_is_not_ready_without_its_guards(world, client):
    assert client.get("/readyz").json()["guards"] is True
    with unguarded():
        answer = client.get("/readyz")
        assert (answer.status_code, answer.json()["guards"]) == (503, False)


def test_a_missing_guard_is_a_fault_of_the_history(world):
    from cards import proof

    with unguarded():
        (fault,) = proof.verify().faults
    assert fault.kind == "guards_missing"
    assert "guard_cards_event_update" in fault.text


def test_emptying_the_tables_is_refused_outside_the_tests(transactional_db, editor):
    """``flush`` is a command of the site too: only the suite's own teardown takes guards away."""
    from django.core.management import CommandError, call_command

    make_card("draft")
    with pytest.raises(CommandError):
        call_command("flush", interactive=False, verbosity=0)
    assert Event.objects.count() == 1
