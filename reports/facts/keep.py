"""Facts as kept: derived anew when cards change, rebuilt as a whole, verified by the cards."""

from __future__ import annotations

import datetime
from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.db import connections, router, transaction
from django.db.models import Q

from cards import bulk
from cards.models import Card, CaseUpdate, CourtCase, Place
from reports.facts import years
from reports.facts.adding import brought_by
from reports.facts.derive import Derived, Month, Registers, Rule, derive
from reports.facts.months import last_day, runs
from reports.models import Fact, MonthRatios, YearFact

#: How many places a rebuild derives in one pass. PostgreSQL reads all cards for each pass; SQLite
#: finds those of a place by an index, and sorts what it reads.
PLACES_AT_ONCE = {"sqlite": 1, "postgresql": 40}
#: Fewer runs of months are derived one by one, without asking what lies between them.
FEW_RUNS = 4


@dataclass(frozen=True, slots=True)
class Difference:
    """What the kept facts say and what the cards say; None where there is no such fact.

    ``value`` is "" for a quantity, whose facts are (known cards, total). ``whole_year``: of the
    sums of the year which begins with the month, against its months.
    """

    place: str
    month: datetime.date
    measure: str
    value: str
    kept: int | tuple[int, ...] | None
    derived: int | tuple[int, ...] | None
    whole_year: bool = False

    def __str__(self) -> str:
        name = f"{self.measure}={self.value}" if self.value else self.measure
        if self.whole_year:
            return f"{self.place} {self.month:%Y} {name}: kept {self.kept}, months {self.derived}"
        return f"{self.place} {self.month:%Y-%m} {name}: kept {self.kept}, cards {self.derived}"


def refresh(months: Iterable[Month]) -> None:
    """Derive the facts of these (place, first day of month) anew, inside the caller's transaction.

    Deriving anew cannot drift, where adding and subtracting single cards can.
    """
    using = router.db_for_write(Fact)
    by_place: dict[str, set[datetime.date]] = {}
    for place, month in months:
        by_place.setdefault(place, set()).add(month)
    # A savepoint would keep on SQLite, until its end, every page that a statement touches.
    with transaction.atomic(using=using, savepoint=False):
        _hold(using, sorted(by_place))
        registers = Registers.read(using)
        for place, its_months in sorted(by_place.items()):
            found: list[Derived] = []
            for first, last in _runs(using, place, its_months):
                derived = derive(
                    using, place=place, start=first, end=last_day(last), registers=registers
                )
                found += (each for each in derived if each.month in its_months)
            _store(using, found)
            emptied = its_months - {derived.month for derived in found}
            if emptied:
                Fact.objects.using(using).filter(place=place, month__in=emptied).delete()
                years.forget(using, place, emptied)
            written = [(each.month, each.counts, each.sums) for each in found]
            years.store(using, place, {month.year for month in its_months}, written)


def _runs(
    using: str, place: str, months: set[datetime.date]
) -> list[tuple[datetime.date, datetime.date]]:
    """Which months of a place are derived together. A file brings cards of many months, between
    them others without any: what has no facts has no cards, and is read for nothing."""
    found = list(runs(months))
    if len(found) < FEW_RUNS:
        return found
    kept = Fact.objects.using(using).filter(place=place, month__range=(found[0][0], found[-1][1]))
    return list(runs(months, set(kept.values_list("month", flat=True)) - months))


def add(month: Month, card: int) -> None:
    """Add a card to the facts of its month, inside the transaction in which it came in.

    What is kept is trusted where it holds all cards of the month but this one; else the month is
    derived anew, as it is after every other change: a card that goes or changes takes nothing away
    from what is kept, so that no rest of it can stay.
    """
    using = router.db_for_write(Fact)
    with transaction.atomic(using=using, savepoint=False):
        _hold(using, [month[0]])
        kept = years.Kept.of(using, month)
        brought = kept and brought_by(using, card, month, Rule.read(using))
        if kept and brought and _whole(using, kept, brought):
            kept.add(using, brought)
        else:
            refresh([month])


def _whole(using: str, kept: years.Kept, brought: Derived) -> bool:
    """Whether the month and a card count as many assemblies as there are; an index tells."""
    cards = Card.objects.using(using).counted().filter(city__place=brought.place)
    number = cards.between(brought.month, last_day(brought.month)).order_by().count()
    told = (each.sums.get("assemblies", [0])[0] for each in (kept, brought))
    return sum(told) == number


