"""Reading from a copy of the database, and never staler than what one wrote oneself.

``DATABASE_REPLICA_URL`` names a streaming replica. Inside ``reading`` (requests that only ask,
commands that only print) cards and reports are read there; everything else, and everything inside
a transaction or after a write, is the primary's. Who wrote leaves a mark in the primary (``mark``);
the replica is good for them once it holds that very mark, whichever device or program asks.
A replica that is gone or too far behind is left alone for some seconds, with a warning. See
docs/decisions/025.
"""

from __future__ import annotations

import contextlib
import logging
import re
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import MiddlewareNotUsed
from django.db import DEFAULT_DB_ALIAS as PRIMARY
from django.db import DatabaseError, InterfaceError, OperationalError, connections, transaction
from django.db.models.functions import Now
from django.http import FileResponse, HttpResponse

ALIAS = "replica"
#: Rooms whose tables are read from the replica.
ROOMS = frozenset({"cards", "reports"})
#: What somebody may see is told by these, as far as they are asked of an account.
SCOPES = frozenset({"cards.Region"})
#: Tables that nobody reads from the replica: what is written there leaves no mark.
APART = frozenset(
    {
        "django_session",
        "accounts_accessentry",
        "accounts_attempts",
        "accounts_lastwrite",
        "accounts_token",
        "accounts_usersession",
        "django_tasks_database_dbtaskresult",
        "jobs_job",
        "jobs_worker",
        "operations_operation",
    }
)
#: Seconds until the replica is looked at again; one that failed is left alone for as long.
LOOK_EVERY = 2.0
#: Seconds that a command waits for the replica.
PATIENCE = 5.0
#: A mark that is older than the longest lag by so much needs no comparing.
MARGIN = timedelta(minutes=1)
GONE = (OperationalError, InterfaceError)
_WRITING = re.compile(
    r"\s*(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM|MERGE\s+INTO|COPY|TRUNCATE)"
    r"\s+(?:TABLE\s+)?(?:ONLY\s+)?\"?(\w+)",
    re.IGNORECASE,
)
_QUIET_WRITING = re.compile(r"\s*WITH\b.*\b(?:INSERT|UPDATE|DELETE|MERGE)\b", re.I | re.S)
_MARK_WITHIN = """
INSERT INTO accounts_lastwrite AS kept (account_id, at) VALUES (%s, clock_timestamp())
ON CONFLICT (account_id) DO UPDATE
SET at = greatest(kept.at + interval '1 microsecond', clock_timestamp())
"""
_MARK = f"SET LOCAL synchronous_commit = off;{_MARK_WITHIN}"
_log = logging.getLogger(__name__)


def configured() -> bool:
    """Whether the site has a replica."""
    return ALIAS in settings.DATABASES


class Reading:
    """What one request, or one command, reads. ``account``: who wants to see what they wrote."""

    def __init__(self, account: Callable[[], int | None] = lambda: None):
        self._account = account
        self.wrote = False
        self.from_replica: bool | None = None

    @property
    def alias(self) -> str:
        """Where cards and reports are read now; decided at the first question."""
        if self.wrote or connections[PRIMARY].in_atomic_block:
            return PRIMARY
        if self.from_replica is None:
            self.from_replica = watch.good() and has_what_was_written(self._account())
        return ALIAS if self.from_replica else PRIMARY

    def note(self, execute, sql, params, many, context):
        """Wraps every statement to the primary: from the first write on, that is where it reads."""
        if not self.wrote and writes(sql):
            self.wrote = True
        return execute(sql, params, many, context)


_reading: ContextVar[Reading | None] = ContextVar("reading", default=None)


@contextlib.contextmanager
def reading(state: Reading | None = None) -> Iterator[Reading]:
    """Inside, cards and reports are read from the replica, where there is one that is good."""
    state = state or Reading()
    if not configured():
        yield state
        return
    token = _reading.set(state)
    try:
        with connections[PRIMARY].execute_wrapper(state.note):
            yield state
    finally:
        _reading.reset(token)


@contextlib.contextmanager
def reading_all() -> Iterator[None]:
    """For commands, which follow upon one another and have no account: the replica if it soon has
    everything that the primary has now, else the primary."""
    state = Reading()
    if configured():
        state.from_replica = watch.good() and watch.caught_up()
    with reading(state):
        yield


