"""A process of the site: gunicorn keeps it, waitress in it reads requests and writes answers.

A request is read whole, however slowly it comes, before a thread looks at it, and what a slow
reader has not taken yet is kept for them. So whoever is slow costs a little memory or a temporary
file, never a thread (docs/decisions/026). Read only by gunicorn.
"""

from __future__ import annotations

import os
import resource
import select
import socket
import sys
import time
from collections import deque
from http.cookies import CookieError, SimpleCookie

from django.conf import settings
from gunicorn.workers import base
from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import create_server
from waitress.task import ThreadedTaskDispatcher
from waitress.utilities import Error

#: Seconds from the first byte until the headers are there (Apache's mod_reqtimeout allows as much).
HEADERS = 20
#: Seconds for a body, and the bytes a second for which there is more: a phone on GPRS sends 2,000.
BODY, PACE = 30, 500
#: Seconds without a byte taken after which an answer is not kept for its reader any longer.
UNREAD = 60
#: Seconds in which somebody who has connected says something.
SILENCE = 5
#: Seconds in which the rest of a refused body is thrown away, so that whoever sends it reads why.
LINGER = 30
#: Seconds in which somebody who has connected, or has just begun, says something when there are
#: many of them.
CROWDED = 2
#: What is kept in memory of one request or answer; the rest lies in a temporary file.
IN_MEMORY = 128 * 1024
#: Beyond this an answer waits for its reader, with its thread: a whole export of a large site.
MOST_UNREAD = 64 * 1024 * 1024
#: Bodies larger than this count together: they are under way up to so many of the largest.
LARGE, LARGEST_AT_ONCE = 1024 * 1024, 4
#: Of four requests that wait three are of people with a session.
TURNS = 4
#: Seconds in the queue from which on there is too much to do; a device waits 20 for its answer.
#: Until then the order of coming serves everybody before they give up.
LONG_WAIT = 16
#: Seconds after which a thread that computes lets another go on. Whoever writes holds the one lock
#: (SQLite's, the head of the history), and needs its turn again after each of twenty statements:
#: with Python's own five milliseconds everybody else waits for a page that somebody reads.
SWITCH = 0.0005
#: File descriptors that a process may want: connections, and up to two temporary files of each.
DESCRIPTORS = 4096


class LengthRequired(Error):
    """Nobody's browser sends a body without saying how long it is."""

    code, reason = 411, "Length Required"


class TooMuchAtOnce(Error):
    code, reason = 503, "Service Unavailable"


class Parser(HTTPRequestParser):
    """Reads a request; refuses what is too large before anything of it is kept."""

    refused = False

    def parse_header(self, header_plus: bytes) -> None:
        super().parse_header(header_plus)
        if self.chunked:
            self._refuse(LengthRequired("A body needs a Content-Length."))
        elif self.content_length > self._limit():
            # It goes on without its body: the site says in the reader's language that it is too
            # large, and looks at the announced length alone (SizeMiddleware).
            self._refuse(None)
        elif self.content_length > LARGE and not self.adj.room_for(self):
            self._refuse(TooMuchAtOnce("Too many large requests at once. Try again in a minute."))

    @property
    def has_session(self) -> bool:
        """Whether a session is claimed; whether it is one is for the site to find out."""
        return settings.SESSION_COOKIE_NAME in _cookies(self.headers.get("COOKIE", ""))

    def _limit(self) -> int:
        known = self.has_session
        return settings.REQUEST_MAX_BYTES if known else settings.REQUEST_MAX_BYTES_SIGNED_OUT

    def _refuse(self, error: Error | None) -> None:
        self.error, self.body_rcv, self.chunked, self.refused = error, None, False, True
        self.expect_continue = False
        # What comes after the headers is no other request: nothing of it is read.
        self.headers["CONNECTION"] = "close"


