"""Slow, huge and many: whoever is rough with the site does not keep others from working.

Everything goes to a real server on this machine, with two workers and no proxy in front.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import statistics
import threading
import time
import uuid as uuids
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest
from waitress.adjustments import Adjustments

from monitoring import worker
from tests.faults.site import BROKEN, WORKERS, Person, Site, new_site

pytestmark = [pytest.mark.slow, pytest.mark.once]
#: Five times as many as there are threads.
CROWD = 5 * WORKERS * 4
#: An answer that takes longer counts as none; a busy machine takes its time.
PATIENCE = 20
HOST = b"Host: localhost\r\n"
MEGABYTE = 2**20


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Iterator[Site]:
    """A site as it runs, behind a proxy that says where people come from."""
    folder = tmp_path_factory.mktemp("site")
    with new_site(folder) as site:
        site.environment |= {"PROXIES": "1", "TMPDIR": str(folder)}
        site.monitor = site.people(monitors=1, editors=0)["monitor"][0]
        with site.running():
            yield site


def asked(site: Site, path: str, cookies: str = "") -> tuple[int, float]:
    """Status of a page, and the seconds it took."""
    begin = time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=PATIENCE)
    with contextlib.closing(connection):
        connection.request("GET", path, headers={"Cookie": cookies})
        response = connection.getresponse()
        response.read()
    return response.status, time.monotonic() - begin


def works_meanwhile(site: Site, turns: int = 4) -> None:
    """Somebody at work gets every page."""
    for _turn in range(turns):
        for path in ("/healthz", "/cards/", "/cards/new/"):
            assert asked(site, path, site.monitor.cookies)[0] == 200


def opened(site: Site, begin: bytes, window: int = 0) -> socket.socket:
    """A connection on which so much was said. ``window``: of the reader, in bytes."""
    rough = socket.socket()
    if window:
        rough.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window)
    rough.settimeout(PATIENCE)
    rough.connect(("127.0.0.1", site.port))
    rough.sendall(begin)
    return rough


@contextlib.contextmanager
def crowd(site: Site, begin: bytes, drip: bytes = b"", window: int = 0) -> Iterator[None]:
    """Many connections at once that go on with a byte now and then."""
    with contextlib.ExitStack() as stack:
        rough = [stack.enter_context(opened(site, begin, window)) for _each in range(CROWD)]
        over = threading.Event()

        def dripping() -> None:
            while drip and not over.wait(0.3):
                for each in rough:
                    with contextlib.suppress(OSError):
                        each.sendall(drip)

        thread = threading.Thread(target=dripping, daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()


LONG = b"POST /sign-in/ HTTP/1.1\r\n" + HOST + b"Content-Length: 100000\r\n\r\n"
ROUGH = {
    "say nothing": (b"", b"", 0),
    "headers a byte at a time": (b"GET / HTTP/1.1\r\n" + HOST + b"X-Slow: ", b"x", 0),
    "a body a byte at a time": (LONG + b"username=", b"x", 0),
    "read nothing of a large file": (
        b"GET /static/vendor/bootstrap/bootstrap.min.css HTTP/1.1\r\n" + HOST + b"\r\n", b"", 2048,
    ),
    "read nothing of a page": (b"GET /field/ru/ HTTP/1.1\r\n" + HOST + b"\r\n", b"", 2048),
}  # fmt: skip


@pytest.mark.parametrize("kind", ROUGH)
def test_slow_ones_hold_nobody_up(site, kind):
    with crowd(site, *ROUGH[kind]):
        works_meanwhile(site)


def test_who_takes_too_long_is_let_go(site):
    """A connection that says nothing goes after SILENCE seconds, one that does not come to
    the end of its headers after HEADERS."""
    begin = time.monotonic()
    with opened(site, b"") as silent, opened(site, b"GET / HTTP/1.1\r\nX: ") as slow:
        slow.settimeout(2 * worker.HEADERS)
        assert silent.recv(1) == b""
        assert time.monotonic() - begin < PATIENCE
        assert slow.recv(1) == b""
        assert time.monotonic() - begin > worker.HEADERS - 2


class Connection:
    """What ``Channel.is_too_slow`` looks at."""

    def __init__(self, **seen):
        self.last_activity, self.total_outbufs_len, self.requests = 100.0, 0, []
        self.request, self.began, self.spoke, self.lingering = None, None, True, None
        self.__dict__ |= seen


class Request:
    def __init__(self, headers: bool, body: int = 0):
        self.headers_finished, self.body_bytes_received = headers, body


@pytest.mark.parametrize(
    ("seen", "patience", "crowded"),
    [
        ({"spoke": False}, worker.SILENCE, worker.CROWDED),
        ({}, 30, worker.CROWDED),
        ({"began": 100.0, "request": Request(False)}, worker.HEADERS, worker.CROWDED),
        ({"began": 100.0, "request": Request(True)}, worker.BODY, worker.BODY),
        # Half a megabyte from a phone that is slow and not idle.
        ({"began": 100.0, "request": Request(True, 500_000)}, 1030, 1030),
        ({"total_outbufs_len": 9}, worker.UNREAD, worker.UNREAD),
        ({"lingering": 100.0}, worker.SILENCE, worker.CROWDED),
        ({"lingering": 100.0, "last_activity": 140.0}, worker.LINGER, worker.CROWDED),
    ],
)
def test_how_long_each_has(seen, patience, crowded):
    one = Connection(**seen)
    for full, seconds in ((False, patience), (True, crowded)):
        assert not worker.Channel.is_too_slow(one, 100 + seconds, 30, full)
        assert worker.Channel.is_too_slow(one, 100.1 + seconds, 30, full)


def test_somebody_who_is_being_answered_is_never_too_slow():
    assert not worker.Channel.is_too_slow(Connection(requests=[1]), 10**6, 30, True)


# Huge bodies


def workers_of(site: Site) -> list[psutil.Process]:
    return psutil.Process(site.process.pid).children()


def memory(site: Site) -> int:
    """Bytes that the workers hold."""
    return sum(each.memory_info().rss for each in workers_of(site))


def on_disk(site: Site) -> int:
    """Bytes of temporary files, those without a name included, that the workers have open."""
    total = 0
    for each in workers_of(site):
        for entry in Path(f"/proc/{each.pid}/fd").iterdir():
            with contextlib.suppress(OSError):
                if "(deleted)" in os.readlink(entry):
                    total += entry.stat().st_size
    return total


def posted(size: str, more: bytes = b"") -> bytes:
    return b"POST /sign-in/ HTTP/1.1\r\n" + HOST + more + size.encode() + b"\r\n\r\n"


def status_of(rough: socket.socket) -> int:
    with contextlib.suppress(ConnectionResetError):
        return int(rough.recv(12).split()[1])
    return 0


@pytest.mark.parametrize(
    ("size", "more", "status"),
    [
        ("Content-Length: 27262977", b"", 413),
        ("Content-Length: 99999999999", b"", 413),
        ("Content-Length: 99999999999", b"Cookie: sessionid=none\r\n", 413),
        ("Content-Length: 99999999999", b"Expect: 100-continue\r\n", 413),
        ("Transfer-Encoding: chunked", b"", 411),
        ("Transfer-Encoding: gzip, chunked", b"", 501),
        ("Content-Length: +5", b"", 400),
    ],
)
def test_what_is_too_large_is_refused_before_it_comes(site, size, more, status):
    with opened(site, posted(size, more)) as rough:
        assert status_of(rough) == status


def test_too_large_is_said_in_words(site):
    with opened(site, posted("Content-Length: 99999999999")) as rough:
        answer = b"".join(iter(lambda: rough.recv(65536), b"")).decode()
    head, _blank, answer = answer.partition("\r\n\r\n")
    assert "413" in head.partition("\r\n")[0]
    assert "connection: close" in head.lower()
    assert "<html" in answer


@pytest.mark.parametrize("seconds", [0, 0.3])
def test_whoever_sends_it_nevertheless_reads_the_answer(site, seconds):
    """A reset would take the answer from a browser or a proxy that is still sending."""
    size = 30 * MEGABYTE
    with opened(site, posted(f"Content-Length: {size}")) as rough:
        time.sleep(seconds)
        for _each in range(size // MEGABYTE):
            rough.sendall(b"x" * MEGABYTE)
        answer = b"".join(iter(lambda: rough.recv(65536), b"")).decode()
    assert answer.startswith("HTTP/1.1 413")
    assert answer.rstrip().endswith("</html>")


@pytest.mark.parametrize("done", ["before it is sent", "while it is sent"])
def test_our_side_ends_and_nothing_is_reset_whenever_the_answer_is_done(monkeypatch, done):
    """A thread writes the answer and says that it was the last, while another one sends it."""
    here, there = socket.socketpair()
    adjustments = Adjustments()
    channel = worker.Channel(SimpleNamespace(active_channels={}), here, "", adjustments, map={})
    channel.parser_class(adjustments).refused = True
    channel.outbufs[-1].append(b"too large")
    channel.total_outbufs_len = len(b"too large")
    send = channel._flush_some

    def sent(do_close: bool = True) -> bool:
        went = send(do_close)
        channel.close_when_flushed = True
        return went

    if done == "while it is sent":
        monkeypatch.setattr(channel, "_flush_some", sent)
    else:
        channel.close_when_flushed = True
    there.settimeout(PATIENCE)
    with contextlib.closing(here), contextlib.closing(there):
        for _turn in range(2):
            channel.handle_write()
        assert not channel.writable()
        there.sendall(b"x" * 1000)
        assert channel.readable()
        channel.handle_read()
        there.sendall(b"x" * 1000)
        assert (there.recv(100), there.recv(100)) == (b"too large", b"")


def test_many_large_bodies_fill_neither_memory_nor_disk(site):
    """Of fifty who claim a session and begin to send 200 MB each worker takes a handful."""
    before, sent, answers = memory(site), 2 * MEGABYTE, []
    begin = posted(f"Content-Length: {200 * MEGABYTE}", b"Cookie: sessionid=claimed\r\n")
    with contextlib.ExitStack() as stack:
        crowd = [stack.enter_context(opened(site, begin)) for _each in range(50)]
        for each in crowd:
            with contextlib.suppress(OSError):
                each.sendall(b"x" * sent)
        works_meanwhile(site, turns=1)
        for each in crowd:
            each.setblocking(False)
            try:
                answers.append(status_of(each))
            except BlockingIOError:
                answers.append(None)
        # The largest request allowed is somewhat over 250 MB: four of them are five of these.
        assert 0 < answers.count(None) <= 5 * WORKERS
        assert on_disk(site) <= 5 * WORKERS * (sent + MEGABYTE)
        assert memory(site) - before < 150 * MEGABYTE
        works_meanwhile(site, turns=2)


# Many at once


@contextlib.contextmanager
def flood(one: Callable[[int, int], None], people: int) -> Iterator[list[int]]:
    """``one(who, turn)`` again and again by many at once; a list that grows with each turn done."""
    over, done = threading.Event(), []

    def again(who: int) -> None:
        turn = 0
        while not over.is_set():
            with contextlib.suppress(*BROKEN):
                one(who, turn)
                done.append(who)
            turn += 1

    threads = [threading.Thread(target=again, args=(who,), daemon=True) for who in range(people)]
    for thread in threads:
        thread.start()
    try:
        yield done
    finally:
        over.set()
        for thread in threads:
            thread.join(PATIENCE)


def guess(site: Site, name: str, address: str) -> int:
    """Status of an attempt with a wrong password."""
    stranger = Person(site.port, "")
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=PATIENCE)
    with contextlib.closing(connection):
        connection.request(
            "POST",
            "/sign-in/",
            f"username={name}&password=wrong-{name}",
            {
                "Cookie": stranger.cookies.replace("sessionid=; ", ""),
                "X-CSRFToken": stranger.cookies.partition("csrftoken=")[2].partition(";")[0],
                "Content-Type": "application/x-www-form-urlencoded",
                "X-Forwarded-For": address,
            },
        )
        response = connection.getresponse()
        response.read()
        return response.status


def test_a_flood_of_wrong_passwords_keeps_nobody_from_working(site):
    """Names and addresses are others each time, so that no delay grows: what a password costs is
    the only bound, and a few at a time pay it."""
    seen: list[int] = []

    def one(who: int, turn: int) -> None:
        seen.append(guess(site, f"name-{who}-{turn}", f"10.{who}.{turn // 250}.{turn % 250}"))

    before = memory(site)
    with flood(one, CROWD) as done:
        works_meanwhile(site)
        assert done
    assert set(seen) <= {422, 429}
    # Most were told to come again, and each that was looked at took its 100 MB one after the other.
    assert seen.count(429) > seen.count(422) > 0
    assert memory(site) - before < WORKERS * 200 * MEGABYTE


def test_a_flood_on_public_pages_keeps_nobody_from_working(site):
    """Who is at work does not stand in the queue of those who look at public pages."""
    with flood(lambda who, turn: asked(site, "/sign-in/"), CROWD) as done:
        works_meanwhile(site, turns=2)
        took: dict[str, list[float]] = {"": [], site.monitor.cookies: []}
        for _turn in range(10):
            for cookies, seconds in took.items():
                seconds.append(asked(site, "/healthz", cookies)[1])
    assert len(done) > CROWD
    stranger, at_work = map(statistics.median, took.values())
    # Three turns of work to one of a stranger: the queue of all the strangers takes longer.
    assert at_work < stranger


class Waiting:
    """What ``Turns`` looks at of a connection."""

    def __init__(self, name: str, known: bool):
        self.name, self.requests = name, [type("Request", (), {"has_session": known})]


def order_of(coming: dict[str, bool], waited: float, monkeypatch) -> list[str]:
    """Names in the order in which they are served. ``coming``: name -> with a session."""
    turns, clock = worker.Turns(), [0.0]
    monkeypatch.setattr(worker.time, "monotonic", lambda: clock[0])
    for name, known in coming.items():
        turns.append(Waiting(name, known))
    clock[0] = waited
    return [turns.popleft().name for _each in range(len(turns))]


def test_strangers_take_one_turn_in_four(monkeypatch):
    coming = {f"s{n}": False for n in range(8)} | {f"k{n}": True for n in range(6)}
    order = order_of(coming, 1, monkeypatch)
    assert order == [
        "k0",
        "k1",
        "k2",
        "s0",
        "k3",
        "k4",
        "k5",
        "s1",
        *(f"s{n}" for n in range(2, 8)),
    ]


def test_where_there_is_too_much_to_do_whoever_came_last_is_still_there(monkeypatch):
    names = [f"k{n}" for n in range(20)]
    order = order_of(dict.fromkeys(names, True), worker.LONG_WAIT + 1, monkeypatch)
    assert sorted(order) == sorted(names)
    assert order[:3] == names[:3]
    assert order[3:15] == names[:7:-1]
    # And nobody waits for ever.
    assert order[15:18] == names[3:6]


def test_nothing_is_done_for_those_who_have_gone(site):
    """Cards that were sent by people who gave up before their turn: most are not even begun."""
    sent = 150
    cookies = site.monitor.cookies.encode()
    for _each in range(sent):
        body = f"uuid={(uuid := uuids.uuid4())}&version=0&city=almaty&settlement=gone".encode()
        begin = (
            f"POST /cards/{uuid}/autosave/ HTTP/1.1\r\nHost: localhost\r\n"
            f"X-CSRFToken: {cookies.decode().partition('csrftoken=')[2].partition(';')[0]}\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
        ).encode()
        opened(site, begin + b"Cookie: " + cookies + b"\r\n\r\n" + body).close()
    works_meanwhile(site)
    ((begun,),) = site.rows("SELECT count(*) FROM cards_card WHERE settlement = 'gone'")
    assert begun < sent / 2


# Processes that go


def test_a_process_that_ends_answers_whoever_has_asked(site):
    """Half a request is there when the worker is told to stop; the rest of it is still answered."""
    body = b"username=a&password=b"
    begin = LONG.replace(b"100000", str(len(body)).encode())
    with (
        opened(site, begin + body[:5]) as one,
        opened(site, begin + body[:5]) as two,
        opened(site, b"") as silent,
    ):
        time.sleep(0.5)
        for each in workers_of(site):
            each.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        # Connected, nothing said yet.
        silent.sendall(b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n")
        assert status_of(silent) == 200
        for each in (one, two):
            each.sendall(body[5:])
            # No token of a page came with it: refused by the site, and answered.
            assert status_of(each) == 403
    works_meanwhile(site, turns=1)


def test_a_process_that_has_answered_enough_makes_room_for_a_new_one(site):
    site.kill()
    site.options = ("--max-requests", "5")
    site.start()
    first = {each.pid for each in workers_of(site)}
    deadline = time.monotonic() + 60
    while first & {each.pid for each in workers_of(site)}:
        assert asked(site, "/healthz")[0] == 200
        assert time.monotonic() < deadline