def writes(sql: Any) -> bool:
    """Whether a statement changes something that is read from the replica."""
    text = sql if isinstance(sql, str) else str(sql)
    if found := _WRITING.match(text):
        return found[1].lower() not in APART
    return bool(_QUIET_WRITING.match(text))


class Router:
    """Django's way to ask which database; every answer is given, none left to where a row was."""

    def db_for_read(self, model, **hints: Any) -> str:
        state = _reading.get()
        if state is None or model._meta.app_label not in ROOMS:
            return PRIMARY
        # Of an account they are what it may see: that holds at once.
        asked_of = hints.get("instance")
        if model._meta.label in SCOPES and isinstance(asked_of, get_user_model()):
            return PRIMARY
        return state.alias

    def db_for_write(self, model, **hints: Any) -> str:
        return PRIMARY

    def allow_relation(self, one, other, **hints: Any) -> bool | None:
        return True if {one._state.db, other._state.db} <= {PRIMARY, ALIAS, None} else None

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool | None:
        return False if db == ALIAS else None


def mark(account: int | None) -> None:
    """Note that this account has just written; whoever acts in its name calls it, too.

    One round trip, and no waiting for the disk: a mark that a crash forgets was of a write that
    the replica has at the latest when it has caught up with the crash. A failure costs nobody the
    answer to what was saved.
    """
    if account is None or not configured():
        return
    if connections[PRIMARY].in_atomic_block:
        # Inside, what is being written would not wait for the disk either.
        transaction.on_commit(partial(mark, account), using=PRIMARY)
        return
    try:
        # One string: PostgreSQL takes it as one transaction.
        with connections[PRIMARY].cursor() as cursor:
            cursor.execute(_MARK, [account])
    except DatabaseError as error:
        _log.warning("what was written could not be marked: %s", error)


def mark_within(account: int | None) -> None:
    """The same inside of the transaction that writes in the account's name: whoever sees that it is
    over finds the mark there, and the replica has both or neither. As durable as the rest of it."""
    if account is not None and configured():
        with connections[PRIMARY].cursor() as cursor:
            cursor.execute(_MARK_WITHIN, [account])


def has_what_was_written(account: int | None) -> bool:
    """Whether the replica has what the account wrote last."""
    if account is None:
        return True
    from monitoring.accounts.models import LastWrite

    old = timedelta(seconds=settings.REPLICA_MAX_LAG) + MARGIN
    marks = LastWrite.objects.filter(account=account)
    last = marks.using(PRIMARY).filter(at__gt=Now() - old).values_list("at", flat=True).first()
    if last is None:
        return True
    try:
        return marks.using(ALIAS).filter(at__gte=last).exists()
    except GONE as error:
        watch.failed(error)
        return False


@dataclass
class Watch:
    """Whether the replica can be read, as this process saw it a moment ago. ``left``: it is not,
    and that was told; ``lag``: seconds, None where it is not known.

    How far it is behind is told by positions in the log: those of the primary are kept with the
    time, and the newest one that the replica has replayed says how old its picture is. Unlike the
    time of its last transaction this holds when nobody writes and when it has lost the primary.
    """

    fit: bool = False
    lag: float | None = None
    left: bool = False
    next_look: float = 0.0
    positions: deque[tuple[float, int]] = field(default_factory=lambda: deque(maxlen=600))
    lock: Any = field(default_factory=threading.Lock)

    def good(self) -> bool:
        """Whether to read there now; looks at it where the last look is too old."""
        if time.monotonic() >= self.next_look and self.lock.acquire(blocking=False):
            try:
                self.look()
            finally:
                self.lock.release()
        return self.fit

    def asked(self) -> bool:
        """Whether it is good at this very moment."""
        with self.lock:
            self.look()
        return self.fit

    def look(self) -> None:
        """Ask both databases where they are."""
        try:
            self.lag = self._behind()
        except (*GONE, _NoReplica) as error:
            self.failed(error)
            return
        if self.lag is None:
            self._settle(False, "the primary is read: how far the replica is behind is not known")
        elif self.lag > settings.REPLICA_MAX_LAG:
            self._settle(False, "the primary is read: the replica is %.1f s behind", self.lag)
        else:
            self._settle(True, "the replica is read again")

    def caught_up(self) -> bool:
        """Whether within ``PATIENCE`` seconds the replica has all that the primary has now."""
        deadline = time.monotonic() + PATIENCE
        try:
            now, replayed, _since = _positions()
            while replayed < now and time.monotonic() < deadline:
                time.sleep(0.05)
                _later, replayed, _since = _positions()
        except (*GONE, _NoReplica) as error:
            self.failed(error)
            return False
        return replayed >= now

    def failed(self, error: Exception) -> None:
        """The replica did not answer: leave it alone for a while."""
        self.lag = None
        with contextlib.suppress(DatabaseError):
            connections[ALIAS].close()
        if isinstance(error, _NoReplica):
            self._settle(False, "the primary is read: what should be its replica takes writes")
        else:
            self._settle(False, "the primary is read: the replica fails: %s", error)

    def _settle(self, fit: bool, message: str, *values: object) -> None:
        """Each change is told once; ``message`` is a constant, as the log asks for."""
        if self.left is fit:
            _log.warning(message, *values)
        self.fit, self.left = fit, not fit
        self.next_look = time.monotonic() + LOOK_EVERY

    def _behind(self) -> float | None:
        """Seconds that the replica is behind, at most; None if it cannot be told yet."""
        now = time.monotonic()
        written, replayed, since = _positions()
        self.positions.append((now, written))
        seen = [at for at, position in self.positions if position <= replayed]
        if seen:
            return now - seen[-1]
        return since if len(self.positions) == 1 else None


