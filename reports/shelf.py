"""Files of reports, made once and kept as files: they are handed out without being read.

The name of a file holds everything that it was made from, so it never has to be made again because
it is old. The oldest go when there are too many.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import IO

from django.conf import settings

#: Files kept; the oldest above that number are removed.
MOST = 300


def kept(name: str, make: Callable[[], bytes]) -> IO[bytes]:
    """The file of that name, open for reading; made now if there is none."""
    found = look_up(name)
    if found is None:
        _put(name, make())
        found = look_up(name)
    if found is None:  # removed at this very moment, to make room
        raise FileNotFoundError(name)
    return found


def look_up(name: str) -> IO[bytes] | None:
    """The file of that name, open for reading, or None; makes nothing."""
    try:
        return (_folder() / name).open("rb")
    except FileNotFoundError:
        return None


def clear() -> None:
    """Remove every file."""
    for path in _files():
        path.unlink(missing_ok=True)


def _folder() -> Path:
    return Path(settings.DRAWN_DIR)


def _files() -> list[Path]:
    return [path for path in _folder().glob("*") if path.is_file()]


def _put(name: str, content: bytes) -> None:
    """Write the file so that it appears whole, and make room."""
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True)
    handle, part = tempfile.mkstemp(prefix=".", dir=folder)
    with os.fdopen(handle, "wb") as stream:
        stream.write(content)
    os.replace(part, folder / name)
    ages = []
    for path in _files():
        try:
            ages.append((path.stat().st_mtime, path))
        except FileNotFoundError:  # another worker makes room, too
            continue
    for _age, path in sorted(ages)[: max(len(ages) - MOST, 0)]:
        path.unlink(missing_ok=True)
