"""Files in pieces: a broken connection costs one piece.

Pieces are appended to one file below the attachments and brought to the disk before they are
acknowledged; how long that file is says how much has come. When it is whole it is opened and
becomes an attachment of its card. One that cannot be opened, or whose card is not here yet, stays.
"""

from __future__ import annotations

import contextlib
import datetime
import fcntl
import json
import os
import uuid as uuids
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext as _

from cards import attachments
from cards.field import sealing
from cards.field.disk import sync_folder
from cards.field.errors import UnknownKey, Unreadable
from cards.field.shape import FileParcel, file_in
from cards.forms.followups import FactsForm
from cards.models import Attachment, Card, Upload, UploadState
from monitoring.accounts.access import allowed

FOLDER = "pieces"
#: The largest piece, in bytes; somewhat over the 512 kB that devices send.
PIECE = 600 * 1024
#: Unfinished files of one account; a device sends one after the other.
MOST_UNFINISHED = 200
#: What sealing adds: base64 within JSON, and a little.
SEALED = 1.4
Answer = dict[str, Any]


class Elsewhere(Exception):
    """Another number of bytes has come than the device believes: ``offset``."""

    def __init__(self, offset: int):
        super().__init__(offset)
        self.offset = offset


def progress(user, uuid: uuids.UUID) -> Answer:
    """How much has come of a file of this account; nothing of an unknown one."""
    upload = _find(user, uuid)
    if upload is None:
        return {"offset": 0, "done": False}
    whole = upload.state != UploadState.BEGUN
    done = upload.state == UploadState.DONE
    return {"offset": upload.size if whole else _come(upload), "done": done}


def add(user, uuid: uuids.UUID, offset: int, size: int, piece: bytes) -> Answer:
    """Append a piece; with the last one, or asked again after it, open the whole.

    Raises Elsewhere, and Unreadable for numbers that make no sense.
    """
    if offset + len(piece) > size or size == 0:
        raise Unreadable("numbers")
    upload = _find(user, uuid)
    if upload is not None and upload.state == UploadState.DONE:
        return {"offset": upload.size, "done": True, "result": "already", "errors": []}
    if size > settings.ATTACHMENT_MAX_BYTES * SEALED:
        limit = filesizeformat(settings.ATTACHMENT_MAX_BYTES)
        return _over(0, "refused", _("The file is larger than %(limit)s.") % {"limit": limit})
    if upload is None and _unfinished(user) >= MOST_UNFINISHED:
        return _over(0, "refused", _("Too many files are unfinished: let them arrive first."))
    with _opened(user, uuid, size, offset) as (upload, file):
        if upload.state == UploadState.DONE:
            # Another request finished it while this one waited.
            return _done(upload, "already")
        _append(file, _path(user.pk, uuid), offset, piece)
        if offset + len(piece) < size:
            Upload.objects.filter(pk=upload.pk).update(changed_at=timezone.now())
            return {"offset": offset + len(piece), "done": False}
        if upload.sealed:
            return finish(upload, content_of(upload))
        file.seek(0)
        return finish(upload, file.read())


def finish(upload: Upload, sealed: bytes, keys: Iterable[Any] = (), keep: bool = False) -> Answer:
    """Open a whole file and give it to its card, in the name of whoever sent it.

    ``keys``: more private keys to try; ``keep``: what is not taken stays, since its sender has
    forgotten it.
    """
    answer = _finished(upload, sealed, keys)
    if answer["result"] in ("refused", "gone") and not keep:
        # A device that sends it again begins anew.
        _forget(upload)
    return answer


def _finished(upload: Upload, sealed: bytes, keys: Iterable[Any]) -> Answer:
    damaged = _("The file was damaged on the way. Please send it again.")
    try:
        file = file_in(sealing.open_parcel(json.loads(sealed), keys))
    except UnknownKey:
        return _waits(upload, UploadState.HELD)
    except (Unreadable, ValueError, RecursionError):
        return _over(upload.size, "refused", damaged)
    if not file.whole:
        return _over(upload.size, "refused", damaged)
    card = Card.objects.visible_to(upload.account).filter(uuid=file.card).first()
    if card is None:
        # What does not exist and what is out of reach answer alike.
        return _waits(upload, UploadState.EARLY, file.card)
    if not allowed(upload.account, "card.attach", card):
        return _over(upload.size, "gone", _("No file can be added to this card any more."))
    return _attach(upload, card, file)


def sweep() -> int:
    """Remove what was begun and not gone on with for ``FIELD_UPLOAD_DAYS``; how many."""
    before = timezone.now() - datetime.timedelta(days=settings.FIELD_UPLOAD_DAYS)
    left = list(Upload.objects.filter(state=UploadState.BEGUN, changed_at__lt=before))
    for upload in left:
        _forget(upload)
    return len(left)


def waiting():
    """Whole files that could not be given to a card yet."""
    return (
        Upload.objects.filter(state__in=(UploadState.EARLY, UploadState.HELD))
        .select_related("account")
        .order_by("pk")
    )