def _positions() -> tuple[int, int, float | None]:
    """Where the primary's log ends, up to where the replica has replayed it, and how many seconds
    ago the last transaction that it replayed was made."""
    with connections[PRIMARY].cursor() as cursor:
        cursor.execute("SELECT pg_current_wal_lsn() - '0/0', pg_postmaster_start_time()")
        written, started = cursor.fetchone()
    with connections[ALIAS].cursor() as cursor:
        cursor.execute(
            "SELECT pg_is_in_recovery(), pg_last_wal_replay_lsn() - '0/0',"
            " extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()),"
            " pg_postmaster_start_time()"
        )
        copies, replayed, since, its_start = cursor.fetchone()
    if copies:
        return int(written), int(replayed), None if since is None else float(since)
    if its_start != started:
        raise _NoReplica
    # After a failover both names may lead to the same server.
    return int(written), int(written), 0.0


class _NoReplica(Exception):
    """What answers there is something else."""


watch = Watch()


class ReplicaMiddleware:
    """Last in line. What only asks reads from the replica; what wrote leaves a mark.

    Where the replica fails in the middle of a request that changed nothing, the request is
    answered once more, by the primary.
    """

    METHODS = ("GET", "HEAD")

    def __init__(self, get_response):
        if not configured():
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request):
        state = request.reading = Reading(lambda: account_of(request))
        if request.method in self.METHODS:
            response = self._ask(request, state)
        else:
            # Reads of a request that may change something are the primary's.
            with connections[PRIMARY].execute_wrapper(state.note):
                response = self.get_response(request)
        if state.wrote:
            mark(account_of(request))
        return response

    def process_exception(self, request, exception):
        """The replica's failure: nobody sees this answer."""
        state = request.reading
        if not isinstance(exception, GONE) or not state.from_replica or state.wrote:
            return None
        watch.failed(exception)
        state.from_replica = False
        request.ask_again = True
        return HttpResponse(status=503)

    def _ask(self, request, state: Reading):
        with reading(state):
            response = self.get_response(request)
            if getattr(request, "ask_again", False):
                request.ask_again = False
                response = self.get_response(request)
        if response.streaming and not isinstance(response, FileResponse) and state.from_replica:
            response.streaming_content = _inside(state, response.streaming_content)
        return response


def _inside(state: Reading, parts: Iterable[bytes]) -> Iterator[bytes]:
    """Parts that are made while they are sent, each read where the request read."""
    waiting = iter(parts)
    while True:
        token = _reading.set(state)
        try:
            part = next(waiting)
        except StopIteration:
            return
        finally:
            _reading.reset(token)
        yield part


def account_of(request) -> int | None:
    """Who asks, by a session or by a token; None for strangers."""
    user = getattr(request, "user", None)
    return user.pk if user is not None and user.is_authenticated else None
