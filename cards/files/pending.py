"""Uploaded files between preview and confirmation: kept privately, for a day at most.

They lie in the site's storage in a folder of the person and, below it, of the upload; only the
session that uploaded them knows the name of the latter.
"""

from __future__ import annotations

import datetime
import json
import uuid as uuids
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

FOLDER = "imports"
KEPT_FOR = datetime.timedelta(days=1)
MAX_BYTES = 100 * 2**20
_SESSION = "imports"
_ABOUT = "about.json"


@dataclass(frozen=True, slots=True)
class Pending:
    """An upload. ``about``: what was chosen, and the preview as the page shows it."""

    user: int
    token: uuids.UUID
    about: dict[str, Any]

    def contents(self) -> dict[str, bytes]:
        """The uploaded files by name."""
        found = {}
        for name in self.about["files"]:
            with default_storage.open(_path(self.user, self.token, name)) as file:
                found[name] = file.read()
        return found


def keep(request, files: dict[str, bytes], about: dict[str, Any]) -> Pending:
    """Store the files for the person who sent them; what they sent before is deleted."""
    sweep()
    for token in request.session.pop(_SESSION, []):
        _delete(_folder(request.user.pk, token))
    token = uuids.uuid4()
    for name, content in files.items():
        default_storage.save(_path(request.user.pk, token, name), ContentFile(content))
    request.session[_SESSION] = [str(token)]
    pending = Pending(request.user.pk, token, {**about, "files": list(files)})
    _write_about(pending)
    return pending


def find(request, token: uuids.UUID) -> Pending | None:
    """What this session uploaded under ``token``; None if it is gone or somebody else's."""
    if str(token) not in request.session.get(_SESSION, []):
        return None
    return of(request.user.pk, token)


def of(user: int, token: uuids.UUID | str) -> Pending | None:
    """What that person uploaded under ``token``, for work in their name; None if it is gone."""
    token = uuids.UUID(str(token))
    path = _path(user, token, _ABOUT)
    if not default_storage.exists(path) or _is_old(path):
        return None
    with default_storage.open(path) as file:
        return Pending(user, token, json.load(file))


def renew(pending: Pending, about: dict[str, Any]) -> None:
    """Keep a new preview of the same files."""
    pending.about.update(about)
    default_storage.delete(_path(pending.user, pending.token, _ABOUT))
    _write_about(pending)


def discard(request, pending: Pending) -> None:
    """Delete the files: they were loaded, or are not wanted."""
    request.session[_SESSION] = [
        token for token in request.session.get(_SESSION, []) if token != str(pending.token)
    ]
    remove(pending)


def remove(pending: Pending) -> None:
    """Delete the files, whoever's session knows of them."""
    _delete(_folder(pending.user, pending.token))


def sweep() -> None:
    """Delete what is older than a day, whoever left it."""
    for folder in _subfolders(FOLDER):
        for upload in _subfolders(folder):
            paths = list(_files(upload))
            if all(map(_is_old, paths)):
                _delete(upload)


def _folder(user: int, token: uuids.UUID | str) -> str:
    return f"{FOLDER}/{user}/{token}"


def _path(user: int, token: uuids.UUID, name: str) -> str:
    return f"{_folder(user, token)}/{name}"


def _write_about(pending: Pending) -> None:
    content = json.dumps(pending.about, ensure_ascii=False).encode()
    default_storage.save(_path(pending.user, pending.token, _ABOUT), ContentFile(content))


def _subfolders(folder: str) -> Iterator[str]:
    yield from (f"{folder}/{name}" for name in _listed(folder)[0])


def _files(folder: str) -> Iterator[str]:
    yield from (f"{folder}/{name}" for name in _listed(folder)[1])


def _listed(folder: str) -> tuple[list[str], list[str]]:
    """Folders and files; a store of objects knows no folder, and none that is empty."""
    try:
        return default_storage.listdir(folder)
    except FileNotFoundError:
        return [], []


def _is_old(path: str) -> bool:
    return default_storage.get_modified_time(path) < timezone.now() - KEPT_FOR


def _delete(folder: str) -> None:
    for path in _files(folder):
        default_storage.delete(path)
    default_storage.delete(folder)