def content_of(upload: Upload) -> bytes:
    """The sealed file as it came."""
    with default_storage.open(upload.sealed.name) as file:
        return file.read()


def _attach(upload: Upload, card: Card, file: FileParcel) -> Answer:
    words = {"caption": file.caption, "taken_by": file.taken_by}
    said = FactsForm(words, zone=datetime.UTC)
    if not said.is_valid():
        problems = [text for texts in said.errors.values() for text in texts]
        return _over(upload.size, "refused", *problems)
    there = Attachment.objects.filter(uuid=file.uuid).exists()
    try:
        attachments.accept(
            card,
            actor=upload.account,
            file=SimpleUploadedFile(attachments.clean_name(file.name), file.content),
            uuid=uuids.uuid4() if there else file.uuid,
            taken_at=file.taken_at,
            camera_sha256=file.camera_sha256,
            **said.facts(),
            order=file.order or None,
        )
    except attachments.Refused as refused:
        if refused.code == "twice":
            return _done(upload, "already")
        return _over(upload.size, "refused", *refused.messages)
    return _done(upload, "saved")


def _find(user, uuid: uuids.UUID) -> Upload | None:
    return Upload.objects.filter(account=user, uuid=uuid).first()


def _unfinished(user) -> int:
    return Upload.objects.filter(account=user).exclude(state=UploadState.DONE).count()


@contextlib.contextmanager
def _opened(user, uuid: uuids.UUID, size: int, offset: int) -> Iterator[tuple[Upload, BinaryIO]]:
    """The file of the upload, for one request at a time; raises Elsewhere.

    Without a row whatever lies there is of a request that came to nothing, and is overwritten.
    """
    if offset and _find(user, uuid) is None:
        raise Elsewhere(0)
    with _locked(_path(user.pk, uuid)) as file:
        upload = _find(user, uuid)
        begun = upload is None or upload.state == UploadState.BEGUN
        if upload is None or (upload.size != size and begun):
            if offset:
                raise Elsewhere(0)
            file.truncate(0)
            upload, _new = Upload.objects.update_or_create(
                account=user, uuid=uuid, defaults={"size": size}
            )
        come = upload.size if not begun else os.fstat(file.fileno()).st_size
        if come != offset or upload.size != size:
            raise Elsewhere(come)
        yield upload, file


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[BinaryIO]:
    """The file, for one request at a time; not one that was removed while this one waited."""
    _make_folder(path.parent)
    while True:
        with open(path, "r+b", opener=_private) as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if _is_at(file, path):
                yield file
                return


def _is_at(file: BinaryIO, path: Path) -> bool:
    with contextlib.suppress(FileNotFoundError):
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    return False


def _append(file: BinaryIO, path: Path, offset: int, piece: bytes) -> None:
    """The piece, and the name of a file that is new, are on the disk afterwards."""
    file.seek(offset)
    file.write(piece)
    file.flush()
    os.fsync(file.fileno())
    if not offset:
        sync_folder(path.parent)


def _make_folder(folder: Path) -> None:
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for place in (folder.parent, folder.parent.parent):
            sync_folder(place)


def _private(path, flags) -> int:
    return os.open(path, flags | os.O_CREAT, 0o600)


def _path(account: int, uuid: uuids.UUID) -> Path:
    return Path(settings.MEDIA_ROOT, FOLDER, str(account), str(uuid))


def _come(upload: Upload) -> int:
    with contextlib.suppress(FileNotFoundError):
        return _path(upload.account_id, upload.uuid).stat().st_size
    return 0


def _waits(upload: Upload, state: UploadState, card: uuids.UUID | None = None) -> Answer:
    """The whole stays, named in its row so that backups have it."""
    name = f"{FOLDER}/{upload.account_id}/{upload.uuid}"
    if not default_storage.exists(name):
        # A store of objects, where every machine finds it; what came in pieces is this machine's.
        path = _path(upload.account_id, upload.uuid)
        with open(path, "rb") as whole:
            default_storage.save(name, File(whole))
        path.unlink()
    Upload.objects.filter(pk=upload.pk).update(
        state=state,
        card=card,
        sealed=name,
        changed_at=timezone.now(),
    )
    result = "held" if state == UploadState.HELD else "early"
    return _over(upload.size, result)


def _done(upload: Upload, result: str) -> Answer:
    Upload.objects.filter(pk=upload.pk).update(
        state=UploadState.DONE, sealed="", changed_at=timezone.now()
    )
    _remove(upload)
    return _over(upload.size, result)


def _forget(upload: Upload) -> None:
    Upload.objects.filter(pk=upload.pk).delete()
    _remove(upload)


def _remove(upload: Upload) -> None:
    """Wherever it lies: a whole one that waited may lie in a store of objects, too."""
    if upload.sealed:
        default_storage.delete(upload.sealed.name)
    _path(upload.account_id, upload.uuid).unlink(missing_ok=True)


def _over(offset: int, result: str, *errors: str) -> Answer:
    done = result != "early"
    return {"offset": offset, "done": done, "result": result, "errors": [str(e) for e in errors]}
