"""Writers wait in a line of their own.

SQLite lets one write at a time; whoever finds the lock taken sleeps and asks again, up to a tenth
of a second later. With many, the lock lies idle between two of those looks, and who asks at the
right moment comes first, however long others have waited. Here one asks, every millisecond; the
others wait behind a lock of the operating system, which wakes them in turn (docs/decisions/026).
"""

from __future__ import annotations

import contextlib
import fcntl
import functools
import os
import time
from collections.abc import Callable, Iterator
from typing import Any

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

#: Seconds between two looks of whoever is first in line.
LOOK = 0.001
#: What a statement that writes begins with.
WRITING = ("INSERT", "UPDATE", "DELETE", "REPLACE")


class Cursor(base.SQLiteCursorWrapper):
    """Statements that write outside of a transaction stand in the line, too: asking from outside
    of it, they would come to their turn when nobody stands there any more."""

    database: DatabaseWrapper

    def execute(self, query: str, params: Any = None) -> Any:
        return self._carried_out(query, functools.partial(super().execute, query, params))

    def executemany(self, query: str, param_list: Any) -> Any:
        return self._carried_out(query, functools.partial(super().executemany, query, param_list))

    def _carried_out(self, query: str, call: Callable[[], Any]) -> Any:
        alone = not self.connection.in_transaction and query.lstrip()[:7].upper().startswith(
            WRITING
        )
        return self.database.in_turn(call) if alone else call()


class DatabaseWrapper(base.DatabaseWrapper):
    def create_cursor(self, name: str | None = None) -> Cursor:
        cursor = self.connection.cursor(factory=Cursor)
        cursor.database = self
        return cursor

    def _start_transaction_under_autocommit(self) -> None:
        """Begin; raises OperationalError after ``timeout`` seconds at the head of the line."""
        self.in_turn(super()._start_transaction_under_autocommit)

    def in_turn(self, call: Callable[[], Any]) -> Any:
        """What takes the lock, at the head of the line; raises OperationalError after ``timeout``
        seconds there."""
        if self.is_in_memory_db():
            return call()
        timeout = self.settings_dict["OPTIONS"].get("timeout", 5)
        with self._turn(), self._asking_oneself(timeout):
            end = time.monotonic() + timeout
            while True:
                try:
                    return call()
                except (OperationalError, base.Database.OperationalError) as error:
                    if "locked" not in str(error) or time.monotonic() > end:
                        raise
                time.sleep(LOOK)

    @contextlib.contextmanager
    def _turn(self) -> Iterator[None]:
        """The head of the line, for one at a time among all threads and processes."""
        name = f"{self.settings_dict['NAME']}-turn"
        turn = os.open(name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(turn, fcntl.LOCK_EX)
            yield
        finally:
            # Closing alone would leave it to a process that was forked in between.
            fcntl.flock(turn, fcntl.LOCK_UN)
            os.close(turn)

    @contextlib.contextmanager
    def _asking_oneself(self, timeout: float) -> Iterator[None]:
        """SQLite says at once that the lock is taken, instead of sleeping by itself."""
        self.connection.execute("PRAGMA busy_timeout = 0")
        try:
            yield
        finally:
            self.connection.execute(f"PRAGMA busy_timeout = {timeout * 1000:.0f}")
