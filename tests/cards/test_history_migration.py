"""The chain over rows that were there before it: forward, back, and forward again."""

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from cards import guards, proof
from cards.models import Event, HistoryHead
from tests.factories import make_card

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
BEFORE = [("cards", "0003_review_merges_permits")]


@pytest.fixture
def newest():
    """Whatever happens, the next test finds the newest tables."""
    yield
    call_command("migrate", verbosity=0)


def test_rows_are_kept_and_bound(reference, newest):
    make_card("approved")
    make_card("returned")
    told = list(Event.objects.order_by("id").values_list("id", "kind", "at", "changes"))
    call_command("migrate", "cards", "0003", verbosity=0)
    old = (
        MigrationExecutor(connection).loader.project_state(BEFORE).apps.get_model("cards", "Event")
    )
    assert "seq" not in {field.name for field in old._meta.fields}
    assert list(old.objects.order_by("id").values_list("id", "kind", "at", "changes")) == told
    # An entry of a version that knew no chain.
    last = old.objects.order_by("id").last()
    last.pk = None
    last.save(force_insert=True)

    call_command("migrate", verbosity=0)
    found = proof.verify()
    assert (found.entries, found.faults) == (len(told) + 1, ())
    entries = list(Event.objects.order_by("seq").values_list("id", "kind", "at", "changes"))
    assert entries[:-1] == told
    assert guards.missing(connection) == []
    with pytest.raises(IntegrityError), transaction.atomic():
        Event.objects.update(reason="x")
    make_card("submitted")
    assert proof.verify().faults == ()


def test_an_empty_table_gets_an_empty_chain(reference, newest):
    call_command("migrate", "cards", "0003", verbosity=0)
    call_command("migrate", verbosity=0)
    assert HistoryHead.objects.get().seq == 0
    assert proof.verify().faults == ()
    assert guards.missing(connection) == []


def test_tables_that_a_migration_rebuilt_get_their_guards_back(reference):
    """On SQLite a table is rebuilt for most changes, and its triggers go with the old one."""
    if connection.vendor == "sqlite":
        with connection.schema_editor() as editor:
            editor._remake_table(Event)
        assert {"guard_cards_event_update", "guard_cards_event_delete"} == set(
            guards.missing(connection)
        )
    else:
        guards.remove(connection)
    call_command("migrate", verbosity=0)
    assert guards.missing(connection) == []
