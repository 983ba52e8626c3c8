"""The attachments of a restored site: set down beside the old ones, then put in their place.

The old files stay untouched until the database has said yes: new ones are only added before that,
so that whoever pulls the plug finds the old site or the new one, never half of each.
"""

from __future__ import annotations

import filecmp
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.core.files.storage import default_storage
from django.utils import timezone

from monitoring.backup.archive import Part
from monitoring.backup.disk import sync_folder

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


def _files(folder: Path) -> Iterator[Path]:
    """Every file below the folder, by its path from there."""
    for place, _folders, names in os.walk(folder):
        for name in names:
            yield (Path(place) / name).relative_to(folder)
