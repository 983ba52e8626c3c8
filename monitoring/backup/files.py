"""The attachments of a restored site: set down beside the old ones, then put in their place.

The old files stay untouched until the database has said yes: new ones are only added before that,
so that whoever pulls the plug finds the old site or the new one, never half of each.
"""

from __future__ import annotations

import filecmp
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.core.files.utils import validate_file_name
from django.utils import timezone

from monitoring.backup.archive import Part
from monitoring.backup.disk import sync_folder
from monitoring.backup.errors import Refused

STAGE = ".restoring"
#: Files that wait for somebody's confirmation are no part of the site (cards.files.pending).
WAITING = "imports"


class Stage:
    """A folder inside that of the attachments, on the same disk, for the time of a restore."""

    def __init__(self):
        self.root = Path(settings.MEDIA_ROOT)
        self.folder = self.root / STAGE
        # What an interrupted restore left.
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True, mode=0o700)

    def take(self, name: str, part: Part) -> None:
        """Set down one file; raises SuspiciousFileOperation for a name that leads elsewhere."""
        inside = Path(default_storage.path(name)).relative_to(default_storage.path(""))
        path = self.folder / inside
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with open(path, "wb", opener=lambda p, flags: os.open(p, flags, 0o600)) as file:
            for chunk in part.body:
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())

    def add(self) -> None:
        """Give every new file its place; one that is there already stays as it is."""
        folders = set()
        for name in _files(self.folder):
            place = self.root / name
            place.parent.mkdir(parents=True, exist_ok=True)
            if not place.exists():
                os.link(self.folder / name, place)
                folders.add(place.parent)
        for folder in folders | {self.root}:
            sync_folder(folder)

    def settle(self) -> Path | None:
        """The database has changed: replace what differs and move aside what it does not know.

        Returns the folder with what was moved aside; None if there was nothing.
        """
        aside = self.root.with_name(f"{self.root.name}.before-{timezone.now():%Y%m%dT%H%M%S}")
        for name in list(_files(self.root)):
            if name.parts[0] in (STAGE, WAITING):
                continue
            staged, place = self.folder / name, self.root / name
            if not staged.exists() or not filecmp.cmp(staged, place, shallow=False):
                (aside / name).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                os.replace(place, aside / name)
            if staged.exists() and not place.exists():
                os.link(staged, place)
        self.drop()
        return aside if aside.exists() else None

    def drop(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


class StoreStage:
    """The same for a store of objects: set down on this machine's disk, in the store only when all
    has been read."""

    ASIDE = "before-"

    def __init__(self):
        self._temporary = tempfile.TemporaryDirectory(prefix="restoring-", dir=settings.DATA_DIR)
        self.folder = Path(self._temporary.name)

    def take(self, name: str, part: Part) -> None:
        """Set down one file; raises SuspiciousFileOperation for a name that leads elsewhere."""
        validate_file_name(name, allow_relative_path=True)
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path, "wb") as file:
            for chunk in part.body:
                file.write(chunk)

    def add(self) -> None:
        """Give every new file its place; one that is there already stays as it is."""
        for name in _files(self.folder):
            if not default_storage.exists(str(name)):
                self._put(str(name))

    def settle(self) -> Path | None:
        """The database has changed: replace what differs and move aside what it does not know.

        Returns where it is now, a name in the store; None if there was nothing.
        """
        aside, moved = f"{self.ASIDE}{timezone.now():%Y%m%dT%H%M%S}", False
        for name in list(_stored("")):
            if name.split("/")[0] == WAITING or name.startswith(self.ASIDE):
                continue
            staged = self.folder / name
            if staged.exists() and _same(staged, name):
                continue
            with default_storage.open(name) as file:
                default_storage.save(f"{aside}/{name}", file)
            default_storage.delete(name)
            moved = True
            if staged.exists():
                self._put(name)
        self.drop()
        return Path(aside) if moved else None

    def drop(self) -> None:
        self._temporary.cleanup()

    def _put(self, name: str) -> None:
        with open(self.folder / name, "rb") as file:
            if default_storage.save(name, File(file)) != name:
                raise Refused(f"“{name}” was put into the store by somebody else meanwhile.")


def on_disk() -> bool:
    """Whether attachments lie in a folder."""
    try:
        default_storage.path("")
    except NotImplementedError:
        return False
    return True


def _stored(folder: str) -> Iterator[str]:
    """Every name in the store."""
    folders, names = default_storage.listdir(folder)
    inside = f"{folder}/" if folder else ""
    yield from (inside + name for name in names)
    for each in folders:
        yield from _stored(inside + each)


def _same(path: Path, name: str) -> bool:
    """Whether the store holds what the file holds."""
    with default_storage.open(name) as stored, open(path, "rb") as file:
        if stored.size != path.stat().st_size:
            return False
        return all(chunk == file.read(len(chunk)) for chunk in stored.chunks())


def _files(folder: Path) -> Iterator[Path]:
    """Every file below the folder, by its path from there."""
    for place, _folders, names in os.walk(folder):
        for name in names:
            yield (Path(place) / name).relative_to(folder)
