"""Reading from a replica: others may see a moment ago, nobody misses what they wrote themselves."""

from __future__ import annotations

import contextlib
import http.client
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import postgres
from tests.faults.prepared import TOKEN, Prepared
from tests.faults.site import Person, Site, new_card
from tests.postgres import Server

# Servers of their own: the same on whatever the suite runs.
pytestmark = [pytest.mark.slow, pytest.mark.once]
LIST = "/cards/all/"
#: Page -> a table that its cards or figures cannot be read without. People are the primary's, who
#: has written cards among them.
PAGES = {
    "/cards/": "cards_card",
    "/cards/queue/": "cards_city",
    "/cards/all/": "cards_city",
    "/reports/": "reports_stamp",
    "/reports/2018/": "reports_stamp",
    "/reports/explore/": "cards_topic",
}


@dataclass
class Pair:
    """A site that reads from a replica, and two editors of it."""

    prepared: Prepared
    primary: Server
    replica: Server
    site: Site
    log: Path
    one: Person
    other: Person

    def submit(self, who: Person) -> str:
        """A new card of that person, submitted; its identifier."""
        uuid, answers = new_card(time.monotonic_ns())
        done = who.edit(uuid, answers, 0, action="submit", accepted="duplicate")
        assert done.status == 302, done.body
        return uuid

    def sees(self, who: Person, card: str) -> bool:
        """Whether the list of the cards shows it, among the newest."""
        answer = who.get(LIST)
        assert answer.status == 200, answer.body
        return f"/cards/{card}/" in answer.body

    def program_sees(self, card: str) -> bool:
        """Whether a program with a token of ``one`` is told of it."""
        connection = http.client.HTTPConnection("127.0.0.1", self.site.port, timeout=60)
        with contextlib.closing(connection):
            headers = {"Authorization": f"Bearer {TOKEN}"}
            connection.request("GET", "/api/v1/cards/?limit=200", headers=headers)
            answer = connection.getresponse()
            text = answer.read().decode()
        assert answer.status == 200, text
        return card in [row["uuid"] for row in json.loads(text)["results"]]

    def warned(self) -> str:
        return self.log.read_text()


@pytest.fixture(scope="module")
def pair(prepared: Prepared, tmp_path_factory) -> Iterator[Pair]:
    with (
        prepared.pair() as (primary, replica),
        serving(prepared, primary, replica, tmp_path_factory.mktemp("replica")) as served,
    ):
        yield served


@contextlib.contextmanager
def serving(
    prepared: Prepared, primary: Server, replica: Server, folder: Path, max_lag: str = "300"
) -> Iterator[Pair]:
    """A web machine on the two databases."""
    given = {"DATABASE_REPLICA_URL": replica.url, "REPLICA_MAX_LAG": max_lag}
    site = prepared.site(primary.url, folder, **given)
    # What a process saw of the replica is its own: with one of them a test knows what was seen.
    site.workers = 1
    one, other = prepared.people(site, "editor")
    with open(folder / "log", "w") as site.log, site.running():
        yield Pair(prepared, primary, replica, site, folder / "log", one, other)


@contextlib.contextmanager
def paused(replica: Server) -> Iterator[None]:
    """The replica receives and does not replay."""
    replica.sql("SELECT pg_wal_replay_pause()")
    while replica.one("SELECT pg_get_wal_replay_pause_state()") != "paused":
        time.sleep(0.01)
    try:
        yield
    finally:
        replica.sql("SELECT pg_wal_replay_resume()")


@pytest.mark.parametrize("path", PAGES)
def test_cards_and_reports_are_read_from_the_replica(pair: Pair, path):
    """The primary has no such table for the time being: whoever asked it would fail."""
    postgres.caught_up(pair.primary, pair.replica)
    assert pair.other.get(path).status == 200
    table = PAGES[path]
    with paused(pair.replica):
        pair.submit(pair.one)
        pair.primary.sql(f"ALTER TABLE {table} RENAME TO {table}_hidden")
        try:
            assert pair.other.get(path).status == 200
            # Whoever wrote a moment ago would have to be told by the primary.
            assert pair.one.get(path).status == 500
        finally:
            pair.primary.sql(f"ALTER TABLE {table}_hidden RENAME TO {table}")
    assert "the primary is read" not in pair.warned()


def test_what_one_wrote_is_seen_at_once_wherever_one_looks(pair: Pair):
    with paused(pair.replica):
        card = pair.submit(pair.one)
        # Somebody else sees the replica, as it was.
        assert not pair.sees(pair.other, card)
        assert pair.sees(pair.one, card)
        assert pair.program_sees(card)
        # Whoever writes something else meanwhile sees all there is.
        own = pair.submit(pair.other)
        assert pair.sees(pair.other, card)
        assert pair.sees(pair.other, own)
        assert all(pair.sees(pair.one, own) for _time in range(5))
    postgres.caught_up(pair.primary, pair.replica)
    assert pair.sees(pair.other, card)


def test_a_replica_too_far_behind_is_left_alone(pair: Pair, tmp_path):
    with serving(pair.prepared, pair.primary, pair.replica, tmp_path, "3") as late:
        first = late.submit(late.one)
        postgres.caught_up(pair.primary, pair.replica)
        # It has seen the replica when all was well.
        assert late.sees(late.other, first)
        assert json.loads(late.one.get("/readyz").body)["replica"]
        with paused(pair.replica):
            card = late.submit(late.one)
            assert not late.sees(late.other, card)
            deadline = time.monotonic() + 30
            while not late.sees(late.other, card):
                assert time.monotonic() < deadline
                time.sleep(0.2)
            assert "the primary is read: the replica is " in late.warned()
            assert not json.loads(late.one.get("/readyz").body)["replica"]
        postgres.caught_up(pair.primary, pair.replica)
        assert late.one.get("/readyz").status == 200
        assert json.loads(late.one.get("/readyz").body)["replica"]


def test_a_replica_that_goes_away_is_missed_by_nobody(pair: Pair, tmp_path):
    with serving(pair.prepared, pair.primary, pair.replica, tmp_path) as going:
        card = going.submit(going.one)
        postgres.caught_up(pair.primary, pair.replica)
        assert going.sees(going.other, card)
        pair.replica.stop()
        try:
            for path in (LIST, "/reports/", "/reports/2018/", "/cards/queue/", LIST):
                answer = going.other.get(path)
                assert answer.status == 200, (path, answer.body)
            assert going.sees(going.other, card)
            ready = going.one.get("/readyz")
            assert (ready.status, json.loads(ready.body)["replica"]) == (200, False), ready.body
            assert (
                "the primary is read: the replica fails: django.db.utils.OperationalError"
                in going.warned()
            )
            assert "Traceback" not in going.warned()
        finally:
            pair.replica.start()
        postgres.caught_up(pair.primary, pair.replica)
        deadline = time.monotonic() + 30
        while "the replica is read again" not in going.warned():
            assert going.sees(going.other, card)
            assert time.monotonic() < deadline
            time.sleep(0.2)
