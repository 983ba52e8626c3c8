"""Editions and what belongs to them, by address; what is missing answers 404."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.http import Http404

from cards.models import Period, Region
from reports import source
from reports.models import Box, BoxPicture, ChapterText, Edition, FrozenFile
from reports.types import LANGUAGES


def listed() -> list[Edition]:
    """All editions, the newest period first."""
    return list(Edition.objects.select_related("period", "region", "freeze", "corrects"))


def edition(code: str) -> Edition:
    """The edition with that code."""
    rows = Edition.objects.select_related("period", "region", "freeze", "corrects", "created_by")
    try:
        return rows.get(code=code)
    except Edition.DoesNotExist:
        raise Http404(code) from None


def periods() -> list[Period]:
    """Periods that an edition may be of: those that rest on cards, the newest first."""
    return list(Period.objects.filter(basis="cards").order_by("-order"))


def regions() -> list[Region]:
    """Regions that an edition may be of: those that a report may be on."""
    return list(Region.objects.filter(pk__in=source.regions()).order_by("pk"))


def text(of: Edition, chapter: str, language: str) -> ChapterText | None:
    """What is written for a chapter in a language, or None."""
    rows = of.texts.filter(chapter=chapter, language=language).select_related("changed_by")
    return rows.first()


def written(of: Edition) -> dict[tuple[str, str], ChapterText]:
    """(chapter, language) -> the text that is written for it; one query."""
    rows = of.texts.select_related("changed_by")
    return {(row.chapter, row.language): row for row in rows if row.text.strip()}


def language(code: str) -> str:
    """A language of the reports."""
    if code not in LANGUAGES:
        raise Http404(code)
    return code


def box(of: Edition, pk: Any) -> Box:
    """A case box of the edition, removed ones too."""
    try:
        return of.boxes.select_related("card", "edition").get(pk=pk)
    except (Box.DoesNotExist, ValueError):
        raise Http404(pk) from None


def boxes(of: Edition) -> list[Box]:
    """The edition's case boxes with their texts, and how many pictures each shows."""
    shown = Count("pictures", filter=Q(pictures__removed=False))
    return list(of.boxes.annotate(shown=shown).prefetch_related("texts"))


def picture(of: Edition, pk: Any) -> BoxPicture:
    """A picture of the edition's boxes."""
    rows = BoxPicture.objects.select_related("box__edition", "file", "source")
    try:
        return rows.get(pk=pk, box__edition=of)
    except (BoxPicture.DoesNotExist, ValueError):
        raise Http404(pk) from None


def files(of: Edition) -> list[FrozenFile]:
    """The files of a frozen edition without their contents."""
    if of.freeze is None:
        return []
    return list(of.freeze.files.defer("content"))


def file(of: Edition, name: str) -> FrozenFile:
    """A file of a frozen edition, with its content."""
    rows = FrozenFile.objects.filter(freeze=of.freeze_id) if of.freeze_id else None
    found = rows.filter(name=name).first() if rows is not None else None
    if found is None:
        raise Http404(name)
    return found


def boxes_with_pictures(of: Edition) -> list[Box]:
    """The edition's case boxes with texts, pictures and cards; three queries."""
    return list(of.boxes.select_related("card").prefetch_related("texts", "pictures"))


def pictures(of: Box, removed: bool = False) -> list[BoxPicture]:
    """The pictures that a box shows, or those taken out of it; the bytes stay where they are."""
    rows = of.pictures.filter(removed=removed).select_related("file")
    return list(rows.defer("file__content"))


def pictures_of(of: Edition) -> list[BoxPicture]:
    """All pictures that the edition's boxes show, without their files."""
    return list(BoxPicture.objects.filter(box__edition=of, removed=False))
