"""The site as it is served, gunicorn with two workers, and wrk that asks it on loopback."""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WORKERS, CONNECTIONS = 2, 8
#: Seconds that a server may take to answer for the first time.
PATIENCE = 60


@dataclass(frozen=True, slots=True)
class Asked:
    """What wrk says: requests per second, and how many were not answered well."""

    per_second: float
    failed: int


@dataclass(frozen=True, slots=True)
class Served:
    """A running server on 127.0.0.1; ``headers`` go with every request."""

    port: int
    headers: Mapping[str, str]

    def get(self, path: str) -> tuple[int, bytes]:
        """Status and body of one answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request("GET", path, headers=dict(self.headers))
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def ask(self, path: str, seconds: float) -> Asked:
        """Ask for one address for so long, over a few connections at once."""
        headers = [
            part for name, value in self.headers.items() for part in ("-H", f"{name}: {value}")
        ]
        told = subprocess.run(
            ["wrk", "-t2", f"-c{CONNECTIONS}", f"-d{max(round(seconds), 1)}s", "--timeout", "20s",
             *headers, f"http://127.0.0.1:{self.port}{path}"],
            capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
        found = re.search(r"Requests/sec:\s+([\d.]+)", told)
        if found is None:
            raise RuntimeError(told)
        bad = re.search(r"Non-2xx or 3xx responses: (\d+)", told)
        lost = re.search(
            r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", told
        )
        failed = (int(bad[1]) if bad else 0) + (sum(map(int, lost.groups())) if lost else 0)
        return Asked(float(found[1]), failed)

    def in_turns(self, paths: Mapping[str, str], rounds: int, seconds: float) -> dict[str, float]:
        """Name -> median requests per second, the addresses taking turns.

        RuntimeError if any request is not answered well.
        """
        taken: dict[str, list[float]] = {name: [] for name in paths}
        for path in paths.values():
            self.ask(path, 1)
        for _round in range(rounds):
            for name, path in paths.items():
                asked = self.ask(path, seconds)
                if asked.failed:
                    raise RuntimeError(f"{path}: {asked.failed} requests failed")
                taken[name].append(asked.per_second)
        return {name: statistics.median(each) for name, each in taken.items()}


def there() -> bool:
    """Whether wrk is installed."""
    return shutil.which("wrk") is not None


@contextlib.contextmanager
def served(
    environment: Mapping[str, str], headers: Mapping[str, str] | None = None
) -> Iterator[Served]:
    """The site of that environment behind gunicorn as ``monitoring.gunicorn`` sets it."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--config", "python:monitoring.gunicorn",
         "--workers", str(WORKERS), "--bind", f"127.0.0.1:{port}", "--log-level", "error",
         "monitoring.wsgi"],
        cwd=ROOT, env=os.environ | environment,
    )  # fmt: skip
    with answering(Served(port, headers or {}), server) as it:
        yield it


@contextlib.contextmanager
def answering(it: Served, server: subprocess.Popen[bytes]) -> Iterator[Served]:
    """What a process serves, from its first answer on; the process is ended afterwards."""
    try:
        _wait(it, server)
        yield it
    finally:
        server.terminate()
        server.wait(30)


def _wait(it: Served, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            if it.get("/healthz")[0] == 200:
                return
        except OSError:
            pass
        if server.poll() is not None or time.monotonic() > until:
            raise RuntimeError("the server does not answer")
        time.sleep(0.1)
