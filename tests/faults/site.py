"""The real server in processes of its own, people who use it over HTTP, and ways to kill it."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
import uuid
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from cards.field import sealing
from cards.serialise import as_text
from tests import postgres
from tests.databases import kind, manage, site_environment
from tests.factories import card_answers

WORKERS = 2
#: A busy machine is no fault of the site.
SECONDS_TO_ANSWER = 300
CSRF = "c" * 32
#: What a request meets while the server dies.
BROKEN = (OSError, http.client.HTTPException)


def posted(answers: dict, **fields) -> dict:
    """Answers the way a browser posts them."""
    data = {
        name: list(value) if isinstance(value, tuple) else as_text(value)
        for name, value in answers.items()
        if value is not None and value != "" and value != () and value is not False
    }
    return {**data, **fields}


class Answer:
    """``status``, ``content`` and where it leads."""

    def __init__(self, response: http.client.HTTPResponse):
        self.status = response.status
        self.location = response.headers.get("Location", "")
        self.content = response.read()

    @property
    def body(self) -> str:
        return self.content.decode()

    @property
    def json(self) -> dict:
        return json.loads(self.body)


class Person:
    """Somebody with an open session."""

    def __init__(self, port: int, session: str):
        self.port, self.keys = port, []
        self.cookies = f"sessionid={session}; csrftoken={CSRF}; django_language=en"

    def post(self, path: str, data: dict) -> Answer:
        """Raises one of BROKEN if no whole answer came."""
        body = urllib.parse.urlencode(data, doseq=True).encode()
        return self._send(path, body, "application/x-www-form-urlencoded")

    def get(self, path: str) -> Answer:
        """Raises one of BROKEN if no whole answer came."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS_TO_ANSWER)
        with contextlib.closing(connection):
            connection.request("GET", path, headers={"Cookie": self.cookies})
            return Answer(connection.getresponse())

    def _send(self, path: str, body: bytes, kind: str) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS_TO_ANSWER)
        headers = {"Cookie": self.cookies, "X-CSRFToken": CSRF, "Content-Type": kind}
        with contextlib.closing(connection):
            connection.request("POST", path, body, headers)
            return Answer(connection.getresponse())

    def say(self, address: str, said: dict) -> Answer:
        """JSON to an address of the field, as a device sends it."""
        return self._send(address, json.dumps(said).encode(), "application/json")

    def parcel(self, said: dict) -> Answer:
        """The words of a parcel, sealed to the keys that the site tells of."""
        if not self.keys:
            answer = self.say("/field/state/", {"device": str(uuid.uuid4())})
            if answer.status != 200:
                return answer
            self.keys = answer.json["keys"]
        sealed = sealing.seal(json.dumps(said).encode(), self.keys)
        return self.say("/field/send/", {"parcel": sealed})

    def piece(self, name: str, offset: int, whole: bytes, size: int = 2000) -> Answer:
        """The next bytes of a file."""
        address = f"/field/pieces/{name}/?offset={offset}&size={len(whole)}"
        return self._send(address, whole[offset : offset + size], "application/octet-stream")

    def edit(self, card: str, answers: dict, version: int, **fields) -> Answer:
        data = posted(answers, uuid=card, version=version, **{"action": "save", **fields})
        return self.post(f"/cards/{card}/edit/", data)


class Site:
    """Gunicorn with two workers on a database of its own. ``more``: of its environment."""

    #: More arguments of gunicorn.
    options: tuple[str, ...] = ()

    def __init__(self, url: str, folder: Path, **more: str):
        self.url, self.folder = url, folder
        self.environment = site_environment(url, folder) | {"DEBUG": "false"} | more
        self.log, self.workers = subprocess.DEVNULL, WORKERS
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.process: subprocess.Popen | None = None

    def people(self, monitors: int, editors: int) -> dict[str, list[Person]]:
        """The tables as ``prepare`` leaves them, and people; before the first start."""
        manage(self.url, self.folder, "prepare")
        said = manage(
            self.url, self.folder, "-m", "tests.faults.people", str(monitors), str(editors)
        )
        return {
            role: [Person(self.port, key) for key in keys]
            for role, keys in json.loads(said).items()
        }

    def start(self) -> None:
        command = [sys.executable, "-m", "gunicorn", "monitoring.wsgi", "--preload"]
        command += ["--config", "python:monitoring.gunicorn", *self.options]
        command += ["--workers", str(self.workers), "--bind", f"127.0.0.1:{self.port}"]
        command += ["--no-control-socket", "--log-level", "critical"]
        command += ["--timeout", str(SECONDS_TO_ANSWER)]
        # A server that is being killed has much to say.
        self.process = subprocess.Popen(
            command,
            cwd=settings.BASE_DIR,
            env=self.environment,
            start_new_session=True,
            stderr=self.log,
        )
        self.wait()

    def wait(self) -> None:
        """Until the server answers."""
        deadline = time.monotonic() + SECONDS_TO_ANSWER
        while True:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
            with contextlib.closing(connection), contextlib.suppress(*BROKEN):
                connection.request("GET", "/healthz")
                if connection.getresponse().status == 200:
                    return
            assert self.process.poll() is None, "the server has ended"
            assert time.monotonic() < deadline, "the server does not answer"
            time.sleep(0.02)

    def kill(self) -> None:
        """All its processes at once."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def kill_a_worker(self, chance: random.Random) -> None:
        """One of those that answer; the server starts another."""
        master = self.process.pid
        workers = Path(f"/proc/{master}/task/{master}/children").read_text().split()
        if workers:
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(chance.choice(workers)), signal.SIGKILL)

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        self.start()
        try:
            yield
        finally:
            self.kill()

    def rows(self, question: str) -> list[tuple]:
        """Asked of the database directly."""
        with contextlib.closing(self.connect()) as connection:
            cursor = connection.cursor()
            cursor.execute(question)
            return cursor.fetchall()

    def connect(self):
        if self.url.startswith("sqlite"):
            import sqlite3

            from django.db.backends.sqlite3._functions import register

            connection = sqlite3.connect(self.url.removeprefix("sqlite:///"), timeout=30)
            # Constraints speak of functions that Django gives to its connections.
            register(connection)
            return connection
        import psycopg2

        return psycopg2.connect(self.url)


@contextlib.contextmanager
def new_site(folder: Path) -> Iterator[Site]:
    """A site on a database of the suite's engine; PostgreSQL is a server that may be killed."""
    if kind() == "sqlite":
        yield Site(f"sqlite:///{folder / 'site.sqlite3'}", folder)
        return
    with postgres.tools().temporary_server() as url:
        yield Site(url, folder)


def new_card(number: int, **changes) -> tuple[str, dict]:
    """Identifier and answers of a card that differs from all others."""
    return str(uuid.uuid4()), card_answers(settlement=f"Settlement {number}", **changes)
