"""Files that belong to a card: what is accepted, the clean copy that others may download.

The type is read from the content, never believed from the name. The original, which is what
arrived, is kept untouched, with its SHA-256, for editors; beside it stands the SHA-256 that, by the
device's word, the camera's own file had before it was made smaller. Of an image a copy is drawn
anew from its pixels, so that neither metadata nor anything appended survives; video and documents
have no such copy.
"""

from __future__ import annotations

import datetime
import hashlib
import io
import re
import shutil
import tempfile
import uuid as uuids
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Max
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from cards import drawing, services
from cards.models import Attachment, AttachmentKind, Card
from monitoring.accounts.models import Role

#: Enough for the cameras of today; a file that unpacks to more is refused unread.
MAX_PIXELS = 60_000_000
#: How much of a file its type is read from.
HEAD = 64
#: What people say of a file beside its name, and may correct later.
FACTS = ("caption", "taken_at", "taken_by")
IMAGE, VIDEO, DOCUMENT = AttachmentKind.IMAGE, AttachmentKind.VIDEO, AttachmentKind.DOCUMENT


@dataclass(frozen=True, slots=True)
class FileType:
    """``pillow``: the format's name there, for images."""

    kind: AttachmentKind
    content_type: str
    suffix: str
    pillow: str = ""


JPEG = FileType(IMAGE, "image/jpeg", ".jpg", "JPEG")
PNG = FileType(IMAGE, "image/png", ".png", "PNG")
WEBP = FileType(IMAGE, "image/webp", ".webp", "WEBP")
MP4 = FileType(VIDEO, "video/mp4", ".mp4")
QUICKTIME = FileType(VIDEO, "video/quicktime", ".mov")
WEBM = FileType(VIDEO, "video/webm", ".webm")
PDF = FileType(DOCUMENT, "application/pdf", ".pdf")
BY_CONTENT_TYPE = {kind.content_type: kind for kind in (JPEG, PNG, WEBP, MP4, QUICKTIME, WEBM, PDF)}

_HEIF_BRANDS = {b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis"}
_CHECKSUM = re.compile(r"[0-9a-f]{64}")
_UNPRINTABLE = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff/\\]+"
)


class Refused(ValidationError):
    """The file cannot be taken; the message says why."""


def type_of(head: bytes) -> FileType:
    """The type that the first bytes of a file show. Raises Refused for any other."""
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return WEBP
    if head.startswith(b"%PDF-"):
        return PDF
    if head.startswith(b"\x1a\x45\xdf\xa3") and b"webm" in head:
        return WEBM
    if head[4:8] == b"ftyp":
        return _by_brand(head[8:12])
    raise Refused(
        _("Only photographs (JPEG, PNG, WebP), video (MP4, MOV, WebM) and PDF are taken."),
        code="type",
    )


def check_size(file: UploadedFile) -> None:
    """Raises Refused for a file without content, and for one that is too large."""
    if file.size == 0:
        raise Refused(_("The file is empty."), code="empty")
    if file.size > settings.ATTACHMENT_MAX_BYTES:
        raise Refused(
            _("The file is larger than %(limit)s."),
            code="too_large",
            params={"limit": filesizeformat(settings.ATTACHMENT_MAX_BYTES)},
        )


def accept(
    card: Card,
    *,
    actor,
    file: UploadedFile,
    caption: str = "",
    taken_at: datetime.datetime | None = None,
    taken_by: str = "",
    camera_sha256: str = "",
    order: int | None = None,
    uuid: uuids.UUID | None = None,
) -> Attachment:
    """Keep an uploaded file with the card; raises Refused. It awaits a review of its own.

    ``uuid``: the identifier that a device gave it.
    ``taken_at``: an aware moment, None where it is not known; ``taken_by``: a code of ``TakenBy``,
    "" where nobody said; ``camera_sha256``: of the file that this one was made from, as the device
    says, "" where nothing was made smaller; ``order``: place among the card's files, by default
    after the last one.
    """
    check_size(file)
    if camera_sha256 and not _CHECKSUM.fullmatch(camera_sha256):
        text = _(
            "The checksum of the camera's own file is no SHA-256: it has 64 hexadecimal digits."
        )
        raise Refused(text, code="checksum")
    file.seek(0)
    found = type_of(file.read(HEAD))
    attachment = Attachment(
        card=card,
        uuid=uuid or uuids.uuid4(),
        author=actor,
        kind=found.kind,
        content_type=found.content_type,
        name=clean_name(file.name),
        size=file.size,
        sha256=_checksum(file),
        camera_sha256=camera_sha256,
        caption=caption.strip(),
        taken_at=taken_at,
        taken_by=taken_by,
        order=order,
    )
    copy = redrawn(file, found) if found.pillow else None
    return _keep(attachment, file, copy, actor)


