"""Reading a backup: every byte of it is checked before anybody relies on any."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from monitoring.backup import archive, device_keys, rows, sealing
from monitoring.backup.errors import Damaged, Refused

#: The newest format that this program reads.
NEWEST = 2


@contextlib.contextmanager
def open_backup(path: Path, keys: sealing.Keys) -> Iterator[archive.Reader]:
    """The archive in the file. Raises Refused, with the file's name, for whatever is wrong."""
    try:
        with open(path, "rb") as file:
            sealed = sealing.is_sealed(file)
            if keys and not sealed:
                # Whoever could put an unsealed file here would otherwise be believed.
                raise Refused("It is not sealed, though a key was given; --no-key reads it.")
            if sealed:
                with sealing.opened(file, keys) as plain:
                    yield archive.Reader(plain)
            else:
                yield archive.Reader(file)
    except Damaged as error:
        raise Damaged(f"{path.name} is damaged or no backup: {error}.") from error
    except Refused as error:
        raise Refused(f"{path.name}: {error}") from error


def verify(path: Path, keys: sealing.Keys) -> dict[str, Any]:
    """Read the whole file and give its manifest.

    Raises Damaged if a byte is not as it was written, Refused for a wrong key or a newer format.
    """
    found: Counter[str] = Counter()
    files = keys_of_devices = 0
    with open_backup(path, keys) as reader:
        for part in reader.parts():
            if part.name.startswith(rows.FOLDER):
                found[part.name.split("/")[1]] += rows.number_in(part.content())
            elif part.name.startswith(device_keys.FOLDER):
                device_keys.taken(part)
                keys_of_devices += 1
            else:
                files += 1
        manifest = reader.manifest
        if manifest.get("product") != "zhinalys":
            raise Refused("It is the backup of another program.")
        if manifest["format"] > NEWEST:
            raise Refused(
                f"It has format {manifest['format']}, this version reads up to {NEWEST}: "
                "use the version that made it, or a later one."
            )
        numbers = (dict(found), files, keys_of_devices)
        # Backups of format 1 have no such keys.
        if numbers != (manifest["rows"], manifest["files"], manifest.get("device_keys", 0)):
            raise Damaged("its tables, files or keys are not as many as it says")
    return manifest
