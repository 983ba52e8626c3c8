"""The only writer of drafts: editions, texts, case boxes, pictures. Every change is recorded.

Whoever saves second is told: a text and a box carry a version, and saving names the one that was
read. Only drafts are written; what is frozen says so (``NotADraft``).
"""

from __future__ import annotations

import datetime
import hashlib
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.text import normalize_newlines

from cards import history
from cards.models import Card, EventKind, Period
from reports.editions import subject
from reports.editions.assembling import BoxTexts, PictureText, Texts
from reports.models import Box, BoxPicture, BoxText, ChapterText, Edition, PictureFile, State
from reports.types import LANGUAGES


class NotADraft(Exception):
    """The edition is frozen or published: its texts stay as they are."""


class Conflict(Exception):
    """Somebody saved in between; ``stored`` is the row as it is now."""

    def __init__(self, stored: Any) -> None:
        super().__init__()
        self.stored = stored


@transaction.atomic
def create(
    *,
    period: Period,
    actor: Any,
    languages: Sequence[str] = LANGUAGES,
    region: Any = None,
    corrects: Edition | None = None,
) -> Edition:
    """A new draft; one that corrects an edition begins with that edition's texts.

    ValueError if ``corrects`` is not published, or has a correction under way.
    """
    Period.objects.select_for_update().get(pk=period.pk)
    if corrects is not None:
        if corrects.state != State.PUBLISHED:
            raise ValueError(corrects.state)
        if corrects.corrections.exclude(state=State.CORRECTED).exists():
            raise ValueError("correction")
    known = Edition.objects.filter(period=period, region=region)
    number = (known.aggregate(last=Max("number"))["last"] or 0) + 1
    middle = f"-{region.pk}" if region else ""
    edition = Edition.objects.create(
        code=_slug(f"{period.pk}{middle}-{number}"),
        period=period,
        region=region,
        number=number,
        languages=[code for code in LANGUAGES if code in languages],
        corrects=corrects,
        created_by=actor,
    )
    changes = {"state": ["", State.DRAFT], "languages": ["", ", ".join(edition.languages)]}
    if corrects is not None:
        changes["corrects"] = ["", corrects.code]
        _copy(corrects, edition, actor)
    _record(EventKind.EDITION, edition, actor, changes)
    return edition


@transaction.atomic
def choose_languages(edition: Edition, languages: Collection[str], *, actor: Any) -> None:
    """The languages that the edition is to appear in, at least one."""
    row = _draft(edition)
    chosen = [code for code in LANGUAGES if code in languages]
    if not chosen:
        raise ValueError("languages")
    if chosen != row.languages:
        before = ", ".join(row.languages)
        row.languages = chosen
        _bump(row, "languages")
        _record(EventKind.EDITION, row, actor, {"languages": [before, ", ".join(chosen)]})
    edition.languages, edition.version = row.languages, row.version


@transaction.atomic
def save_text(
    edition: Edition,
    chapter: str,
    language: str,
    text: str,
    *,
    actor: Any,
    version: int,
    bound: Mapping[str, str],
) -> ChapterText:
    """Save a chapter's text. ``version``: of the text that was read, 0 where there was none.

    ``bound``: what its references say now. Raises Conflict and NotADraft.
    """
    _draft(edition)
    row = ChapterText.objects.filter(edition=edition, chapter=chapter, language=language).first()
    if (row.version if row else 0) != version:
        raise Conflict(row)
    text = _tidy(text)
    before = row.text if row else ""
    if row is None:
        row = ChapterText(edition=edition, chapter=chapter, language=language, version=0)
    elif before == text and row.bound == dict(bound):
        return row
    row.text, row.bound = text, dict(bound)
    row.version, row.changed_by = row.version + 1, actor
    row.save()
    _touch(edition)
    if before != text:
        _record(EventKind.PROSE, edition, actor, {f"{chapter}.{language}": [before, text]})
    return row


@transaction.atomic
def save_box(
    edition: Edition,
    box: Box | None,
    *,
    actor: Any,
    version: int,
    chapter: str,
    date: datetime.date | None,
    texts: Mapping[str, tuple[str, str, str]],
    card: Card | None = None,
) -> Box:
    """Save a case box; ``texts``: language -> title, place, Markdown. Conflict, NotADraft."""
    _draft(edition)
    if box is not None:
        box = Box.objects.select_for_update().get(pk=box.pk, edition=edition)
        if box.version != version:
            raise Conflict(box)
    else:
        last = Box.objects.filter(edition=edition).aggregate(last=Max("order"))["last"]
        box = Box(edition=edition, order=(last or 0) + 1, card=card, version=0)
    before = _told(box)
    box.chapter, box.date, box.changed_by = chapter, date, actor
    box.version += 1
    box.save()
    for language, (title, where, text) in texts.items():
        BoxText.objects.update_or_create(
            box=box,
            language=language,
            defaults={"title": title.strip(), "where": where.strip(), "text": _tidy(text)},
        )
    _touch(edition)
    _record_box(box, actor, before)
    return box


@transaction.atomic
def remove_box(box: Box, *, actor: Any, removed: bool = True) -> None:
    """Take a case box out of the edition, or put it back."""
    _draft(box.edition)
    before = _told(box)
    box.removed, box.changed_by = removed, actor
    box.version += 1
    box.save(update_fields=["removed", "changed_by", "version", "changed_at"])
    _touch(box.edition)
    _record_box(box, actor, before)


