"""The figures of printed reports in the database: what is on record, and who changed what.

``record`` is the only writer of ``PublishedChange``; whatever writes figures calls it in the same
transaction.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from django.db import transaction
from django.db.models import Count, Max

from reports.models import ChangeSource, PrintedReport, PublishedChange, PublishedValue
from reports.published import Labels
from reports.types import Cell, Key, Unit, Value

#: So many changes are shown on one page.
SHOWN = 200


@dataclass(frozen=True, slots=True)
class Printed:
    """A printed report on record. ``apart``: it is checked, but joins no series."""

    edition: str
    title: str = ""
    apart: bool = False
    figures: int = 0


@dataclass(frozen=True, slots=True)
class Typed:
    """A figure as somebody typed it; ``printed`` is "" where nothing is printed."""

    key: Key
    unit: Unit
    printed: str
    value: float | None


def reports() -> list[Printed]:
    """Every printed report that is on record, by its label; two queries."""
    about = {each.edition: each for each in PrintedReport.objects.all()}
    counted = PublishedValue.objects.values("edition").annotate(n=Count("pk")).order_by()
    figures = {row["edition"]: row["n"] for row in counted}
    return [_printed(edition, about, figures) for edition in sorted({*about, *figures})]


def report(edition: str) -> Printed:
    """One of them; KeyError if nothing is on record."""
    about = {each.edition: each for each in PrintedReport.objects.filter(edition=edition)}
    figures = {edition: n} if (n := _of(edition).count()) else {}
    if not about and not figures:
        raise KeyError(edition)
    return _printed(edition, about, figures)


def _printed(
    edition: str, about: Mapping[str, PrintedReport], figures: Mapping[str, int]
) -> Printed:
    said = about.get(edition)
    title, apart = (said.title, said.apart) if said is not None else ("", False)
    return Printed(edition, title, apart, figures.get(edition, 0))


def begin(edition: str, title: str, apart: bool) -> bool:
    """Put a report on record before its figures are; False if it is there already."""
    if _of(edition).exists():
        return False
    _row, new = PrintedReport.objects.get_or_create(
        edition=edition, defaults={"title": title, "apart": apart}
    )
    return new


def is_apart(edition: str) -> bool:
    """Whether the report joins no series; one query."""
    return PrintedReport.objects.filter(edition=edition, apart=True).exists()


def cells(edition: str) -> list[tuple[Cell, str | None]]:
    """The figures of one printed report in the order of printing; one query.

    Each with the code of the period that its label means; a report apart knows labels only.
    """
    apart = is_apart(edition)
    rows = _of(edition).order_by("order", "pk").values_list(*_FIELDS)
    return [_cell(row, apart) for row in rows]


def everything() -> dict[str, list[tuple[Cell, str | None]]]:
    """``cells`` of every report; two queries."""
    apart = set(PrintedReport.objects.filter(apart=True).values_list("edition", flat=True))
    found: dict[str, list[tuple[Cell, str | None]]] = {}
    rows = PublishedValue.objects.order_by("edition", "order", "pk")
    for edition, *row in rows.values_list("edition", *_FIELDS):
        found.setdefault(edition, []).append(_cell(tuple(row), edition in apart))
    return found


_FIELDS = ("table", "period_label", "row", "column", "unit", "printed", "value", "period_id")


def _cell(row: tuple[Any, ...], apart: bool) -> tuple[Cell, str | None]:
    table, label, line, column, unit, printed, value, period = row
    key = Key(table, label, line, column)
    cell = Cell(key, cast(Unit, unit), Value(value), source="published", printed=printed)
    return cell, None if apart else period


def seen(cells: Iterable[tuple[Cell, str | None]], table: str) -> str:
    """What somebody saw of a table when they began to type: a short name of all its figures."""
    lines = sorted(f"{each.key}\0{each.printed}" for each, _c in cells if each.key.table == table)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


@transaction.atomic
def save(edition: str, typed: Iterable[Typed], author: Any) -> int:
    """Write what was typed, and the changes beside it; returns how many figures changed.

    A figure that was emptied is taken off the record of what is printed; the change keeps it.
    """
    there = {
        Key(each.table, each.period_label, each.row, each.column): each
        for each in _of(edition).select_for_update()
    }
    labels, last = Labels(), _of(edition).aggregate(last=Max("order"))["last"] or 0
    changes: list[PublishedChange] = []
    for each in typed:
        old = there.get(each.key)
        before = old.printed if old is not None else ""
        if before == each.printed:
            continue
        changes.append(change(edition, each.key, before, each.printed, ChangeSource.TYPED, author))
        if old is None:
            last += 1
            _new(edition, each, labels, last).save(force_insert=True)
        elif each.printed:
            old.printed, old.value, old.unit = each.printed, each.value, each.unit
            old.save(update_fields=["printed", "value", "unit"])
        else:
            old.delete()
    record(changes)
    return len(changes)


def _new(edition: str, typed: Typed, labels: Labels, order: int) -> PublishedValue:
    key = typed.key
    return PublishedValue(
        edition=edition,
        table=key.table,
        period_label=key.period,
        period_id=labels.known(key.table, key.period),
        row=key.row,
        column=key.column,
        unit=typed.unit,
        printed=typed.printed,
        value=typed.value,
        order=order,
    )


def change(
    edition: str, key: Key, before: str, after: str, source: ChangeSource, author: Any
) -> PublishedChange:
    """An entry that is yet to be recorded."""
    where = {"table": key.table, "period_label": key.period, "row": key.row, "column": key.column}
    return PublishedChange(
        edition=edition, **where, before=before, after=after, source=source, author=author
    )


def record(changes: Iterable[PublishedChange]) -> None:
    """Keep the entries for good."""
    PublishedChange.objects.bulk_create(changes, batch_size=500)


def changes(edition: str) -> list[PublishedChange]:
    """What was changed last, the newest first, with its author; one query."""
    found = PublishedChange.objects.filter(edition=edition).select_related("author")
    return list(found[:SHOWN])


def _of(edition: str) -> Any:
    return PublishedValue.objects.filter(edition=edition)