class Channel(HTTPChannel):
    """A connection.

    Closed while a refused body is still coming, it would be reset, and a browser or a proxy would
    never read the answer: it is ended on our side alone, and the rest thrown away (RFC 9112, 9.6).
    """

    #: When the request that is being read began, None between requests.
    began: float | None = None
    #: Whether anything came yet.
    spoke = False
    #: The request that was read last, None before the first.
    latest: Parser | None = None
    #: Whether the answer to a refused request is written, so that our side ends when it is sent.
    ends = False
    #: Since when the rest of a refused body is thrown away.
    lingering: float | None = None
    _closes = False

    def parser_class(self, adj) -> Parser:
        self.latest = Parser(adj)
        return self.latest

    @property
    def refused(self) -> bool:
        return self.latest is not None and self.latest.refused

    @property
    def close_when_flushed(self) -> bool:
        """Whether the connection is closed as soon as everything is sent; set by the thread that
        has answered, at any moment of ``handle_write``."""
        return self._closes

    @close_when_flushed.setter
    def close_when_flushed(self, closes: bool) -> None:
        if closes and self.refused:
            self.ends = True
        else:
            self._closes = closes

    def readable(self) -> bool:
        return (self.lingering is not None and not self.will_close) or super().readable()

    def writable(self) -> bool:
        return super().writable() or self.ends

    def handle_write(self) -> None:
        # Asked for before, since what is written until then is sent below.
        ends = self.ends
        super().handle_write()
        if ends and self.connected and not self.total_outbufs_len:
            self._linger()

    def _linger(self) -> None:
        self.ends = False
        try:
            self.socket.shutdown(socket.SHUT_WR)
        except OSError:
            self.will_close = True
        else:
            self.lingering = time.time()

    def received(self, data: bytes) -> bool:
        self.spoke = True
        if self.refused:
            return True
        answer = super().received(data)
        if self.request is None:
            self.began = None
        elif self.began is None:
            self.began = time.time()
        return answer

    def is_idle(self) -> bool:
        """Whether nothing is asked and nothing is to be answered."""
        busy = self.requests or self.request or self.total_outbufs_len
        return not (busy or self.ends or self.lingering)

    def is_too_slow(self, now: float, keepalive: float, crowded: bool) -> bool:
        """Whether the one at the other end has had long enough."""
        if self.total_outbufs_len:
            return now - self.last_activity > UNREAD
        if self.requests:
            return False
        if self.lingering:
            silent = now - self.last_activity > SILENCE
            return silent or now - self.lingering > (CROWDED if crowded else LINGER)
        if self.request is None or self.began is None:
            patience = keepalive if self.spoke else SILENCE
            return now - self.last_activity > (min(patience, CROWDED) if crowded else patience)
        if not self.request.headers_finished:
            return now - self.began > (CROWDED if crowded else HEADERS)
        return now - self.began > BODY + self.request.body_bytes_received / PACE


class Turns:
    """Who waits for a thread. Strangers, however many, take one turn in four from people with a
    session; among themselves they go in the order in which they came.

    Where that takes longer than LONG_WAIT there is more to do than can be done, and in the order of
    coming everybody would be served when they have just given up: three of four turns go to whoever
    came last, who is still there (adaptive LIFO: B. Maurer, Fail at Scale, ACM Queue 13/8, 2015).
    """

    def __init__(self) -> None:
        self.known: deque[tuple[float, Channel]] = deque()
        self.strangers: deque[tuple[float, Channel]] = deque()
        self.turn = 0

    def __len__(self) -> int:
        return len(self.known) + len(self.strangers)

    def append(self, channel: Channel) -> None:
        known = getattr(channel.requests[0], "has_session", False)
        (self.known if known else self.strangers).append((time.monotonic(), channel))

    def popleft(self) -> Channel:
        self.turn += 1
        first, second = self.known, self.strangers
        if self.turn % TURNS == 0:
            first, second = second, first
        waiting = first or second
        too_long = time.monotonic() - waiting[0][0] > LONG_WAIT
        # Every fourth turn of those of people, which are three of four themselves, is the oldest's.
        oldest = self.turn // TURNS % TURNS == 0 or not too_long
        return (waiting.popleft() if oldest else waiting.pop())[1]


