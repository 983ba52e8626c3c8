"""Requests over loopback with as little work of the client's as possible: it shares the processor.

Requests are made before the clock runs and sent as they are over connections that stay open.
"""

from __future__ import annotations

import contextlib
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

#: A machine that others use may take its time.
SECONDS = 120
WORKERS = 2


@dataclass(frozen=True, slots=True)
class Took:
    """How requests went: per second, and the seconds of each."""

    per_second: float
    seconds: tuple[float, ...]
    answers: tuple[bytes, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    @property
    def slowest_hundredth(self) -> float:
        """The 99th percentile, seconds."""
        return sorted(self.seconds)[int(0.99 * (len(self.seconds) - 1))]


def request(address: str, body: bytes, kind: str, cookies: Mapping[str, str], **headers: str):
    """A POST as it goes over the wire."""
    crumbs = "; ".join(f"{name}={value}" for name, value in cookies.items())
    lines = [
        f"POST {address} HTTP/1.1", "Host: 127.0.0.1", f"Content-Type: {kind}",
        f"Content-Length: {len(body)}", f"Cookie: {crumbs}", "Accept: application/json",
        *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items()),
    ]  # fmt: skip
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def send(port: int, requests: Sequence[bytes], connections: int) -> Took:
    """Send all of them, so many at a time; the order of the answers is that of the requests."""
    waiting = iter(enumerate(requests))
    lock = threading.Lock()
    seconds = [0.0] * len(requests)
    answers = [b""] * len(requests)

    def work() -> None:
        with socket.create_connection(("127.0.0.1", port), timeout=SECONDS) as wire:
            while True:
                with lock:
                    at, sent = next(waiting, (-1, b""))
                if at < 0:
                    return
                began = time.perf_counter()
                wire.sendall(sent)
                answers[at] = _answer(wire)
                seconds[at] = time.perf_counter() - began

    threads = [threading.Thread(target=work) for _ in range(connections)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    whole = time.perf_counter() - began
    if not all(answers):
        raise OSError("the server did not answer every request")
    return Took(len(requests) / whole, tuple(seconds), tuple(answers))


def _answer(wire: socket.socket) -> bytes:
    """Status, headers and body of one answer."""
    got = b""
    while b"\r\n\r\n" not in got:
        got += _more(wire)
    head, _, body = got.partition(b"\r\n\r\n")
    sizes = [
        int(line.split(b":")[1])
        for line in head.split(b"\r\n")
        if line.lower().startswith(b"content-length:")
    ]
    if not sizes:
        raise OSError("an answer without a length")
    while len(body) < sizes[0]:
        body += _more(wire)
    return head + b"\r\n\r\n" + body


def _more(wire: socket.socket) -> bytes:
    part = wire.recv(65536)
    if not part:
        raise OSError("the server closed the connection")
    return part


@contextlib.contextmanager
def served(environment: Mapping[str, str], *options: str) -> Iterator[int]:
    """Gunicorn as the site is run, with two workers; gives the port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable, "-m", "gunicorn", "monitoring.wsgi", "--preload",
        "--config", "python:monitoring.gunicorn", "--workers", str(WORKERS),
        "--bind", f"127.0.0.1:{port}", "--no-control-socket", "--log-level", "critical", *options,
    ]  # fmt: skip
    # The lines of its requests are written as ever; nobody reads them here.
    server = subprocess.Popen(
        command,
        env=dict(environment),
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _until_it_answers(port, server)
        yield port
    finally:
        server.terminate()
        server.wait(SECONDS)


def _until_it_answers(port: int, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 5) as wire:
            wire.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
            if b" 200 " in wire.recv(4096):
                return
        time.sleep(0.05)
    raise OSError("the server did not start")


def refused(took: Iterable[bytes], wanted: bytes) -> list[bytes]:
    """Answers that do not hold what they should."""
    return [answer for answer in took if wanted not in answer]


__all__ = ["Took", "refused", "request", "send", "served"]