def rebuild(progress: Callable[[str, int], None] | None = None) -> int:
    """Derive every fact anew, some places at a time, in one transaction; returns the place-months.

    ``progress(place, months)`` is called after each place.
    """
    using = router.db_for_write(Fact)
    written = 0
    with transaction.atomic(using=using):
        registers = Registers.read(using)
        places = _hold(using)
        # Where the database was just filled, it plans as if there were few cards: for hours.
        bulk.look_at(Card, CourtCase, CaseUpdate)
        for model in (Fact, YearFact, MonthRatios):
            model.objects.using(using).all().delete()
        step = PLACES_AT_ONCE[connections[using].vendor]
        for some in (places[at : at + step] for at in range(0, len(places), step)):
            last = some[-1] if len(some) > 1 else None
            found = derive(using, place=some[0], to_place=last, registers=registers)
            for place in some:
                own = [each for each in found if each.place == place]
                _store(using, own)
                years.store_sums(
                    using, place, ((each.month, each.counts, each.sums) for each in own)
                )
                written += len(own)
                if progress:
                    progress(place, len(own))
    return written


def verify() -> Iterator[Difference]:
    """Every difference between the kept facts and the cards; none if all is well."""
    using = router.db_for_write(Fact)
    registers = Registers.read(using)
    for place in list(Place.objects.using(using).order_by("code").values_list("code", flat=True)):
        # Held still, so that an approval in between is not taken for a difference.
        with transaction.atomic(using=using):
            _hold(using, [place])
            found = derive(using, place=place, registers=registers)
            rows = Fact.objects.using(using).filter(place=place).order_by("month")
            months = list(rows.values_list("month", "counts", "sums"))
            ratios = years.ratios_of(using, place)
            year_sums = years.sums_of(using, place)
        kept = {month: _flat(counts, sums) for month, counts, sums in months}
        derived = {each.month: _flat(each.counts, each.sums) for each in found}
        for month in sorted(kept.keys() | derived.keys()):
            yield from _compare(place, month, kept.get(month, {}), derived.get(month, {}))
        yield from _compare_ratios(place, ratios, {each.month: each.ratios for each in found})
        yield from _compare_years(place, year_sums, years.summed(months))


def _hold(using: str, codes: list[str] | None = None) -> list[str]:
    """Keep other writers off the facts of these places until the transaction ends.

    Without it two approvals in one month would each derive without seeing the other. Always in
    the same order, so that nobody waits in a circle; SQLite has one writer at a time anyway.
    """
    places = Place.objects.using(using).select_for_update(no_key=True).order_by("code")
    chosen = Q() if codes is None else Q(code__in=codes)
    return list(places.filter(chosen).values_list("code", flat=True))


def _store(using: str, found: list[Derived]) -> None:
    rows = ([each.place, each.month, each.counts, each.sums] for each in found)
    columns = ("place_id", "month", "counts", "sums")
    bulk.upsert(Fact, columns, rows, ("month", "place_id"), using=using)
    years.store_ratios(using, found)


def _flat(
    counts: dict[str, dict[str, int]], sums: dict[str, list[int]]
) -> dict[tuple[str, str], int | tuple[int, ...]]:
    flat: dict[tuple[str, str], int | tuple[int, ...]] = {
        (name, value): n for name, answers in counts.items() for value, n in answers.items()
    }
    flat.update({(name, ""): tuple(pair) for name, pair in sums.items()})
    return flat


def _compare_ratios(
    place: str, kept: dict[datetime.date, array[float]], derived: dict[datetime.date, array[float]]
) -> Iterator[Difference]:
    """What medians are found in; of months whose ratios are current."""
    for month, ratios in sorted(kept.items()):
        own = derived.get(month, array("d"))
        if ratios != own:
            name = "police_per_participant_millionths"
            told, is_so = ((len(each), round(sum(each) * 1_000_000)) for each in (ratios, own))
            yield Difference(place, month, name, "", told, is_so)


def _compare_years(
    place: str, kept: dict[int, tuple[Any, ...] | None], summed: dict[int, tuple[Any, Any]]
) -> Iterator[Difference]:
    """Sums of years that are current, against those of the kept months."""
    for year in sorted(kept.keys() | summed.keys()):
        sums, own = kept.get(year, ({}, {})), summed.get(year, ({}, {}))
        if sums is None:
            continue
        for each in _compare(place, datetime.date(year, 1, 1), _flat(*sums), _flat(*own)):
            yield replace(each, whole_year=True)


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
