"""The keys that devices seal to: what they sealed opens nowhere else, so they travel along.

Files are added to the folder and never written over: a key is the same wherever it lies, and one
that was made since still opens what was sealed to it.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from django.conf import settings

from monitoring.backup import archive
from monitoring.backup.disk import sync_folder
from monitoring.backup.errors import Damaged

FOLDER = "sealing/"
#: As cards.field.sealing names them; nothing else of the folder travels, and nothing else comes in.
NAME = re.compile(r"(site|recovery)-\d{8}T\d{12}Z-[\w-]{16}\.json")
LARGEST = 1 << 14


def add(writer: archive.Writer) -> int:
    """Write every key into the archive; how many."""
    folder = Path(settings.SEALING_DIR)
    names = sorted(os.listdir(folder)) if folder.is_dir() else []
    found = [name for name in names if NAME.fullmatch(name)]
    for name in found:
        content = (folder / name).read_bytes()
        writer.add(FOLDER + name, len(content), [content])
    return len(found)


def taken(part: archive.Part) -> tuple[str, bytes]:
    """A key from the archive: the name of its file and what is in it. Raises Damaged."""
    name = part.name.removeprefix(FOLDER)
    if not NAME.fullmatch(name) or part.size > LARGEST:
        raise Damaged(f"“{part.name}” is no key")
    return name, part.content()


def put(keys: list[tuple[str, bytes]]) -> None:
    """Set down those that are not there yet, on the disk, for their owner alone."""
    folder = Path(settings.SEALING_DIR)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name, content in keys:
        path = folder / name
        if path.exists():
            continue
        unfinished = folder / f".unfinished-{name}"
        with open(unfinished, "wb", opener=lambda p, flags: os.open(p, flags, 0o600)) as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, path)
    sync_folder(folder)
