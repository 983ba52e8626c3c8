"""Pictures of case boxes: added, blurred, described, put in order; kept only as they are printed.

An unblurred copy lives no longer than it is needed to draw areas on it: freezing drops it
(``let_go``), and a version that was blurred less goes as soon as another takes its place.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q

from cards import history
from cards.attachments import shown_to
from cards.models import Attachment, AttachmentKind, Card, EventKind
from reports.editions import drafting, subject
from reports.editions.blurring import Area, blurred, drawn_anew
from reports.models import Box, BoxPicture, Edition, Freeze, PictureFile

#: The longer side of the preview, in pixels.
PREVIEW = 900


def add(box: Box, file: Any, *, actor: Any) -> BoxPicture:
    """A photograph that somebody chose, drawn anew. Raises Refused and NotADraft."""
    content, content_type, size = drawn_anew(file)
    return drafting.add_picture(box, content, content_type, size, actor=actor)


def photographs(box: Box, user: Any) -> list[Attachment]:
    """Approved photographs of the box's card, if the person sees the card."""
    if box.card_id is None:
        return []
    card = Card.objects.visible_to(user).filter(pk=box.card_id).first()
    if card is None:
        return []
    return [
        each
        for each in shown_to(user, card)
        if each.kind == AttachmentKind.IMAGE and each.review == "approved" and each.clean
    ]


def take(box: Box, attachment: Attachment, *, actor: Any) -> BoxPicture:
    """One of the card's photographs, from its copy without metadata."""
    with attachment.clean.open("rb") as file:
        return add(box, file, actor=actor)


def base_of(picture: BoxPicture) -> PictureFile:
    """What areas are drawn on: the unblurred copy, or the printed one where that is gone."""
    return picture.source or picture.file


def fixed(picture: BoxPicture) -> list[Area]:
    """Areas that cannot be taken back any more: they were blurred when the edition was frozen."""
    return list(picture.areas) if picture.source is None else []


def drawn(picture: BoxPicture) -> list[Area]:
    """Areas that can still be changed."""
    return [] if picture.source is None else list(picture.areas)


def version_of(picture: BoxPicture) -> str:
    """What a form was made from: it changes with everything that the form may change."""
    told = [
        picture.file_id, picture.source_id, picture.areas, picture.alt, picture.caption,
        picture.checked, picture.removed,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:20]


def preview(picture: BoxPicture, areas: Sequence[Area]) -> tuple[bytes, str]:
    """A small picture with these areas blurred; nothing is kept."""
    base = base_of(picture)
    content, content_type, _size = blurred(bytes(base.content), base.content_type, areas, PREVIEW)
    return content, content_type


@dataclass(frozen=True, slots=True)
class Described:
    """What a form says of a picture. areas: those that can be changed; texts by language."""

    areas: Sequence[Area]
    alt: Mapping[str, str]
    caption: Mapping[str, str]
    checked: bool


def save(picture: BoxPicture, said: Described, *, actor: Any, version: str) -> bool:
    """Save what a form says; whether the areas are others, and the tick was dropped for it.

    Raises Conflict if somebody saved in between (``stored``: the picture as it is), NotADraft.
    """
    areas = [list(area) for area in said.areas]
    moved = areas != [list(area) for area in drawn(picture)]
    made = _file(picture, areas) if moved else None
    with transaction.atomic():
        Edition.objects.select_for_update().get(pk=picture.box.edition_id)
        row = BoxPicture.objects.select_related("box__edition", "file", "source").get(pk=picture.pk)
        if version_of(row) != version:
            raise drafting.Conflict(row)
        values: dict[str, Any] = {
            "alt": {**row.alt, **said.alt},
            "caption": {**row.caption, **said.caption},
            "checked": said.checked and not moved,
        }
        before = row.file_id
        if made is not None:
            values |= {"areas": [*fixed(row), *areas], "file": made()}
        drafting.change_picture(row, actor=actor, **values)
        forget({before} - {row.file_id})
    return moved


def _file(picture: BoxPicture, areas: Sequence[Area]) -> Any:
    """Blurs now, keeps when called: the drawing takes longer than a transaction should."""
    base = base_of(picture)
    if not areas:
        return lambda: base
    content, content_type, size = blurred(bytes(base.content), base.content_type, areas)
    return lambda: drafting.keep_file(content, content_type, size)


@transaction.atomic
def move(picture: BoxPicture, step: int, *, actor: Any) -> None:
    """Put a picture before (-1) or behind (1) its neighbour; at the end it stays where it is."""
    shown = list(picture.box.pictures.filter(removed=False))
    at = [each.pk for each in shown].index(picture.pk)
    if not 0 <= at + step < len(shown):
        return
    shown.insert(at + step, shown.pop(at))
    for order, each in enumerate(shown, 1):
        drafting.change_picture(each, actor=actor, order=order)


def forget(names: Iterable[str]) -> None:
    """Delete the bytes of these checksums that no picture and no frozen edition shows."""
    wanted = set(names)
    if not wanted:
        return
    shown = BoxPicture.objects.filter(Q(file__in=wanted) | Q(source__in=wanted))
    wanted -= {name for pair in shown.values_list("file", "source") for name in pair if name}
    if wanted:
        PictureFile.objects.filter(pk__in=wanted - _frozen()).delete()


def _frozen() -> set[str]:
    """Checksums of the pictures of everything that was ever frozen."""
    return {
        picture["sha256"]
        for texts in Freeze.objects.values_list("texts", flat=True)
        for box in texts.get("boxes", ())
        for picture in box["pictures"]
    }


@transaction.atomic
def let_go(edition: Edition, *, actor: Any) -> None:
    """When an edition is frozen: unblurred copies go, and so do pictures that it does not show.

    A draft again, it has the pictures as they were printed: areas can be added, none taken back.
    """
    rows = BoxPicture.objects.filter(box__edition=edition)
    unused = rows.filter(Q(removed=True) | Q(box__removed=True))
    names: set[str] = set()
    changes: dict[str, list[Any]] = {}
    for picture in unused:
        names |= {picture.file_id, picture.source_id or picture.file_id}
        changes[f"picture {picture.pk}"] = [picture.file_id[:12], ""]
    unused.delete()
    for pk, source in rows.exclude(source=None).values_list("pk", "source"):
        names.add(source)
        changes[f"picture {pk} source"] = [source[:12], ""]
    rows.update(source=None)
    forget(names)
    if changes:
        history.record(EventKind.CASE_BOX, actor=actor, subject=subject(edition), changes=changes)


def differs(mine: Described, stored: BoxPicture, languages: Sequence[str]) -> list[tuple[str, str]]:
    """Texts that somebody else saved in between: (language, text as it is stored)."""
    found: list[tuple[str, str]] = []
    for code in languages:
        for own, kept in ((mine.alt, stored.alt), (mine.caption, stored.caption)):
            if kept.get(code, "") and kept.get(code, "") != own.get(code, ""):
                found.append((code, kept[code]))
    return found


def lacking(picture: BoxPicture, languages: Sequence[str]) -> list[str]:
    """Languages without an alternative text."""
    return [code for code in languages if not picture.alt.get(code)]
