"""Putting a backup in the place of the database: checked first, loaded in one transaction."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.color import no_style
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from monitoring.backup import device_keys, making, reading, rows, sealing
from monitoring.backup.errors import Refused
from monitoring.backup.files import Stage, StoreStage, on_disk

#: Tables in which a row says that somebody works here; `prepare` fills none of them.
IN_USE = frozenset({"accounts.user", "cards.card", "cards.event", "cards.permitapplication"})


@dataclass(frozen=True, slots=True)
class Restored:
    """``aside``: where attachments are that the restored site does not know, None if nowhere."""

    manifest: dict[str, Any]
    aside: Path | None


def restore(
    path: Path, keys: sealing.Keys, *, replace: bool = False, using: str = DEFAULT_DB_ALIAS
) -> Restored:
    """Make the site what it was when the backup was made.

    Raises Refused, and has changed nothing, if the file is not whole, the key does not fit, the
    backup comes from a newer version, or the database is in use and ``replace`` was not given.
    """
    manifest = reading.verify(path, keys)
    executor = MigrationExecutor(connections[using])
    _refuse_newer(executor.loader, manifest)
    used = _used(executor.loader, using)
    if used and not replace:
        raise Refused(f"The database holds {used} already; --replace puts the backup in its place.")
    same = rows.applied(executor.loader) == manifest["migrations"]
    if used and not same:
        raise Refused(
            "The backup was made by another version than the database is at. Restore it into a "
            "new, empty database."
        )
    if not same:
        # Only ever an empty database: to where the other one was when the backup was made.
        executor.migrate(_targets(executor.loader, manifest))
    stage = Stage() if on_disk() else StoreStage()
    try:
        with transaction.atomic(using=using):
            keys_of_devices = _load(path, keys, manifest, stage, using)
            stage.add()
            # A key too many does no harm; one that is missing would cost what it opens.
            device_keys.put(keys_of_devices)
    except BaseException:
        stage.drop()
        raise
    aside = stage.settle()
    if not same:
        # Forward to today, with all that follows a migration: rights, triggers.
        call_command("migrate", database=using, interactive=False, verbosity=0)
    return Restored(manifest, aside)


def _refuse_newer(loader: MigrationLoader, manifest: dict[str, Any]) -> None:
    unknown = [
        n for n in manifest["migrations"] if tuple(n.split(".", 1)) not in loader.disk_migrations
    ]
    if unknown:
        raise Refused(
            f"The backup was made by a newer version (it knows {unknown[0]}): install that version."
        )


def _used(loader: MigrationLoader, using: str) -> str:
    """The name of a table that shows that the database is in use; "" if there is none."""
    present = set(connections[using].introspection.table_names())
    for model in rows.models_after(loader, rows.applied(loader)):
        if (
            rows.label(model) in IN_USE
            and model._meta.db_table in present
            and model._base_manager.using(using).exists()
        ):
            return str(model._meta.verbose_name_plural)
    return ""


def _targets(loader: MigrationLoader, manifest: dict[str, Any]) -> list[tuple[str, str]]:
    """The last migration of each app that the backup has seen."""
    seen = {tuple(name.split(".", 1)) for name in manifest["migrations"]}
    return sorted(
        node
        for node in seen
        if not any(
            child.key in seen and child.key[0] == node[0]
            for child in loader.graph.node_map[node].children
        )
    )


def _load(
    path: Path, keys, manifest: dict[str, Any], stage: Stage, using: str
) -> list[tuple[str, bytes]]:
    """Rows into the tables, files beside their places; gives the keys that devices seal to."""
    connection = connections[using]
    loader = MigrationLoader(connection)
    live = rows.models_after(loader, rows.applied(loader))
    models = {rows.label(m): m for m in rows.models_after(loader, manifest["migrations"])}
    guards = _guards()
    if guards is not None:
        guards.remove(connection)
    _empty(connection, live)
    found = []
    with reading.open_backup(path, keys) as reader:
        for part in reader.parts():
            if part.name.startswith(making.ATTACHMENTS):
                stage.take(part.name.removeprefix(making.ATTACHMENTS), part)
                continue
            if part.name.startswith(device_keys.FOLDER):
                found.append(device_keys.taken(part))
                continue
            head, lines = rows.lines_of(part.content())
            rows.load(models[head["table"]], head["columns"], lines, using)
        if reader.manifest != manifest:
            raise Refused("The file was exchanged while it was read.")
    connection.check_constraints()
    _check_rows(models, manifest, using)
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(models.values())):
            cursor.execute(statement)
    if guards is not None:
        guards.install(connection)
    return found


def _empty(connection, models: list[rows.Model]) -> None:
    """Take every row out of every table, inside the transaction."""
    names = [connection.ops.quote_name(model._meta.db_table) for model in models]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"TRUNCATE {', '.join(names)}")
            return
        for name in reversed(names):
            cursor.execute(f"DELETE FROM {name}")  # noqa: S608  (names of our own tables)


def _check_rows(models: dict[str, rows.Model], manifest: dict[str, Any], using: str) -> None:
    found = {name: models[name]._base_manager.using(using).count() for name in manifest["rows"]}
    head = making.head_of_history(list(models.values()), using)
    if (found, head) != (manifest["rows"], manifest["history"]):
        raise Refused("The database does not hold what was loaded into it; nothing was changed.")


def _guards():
    """The triggers that keep the history from being altered, where the site has them."""
    if importlib.util.find_spec("cards.guards") is None:
        return None
    return importlib.import_module("cards.guards")
