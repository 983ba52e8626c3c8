"""A new version's migrations run while people submit cards: nobody is refused."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import psycopg2
import pytest

from tests.databases import manage
from tests.faults.prepared import Prepared
from tests.faults.site import Person, new_card
from tests.postgres import Server

# Servers of their own: the same on whatever the suite runs.
pytestmark = [pytest.mark.slow, pytest.mark.once]
LATER = {"DJANGO_SETTINGS_MODULE": "tests.faults.later_settings"}


@dataclass
class Writer(threading.Thread):
    """Submits cards; keeps how long each took and every answer that was no yes."""

    number: int
    person: Person
    stop: threading.Event
    taken: list[float] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def __post_init__(self):
        super().__init__(daemon=True)

    __hash__ = threading.Thread.__hash__

    def run(self) -> None:
        serial = 0
        while not self.stop.is_set():
            serial += 1
            uuid, answers = new_card(self.number * 1_000_000 + serial)
            begun = time.monotonic()
            try:
                answer = self.person.edit(uuid, answers, 0, action="submit", accepted="duplicate")
            except OSError as error:
                self.refused.append(repr(error))
                continue
            if answer.status != 302:
                self.refused.append(f"{answer.status} {answer.body[:500]}")
            self.taken.append(time.monotonic() - begun)


@contextlib.contextmanager
def writing(people: list[Person]):
    """People submit cards all the while; none of them may be refused."""
    stop = threading.Event()
    writers = [Writer(number, person, stop) for number, person in enumerate(people)]
    for writer in writers:
        writer.start()
    try:
        yield writers
    finally:
        stop.set()
        for writer in writers:
            writer.join(60)
    assert [text for writer in writers for text in writer.refused] == []
    assert all(writer.taken for writer in writers)


@contextlib.contextmanager
def reading_for_long(server: Server):
    """Somebody's transaction has read the cards and is not over: no column can be added."""
    with contextlib.closing(psycopg2.connect(server.url)) as connection:
        connection.cursor().execute("SELECT count(*) FROM cards_card")
        yield
        connection.rollback()


def migrate(server: Server, folder: Path, *target: str, **more: str) -> str:
    return manage(server.url, folder, "migrate", *target, "--verbosity", "1", **LATER, **more)


INDEX = "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('card_settlement')"
CHECK = "SELECT convalidated FROM pg_constraint WHERE conname = 'card_is_somewhere'"


def test_nobody_is_refused_while_a_new_version_migrates(prepared: Prepared, tmp_path):
    with prepared.primary() as server:
        site = prepared.site(server.url, tmp_path)
        with site.running(), writing(prepared.people(site, "monitor")[:3]) as writers:
            time.sleep(2)
            with reading_for_long(server):
                done = threading.Thread(target=migrate, args=(server, tmp_path))
                done.start()
                # It tries, lets the others by and tries again, for as long as somebody reads.
                time.sleep(12)
                assert done.is_alive()
                assert server.sql(INDEX) == []
                longest = max(second for writer in writers for second in writer.taken)
            done.join(120)
            assert not done.is_alive()
            assert (server.sql(INDEX), server.sql(CHECK)) == ([(True,)], [(True,)])
            # The version of before knows none that is missing.
            assert prepared.people(site, "editor")[0].get("/readyz").status == 200
            # Nobody waited for longer than one try, on a machine that is busy itself.
            assert longest < 10
            migrate(server, tmp_path, "cards", "0012")
            assert (server.sql(INDEX), server.sql(CHECK)) == ([], [])
        number = sum(len(writer.taken) for writer in writers)
        print(f"{number} cards submitted meanwhile, 0 refused, longest {longest:.1f} s")  # noqa: T201


def test_what_an_interrupted_attempt_left_is_made_anew(prepared: Prepared, tmp_path):
    with prepared.primary() as server:
        migrate(server, tmp_path, "cards")
        server.sql("UPDATE pg_index SET indisvalid = false "
                   "WHERE indexrelid = to_regclass('card_settlement')")  # fmt: skip
        server.sql("DELETE FROM django_migrations WHERE name = '9999_added_online'")
        server.sql("ALTER TABLE cards_card DROP CONSTRAINT card_is_somewhere")
        server.sql("ALTER TABLE cards_card ADD CONSTRAINT card_is_somewhere"
                   " CHECK (place <> 'nowhere') NOT VALID")  # fmt: skip
        migrate(server, tmp_path)
        assert (server.sql(INDEX), server.sql(CHECK)) == ([(True,)], [(True,)])


def test_a_rule_that_a_card_breaks_is_not_left_half(prepared: Prepared, tmp_path):
    with prepared.primary() as server:
        server.sql(
            "INSERT INTO cards_card SELECT (jsonb_populate_record(NULL::cards_card, %s)).*",
            _card(server),
        )
        with pytest.raises(AssertionError, match="card_is_somewhere"):
            migrate(server, tmp_path)
        assert server.sql(CHECK) == []
        assert server.sql(INDEX) == [(True,)]
        server.sql("UPDATE cards_card SET place = 'here'")
        # What was done is found done.
        migrate(server, tmp_path)
        assert server.sql(CHECK) == [(True,)]


def _card(server: Server) -> str:
    """A draft as JSON with every column that has to have a value."""
    columns = server.sql(
        "SELECT column_name, data_type FROM information_schema.columns"
        " WHERE table_name = 'cards_card' AND is_nullable = 'NO'"
    )
    empty = {"boolean": False, "bigint": 1, "integer": 1, "timestamp with time zone": "2026-01-01"}
    row = {name: empty.get(kind, "") for name, kind in columns}
    exact = {"place": "nowhere", "status": "draft", "uuid": "0" * 32, "date_precision": "exact"}
    return json.dumps(row | exact)
