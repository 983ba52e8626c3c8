"""A site as ``prepare`` leaves it, with people, to be copied: making one takes far longer."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests import postgres
from tests.databases import manage
from tests.faults.site import Person, Site
from tests.postgres import Server

PEOPLE = {"monitor": 6, "editor": 2}
#: A token of the first editor.
TOKEN = "zhn_" + "t" * 43


@dataclass
class Prepared:
    """``cluster``: the folder of a server that was shut down; ``folder``: the site's own."""

    cluster: Path
    folder: Path
    sessions: dict[str, list[str]]

    @classmethod
    @contextlib.contextmanager
    def make(cls, folder: Path) -> Iterator[Prepared]:
        with postgres.folder() as home:
            server = Server(home).make()
            try:
                manage(server.url, folder, "prepare")
                numbers = (str(number) for number in PEOPLE.values())
                said = manage(server.url, folder, "-m", "tests.faults.people", *numbers)
                _issue_token(server)
            finally:
                server.shut_down()
            yield cls(server.data, folder, json.loads(said))

    @contextlib.contextmanager
    def primary(self) -> Iterator[Server]:
        """A server with that site, running."""
        with postgres.folder() as home:
            server = Server(home)
            try:
                yield server.like(self.cluster)
            finally:
                server.stop()

    @contextlib.contextmanager
    def pair(self) -> Iterator[tuple[Server, Server]]:
        """And a streaming replica of it."""
        with postgres.folder() as home:
            first, second = Server(home), Server(home, "replica")
            try:
                first.like(self.cluster)
                yield first, second.copy_of(first)
            finally:
                second.stop()
                first.stop()

    def site(self, url: str, folder: Path, **more: str) -> Site:
        """A web machine of the site; the keys that devices seal to are everywhere the same."""
        return Site(url, folder, SEALING_DIR=str(self.folder / "sealing"), **more)

    def people(self, site: Site, role: str) -> list[Person]:
        """Those of the role, signed in; a session holds on every machine."""
        return [Person(site.port, key) for key in self.sessions[role]]


def _issue_token(server: Server) -> None:
    server.sql(
        "INSERT INTO accounts_token (account_id, name, purpose, reads_values, reads_cards, hint,"
        " token_hash, issued_at, expires_at) SELECT id, 'notebook', 'test', true, true, '',"
        " %s, now(), now() + interval '1 day' FROM accounts_user WHERE username = 'editor-0'",
        hashlib.sha256(TOKEN.encode()).hexdigest(),
    )
