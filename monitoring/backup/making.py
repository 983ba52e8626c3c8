"""Writing a backup: one consistent picture of the database, every file that it speaks of."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from django.core.files.storage import default_storage
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from monitoring.backup import archive, device_keys, reading, rows, sealing
from monitoring.backup.disk import sync_folder
from monitoring.backup.errors import Damaged
from monitoring.jobs.progress import tell

#: 2: the keys that devices seal to travel along.
FORMAT = 2
PRODUCT = "zhinalys"
ATTACHMENTS = "attachments/"


def write(target: Path, keys: sealing.Keys, using: str = DEFAULT_DB_ALIAS) -> dict[str, Any]:
    """Write the backup to ``target``, which appears there whole and checked, or not at all.

    Returns the manifest. ``missing`` in it names the files that the database speaks of and the
    storage does not have. With recipients only, what was sealed cannot be opened here: then the
    bytes on the disk are compared with those that were written.
    """
    unfinished = target.with_name(f".{target.name}.{os.getpid()}.unfinished")
    try:
        with open(unfinished, "xb", opener=_private) as file:
            stream = _Counted(file)
            with sealing.sealed(stream, keys) if keys else contextlib.nullcontext(stream) as plain:
                manifest = _fill(archive.Writer(plain), using)
            file.flush()
            os.fsync(file.fileno())
        tell("checking")
        _check(unfinished, keys, stream.digest.hexdigest())
        os.replace(unfinished, target)
    finally:
        unfinished.unlink(missing_ok=True)
    sync_folder(target.parent)
    return manifest


def head_of_history(models: list[rows.Model], using: str) -> dict[str, Any] | None:
    """Number and hash of the last entry of the chained history; None where it is not chained."""
    for model in models:
        if rows.label(model) == "cards.historyhead":
            return model._base_manager.using(using).values("seq", "hash").first()
    return None


@contextlib.contextmanager
def snapshot(using: str) -> Iterator[None]:
    """All that is read inside is of one moment; nobody who writes has to wait."""
    connection = connections[using]
    if connection.vendor == "sqlite":
        # The site begins its transactions with the lock for writing; a reader needs none.
        connection.ensure_connection()
        mode, connection.transaction_mode = connection.transaction_mode, "DEFERRED"
        try:
            with transaction.atomic(using=using):
                yield
        finally:
            connection.transaction_mode = mode
        return
    with transaction.atomic(using=using):
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


def _fill(writer: archive.Writer, using: str) -> dict[str, Any]:
    with snapshot(using):
        loader = MigrationLoader(connections[using])
        migrations = rows.applied(loader)
        models = [
            model
            for model in rows.models_after(loader, migrations)
            if rows.label(model) not in rows.LEFT_OUT
        ]
        tables: Counter[str] = Counter()
        for number, model in enumerate(models):
            tell("tables", number, len(models))
            for name, content, number in rows.dump(model, using):
                writer.add(name, len(content), [content])
                tables[rows.label(model)] += number
        files, missing = _add_files(writer, rows.files(models, using))
        history = head_of_history(models, using)
    sealed_to = device_keys.add(writer)
    return writer.finish(
        {
            "product": PRODUCT,
            "format": FORMAT,
            "created_at": timezone.now().isoformat(timespec="seconds"),
            "database": connections[using].vendor,
            "migrations": migrations,
            "rows": tables,
            "files": files,
            "device_keys": sealed_to,
            "missing": missing,
            "history": history,
        }
    )


def _add_files(writer: archive.Writer, names: Iterator[str]) -> tuple[int, list[str]]:
    added, missing = 0, []
    for number, name in enumerate(names):
        if number % 20 == 0:
            tell("attachments", number)
        try:
            file = default_storage.open(name, "rb")
        except FileNotFoundError:
            missing.append(name)
            continue
        with file:
            size = file.size
            writer.add(ATTACHMENTS + name, size, iter(partial(file.read, archive.CHUNK), b""))
        added += 1
    return added, missing


def _check(path: Path, keys: sealing.Keys, written: str) -> None:
    if keys and not keys.identities:
        with open(path, "rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != written:
                raise Damaged("what is on the disk is not what was written")
        return
    reading.verify(path, keys)


def _private(path, flags) -> int:
    return os.open(path, flags, 0o600)


class _Counted:
    """Writes through and keeps the checksum of what was written."""

    def __init__(self, file: BinaryIO):
        self._file = file
        self.digest = hashlib.sha256()

    def write(self, content: bytes) -> int:
        self.digest.update(content)
        return self._file.write(content)

    def flush(self) -> None:
        self._file.flush()


def amounts(manifest: dict[str, Any], path: Path) -> dict[str, int]:
    """What the record of operations keeps of a backup: rows, files, bytes, attachments missing."""
    return {
        "rows": sum(manifest["rows"].values()),
        "files": manifest["files"],
        "bytes": path.stat().st_size,
        "missing": len(manifest["missing"]),
    }
