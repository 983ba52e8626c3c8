"""What is kept beyond the facts of a month: the sums of a year, and the ratios of a month.

A report of fifteen years reads a row for each place and year instead of one for each month. Both
kinds of rows say whether they are ``current``. A trigger on the facts of months takes that back
whenever a month is written, by whatever program; whoever writes months writes these anew in the
same transaction. What is not current is never read: months and cards are read in its place, which
is slower and right. So no version of the product, and nobody's SQL, can leave a stale sum behind.
"""

# ruff: noqa: S608  (statements of our own tables, nothing from outside is in them)
from __future__ import annotations

import bisect
import datetime
import json
import operator
from array import array
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from cards import bulk
from cards.models import Place
from reports.facts.derive import Derived, Month, derive, packed, unpacked
from reports.facts.months import last_day
from reports.facts.triggers import Triggers
from reports.models import Fact, MonthRatios, YearFact

Counts = dict[str, dict[str, int]]
Sums = dict[str, list[int]]

#: Measures that tables ask of every period they list, not only of the report's own; a test holds
#: them against the tables. A report of many periods reads no others of the earlier ones.
OFTEN_COUNTS = frozenset(
    {"form", "organiser_type", "reason_not_requested", "sanction", "topic_group"}
)
OFTEN_SUMS = frozenset(
    {
        "assemblies",
        "duration",
        "unsanctioned_in_court",
        *(
            f"both_{who}{end}"
            for who in ("participants", "police")
            for end in ("", "_low", "_high")
        ),
    }
)
_YEAR = {
    "sqlite": "CAST(strftime('%Y', {row}.month) AS INTEGER)",
    "postgresql": "EXTRACT(YEAR FROM {row}.month)",
}
_written = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_NOTHING = {"sqlite": "x''", "postgresql": "''::bytea"}


def add(counts: Counts, sums: Sums, more_counts: Mapping[str, Any], more_sums: Any) -> None:
    """Add facts to others."""
    for dimension, answers in more_counts.items():
        known = counts.setdefault(dimension, {})
        for answer, n in answers.items():
            known[answer] = known.get(answer, 0) + n
    for measure, (n, total) in more_sums.items():
        before = sums.get(measure)
        sums[measure] = [n, total] if before is None else [before[0] + n, before[1] + total]


def summed(months: Iterable[Sequence[Any]]) -> dict[int, tuple[Counts, Sums]]:
    """Year -> facts added up; months as (first day, counts, sums)."""
    found: dict[int, tuple[Counts, Sums]] = {}
    for month, counts, sums in months:
        add(*found.setdefault(month.year, ({}, {})), counts, sums)
    return found


def store(
    using: str, place: str, years: Collection[int], written: Sequence[Sequence[Any]] = ()
) -> None:
    """Add the months of a place's years up anew; the caller holds the place.

    ``written``: months that were just written, as (first day, counts, sums); they are not read.
    """
    spans = {"month__range": (datetime.date(min(years), 1, 1), datetime.date(max(years), 12, 31))}
    kept = Fact.objects.using(using).filter(place=place, **spans)
    others = kept.exclude(month__in=[row[0] for row in written])
    rows = [*others.values_list("month", "counts", "sums"), *written]
    rows = sorted((row for row in rows if row[0].year in years), key=operator.itemgetter(0))
    if gone := set(years) - store_sums(using, place, rows):
        YearFact.objects.using(using).filter(place=place, year__in=gone).delete()


def store_sums(using: str, place: str, months: Iterable[Sequence[Any]]) -> set[int]:
    """Keep the sums of a place's months, which are all that its years have; returns the years."""
    found = summed(months)
    rows = (
        [place, year, *_halves(counts, sums).values(), True]
        for year, (counts, sums) in found.items()
    )
    columns = ("place_id", "year", "often", "rest", "current")
    bulk.upsert(YearFact, columns, rows, ("year", "place_id"), using=using)
    return set(found)


