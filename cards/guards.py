"""Triggers by which the database itself keeps the history and whatever the history speaks of.

An entry is neither changed nor deleted, the head of the chain only moves on, and nothing that
people entered is deleted. A refusal is an integrity error on SQLite and PostgreSQL alike. They are
installed after every migration, since SQLite rebuilds a table without its triggers; a migration
that has to touch guarded rows calls ``remove`` first. Nothing else in the product removes them.
"""

from __future__ import annotations

from dataclasses import dataclass

from cards.models import (
    Attachment,
    Card,
    CaseUpdate,
    Count,
    CourtCase,
    Dismissal,
    Event,
    HeldParcel,
    HistoryHead,
    Merge,
    PermitApplication,
    Query,
    QueryMessage,
)

#: Nothing that people entered is deleted; it is rejected, closed, undone or replaced.
KEPT_FOR_GOOD = (
    Card,
    Count,
    CourtCase,
    CaseUpdate,
    Attachment,
    Query,
    QueryMessage,
    Merge,
    Dismissal,
    PermitApplication,
    HeldParcel,
    Event,
    HistoryHead,
)
_FUNCTION = "zhinalys_refuse"
#: Raises restrict_violation, an integrity error to Django, with the trigger's first argument.
_BODY = """
BEGIN
    RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'restrict_violation';
END
"""


@dataclass(frozen=True, slots=True)
class Guard:
    """``when``: condition on OLD and NEW rows under which the act is refused; "" always."""

    table: str
    act: str
    when: str = ""

    @property
    def name(self) -> str:
        return f"guard_{self.table}_{self.act.lower()}"

    @property
    def message(self) -> str:
        return f"{self.act} of {self.table} is refused: what was recorded stays"


def _guards() -> tuple[Guard, ...]:
    event, head = Event._meta.db_table, HistoryHead._meta.db_table
    backwards = "NEW.id <> OLD.id OR NEW.seq <= OLD.seq"
    return (
        *(Guard(model._meta.db_table, "DELETE") for model in KEPT_FOR_GOOD),
        Guard(event, "UPDATE"),
        Guard(head, "UPDATE", backwards),
    )


GUARDS = list(_guards())
#: PostgreSQL empties tables in another way, too.
TRUNCATES = [Guard(model._meta.db_table, "TRUNCATE") for model in KEPT_FOR_GOOD]


def keep(*tables: str, only_added: tuple[str, ...] = ()) -> None:
    """Guard tables that cards know nothing of: nothing in them is deleted, and the rows of those
    in ``only_added`` are not changed either. Called once, when the site starts."""
    for table in (*tables, *only_added):
        GUARDS.append(Guard(table, "DELETE"))
        TRUNCATES.append(Guard(table, "TRUNCATE"))
    GUARDS.extend(Guard(table, "UPDATE") for table in only_added)


def install(connection) -> None:
    """Put every guard in place whose table is there; repeatable."""
    if not missing(connection):
        return
    remove(connection)
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        if connection.vendor == "postgresql":
            cursor.execute(
                f"CREATE OR REPLACE FUNCTION {_FUNCTION}() RETURNS trigger "
                f"LANGUAGE plpgsql AS $body${_BODY}$body$"
            )
        for guard in _of(connection):
            if guard.table in tables:
                cursor.execute(_statement(connection, guard))


def remove(connection) -> None:
    """Take every guard away: for a migration that rewrites guarded rows, and for tests."""
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        for guard in _of(connection):
            if connection.vendor != "postgresql":
                cursor.execute(f"DROP TRIGGER IF EXISTS {guard.name}")
            elif guard.table in tables:
                cursor.execute(f"DROP TRIGGER IF EXISTS {guard.name} ON {guard.table}")


def missing(connection) -> list[str]:
    """Names of the guards that are not there, are switched off or do something else."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            there = _on_postgresql(cursor)
        else:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            found = dict(cursor.fetchall())
            there = {
                guard.name
                for guard in _of(connection)
                if found.get(guard.name) == _statement(connection, guard)
            }
    return [guard.name for guard in _of(connection) if guard.name not in there]


def complete(connection) -> bool:
    """Whether every guard is in place."""
    return not missing(connection)


def after_migrations(sender, using, **kwargs) -> None:
    """Listens to ``post_migrate``, which ``migrate`` and ``flush`` send."""
    from django.db import connections

    connection = connections[using]
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
    if HistoryHead._meta.db_table in tables:
        install(connection)
        # Empty again after ``flush``; a head that is there stays as it is.
        HistoryHead.objects.using(using).get_or_create(pk=1)


def _of(connection) -> tuple[Guard, ...]:
    return (*GUARDS, *TRUNCATES) if connection.vendor == "postgresql" else (*GUARDS,)


def _statement(connection, guard: Guard) -> str:
    """The statement that makes the trigger; nothing in it comes from outside this module."""
    each = "STATEMENT" if guard.act == "TRUNCATE" else "ROW"
    when = f"WHEN ({guard.when}) " if guard.when else ""
    head = f"CREATE TRIGGER {guard.name} BEFORE {guard.act} ON {guard.table} FOR EACH {each} {when}"
    if connection.vendor == "postgresql":
        return f"{head}EXECUTE FUNCTION {_FUNCTION}('{guard.message}')"
    return f"{head}BEGIN SELECT RAISE(ABORT, '{guard.message}'); END"


def _on_postgresql(cursor) -> set[str]:
    """Names of the triggers that are switched on, on their own table, and refuse."""
    cursor.execute(
        """
        SELECT t.tgname, c.relname, t.tgtype FROM pg_trigger t
        JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
        WHERE c.relnamespace = current_schema()::regnamespace
        AND t.tgenabled IN ('O', 'A') AND p.proname = %s AND p.prosrc = %s
        """,
        [_FUNCTION, _BODY],
    )
    found = {name: (table, kind) for name, table, kind in cursor.fetchall()}
    return {
        guard.name
        for guard in (*GUARDS, *TRUNCATES)
        if found.get(guard.name) == (guard.table, _TYPE[guard.act])
    }


#: pg_trigger.tgtype: each row 1, before 2, delete 8, update 16, truncate 32.
_TYPE = {"DELETE": 1 + 2 + 8, "UPDATE": 1 + 2 + 16, "TRUNCATE": 2 + 32}
