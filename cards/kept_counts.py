"""The numbers of people given on a card, kept as counts: earlier ones stay, one is in use.

Part of ``cards.services``, which writes the card and its history."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from cards import bulk
from cards.models import COUNT_FIELDS, Card, Count
from cards.vocabularies import Status

_COLUMNS = ("card_id", "subject", "best", "low", "high", "basis", "source", "used", "author_id",
            "created_at")  # fmt: skip


def keep(card: Card, before: dict[str, Any], actor, *, new: bool = False) -> None:
    """Keep the numbers that the card says now and did not before; inside the caller's transaction.

    ``new``: the card was only just inserted and has none.
    """
    if counts := _rows(card, before, actor, new):
        bulk.insert(Count, _COLUMNS, counts)


def keeping(card: Card, before: dict[str, Any], actor) -> list[bulk.Statement]:
    """What ``keep`` does for a card that was only just inserted, for the caller to carry out."""
    counts = _rows(card, before, actor, new=True)
    return [bulk.inserting(Count, _COLUMNS, counts)] if counts else []


def _rows(card: Card, before: dict[str, Any], actor, new: bool) -> Sequence[Sequence[Any]]:
    """Counts to be inserted; what becomes of those in use is written."""
    counts: list[list[Any]] = []
    author, now = getattr(actor, "pk", None), timezone.now()
    for subject in COUNT_FIELDS:
        names = (subject, f"{subject}_low", f"{subject}_high", f"{subject}_basis")
        if all(before.get(name) == getattr(card, name) for name in names):
            continue
        best, low, high, basis = (getattr(card, name) for name in names)
        used = None if new else card.counts.filter(subject=subject, used=True).first()
        if best is None and low is None and high is None:
            if used:
                card.counts.filter(pk=used.pk).update(used=False)
            continue
        values = {"best": best, "low": low, "high": high, "basis": basis or "unknown"}
        if not _consistent(best, low, high):
            continue
        if used and card.status == Status.DRAFT and used.author_id == author:
            # A number still being typed is one count, not one for every digit.
            card.counts.filter(pk=used.pk).update(**values)
            continue
        if used:
            card.counts.filter(pk=used.pk).update(used=False)
        source = "direct" if "direct" in card.source else (card.source[0] if card.source else "")
        counts.append([card.pk, subject, *values.values(), source, True, author, now])
    return counts


def _consistent(best: int | None, low: int | None, high: int | None) -> bool:
    known = [n for n in (low, best, high) if n is not None]
    return known == sorted(known)
