"""The status page: each thing with its state in a word, since when, and what to do."""

from __future__ import annotations

import datetime
import re

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone, translation

from cards.models import Card
from monitoring.operations import own, page, states, thresholds
from monitoring.operations.models import Kind, Operation
from monitoring.operations.states import Finding, Level
from tests.factories import EditorFactory, MonitorFactory, make_card

pytestmark = pytest.mark.django_db
HOUR, DAY = thresholds.HOUR, thresholds.DAY


def done(kind: Kind, seconds_ago: float, outcome: str = "done") -> None:
    at = timezone.now() - datetime.timedelta(seconds=seconds_ago)
    Operation.objects.create(kind=kind, outcome=outcome, began_at=at, ended_at=at)


def finding(code: str) -> Finding:
    return next(found for state, found in states.findings() if state.code == code)


def everything_done() -> None:
    for kind in (Kind.BACKUP, Kind.VERIFY_BACKUP, Kind.VERIFY_HISTORY, Kind.VERIFY_FACTS):
        done(kind, 60)


@pytest.fixture
def read(signed_in, administrator):
    def answer(language: str = "en") -> str:
        found = signed_in(administrator, language).get(reverse("status"))
        assert found.status_code == 200
        return found.content.decode()

    return answer


@pytest.mark.parametrize("who", ["monitor", "editor", "analyst"])
def test_administrators_alone_read_it(signed_in, request, who):
    assert signed_in(request.getfixturevalue(who)).get(reverse("status")).status_code == 403


def test_everything_in_order_is_said_in_one_sentence(read, monkeypatch):
    everything_done()
    monkeypatch.setattr(own, "disks", lambda: {"data": (80 * 2**30, 100 * 2**30)})
    # The tests' database does not wait for the disk, and may be made without migrations.
    monkeypatch.setattr(own.durability, "problems", lambda connection: [])
    monkeypatch.setitem(own.health.READY, "migrations", lambda connection: True)
    text = read()
    assert "Everything is in order." in text
    assert "act now" not in text
    assert "look at it" not in text
    assert text.count("in order</span>") == len(list(states.findings())) + 1


@pytest.mark.parametrize(
    ("code", "kind", "limits"),
    [
        ("backup", Kind.BACKUP, thresholds.BACKUP_AGE),
        ("history", Kind.VERIFY_HISTORY, thresholds.HISTORY_VERIFIED_AGE),
        ("facts", Kind.VERIFY_FACTS, thresholds.FACTS_VERIFIED_AGE),
        ("verify_backup", Kind.VERIFY_BACKUP, thresholds.BACKUP_VERIFIED_AGE),
    ],
)
def test_what_is_done_again_and_again_grows_old(code, kind, limits):
    for age, level in (
        (limits.act + 60, Level.ACT), (limits.look + 60, Level.LOOK), (60, Level.ORDER),
    ):  # fmt: skip
        done(kind, age)
        found = finding(code)
        assert found.level == level
        assert bool(found.advice) == (level != Level.ORDER)
    assert abs((timezone.now() - found.since).total_seconds() - 60) < 30
    done(kind, 30, "failed")
    found = finding(code)
    assert (found.level, bool(found.advice)) == (Level.ACT, True)


def test_what_was_never_done_is_not_in_order():
    levels = {code: finding(code).level for code in ("backup", "history", "facts", "verify_backup")}
    assert levels == {
        "backup": Level.ACT, "history": Level.ACT, "facts": Level.ACT, "verify_backup": Level.LOOK,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("free", "level"), [(0.5, Level.ORDER), (0.19, Level.LOOK), (0.09, Level.ACT)]
)
def test_the_fuller_of_two_disks_speaks(monkeypatch, free, level):
    disks = {"data": (90 * 2**30, 100 * 2**30), "attachments": (int(free * 2**30), 2**30)}
    monkeypatch.setattr(own, "disks", lambda: disks)
    assert finding("disk").level == level


def test_folders_on_one_disk_are_told_once(settings, tmp_path):
    settings.DATA_DIR, settings.MEDIA_ROOT = tmp_path, tmp_path / "not" / "yet"
    found = own.disks()
    assert list(found) == ["data"]
    assert 0 < found["data"][0] <= found["data"][1]


def test_the_queue_tells_how_many_wait_and_how_long(reference):
    assert finding("review").level == Level.ORDER
    card = make_card("submitted")
    with translation.override("en"):
        assert str(finding("review").text) == "1 card waits for an editor."
    long_ago = timezone.now() - datetime.timedelta(seconds=thresholds.REVIEW_AGE.look + 60)
    Card.objects.filter(pk=card.pk).update(submitted_at=long_ago)
    found = finding("review")
    assert (found.level, found.since) == (Level.LOOK, long_ago)


def test_guards_and_keys_that_are_gone_are_told(reference, settings, tmp_path, monkeypatch):
    from cards import guards

    everything_done()
    assert finding("sealing").level == Level.ORDER
    settings.SEALING_DIR = tmp_path / "gone"
    assert finding("sealing").level == Level.ACT
    assert finding("history").level == Level.ORDER
    monkeypatch.setattr(guards, "missing", lambda connection: ["one", "two"])
    with translation.override("en"):
        found = finding("history")
        assert str(found.text) == "2 guards of the history are missing from the database."
    assert found.level == Level.ACT


