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


def _database(connection) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return cursor.fetchone() == (1,)


def _migrations(connection) -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _storage(connection) -> bool:
    default_storage.exists("ready")
    return True


#: Name -> check of a database connection.
READY: dict[str, Callable[..., bool]] = {
    "database": _database,
    "migrations": _migrations,
    "storage": _storage,
}
