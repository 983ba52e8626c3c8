"""The product behind pgbouncer in transaction mode: one setting, and everything works."""

from __future__ import annotations

import contextlib
import csv
import http.client
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg2
import pytest

from tests import postgres
from tests.databases import manage
from tests.faults.prepared import TOKEN, Prepared
from tests.faults.site import Site, new_card
from tests.postgres import Pooler, Server

# Servers of their own: the same on whatever the suite runs.
pytestmark = [pytest.mark.slow, pytest.mark.once]
POOLED = {"DATABASE_POOLED": "true"}


@dataclass
class Pooled:
    """A site whose every word to the database goes through the pooler."""

    prepared: Prepared
    server: Server
    pooler: Pooler
    folder: Path

    def manage(self, *command: str, database: str = postgres.DATABASE, **more: str) -> str:
        folder = self.folder if database == postgres.DATABASE else self.folder / database
        return manage(self.pooler.url_of(database), folder, *command, **POOLED, **more)

    @contextlib.contextmanager
    def site(self, **more: str) -> Iterator[Site]:
        site = self.prepared.site(self.pooler.url_of(), self.folder, **(POOLED | more))
        with site.running():
            yield site


@pytest.fixture(scope="module")
def pooled(prepared: Prepared, tmp_path_factory) -> Iterator[Pooled]:
    with prepared.primary() as server, postgres.pooled(server) as pooler:
        made = Pooled(prepared, server, pooler, tmp_path_factory.mktemp("pooled"))
        # The cards of 2018: files, checked and loaded, permit applications, facts.
        made.manage("demo")
        yield made


def test_a_session_ends_with_the_transaction_here(pooled: Pooled):
    """What the other tests rest on: two statements in a row meet two connections."""
    with contextlib.closing(psycopg2.connect(pooled.pooler.url_of())) as connection:
        connection.autocommit = True
        cursor = connection.cursor()
        seen = set()
        for _statement in range(2 * postgres.LENT):
            cursor.execute("SELECT pg_backend_pid()")
            seen.add(cursor.fetchone()[0])
    assert len(seen) == postgres.LENT


def test_migrations_go_back_and_forth(pooled: Pooled):
    pooled.manage("migrate", "cards", "0011", "--verbosity", "0")
    pooled.manage("prepare")
    assert pooled.manage("verify_facts") == "0 differences\n"


def test_cards_are_written_approved_and_reported(pooled: Pooled):
    with pooled.site() as site:
        author, approver = pooled.prepared.people(site, "editor")
        before = total(pooled)
        uuid, answers = new_card(1, date="2018-05-11")
        submitted = author.edit(uuid, answers, 0, action="submit", accepted="duplicate")
        assert submitted.status == 302, submitted.body
        approved = approver.post(f"/cards/{uuid}/transition/approve/", {})
        assert approved.status == 302, approved.body
        assert total(pooled) == before + 1
        for path in ("/cards/all/", "/cards/queue/", f"/cards/{uuid}/", "/reports/2018/"):
            assert approver.get(path).status == 200, path
        assert uuid in exported(site)
    assert "state: 0 differences" in pooled.manage("verify_history", "--state")
    assert pooled.manage("verify_facts") == "0 differences\n"


def total(pooled: Pooled) -> int:
    """Assemblies of 2018 in the facts that reports are made from."""
    return pooled.server.one(
        "SELECT sum((sums -> 'assemblies' ->> 1)::int) FROM reports_fact"
        " WHERE month BETWEEN '2018-01-01' AND '2018-12-31'"
    )


def exported(site: Site) -> set[str]:
    """Identifiers of all cards that a program is sent, as they are read."""
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=60)
    with contextlib.closing(connection):
        headers = {"Authorization": f"Bearer {TOKEN}"}
        connection.request("GET", "/api/v1/cards/?format=csv", headers=headers)
        answer = connection.getresponse()
        text = answer.read().decode()
    assert answer.status == 200, text
    return {row["uuid"] for row in csv.DictReader(io.StringIO(text))}


def test_commands_of_the_operator(pooled: Pooled, tmp_path):
    pooled.manage(
        "build_report", "2018", "--out", str(tmp_path / "report"), "--formats", "csv,json"
    )
    assert (tmp_path / "report" / "values.csv").exists()
    pooled.manage("backup", str(tmp_path / "backup"), "--no-key")
    assert "rows in" in pooled.manage("verify_backup", str(tmp_path / "backup"))
    noted = pooled.manage("verify_history").split()[-1]
    with contextlib.closing(psycopg2.connect(pooled.server.url_of("postgres"))) as connection:
        connection.autocommit = True
        connection.cursor().execute("CREATE DATABASE restored")
    pooled.manage("restore", str(tmp_path / "backup"), database="restored")
    said = pooled.manage("verify_history", "--expect", noted, "--state", database="restored")
    assert "state: 0 differences" in said


def test_without_the_setting_it_would_not(pooled: Pooled):
    """The lists' forms read with a cursor that the server keeps for the session."""
    pooled.pooler.fill()
    with pooled.site(DATABASE_POOLED="false") as site:
        _author, person = pooled.prepared.people(site, "editor")
        assert 500 in {person.get("/cards/all/").status for _time in range(8)}