def describe(attachment: Attachment, *, actor, **facts: Any) -> Attachment:
    """Change what is said of the file, by names of ``FACTS``; recorded in the history."""
    if not set(facts) <= set(FACTS):
        raise TypeError(f"a file has none of these: {set(facts) - set(FACTS)}")
    before = {name: getattr(attachment, name) for name in facts}
    for name, value in facts.items():
        setattr(attachment, name, value.strip() if name == "caption" else value)
    changed = [name for name in facts if getattr(attachment, name) != before[name]]
    if not changed:
        return attachment
    changes = {"attachments": ["", attachment.name]}
    for name in changed:
        pair = [before[name], getattr(attachment, name)]
        if name == "caption":
            changes["attachments"] = [pair[0], f"{attachment.name}: {pair[1]}"]
        elif name == "taken_at":
            changes[name] = [services.moment_text(moment, attachment.card) for moment in pair]
        else:
            changes[name] = pair
    with transaction.atomic():
        attachment.save(update_fields=changed)
        services.log_attachment(attachment, actor=actor, changes=changes)
    return attachment


def next_order(card_id: int) -> int:
    """The place after the last of the card's files."""
    last = Attachment.objects.filter(card=card_id).aggregate(last=Max("order"))["last"]
    return 0 if last is None else last + 1


def shown_to(user, card: Card) -> list[Attachment]:
    """The card's attachments that the person may know of: analysts see reviewed ones only."""
    rows = card.attachments.all()
    return [row for row in rows if user.role != Role.ANALYST or row.review == "approved"]


def download_name(attachment: Attachment) -> str:
    """The name that a download carries: what people called it, with the suffix of its content."""
    suffix = BY_CONTENT_TYPE[attachment.content_type].suffix
    return f"{PurePath(attachment.name).stem or 'file'}{suffix}"


def clean_name(name: str) -> str:
    """A file's own name without folders, control characters and tricks of direction."""
    base = re.split(r"[/\\]", name or "")[-1]
    return _UNPRINTABLE.sub("", base).strip(". ")[-200:] or "file"


def redrawn(file, found: FileType) -> bytes:
    """The image drawn anew from its pixels, upright; raises Refused for what is no image.

    It is decoded in a process of its own (``cards.drawing``). Colour profiles are left behind too:
    reading them would be one more door for a hostile file.
    """
    from PIL import Image

    with tempfile.TemporaryFile() as copy:
        file.seek(0)
        shutil.copyfileobj(file, copy)
        copy.seek(0)
        try:
            pixels = drawing.pixels_of(copy, found.pillow, MAX_PIXELS)
        except drawing.TooManyPixels as error:
            raise Refused(_("The photograph has too many pixels."), code="pixels") from error
        except drawing.NoPixels as error:
            text = _("The photograph cannot be read; it may be damaged.")
            raise Refused(text, code="damaged") from error
    bare = Image.frombytes(pixels.mode, pixels.size, pixels.data)
    result = io.BytesIO()
    bare.save(result, found.pillow, **({} if found is PNG else {"quality": 88}))
    return result.getvalue()


def _by_brand(brand: bytes) -> FileType:
    if brand in _HEIF_BRANDS:
        raise Refused(
            _("Photographs in HEIC or AVIF cannot be taken; save the photograph as JPEG."),
            code="heif",
        )
    return QUICKTIME if brand == b"qt  " else MP4


def _checksum(file) -> str:
    file.seek(0)
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    return digest.hexdigest()


def _keep(attachment: Attachment, file, copy: bytes | None, actor) -> Attachment:
    """Write files and row together; files of a row that did not come about are removed."""
    file.seek(0)
    stored = []
    try:
        with transaction.atomic():
            Card.objects.select_for_update().get(pk=attachment.card_id)
            same = Attachment.objects.filter(card=attachment.card_id, sha256=attachment.sha256)
            if (twin := same.first()) is not None:
                raise Refused(
                    _("The card has this very file already: %(name)s."),
                    code="twice",
                    params={"name": twin.name},
                )
            if attachment.order is None:
                attachment.order = next_order(attachment.card_id)
            attachment.original.save("", file, save=False)
            stored.append(attachment.original)
            if copy is not None:
                attachment.clean.save("", ContentFile(copy), save=False)
                stored.append(attachment.clean)
            attachment.save()
            services.log_attachment(attachment, actor=actor)
    except BaseException:
        for kept in stored:
            kept.storage.delete(kept.name)
        raise
    return attachment
