"""Facts as kept: derived anew when cards change, rebuilt as a whole, verified by the cards."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import router, transaction
from django.db.models import Q
from django.dispatch import receiver

from cards.models import Place
from cards.signals import counted_cards_changed
from reports.facts.derive import Derived, Registers, derive
from reports.facts.months import last_day, runs
from reports.models import Fact

Month = tuple[str, datetime.date]


@dataclass(frozen=True, slots=True)
class Difference:
    """What the kept facts say and what the cards say; None where there is no such fact.

    ``value`` is "" for a quantity, whose facts are (known cards, total).
    """

    place: str
    month: datetime.date
    measure: str
    value: str
    kept: int | tuple[int, ...] | None
    derived: int | tuple[int, ...] | None

    def __str__(self) -> str:
        name = f"{self.measure}={self.value}" if self.value else self.measure
        return f"{self.place} {self.month:%Y-%m} {name}: kept {self.kept}, cards {self.derived}"


@receiver(counted_cards_changed, dispatch_uid="reports.facts")
def on_cards_changed(sender: Any, months: Iterable[Month], **kwargs: Any) -> None:
    """Listens to ``cards``: runs inside the transaction that changed a card."""
    refresh(months)


def refresh(months: Iterable[Month]) -> None:
    """Derive the facts of these (place, first day of month) anew, inside the caller's transaction.

    Deriving anew cannot drift, where adding and subtracting single cards can.
    """
    using = router.db_for_write(Fact)
    by_place: dict[str, set[datetime.date]] = {}
    for place, month in months:
        by_place.setdefault(place, set()).add(month)
    with transaction.atomic(using=using):
        _hold(using, sorted(by_place))
        registers = Registers.read(using)
        for place, its_months in sorted(by_place.items()):
            found: list[Derived] = []
            for first, last in runs(its_months):
                found += derive(
                    using, place=place, start=first, end=last_day(last), registers=registers
                )
            _store(using, found)
            emptied = its_months - {derived.month for derived in found}
            if emptied:
                Fact.objects.using(using).filter(place=place, month__in=emptied).delete()


def rebuild(progress: Callable[[str, int], None] | None = None) -> int:
    """Derive every fact anew, a place at a time, in one transaction; returns the place-months.

    ``progress(place, months)`` is called after each place.
    """
    using = router.db_for_write(Fact)
    written = 0
    with transaction.atomic(using=using):
        registers = Registers.read(using)
        places = _hold(using)
        Fact.objects.using(using).exclude(place__in=places).delete()
        for place in places:
            found = derive(using, place=place, registers=registers)
            Fact.objects.using(using).filter(place=place).delete()
            _store(using, found)
            written += len(found)
            if progress:
                progress(place, len(found))
    return written


def verify() -> Iterator[Difference]:
    """Every difference between the kept facts and the cards; none if all is well."""
    using = router.db_for_write(Fact)
    registers = Registers.read(using)
    for place in list(Place.objects.using(using).order_by("code").values_list("code", flat=True)):
        # Held still, so that an approval in between is not taken for a difference.
        with transaction.atomic(using=using):
            _hold(using, [place])
            kept = {
                fact.month: _flat(fact.counts, fact.sums)
                for fact in Fact.objects.using(using).filter(place=place)
            }
            derived = {
                each.month: _flat(each.counts, each.sums)
                for each in derive(using, place=place, registers=registers)
            }
        for month in sorted(kept.keys() | derived.keys()):
            yield from _compare(place, month, kept.get(month, {}), derived.get(month, {}))


def _hold(using: str, codes: list[str] | None = None) -> list[str]:
    """Keep other writers off the facts of these places until the transaction ends.

    Without it two approvals in one month would each derive without seeing the other. Always in
    the same order, so that nobody waits in a circle; SQLite has one writer at a time anyway.
    """
    places = Place.objects.using(using).select_for_update(no_key=True).order_by("code")
    chosen = Q() if codes is None else Q(code__in=codes)
    return list(places.filter(chosen).values_list("code", flat=True))


def _store(using: str, found: list[Derived]) -> None:
    rows = [
        Fact(place_id=each.place, month=each.month, counts=each.counts, sums=each.sums)
        for each in found
    ]
    Fact.objects.using(using).bulk_create(
        rows,
        batch_size=500,
        update_conflicts=True,
        unique_fields=["month", "place"],
        update_fields=["counts", "sums"],
    )


def _flat(
    counts: dict[str, dict[str, int]], sums: dict[str, list[int]]
) -> dict[tuple[str, str], int | tuple[int, ...]]:
    flat: dict[tuple[str, str], int | tuple[int, ...]] = {
        (name, value): n for name, answers in counts.items() for value, n in answers.items()
    }
    flat.update({(name, ""): tuple(pair) for name, pair in sums.items()})
    return flat


def _compare(
    place: str,
    month: datetime.date,
    kept: dict[tuple[str, str], Any],
    derived: dict[tuple[str, str], Any],
) -> Iterator[Difference]:
    for name, value in sorted(kept.keys() | derived.keys()):
        both = kept.get((name, value)), derived.get((name, value))
        if both[0] != both[1]:
            yield Difference(place, month, name, value, *both)