def _halves(counts: Counts, sums: Sums) -> dict[str, str]:
    """The columns of a year: the measures that are asked often, and all others."""
    names = {
        "often": (OFTEN_COUNTS, OFTEN_SUMS),
        "rest": (counts.keys() - OFTEN_COUNTS, sums.keys() - OFTEN_SUMS),
    }
    return {
        column: _written({"counts": _of(counts, of_counts), "sums": _of(sums, of_sums)})
        for column, (of_counts, of_sums) in names.items()
    }


def _joined(often: str, rest: str) -> tuple[Counts, Sums]:
    """Counts and sums of a year from its columns: the other way round of ``_halves``."""
    one, other = json.loads(often), json.loads(rest)
    return one["counts"] | other["counts"], one["sums"] | other["sums"]


def _of(measures: Mapping[str, Any], names: Collection[str]) -> dict[str, Any]:
    """Those of the measures that have a name among these."""
    return {name: kept for name, kept in measures.items() if name in names}


def store_ratios(using: str, found: Iterable[Derived]) -> None:
    """Keep the ratios of derived months; the caller holds the places."""
    rows = ([each.place, each.month, packed(each.ratios), True] for each in found)
    columns = ("place_id", "month", "ratios", "current")
    bulk.upsert(MonthRatios, columns, rows, ("month", "place_id"), using=using)


def forget(using: str, place: str, months: Iterable[datetime.date]) -> None:
    """Drop the ratios of a place's months that have no facts any more."""
    MonthRatios.objects.using(using).filter(place=place, month__in=list(months)).delete()


def sums_of(using: str, place: str) -> dict[int, tuple[Any, ...] | None]:
    """Year -> counts and sums; None where they are not current."""
    rows = YearFact.objects.using(using).filter(place=place)
    return {
        year: _joined(often, rest) if current else None
        for year, often, rest, current in rows.values_list("year", "often", "rest", "current")
    }


