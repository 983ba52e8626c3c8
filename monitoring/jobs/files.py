"""Files that jobs make: in the site's storage, each in a folder of its job, for a while."""

from __future__ import annotations

from collections.abc import Collection
from typing import IO
from uuid import UUID

from django.core.files.base import File
from django.core.files.storage import default_storage

FOLDER = "jobs"


def keep(uuid: UUID, content: IO[bytes]) -> str:
    """Store what a job made; the name to find it by."""
    return default_storage.save(f"{FOLDER}/{uuid}/file", File(content))


def open_kept(name: str) -> IO[bytes]:
    """FileNotFoundError if it is gone."""
    return default_storage.open(name)


def sweep(wanted: Collection[str]) -> None:
    """Remove the folders of all jobs but those; a try that was broken off leaves a file, too."""
    try:
        there = default_storage.listdir(FOLDER)[0]
    except FileNotFoundError:
        return
    for job in set(there) - set(wanted):
        folder = f"{FOLDER}/{job}"
        for name in default_storage.listdir(folder)[1]:
            default_storage.delete(f"{folder}/{name}")
        default_storage.delete(folder)
