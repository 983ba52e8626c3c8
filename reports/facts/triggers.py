"""Triggers on the facts of months: whatever program writes a month, something is done about it.

SQLite rebuilds a table without its triggers, so they are put in place after every migration.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db import connections, models, router, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from reports.models import Fact

#: What is done to a month: there is a trigger for each.
ACTS = ("INSERT", "UPDATE", "DELETE")
_TABLE = Fact._meta.db_table


def for_each_row(act: str) -> str:
    """PostgreSQL: the trigger fires for every month that is written."""
    return "FOR EACH ROW"


@dataclass(frozen=True, slots=True)
class Triggers:
    """name: what the names of the triggers begin with. function: what they call on PostgreSQL.
    writes: models whose tables they write to. done: of a vendor and an act the SQL that is carried
    out. fires: of an act how the trigger fires on PostgreSQL; on SQLite it does for every row.
    """

    name: str
    function: str
    writes: tuple[type[models.Model], ...]
    done: Callable[[str, str], str]
    fires: Callable[[str], str] = for_each_row

    def ensure(self, using: str, afterwards: Callable[[], None]) -> bool:
        """Put them in place where one is missing, and do in the same transaction what makes up for
        the time without. Whether they are there: not on a database without their tables."""
        connection = connections[using]
        if router.db_for_write(Fact) != using or not self._tables_are_there(connection):
            return False
        if not self.complete(connection):
            with transaction.atomic(using=using):
                self.remove(connection)
                with connection.cursor() as cursor:
                    for sql in self._statements(connection.vendor):
                        cursor.execute(sql)
                afterwards()
        return True

    def complete(self, connection: BaseDatabaseWrapper) -> bool:
        """Whether every one is there and switched on."""
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute(
                    "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass"
                    " AND tgenabled IN ('O', 'A')",
                    [_TABLE],
                )
            else:
                cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            return set(self._names) <= {name for (name,) in cursor.fetchall()}

    def remove(self, connection: BaseDatabaseWrapper) -> None:
        """Take them away: before a table that they write to goes."""
        on = "" if connection.vendor == "sqlite" else f" ON {_TABLE}"
        with connection.cursor() as cursor:
            for name in self._names:
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")
            if connection.vendor == "postgresql":
                cursor.execute(f"DROP FUNCTION IF EXISTS {self.function}()")

    @property
    def _names(self) -> list[str]:
        return [f"{self.name}_{act.lower()}" for act in ACTS]

    def _tables_are_there(self, connection: BaseDatabaseWrapper) -> bool:
        with connection.cursor() as cursor:
            tables = set(connection.introspection.table_names(cursor))
        return {_TABLE, *(model._meta.db_table for model in self.writes)} <= tables

    def _statements(self, vendor: str) -> list[str]:
        named = list(zip(self._names, ACTS, strict=True))
        if vendor == "sqlite":
            return [
                f"CREATE TRIGGER {name} AFTER {act} ON {_TABLE} FOR EACH ROW"
                f" BEGIN {self.done(vendor, act)} END"
                for name, act in named
            ]
        branches = " ".join(f"WHEN '{act}' THEN {self.done(vendor, act)}" for act in ACTS)
        return [
            f"CREATE OR REPLACE FUNCTION {self.function}() RETURNS trigger LANGUAGE plpgsql"
            f" AS $body$BEGIN CASE TG_OP {branches} END CASE; RETURN NULL; END$body$",
            *(
                f"CREATE TRIGGER {name} AFTER {act} ON {_TABLE} {self.fires(act)}"
                f" EXECUTE FUNCTION {self.function}()"
                for name, act in named
            ),
        ]
