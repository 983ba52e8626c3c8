"""A mark in the database that is another one after every change of what reports are made from.

Whoever has read the same mark before need not read a report's facts and registers again. Triggers
write it, so that an edit that goes round the product changes it, too; it is random, so that a
database restored from a backup never has the mark of other contents. On PostgreSQL it is written
last, when the transaction ends: nobody who holds its row waits for anything else.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from django.db import connections

from cards.models import (
    City,
    CityRegion,
    Coverage,
    Form,
    Law,
    Merge,
    Period,
    Place,
    Provision,
    Region,
    Topic,
    TopicGroup,
)
from reports.models import Fact, PrintedReport, PublishedValue, Stamp

#: What ``reports.source`` reads. Cards themselves are not among it: whatever changes a counted one
#: writes the facts of its month.
READ = (
    Fact, PublishedValue, PrintedReport, Period, Place, City, CityRegion, Region, Form, Topic,
    TopicGroup, Law, Provision, Coverage, Merge,
)  # fmt: skip
_TABLE = Stamp._meta.db_table
_FUNCTION = "zhinalys_stamp"
#: Once in a transaction is enough: what it writes is seen by nobody before its end.
_BODY = f"""
BEGIN
    IF current_setting('zhinalys.stamped', true) IS DISTINCT FROM txid_current()::text THEN
        INSERT INTO {_TABLE} (id, mark) VALUES (1, replace(gen_random_uuid()::text, '-', ''))
        ON CONFLICT (id) DO UPDATE SET mark = excluded.mark;
        PERFORM set_config('zhinalys.stamped', txid_current()::text, true);
    END IF;
    RETURN NULL;
END
"""  # noqa: S608  (nothing in it comes from outside this module)
_ACTS = {
    "postgresql": ("INSERT OR UPDATE OR DELETE", "TRUNCATE"),
    "sqlite": ("INSERT", "UPDATE", "DELETE"),
}
_ON_SQLITE = (
    f"INSERT INTO {_TABLE} (id, mark) VALUES (1, lower(hex(randomblob(16))))"  # noqa: S608  (ours)
    " ON CONFLICT (id) DO UPDATE SET mark = excluded.mark;"
)


@dataclass(frozen=True, slots=True)
class _Trigger:
    """``act``: INSERT, UPDATE, DELETE or TRUNCATE, several joined by OR."""

    table: str
    act: str

    @property
    def name(self) -> str:
        return f"stamp_{self.table}_{self.act.lower().replace(' or ', '_')}"

    def statement(self, vendor: str) -> str:
        if vendor == "sqlite":
            return (
                f"CREATE TRIGGER {self.name} AFTER {self.act} ON {self.table}"
                f" BEGIN {_ON_SQLITE} END"
            )
        if self.act == "TRUNCATE":
            return (
                f"CREATE TRIGGER {self.name} AFTER TRUNCATE ON {self.table}"
                f" FOR EACH STATEMENT EXECUTE FUNCTION {_FUNCTION}()"
            )
        return (
            f"CREATE CONSTRAINT TRIGGER {self.name} AFTER {self.act} ON {self.table}"
            f" DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION {_FUNCTION}()"
        )


def now(using: str) -> str | None:
    """The mark of the database; None where nothing may be kept by it.

    That is inside a transaction, where changes of one's own are read that the mark does not tell
    of yet, and where a trigger is missing. One query, a few more at the first call.
    """
    connection = connections[using]
    if connection.in_atomic_block or not _trusted(connection):
        return None
    # Asked for every page of a report: a statement of its own costs a fifth of a queryset.
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT mark FROM {_TABLE} WHERE id = 1")  # noqa: S608  (ours)
        row = cursor.fetchone()
    return row[0] if row else None


def _trusted(connection: Any) -> bool:
    """Whether the triggers were in place when this process first looked at that database."""
    name = connection.settings_dict["NAME"]
    if name not in _TRUSTED and not missing(connection):
        _TRUSTED.add(name)
    return name in _TRUSTED


_TRUSTED: set[str] = set()


def missing(connection: Any) -> list[str]:
    """Names of the triggers that are not there or are switched off."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
                " JOIN pg_proc p ON p.oid = t.tgfoid"
                " WHERE c.relnamespace = current_schema()::regnamespace"
                " AND t.tgenabled IN ('O', 'A') AND p.proname = %s AND p.prosrc = %s",
                [_FUNCTION, _BODY],
            )
            there = {name for (name,) in cursor.fetchall()}
        else:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            found = dict(cursor.fetchall())
            there = {
                each.name
                for each in _triggers("sqlite")
                if found.get(each.name) == each.statement("sqlite")
            }
    return [each.name for each in _triggers(connection.vendor) if each.name not in there]


def complete(connection: Any) -> bool:
    """Whether every trigger is in place."""
    return not missing(connection)


def install(connection: Any) -> None:
    """Put the triggers in place whose tables are there, and a first mark; repeatable."""
    wanted = set(missing(connection))
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        if _TABLE not in tables:
            return
        if wanted and connection.vendor == "postgresql":
            cursor.execute(
                f"CREATE OR REPLACE FUNCTION {_FUNCTION}() RETURNS trigger "
                f"LANGUAGE plpgsql AS $body${_BODY}$body$"
            )
        for each in _triggers(connection.vendor):
            if each.name in wanted and each.table in tables:
                on = f" ON {each.table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {each.name}{on}")
                cursor.execute(each.statement(connection.vendor))
    if wanted or not Stamp.objects.using(connection.alias).exists():
        touch(connection.alias)


def remove(connection: Any) -> None:
    """Take every trigger away: for the migration that takes their table away."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"DROP FUNCTION IF EXISTS {_FUNCTION}() CASCADE")
            return
        for each in _triggers(connection.vendor):
            cursor.execute(f"DROP TRIGGER IF EXISTS {each.name}")


def touch(using: str) -> None:
    """Another mark, though nothing has changed: what changed before the triggers were there."""
    Stamp.objects.using(using).update_or_create(pk=1, defaults={"mark": secrets.token_hex(16)})


def after_migrations(sender: Any, using: str, **kwargs: Any) -> None:
    """Listens to ``post_migrate``: SQLite rebuilds a table without its triggers."""
    install(connections[using])


def _triggers(vendor: str) -> list[_Trigger]:
    tables = [model._meta.db_table for model in READ]
    return [_Trigger(table, act) for table in tables for act in _ACTS[vendor]]