def test_the_database_says_which_it_is_and_whether_it_forgets(monkeypatch):
    monkeypatch.setattr(own.durability, "problems", lambda connection: ["fsync is off"])
    found = finding("database")
    assert found.level == Level.ACT
    assert "fsync is off" in str(found.text)
    monkeypatch.setattr(own.durability, "problems", lambda connection: [])
    found = finding("database")
    name = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[connection.vendor]
    assert found.level == Level.ORDER
    assert name in str(found.text)


def test_what_cannot_be_found_out_is_no_reason_to_show_nothing(read, monkeypatch):
    def broken():
        raise RuntimeError("somebody's data")

    monkeypatch.setitem(states.STATES, "x", states.State("x", "A broken thing", broken, "site"))
    text = read()
    assert "A broken thing" in text
    assert "This could not be found out." in text
    assert "somebody" not in text.replace("Somebody has to act", "")


def test_what_a_site_does_not_have_is_left_out(monkeypatch):
    monkeypatch.setitem(
        states.STATES, "x", states.State("x", "No such thing", lambda: None, "site")
    )
    assert "x" not in {state.code for state, _found in states.findings()}
    with pytest.raises(KeyError):
        states.register("y", "Y", lambda: None, group="nowhere")


def test_the_worst_decides_and_the_points_are_counted(monkeypatch):
    rows = [Finding(level, "") for level in (Level.LOOK, Level.ACT, Level.ACT, Level.ORDER)]
    asked = {
        str(number): states.State(str(number), "", lambda row=row: row, "site")
        for number, row in enumerate(rows)
    }
    monkeypatch.setattr(states, "STATES", asked)
    with translation.override("en"):
        found = page.now()
        assert found.worst == Level.ACT
        assert [str(each) for each in found.summary] == [
            "Somebody has to act on 2 points.", "1 point is worth a look.",
        ]  # fmt: skip


def test_words_go_with_colours(read):
    text = read()
    badges = set(re.findall(r'badge-state--(\w+)">.*?</svg>([\w ]+)</span>', text))
    assert badges <= {
        ("approved", "in order"), ("returned", "look at it"), ("rejected", "act now"),
        ("approved", "done"), ("rejected", "failed"),
    }  # fmt: skip
    assert ("rejected", "act now") in badges


def test_no_card_and_nobody_is_on_it(read, reference):
    monitor = MonitorFactory(username="Zqname", alias="Zqalias", all_regions=True)
    card = make_card("submitted", monitor=monitor, place="Zqplace")
    text = read()
    for told in ("Zqname", "Zqalias", "Zqplace", card.number, str(card.uuid)):
        assert told not in text


@pytest.mark.parametrize("language", ["ru", "kk", "en"])
def test_it_opens_in_every_language(read, language):
    done(Kind.BACKUP, 60)
    assert f'<html lang="{language}">' in read(language)


def test_it_asks_as_much_with_many_cards_as_with_few(read, reference):
    from django.test.utils import CaptureQueriesContext

    def asked() -> int:
        with CaptureQueriesContext(connection) as caught:
            read()
        return len(caught)

    editor, monitor = EditorFactory(), MonitorFactory(all_regions=True)
    make_card("submitted", editor=editor, monitor=monitor)
    asked()
    few = asked()
    for _each in range(6):
        make_card("submitted", editor=editor, monitor=monitor)
        done(Kind.BACKUP, 60)
    assert asked() == few


def test_long_work_that_waits_or_fails_is_told(monkeypatch):
    from monitoring.jobs import queue

    def so(**changes):
        calm = {"waiting": 0, "running": 0, "failed": 0, "workers": 0, "oldest": 0}
        monkeypatch.setattr(queue, "summary", lambda: calm | changes)
        return finding("jobs")

    limits = thresholds.JOB_AGE
    assert so().level == so(workers=2).level == Level.ORDER
    assert so(failed=3).level == Level.LOOK
    assert so(oldest=limits.look + 1, failed=3).level == Level.LOOK
    found = so(oldest=limits.act + 1)
    assert (found.level, bool(found.advice)) == (Level.ACT, True)
    assert (timezone.now() - found.since).total_seconds() > limits.act


def test_a_replica_is_told_where_there_is_one(monkeypatch):
    assert "replica" not in {state.code for state, _found in states.findings()}
    monkeypatch.setattr(own.replica, "configured", lambda: True)
    monkeypatch.setattr(own.replica.watch, "good", lambda: True, raising=False)
    limits = thresholds.REPLICA_LAG
    for lag, level in (
        (0.2, Level.ORDER), (limits.look + 1, Level.LOOK), (limits.act + 1, Level.ACT),
        (None, Level.ACT),
    ):  # fmt: skip
        monkeypatch.setattr(own.replica.watch, "lag", lag)
        assert finding("replica").level == level, lag