@transaction.atomic
def add_picture(
    box: Box, content: bytes, content_type: str, size: tuple[int, int], *, actor: Any
) -> BoxPicture:
    """Keep a picture, drawn anew by ``reports.editions.pictures``, with a case box."""
    _draft(box.edition)
    file = keep_file(content, content_type, size)
    last = box.pictures.aggregate(last=Max("order"))["last"]
    picture = BoxPicture.objects.create(box=box, order=(last or 0) + 1, source=file, file=file)
    _touch(box.edition)
    _record(EventKind.CASE_BOX, box.edition, actor, {f"box {box.pk}": ["", f"+ {file}"]})
    return picture


@transaction.atomic
def change_picture(picture: BoxPicture, *, actor: Any, **values: Any) -> None:
    """Areas with the file drawn from them, alt, caption, checked, removed, order."""
    _draft(picture.box.edition)
    names = ("areas", "file", "alt", "caption", "checked", "removed", "order")
    if unknown := set(values) - set(names):
        raise TypeError(unknown)
    before = {name: getattr(picture, name) for name in values}
    for name, value in values.items():
        setattr(picture, name, value)
    changed = {
        f"picture {picture.pk} {name}": [str(before[name]), str(getattr(picture, name))]
        for name in values
        if before[name] != getattr(picture, name)
    }
    if changed:
        picture.save()
        _touch(picture.box.edition)
        _record(EventKind.CASE_BOX, picture.box.edition, actor, changed)


def keep_file(content: bytes, content_type: str, size: tuple[int, int]) -> PictureFile:
    """The bytes under their checksum; the same bytes are kept once."""
    name = hashlib.sha256(content).hexdigest()
    width, height = size
    file, _made = PictureFile.objects.get_or_create(
        sha256=name,
        defaults={
            "content_type": content_type,
            "width": width,
            "height": height,
            "content": content,
        },
    )
    return file


def texts_of(edition: Edition) -> Texts:
    """Everything that is written for an edition; four queries."""
    chapters = {
        (row.chapter, row.language): row.text for row in edition.texts.all() if row.text.strip()
    }
    boxes = Box.objects.filter(edition=edition, removed=False)
    return Texts(chapters, tuple(map(_box_texts, _with_parts(boxes))))


def _with_parts(boxes: Any) -> Iterable[Box]:
    from django.db.models import Prefetch

    pictures = BoxPicture.objects.filter(removed=False)
    return boxes.prefetch_related("texts", Prefetch("pictures", pictures, to_attr="shown"))


def _box_texts(box: Any) -> BoxTexts:
    return BoxTexts(
        str(box.pk),
        box.chapter,
        box.date,
        {row.language: (row.title, row.where, row.text) for row in box.texts.all()},
        tuple(PictureText(picture.file_id, picture.alt, picture.caption) for picture in box.shown),
    )


def _copy(old: Edition, new: Edition, actor: Any) -> None:
    for row in old.texts.all():
        ChapterText.objects.create(
            edition=new,
            chapter=row.chapter,
            language=row.language,
            text=row.text,
            bound=row.bound,
            changed_by=actor,
        )
    for box in _with_parts(Box.objects.filter(edition=old, removed=False)):
        texts, pictures = list(box.texts.all()), list(box.shown)  # type: ignore[attr-defined]
        box.pk, box.edition, box._state.adding = None, new, True
        box.version, box.changed_by = 1, actor
        box.save(force_insert=True)
        for text in texts:
            text.pk, text.box, text._state.adding = None, box, True
            text.save(force_insert=True)
        for picture in pictures:
            picture.pk, picture.box, picture._state.adding = None, box, True
            picture.save(force_insert=True)


def _draft(edition: Edition) -> Edition:
    """The edition's row, held until the transaction ends."""
    row = Edition.objects.select_for_update().get(pk=edition.pk)
    if row.state != State.DRAFT:
        raise NotADraft(row.code)
    return row


def _touch(edition: Edition) -> None:
    _bump(Edition.objects.get(pk=edition.pk))


def _bump(row: Edition, *fields: str) -> None:
    """The edition's version moves with everything in it: freezing is held to the one it read."""
    row.version += 1
    row.save(update_fields=["version", *fields])


def _told(box: Box) -> dict[str, str]:
    """A case box as the history tells it; nothing of one that is not kept yet."""
    if box._state.adding:
        return {}
    row = Box.objects.prefetch_related("texts").get(pk=box.pk)
    told = {
        "chapter": row.chapter,
        "date": row.date.isoformat() if row.date else "",
        "removed": "yes" if row.removed else "",
    }
    for text in row.texts.all():
        told |= {
            f"{name}.{text.language}": getattr(text, name) for name in ("title", "where", "text")
        }
    return told


def _record_box(box: Box, actor: Any, before: Mapping[str, str]) -> None:
    after = _told(box)
    changes = {
        f"box {box.pk} {name}": [before.get(name, ""), after[name]]
        for name in after
        if before.get(name, "") != after[name]
    }
    if changes:
        _record(EventKind.CASE_BOX, box.edition, actor, changes)


def _record(
    kind: EventKind,
    edition: Edition,
    actor: Any,
    changes: dict[str, list[Any]],
    reason: str = "",
) -> None:
    history.record(kind, actor=actor, subject=subject(edition), changes=changes, reason=reason)


def _tidy(text: str) -> str:
    """One kind of line ends, nothing behind them: what is compared later is what was typed."""
    lines = normalize_newlines(text).split("\n")
    return "\n".join(line.rstrip() for line in lines).strip() + ("\n" if text.strip() else "")


def _slug(code: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", code.lower()).strip("-")


def now() -> datetime.datetime:
    """The moment, to the second: what is printed of it has no more."""
    return timezone.now().replace(microsecond=0)
