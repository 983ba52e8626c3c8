"""The primary goes down for good while people submit cards; its replica takes over."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time

import pytest

from tests import postgres
from tests.databases import manage
from tests.faults.prepared import Prepared
from tests.faults.site import BROKEN, Person, Site, new_card
from tests.faults.test_kill import HALF
from tests.postgres import SLOT, Server

# Servers of their own: the same on whatever the suite runs.
pytestmark = [pytest.mark.slow, pytest.mark.once]
SECONDS = float(os.environ.get("FAULTS_FAILOVER_SECONDS", "5"))


class Monitor(threading.Thread):
    """Submits one card after the other, and keeps those that the site called submitted."""

    def __init__(self, number: int, person: Person, stop: threading.Event):
        super().__init__(daemon=True)
        self.number, self.person, self.stop = number, person, stop
        self.submitted: list[str] = []
        self.refused: list[str] = []

    def run(self) -> None:
        serial = 0
        while not self.stop.is_set():
            serial += 1
            uuid, answers = new_card(self.number * 1_000_000 + serial)
            with contextlib.suppress(*BROKEN):
                answer = self.person.edit(uuid, answers, 0, action="submit", accepted="duplicate")
                if answer.status == 302:
                    self.submitted.append(uuid)
                elif answer.status < 500 and "Bad Request (400)" not in answer.body:
                    self.refused.append(answer.body[:2000])


def load(people: list[Person], seconds: float, then) -> list[str]:
    """Let people work, call ``then`` with them in the middle of it; the cards that were called
    submitted. A slow machine gets the time that it takes until each of them has submitted one."""
    stop = threading.Event()
    monitors = [Monitor(number, person, stop) for number, person in enumerate(people)]
    for monitor in monitors:
        monitor.start()
    time.sleep(seconds)
    until(lambda: all(monitor.submitted for monitor in monitors))
    then(monitors)
    time.sleep(1)
    stop.set()
    for monitor in monitors:
        monitor.join(60)
        assert not monitor.is_alive()
    assert [text for monitor in monitors for text in monitor.refused] == []
    return [uuid for monitor in monitors for uuid in monitor.submitted]


def until(holds, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def stored(server: Server) -> set[str]:
    """Identifiers of the submitted cards."""
    return {str(uuid) for (uuid,) in server.sql(
        "SELECT uuid FROM cards_card WHERE status = 'submitted'")}  # fmt: skip


def synchronous(primary: Server) -> None:
    """From now on a commit waits until the replica has it on its disk, too."""
    primary.sql(f"ALTER SYSTEM SET synchronous_standby_names = '{SLOT}'")
    primary.sql("SELECT pg_reload_conf()")
    state = "SELECT sync_state FROM pg_stat_replication"
    until(lambda: primary.sql(state) == [("sync",)])


def proved(server: Server, folder) -> str:
    """The history and the facts hold, by the site's own commands; what the first one said."""
    said = manage(server.url, folder, "verify_history", "--state")
    assert "state: 0 differences" in said
    assert manage(server.url, folder, "verify_facts") == "0 differences\n"
    assert {name: rows for name, ask in HALF.items() if (rows := server.sql(ask))} == {}
    return said


def test_no_acknowledged_card_is_missing_when_the_replica_takes_over(prepared: Prepared, tmp_path):
    with prepared.pair() as (primary, replica):
        synchronous(primary)
        site = prepared.site(primary.url, tmp_path, DATABASE_REPLICA_URL=replica.url)
        with site.running():
            submitted = load(
                prepared.people(site, "monitor"), SECONDS, lambda monitors: primary.stop()
            )
        replica.promote()
        missing = set(submitted) - stored(replica)
        assert missing == set()
        said = proved(replica, prepared.folder)
        # Whoever has it in their address list goes on there.
        after = prepared.site(replica.url, tmp_path)
        with after.running():
            (person, *_others) = prepared.people(after, "monitor")
            _goes_on(after, person, submitted[0])
        assert len(stored(replica)) > len(submitted) - 1
        print(f"{len(submitted)} acknowledged, 0 missing; {said.splitlines()[-1]}")  # noqa: T201


def _goes_on(site: Site, person: Person, card: str) -> None:
    """People are signed in there, see what they had submitted, and submit more."""
    assert person.get("/readyz").status == 200
    assert person.get(f"/cards/{card}/").status == 200
    uuid, answers = new_card(9_000_000)
    answer = person.edit(uuid, answers, 0, action="submit", accepted="duplicate")
    assert answer.status == 302, answer.body


def test_without_waiting_for_the_replica_what_it_had_not_received_is_lost(
    prepared: Prepared, tmp_path
):
    """What asynchronous replication costs; and that the test above can fail."""
    with prepared.pair() as (primary, replica):
        site = prepared.site(primary.url, tmp_path)
        receiver = replica.one("SELECT pid FROM pg_stat_wal_receiver")

        def goes_down(monitors: list[Monitor]) -> None:
            # The line between the two is slow: the last few cards have not arrived.
            postgres.caught_up(primary, replica)
            os.kill(receiver, signal.SIGSTOP)
            before = sum(len(monitor.submitted) for monitor in monitors)
            until(lambda: sum(len(monitor.submitted) for monitor in monitors) > before + 5)
            primary.stop()

        with site.running():
            try:
                submitted = load(prepared.people(site, "monitor")[:2], 1, goes_down)
            finally:
                os.kill(receiver, signal.SIGKILL)
        replica.wait()
        replica.promote()
        missing = set(submitted) - stored(replica)
        assert missing
        assert set(submitted) - missing
        # What is there is whole all the same: a prefix of the log, never half a card.
        proved(replica, prepared.folder)
        print(f"{len(submitted)} acknowledged, {len(missing)} missing")  # noqa: T201
