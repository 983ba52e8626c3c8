"""“Saved” means that it is on the disk: the site does not run on a database that only says so."""

from __future__ import annotations

import os

from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.db import connections
from django.db.backends.signals import connection_created
from django.db.utils import OperationalError

from monitoring import replica

#: What SQLite must be set to: every commit in the log, and the log on the disk.
SQLITE = {"journal_mode": ("wal",), "synchronous": ("2", "3")}
#: What PostgreSQL must be set to; remote_apply waits for more than on does.
POSTGRESQL = {
    "synchronous_commit": ("on", "remote_apply"),
    "fsync": ("on",),
    "full_page_writes": ("on",),
}
ID = "monitoring.E001"


def problems(connection) -> list[str]:
    """What makes a commit of this database less than durable; connects if need be."""
    wanted, ask = (SQLITE, "PRAGMA") if connection.vendor == "sqlite" else (POSTGRESQL, "SHOW")
    found = []
    with connection.cursor() as cursor:
        for name, values in wanted.items():
            cursor.execute(f"{ask} {name}")
            value = str(cursor.fetchone()[0]).lower()
            if value not in values:
                found.append(f"{name} is {value}, it must be {' or '.join(values)}")
    return found


@checks.register()
def check(app_configs, **kwargs) -> list[checks.Error]:
    """Every command that checks the site refuses to work on such a database.

    A database that cannot be reached is for others to tell of, one that does not exist yet is not
    made for the sake of a question.
    """
    connection = connections["default"]
    if not settings.DURABILITY_CHECKED or _not_there_yet(connection):
        return []
    try:
        return [
            checks.Error(f"What is saved could be lost: {text}.", id=ID)
            for text in problems(connection)
        ]
    except OperationalError:
        return []


def insist() -> None:
    """For servers: refuse to start, and every later connection too, if a commit is not durable.

    Raises ImproperlyConfigured. A database that is not reachable yet is asked when it is.
    """
    if not settings.DURABILITY_CHECKED:
        return
    connection_created.connect(_ask, dispatch_uid="durability")
    connection = connections["default"]
    try:
        connection.ensure_connection()
    except OperationalError:
        return
    finally:
        # The workers that are about to be forked each open their own.
        connection.close()


def _ask(sender, connection, **kwargs) -> None:
    # Nothing is saved in a replica; what it copies is on the primary's disk.
    if connection.alias == replica.ALIAS:
        return
    if found := problems(connection):
        connection.close()
        raise ImproperlyConfigured(f"What is saved could be lost: {'; '.join(found)}.")


def _not_there_yet(connection) -> bool:
    return connection.vendor == "sqlite" and not os.path.exists(connection.settings_dict["NAME"])