class Worker(base.Worker):
    """gunicorn's worker around a server of waitress."""

    def run(self) -> None:
        _more_descriptors()
        sys.setswitchinterval(SWITCH)
        self.map: dict = {}
        self.dispatcher = ThreadedTaskDispatcher()
        self.dispatcher.queue = Turns()
        # How deep the queue is can be seen from outside; a line for each request helps nobody.
        self.dispatcher.queue_logger.setLevel("ERROR")
        self.dispatcher.set_thread_count(self.cfg.threads)
        create_server(
            self._counted,
            map=self.map,
            _dispatcher=self.dispatcher,
            sockets=[listener.sock for listener in self.sockets],
            **self._adjustments(),
        )
        self.servers = [each for each in self.map.values() if hasattr(each, "active_channels")]
        for server in self.servers:
            server.channel_class = Channel
            server.adj.room_for = self._room_for
        looked = time.time()
        while self.alive and self.ppid == os.getppid():
            self._turn()
            if (now := time.time()) - looked >= 1:
                looked = now
                self._look_after(now)
        self._finish()

    def _adjustments(self) -> dict:
        """Settings of gunicorn in waitress's words."""
        from monitoring.gunicorn import SERVER

        return {
            "ident": SERVER,
            "backlog": self.cfg.backlog,
            "connection_limit": self.cfg.worker_connections,
            # What waits too long is closed in ``_look_after``.
            "channel_timeout": 24 * 60 * 60,
            "max_request_header_size": self.cfg.limit_request_field_size * 4,
            # The parser has refused by the announced length before.
            "max_request_body_size": sys.maxsize,
            "inbuf_overflow": IN_MEMORY,
            "outbuf_overflow": IN_MEMORY,
            "outbuf_high_watermark": MOST_UNREAD,
            "recv_bytes": 64 * 1024,
            # Whoever goes away while waiting is noticed, and nothing is done for them.
            "channel_request_lookahead": 1,
            "log_socket_errors": False,
            # The site believes a proxy's headers by its own settings (PROXIES, HTTPS).
            "clear_untrusted_proxy_headers": False,
        }

    def _turn(self) -> None:
        self.notify()
        wasyncore.loop(timeout=1, use_poll=True, map=self.map, count=1)

    def _counted(self, environ, start_response):
        """The site; a process that has answered ``max_requests`` is followed by a new one."""
        environ["wsgi.multiprocess"] = True
        self.nr += 1
        if self.nr >= self.max_requests:
            self.alive = False
        return self.wsgi(environ, start_response)

    @property
    def _channels(self) -> list[Channel]:
        return [each for server in self.servers for each in server.active_channels.values()]

    def _look_after(self, now: float) -> None:
        """Close connections at whose other end nothing goes on."""
        channels = self._channels
        crowded = len(channels) > 0.8 * self.cfg.worker_connections
        for channel in channels:
            # What has just come is answered, however late.
            if channel.is_too_slow(now, self.cfg.keepalive, crowded) and not _has_more(channel):
                channel.will_close = True

    def _room_for(self, parser: Parser) -> bool:
        """Whether the disk is to take another large body beside those that are under way."""
        others = (each.request for each in self._channels if each.request not in (None, parser))
        under_way = sum(each.content_length for each in others if each.content_length > LARGE)
        return under_way + parser.content_length <= LARGEST_AT_ONCE * settings.REQUEST_MAX_BYTES

    def _finish(self) -> None:
        """Take nobody new, and answer whoever has begun to ask."""
        for server in self.servers:
            server.accepting = False
        end = time.time() + self.cfg.graceful_timeout
        while time.time() < end:
            for channel in self._channels:
                # Whoever has connected and not spoken yet is about to ask.
                about_to = not channel.spoke and time.time() - channel.creation_time < CROWDED
                channel.will_close |= channel.is_idle() and not about_to and not _has_more(channel)
            if not self._channels:
                break
            self._turn()
        self.dispatcher.shutdown(timeout=1)
        wasyncore.close_all(self.map)


def _has_more(channel: Channel) -> bool:
    """Whether somebody who was silent has begun to ask at this very moment."""
    if not channel.is_idle():
        return False
    poll = select.poll()
    poll.register(channel.socket, select.POLLIN)
    return bool(poll.poll(0))


def _cookies(text: str) -> SimpleCookie:
    try:
        return SimpleCookie(text)
    except CookieError:
        return SimpleCookie()


def _more_descriptors() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = DESCRIPTORS if hard == resource.RLIM_INFINITY else min(DESCRIPTORS, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