def ratios_of(using: str, place: str) -> dict[datetime.date, array[float]]:
    """Month -> ratios that are current."""
    rows = MonthRatios.objects.using(using).filter(place=place, current=True)
    return {month: unpacked(ratios) for month, ratios in rows.values_list("month", "ratios")}


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of a month, of its year and of its ratios, the last two current; read before a
    card is added to the month, because writing the month takes "current" back."""

    counts: Counts
    sums: Sums
    of_year: tuple[Counts, Sums]
    ratios: array[float]

    @classmethod
    def of(cls, using: str, month: Month) -> Kept | None:
        """None where one of them is not there, or not current. One query."""
        place, first = month
        with connections[using].cursor() as cursor:
            cursor.execute(_KEPT, [first.year, place, str(first)])
            row = cursor.fetchone()
        if row is None:
            return None
        counts, sums, often, rest, ratios = row
        of_year = _joined(often, rest)
        return cls(json.loads(counts), json.loads(sums), of_year, unpacked(ratios))

    def add(self, using: str, brought: Derived) -> None:
        """Keep it with what a card brought; the caller holds the place."""
        place, month = brought.place, str(brought.month)
        counts, sums = self.of_year
        for kept in ((self.counts, self.sums), (counts, sums)):
            add(*kept, brought.counts, brought.sums)
        for ratio in brought.ratios:
            bisect.insort(self.ratios, ratio)
        values: tuple[Sequence[Any], ...] = (
            [_written(self.counts), _written(self.sums), place, month],
            [*_halves(counts, sums).values(), place, brought.month.year],
            [packed(self.ratios), place, month],
        )
        bulk.run(*zip(_ADDED, values, strict=True), using=using)


_KEPT = (
    "SELECT f.counts, f.sums, y.often, y.rest, r.ratios FROM reports_fact f"
    " JOIN reports_yearfact y ON y.place_id = f.place_id AND y.year = %s AND y.current"
    " JOIN reports_monthratios r ON r.place_id = f.place_id AND r.month = f.month AND r.current"
    " WHERE f.place_id = %s AND f.month = %s"
)
#: In this order: the trigger on months takes back what the others set.
_ADDED = (
    "UPDATE reports_fact SET counts = %s, sums = %s WHERE place_id = %s AND month = %s",
    "UPDATE reports_yearfact SET often = %s, rest = %s, current = TRUE"
    " WHERE place_id = %s AND year = %s",
    "UPDATE reports_monthratios SET ratios = %s, current = TRUE WHERE place_id = %s AND month = %s",
)


def settle(using: str) -> int:
    """Make anew what is not current; returns how many years and months of places that were."""
    with transaction.atomic(using=using):
        list(Place.objects.using(using).select_for_update(no_key=True).order_by("code"))
        stale = YearFact.objects.using(using).filter(current=False).order_by("place", "year")
        years: dict[str, set[int]] = {}
        for place, year in stale.values_list("place_id", "year"):
            years.setdefault(place, set()).add(year)
        for place, its_years in years.items():
            store(using, place, its_years)
        return sum(map(len, years.values())) + _settle_ratios(using)


def _settle_ratios(using: str) -> int:
    rows = MonthRatios.objects.using(using).filter(current=False).order_by("place", "month")
    months: dict[str, set[datetime.date]] = {}
    for place, month in rows.values_list("place_id", "month"):
        months.setdefault(place, set()).add(month)
    for place, its_months in months.items():
        kept = Fact.objects.using(using).filter(place=place, month__in=its_months)
        there = set(kept.values_list("month", flat=True))
        first, last = min(its_months), last_day(max(its_months))
        found = {each.month: each for each in derive(using, place=place, start=first, end=last)}
        store_ratios(using, [found.get(month) or Derived(place, month) for month in there])
        forget(using, place, its_months - there)
    return sum(map(len, months.values()))


# --- The trigger -------------------------------------------------------------------------------


def after_migrations(sender: Any, using: str, **kwargs: Any) -> None:
    """Listens to ``post_migrate``: puts missing triggers in place and makes everything anew.

    Nothing tells what was written while there was none.
    """
    if TRIGGERS.ensure(using, lambda: _all_stale(connections[using])):
        settle(using)


def _taken_back(vendor: str, act: str) -> str:
    """Statements that mark what rests on a month that was written. Where nothing is kept of it
    yet, a row is made that says so; of a month that is gone no row is needed."""
    if act == "DELETE":
        return _marked(vendor, "OLD")
    year, none = _YEAR[vendor].format(row="NEW"), _NOTHING[vendor]
    made = (
        "INSERT INTO reports_yearfact (place_id, year, often, rest, current)"
        f" VALUES (NEW.place_id, {year}, '{{}}', '{{}}', FALSE)"
        " ON CONFLICT (year, place_id) DO UPDATE SET current = FALSE;"
        " INSERT INTO reports_monthratios (place_id, month, ratios, current)"
        f" VALUES (NEW.place_id, NEW.month, {none}, FALSE)"
        " ON CONFLICT (month, place_id) DO UPDATE SET current = FALSE;"
    )
    return made if act == "INSERT" else f"{_marked(vendor, 'OLD')} {made}"


def _marked(vendor: str, row: str) -> str:
    return (
        "UPDATE reports_yearfact SET current = FALSE"
        f" WHERE place_id = {row}.place_id AND year = {_YEAR[vendor].format(row=row)};"
        " UPDATE reports_monthratios SET current = FALSE"
        f" WHERE place_id = {row}.place_id AND month = {row}.month;"
    )


def _all_stale(connection: BaseDatabaseWrapper) -> None:
    """Afterwards nothing is current, and whatever has facts has a row."""
    none = _NOTHING[connection.vendor]
    year = _YEAR[connection.vendor].format(row="f")
    with connection.cursor() as cursor:
        for sql in (
            "DELETE FROM reports_yearfact",
            "DELETE FROM reports_monthratios",
            "INSERT INTO reports_yearfact (place_id, year, often, rest, current)"
            f" SELECT DISTINCT f.place_id, {year}, '{{}}', '{{}}', FALSE FROM reports_fact f",
            "INSERT INTO reports_monthratios (place_id, month, ratios, current)"
            f" SELECT f.place_id, f.month, {none}, FALSE FROM reports_fact f",
        ):
            cursor.execute(sql)


#: They take "current" back.
TRIGGERS = Triggers("facts_changed", "zhinalys_facts_changed", (YearFact, MonthRatios), _taken_back)
