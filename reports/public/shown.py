"""What is public: editions, their files and pictures. Everything else is not there (Http404)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404

from reports.models import Edition, Freeze, FrozenFile, PictureFile, State

#: Large columns, read only where a page is made.
_LARGE = ("dataset", "texts", "definitions", "changes")
_PUBLISHED = (State.PUBLISHED, State.CORRECTED)


def _public() -> Any:
    if not settings.PUBLIC_EDITIONS:
        raise Http404
    rows = Edition.objects.filter(public=True, state__in=_PUBLISHED)
    rows = rows.select_related("freeze", "corrects")
    return rows.defer(*(f"freeze__{name}" for name in _LARGE))


def editions() -> list[Edition]:
    """All public editions, the last published first; one query."""
    return list(_public().order_by("-published_at", "-pk"))


def edition(code: str) -> Edition:
    """The public edition with that code."""
    found: Edition | None = _public().filter(code=code).order_by("pk").first()
    if found is None:
        raise Http404(code)
    return found


def replaced_by(of: Edition) -> Edition | None:
    """The edition that corrects this one, public or not."""
    return of.corrections.filter(state__in=_PUBLISHED).order_by("pk").first()


def freeze(of: Edition) -> Freeze:
    """Everything that was frozen of a public edition."""
    return Freeze.objects.get(of_edition=of)


def files(of: Edition) -> list[FrozenFile]:
    """The files of a public edition without their contents."""
    return list(FrozenFile.objects.filter(freeze=of.freeze_id).defer("content"))


def file(of: Edition, name: str) -> FrozenFile:
    """A file of a public edition."""
    found = FrozenFile.objects.filter(freeze=of.freeze_id, name=name).first()
    if found is None:
        raise Http404(name)
    return found


def pictures(of: Edition) -> list[str]:
    """SHA-256 of every picture that a public edition shows."""
    boxes = freeze(of).texts.get("boxes", ())
    return list(dict.fromkeys(each["sha256"] for box in boxes for each in box["pictures"]))


def picture_of(sha256: str) -> PictureFile:
    """A picture by its checksum."""
    return PictureFile.objects.get(pk=sha256)


def picture(of: Edition, name: str) -> PictureFile:
    """A picture of a public edition by the name that its address has."""
    for sha256 in pictures(of):
        if name.startswith(sha256[:16]):
            found = PictureFile.objects.filter(pk=sha256).first()
            if found is not None and name == picture_name(sha256, found.content_type):
                return found
    raise Http404(name)


def picture_name(sha256: str, content_type: str) -> str:
    """What a picture is called in its address."""
    return f"{sha256[:16]}.{'png' if content_type == 'image/png' else 'jpg'}"
