"""What was done last and how it ended is noted by the commands, and costs them nothing."""

from __future__ import annotations

import datetime
import io

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError
from django.utils import timezone

from monitoring.operations import record
from monitoring.operations.models import Kind, Operation, Outcome
from monitoring.operations.record import recorded

pytestmark = pytest.mark.django_db


def run(*command) -> None:
    call_command(*command, stdout=io.StringIO(), stderr=io.StringIO())


def noted() -> list[tuple[str, str]]:
    return list(Operation.objects.order_by("id").values_list("kind", "outcome"))


@pytest.fixture
def backup(transactional_db, tmp_path, settings, reference):
    settings.BACKUP_KEY, settings.MEDIA_ROOT = "", tmp_path / "attachments"
    return tmp_path / "x.backup"


def test_each_command_notes_what_it_did(backup):
    run("backup", str(backup), "--no-key")
    run("verify_backup", str(backup), "--no-key")
    run("verify_history")
    run("verify_facts")
    run("purge_uploads")
    run("purge_access_log")
    assert noted() == [
        (kind, "done")
        for kind in (
            "backup", "verify_backup", "verify_history", "verify_facts", "purge_uploads",
            "purge_access_log",
        )
    ]  # fmt: skip
    made = record.latest(Kind.BACKUP)
    assert made.details["bytes"] == backup.stat().st_size
    assert set(made.details) == {"rows", "files", "bytes", "missing"}
    assert made.began_at <= made.ended_at


def test_a_command_that_fails_notes_that_and_fails_as_before(backup, monkeypatch):
    with pytest.raises(CommandError):
        run("backup", str(backup.parent / "nowhere" / "x.backup"), "--no-key")
    backup.write_bytes(b"no backup at all")
    with pytest.raises(CommandError):
        run("verify_backup", str(backup), "--no-key")
    monkeypatch.setattr("reports.facts.verify", lambda: ["one differs"])
    with pytest.raises(SystemExit) as ended:
        run("verify_facts")
    assert ended.value.code == 1
    assert noted() == [
        ("backup", "failed"), ("verify_backup", "failed"), ("verify_facts", "failed"),
    ]  # fmt: skip
    assert record.latest(Kind.BACKUP).error == "CommandError"
    assert record.latest(Kind.VERIFY_FACTS).details == {"differences": 1}


def test_tampering_is_noted_as_a_failure(reference, monkeypatch):
    monkeypatch.setattr("cards.replay.verify", lambda: iter(["a card says something else"]))
    with pytest.raises(SystemExit):
        run("verify_history", "--state")
    assert noted() == [("verify_history", "failed")]
    assert record.latest(Kind.VERIFY_HISTORY).details["differences"] == 1


@pytest.mark.slow
def test_a_slip_of_the_finger_says_nothing_of_any_backup(backup):
    with pytest.raises(CommandError, match="no such file"):
        run("verify_backup", str(backup), "--no-key")
    assert noted() == []


def test_what_cannot_be_noted_changes_nothing_of_what_was_done(monkeypatch, caplog):
    def full(**kwargs):
        raise DatabaseError("disk full")

    monkeypatch.setattr(Operation.objects, "create", full)
    run("verify_facts")
    assert noted() == []
    assert "could not be recorded" in caplog.text


def test_a_database_that_is_not_there_is_not_made_for_it(tmp_path, monkeypatch):
    name = tmp_path / "nothing.sqlite3"
    monkeypatch.setattr(record.connection, "vendor", "sqlite", raising=False)
    monkeypatch.setitem(record.connection.settings_dict, "NAME", str(name))
    with recorded(Kind.VERIFY_BACKUP):
        pass
    assert not name.exists()


def test_no_text_of_an_error_is_kept():
    with pytest.raises(ValueError, match="somebody"), recorded(Kind.RESTORE):
        raise ValueError("somebody's card")
    row = Operation.objects.get()
    assert (row.error, row.details) == ("ValueError", {})


def test_ending_well_on_purpose_is_no_failure():
    with pytest.raises(SystemExit), recorded(Kind.PREPARE):
        raise SystemExit(0)
    assert noted() == [("prepare", "done")]


def test_last_says_when_each_went_well_and_badly():
    now = timezone.now()
    for kind, outcome, hours in (
        ("backup", "done", 50), ("backup", "failed", 3), ("backup", "done", 2),
        ("verify_facts", "failed", 1),
    ):  # fmt: skip
        at = now - datetime.timedelta(hours=hours)
        Operation.objects.create(kind=kind, outcome=outcome, began_at=at, ended_at=at)
    found = record.last()
    assert found["backup"].done == now - datetime.timedelta(hours=2)
    assert (found["backup"].broken, found["verify_facts"].broken) == (False, True)
    assert found["verify_facts"].done is None
    assert set(found) == {"backup", "verify_facts"}


def test_the_record_does_not_grow_for_ever(monkeypatch):
    monkeypatch.setattr(record, "KEPT", 3)
    for _each in range(5):
        with recorded(Kind.PREPARE):
            pass
    with recorded(Kind.BACKUP):
        pass
    assert Operation.objects.filter(kind="prepare").count() == 3
    assert Operation.objects.filter(kind="backup").count() == 1
    assert set(Outcome.values) == {"done", "failed"}


# A database in memory has no second connection to be read by.
@pytest.mark.slow
def test_a_restored_site_knows_only_of_its_own_server(backup):
    run("backup", str(backup), "--no-key")
    run("verify_facts")
    run("restore", str(backup), "--replace", "--no-key")
    assert noted() == [("restore", "done")]
