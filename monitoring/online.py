"""Changing the tables of a site that goes on working.

On PostgreSQL a change of a table waits for everybody who uses it, and everybody who comes later
waits behind it. So ``migrate`` waits for a lock for a moment only, lets the others by and tries
again (``patient``); and what would hold a large table for long is done by the operations below,
which stand in migrations of their own with ``atomic = False``; what an interrupted one has done is
found done, what it left half is made anew. On SQLite, where one machine has one writer, they
are the ordinary ones. tests/test_online_migrations.py refuses migrations that do otherwise.
"""

from __future__ import annotations

import contextlib
import logging
import random
import re
import time
from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings
from django.contrib.postgres.operations import NotInTransactionMixin
from django.db import OperationalError, connections
from django.db.migrations.operations import AddConstraint, AddIndex, RemoveIndex

#: How often ``migrate`` tries; between tries it waits up to as many seconds.
TRIES = 30
LONGEST_PAUSE = 5.0
_LOCK_NOT_AVAILABLE = "55P03"
_CHANGES_TABLES = re.compile(r"\s*(?:ALTER|CREATE|DROP|TRUNCATE|LOCK|COMMENT|REINDEX)\b", re.I)
_CONCURRENTLY = re.compile(r"\bCONCURRENTLY\b", re.I)
_log = logging.getLogger(__name__)


class _Online(NotInTransactionMixin):
    """What PostgreSQL does beside those who write; elsewhere as ever."""

    atomic = False

    def _is_online(self, app_label: str, schema_editor, state) -> bool:
        """Whether there is something to do here in PostgreSQL's own way."""
        if schema_editor.connection.vendor != "postgresql":
            return False
        self._ensure_not_in_transaction(schema_editor)
        model = state.apps.get_model(app_label, self.model_name)
        return self.allow_migrate_model(schema_editor.connection.alias, model)

    def _add(self, app_label: str, schema_editor, state, index) -> None:
        drop_unfinished(schema_editor.connection, index.name)
        if _index_state(schema_editor.connection, index.name):
            return
        model = state.apps.get_model(app_label, self.model_name)
        schema_editor.add_index(model, index, concurrently=True)


class AddIndexOnline(_Online, AddIndex):
    """Adds an index while others write."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        if self._is_online(app_label, schema_editor, to_state):
            self._add(app_label, schema_editor, to_state, self.index)
        else:
            super().database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        if self._is_online(app_label, schema_editor, from_state):
            _drop_index(schema_editor, self.index.name)
        else:
            super().database_backwards(app_label, schema_editor, from_state, to_state)


class RemoveIndexOnline(_Online, RemoveIndex):
    """Takes an index away while others write."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        if self._is_online(app_label, schema_editor, from_state):
            _drop_index(schema_editor, self.name)
        else:
            super().database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        if self._is_online(app_label, schema_editor, to_state):
            model = to_state.models[app_label, self.model_name_lower]
            self._add(app_label, schema_editor, to_state, model.get_index_by_name(self.name))
        else:
            super().database_backwards(app_label, schema_editor, from_state, to_state)


class AddCheckOnline(_Online, AddConstraint):
    """Adds a check: it holds for new rows at once, those that are there are looked at while
    others write. Where one of them breaks it the check is taken away again."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        if not self._is_online(app_label, schema_editor, to_state):
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        model = to_state.apps.get_model(app_label, self.model_name)
        if _check_state(schema_editor.connection, model, self.constraint.name):
            return
        self._drop(schema_editor, model)
        sql = str(self.constraint.create_sql(model, schema_editor))
        schema_editor.execute(f"{sql} NOT VALID", params=None)
        try:
            self._alter(schema_editor, model, "VALIDATE CONSTRAINT")
        except Exception:
            self._drop(schema_editor, model)
            raise

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        if self._is_online(app_label, schema_editor, from_state):
            self._drop(schema_editor, from_state.apps.get_model(app_label, self.model_name))
        else:
            super().database_backwards(app_label, schema_editor, from_state, to_state)

    def _drop(self, schema_editor, model) -> None:
        self._alter(schema_editor, model, "DROP CONSTRAINT IF EXISTS")

    def _alter(self, schema_editor, model, act: str) -> None:
        table, name = map(schema_editor.quote_name, (model._meta.db_table, self.constraint.name))
        schema_editor.execute(f"ALTER TABLE {table} {act} {name}", params=None)


def _index_state(connection, name: str) -> bool | None:
    """Whether the index is whole; None if there is none."""
    return _first(
        connection,
        "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(%s)",
        connection.ops.quote_name(name),
    )


def drop_unfinished(connection, name: str) -> None:
    """Take away what an interrupted CREATE INDEX CONCURRENTLY left: nobody reads it, everybody
    writes it, and IF NOT EXISTS takes it for the index. Not inside a transaction."""
    if connection.vendor == "postgresql" and _index_state(connection, name) is False:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP INDEX CONCURRENTLY {connection.ops.quote_name(name)}")


def _check_state(connection, model, name: str) -> bool | None:
    """Whether the check is known to hold for all rows; None if there is none."""
    return _first(
        connection,
        "SELECT convalidated FROM pg_constraint WHERE conrelid = to_regclass(%s) AND conname = %s",
        connection.ops.quote_name(model._meta.db_table),
        name,
    )


def _first(connection, question: str, *parameters: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(question, parameters)
        row = cursor.fetchone()
    return row[0] if row else None


def _drop_index(schema_editor, name: str) -> None:
    name = schema_editor.quote_name(name)
    schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}", params=None)


@contextlib.contextmanager
def short_waits(connection) -> Iterator[None]:
    """Inside, whatever changes a table waits ``MIGRATION_LOCK_TIMEOUT`` seconds for it at most.

    Set within each transaction, since a session may end with it (``DATABASE_POOLED``). What works
    beside others waits for them as long as it takes, and keeps nobody waiting.
    """
    limit = f"SET LOCAL lock_timeout = {int(settings.MIGRATION_LOCK_TIMEOUT * 1000)}"

    def wait(execute, sql, params, many, context):
        text = str(sql)
        if _CHANGES_TABLES.match(text) and not _CONCURRENTLY.search(text):
            if connection.in_atomic_block:
                execute(limit, None, False, context)
            elif not params and not many:
                # One string is one transaction.
                sql = f"{limit}; {text}"
        return execute(sql, params, many, context)

    if connection.vendor != "postgresql" or not settings.MIGRATION_LOCK_TIMEOUT:
        yield
        return
    with connection.execute_wrapper(wait):
        yield


def patient(using: str, work: Callable[[], Any], say: Callable[[str], Any]) -> Any:
    """Do ``work`` with short waits, again and again while a lock is not to be had.

    What was done of it stays done: migrations are committed one by one.
    """
    for left in reversed(range(TRIES)):
        try:
            with short_waits(connections[using]):
                return work()
        except OperationalError as error:
            if not left or getattr(error.__cause__, "pgcode", "") != _LOCK_NOT_AVAILABLE:
                raise
        say("somebody works with the table; trying again in a moment")
        time.sleep(random.uniform(0.2, LONGEST_PAUSE))  # noqa: S311  (no secret: two try apart)
    return None
