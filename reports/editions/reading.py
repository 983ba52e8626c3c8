"""What editions read beside their own rows: what the report is made from, pictures, saved views,
questions on counted cards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404

from cards.models import Card
from reports import explorer, source
from reports.models import BoxPicture, Edition, PictureFile
from reports.source import Source
from reports.types import Block

Views = Callable[[str], Sequence[Block]]


def gathered(edition: Edition) -> Source:
    """What the edition's report is made from now."""
    return source.gather(edition.period_id, region=edition.region_id)


def content(sha256: str) -> tuple[bytes, str, int, int]:
    """A picture's bytes, content type, width and height. KeyError if they are not kept."""
    try:
        file = PictureFile.objects.get(pk=sha256)
    except PictureFile.DoesNotExist:
        raise KeyError(sha256) from None
    return bytes(file.content), file.content_type, file.width, file.height


def views(edition: Edition) -> Views:
    """Gives the blocks of a saved view of the explorer by its number, from the cards of today.

    KeyError for a view that there is not, or that asks for what has left a register.
    """

    def found(code: str) -> Sequence[Block]:
        if not code.isdigit():
            raise KeyError(code)
        try:
            return explorer.blocks(int(code), edition.period_id, edition.region_id)
        except ValidationError:
            raise KeyError(code) from None

    return found


def outlines(edition: Edition) -> Callable[[str], tuple[bytes, str, int, int]]:
    """The same of all pictures of an edition without their bytes: one query, once it is needed."""
    known: dict[str, tuple[bytes, str, int, int]] = {}

    def outline(sha256: str) -> tuple[bytes, str, int, int]:
        if not known:
            shown = BoxPicture.objects.filter(box__edition=edition)
            files = PictureFile.objects.filter(pk__in=shown.values("file"))
            for pk, kind, width, height in files.values_list(
                "pk", "content_type", "width", "height"
            ):
                known[pk] = (b"", kind, width, height)
        return known[sha256]

    return outline


def open_queries(edition: Edition) -> int:
    """Counted cards of the edition's period with a question that is not closed."""
    return _counted(edition).filter(queries__state__in=("open", "answered")).distinct().count()


def worthy(edition: Edition, user: Any) -> list[Card]:
    """Counted cards of the period proposed as case boxes, as far as somebody sees them."""
    cards = _counted(edition).filter(report_worthy=True).visible_to(user)
    return list(cards.select_related("city").order_by("date", "pk"))


def proposed(edition: Edition, user: Any, uuid: str) -> Card | None:
    """One of the proposed cards, None where none is asked for; Http404 for any other."""
    if not uuid:
        return None
    for card in worthy(edition, user):
        if str(card.uuid) == uuid:
            return card
    raise Http404(uuid)


def _counted(edition: Edition) -> Any:
    period: Any = edition.period
    cards = Card.objects.counted().between(period.start, period.end)
    if edition.region_id:
        cards = cards.filter(city__region=edition.region_id)
    return cards
