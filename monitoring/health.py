"""What has to be in order before the site takes requests; rooms add what is theirs at start-up."""

from collections.abc import Callable

from django.core.files.storage import default_storage
from django.db import connection as default_connection
from django.db.migrations.executor import MigrationExecutor


def states() -> dict[str, bool]:
    """Name of each check -> whether it is in order; a check that fails to run is not."""
    found = {}
    for name, check in READY.items():
        try:
            found[name] = bool(check(default_connection))
        except Exception:  # noqa: BLE001  (whatever fails here is the answer)
            found[name] = False
    return found


def information() -> dict[str, bool]:
    """The same of what the site does without where it is missing."""
    found = {}
    for name, check in INFORMATION.items():
        try:
            found[name] = bool(check())
        except Exception:  # noqa: BLE001  (as above)
            found[name] = False
    return found


def _database(connection) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return cursor.fetchone() == (1,)


def _migrations(connection) -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _storage(connection) -> bool:
    # A store of objects says for itself whether it lets the site in.
    ready = getattr(default_storage, "ready", None)
    return ready() if ready else default_storage.exists("ready") in (True, False)


#: Name -> check of a database connection.
READY: dict[str, Callable[..., bool]] = {
    "database": _database,
    "migrations": _migrations,
    "storage": _storage,
}

#: Name -> check of something that makes nobody wait if it is not in order.
INFORMATION: dict[str, Callable[[], bool]] = {}
