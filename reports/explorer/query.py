"""Behind a cross table: columns of months where they are current, and one grouped query over an
index that holds what it reads for all other cards."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from typing import Any

from django.db.models import Count, Max, Min, Q, QuerySet, Sum

from cards.filter_kinds import APART
from cards.querysets import CardQuerySet
from reports.columns import conditions, reading
from reports.columns.counting import Asked, counted
from reports.explorer.cross import Cross, Group, tally
from reports.explorer.measures import Quantity
from reports.explorer.questions import Question
from reports.explorer.registers import Registers

#: How often columns that changed meanwhile are read again before the cards alone are asked.
TRIES = 3


def cross(
    cards: CardQuerySet,
    rows: Question,
    columns: Question | None,
    quantity: Quantity | None,
    registers: Registers,
    where: Q | None = None,
) -> Cross:
    """The cards crossed by two questions, or counted by one; the same few queries at any size.

    ``where``: what ``cards`` are chosen by, as one condition, so that columns may tell of them.
    Without it the cards alone are asked.
    """
    asked = (rows, columns) if columns else (rows,)
    names = list(dict.fromkeys(name for each in asked for name in each.columns))
    extra: dict[str, Any] = {}
    for each in asked:
        extra |= each.derived(registers)
    sums = {}
    if quantity:
        sums = {"known_": Count(quantity.expression), "total_": Sum(quantity.expression)}
    found: QuerySet[Any, Any] = (
        cards.order_by()
        .annotate(**extra)
        .values_list(*names)
        .annotate(n_=Count("*"), first_=Min("date"), last_=Max("date"), **sums)
    )
    wanted = None if where is None else _of_columns(where, names, extra, quantity, registers)
    lines = None if where is None or wanted is None else _told(wanted, where, found)
    if lines is None:
        lines = list(found)
    groups, days = [], []
    given: list[set[str]] = [set(), set()]
    for line in lines:
        values = dict(zip(names, line, strict=False))
        n, first, last, *summed = line[len(names) :]
        answers = [
            each.answers(registers, tuple(values[name] for name in each.columns)) for each in asked
        ]
        for seen, those in zip(given, answers, strict=False):
            seen.update(those)
        known, total = summed or (0, 0)
        second = answers[1] if columns else ()
        groups.append(Group(answers[0], second, n, known, _number(total)))
        days += [first, last]
    apart_rows, apart_columns = (
        frozenset(code for code in seen if code in APART) for seen in given
    )
    return Cross(
        rows.listed(registers, given[0]),
        columns.listed(registers, given[1]) if columns else {},
        tally(groups, apart_rows, apart_columns),
        apart_rows,
        apart_columns,
        first=min(days, default=None),
        last=max(days, default=None),
    )


def _of_columns(
    where: Q,
    names: Sequence[str],
    extra: Mapping[str, Any],
    quantity: Quantity | None,
    registers: Registers,
) -> Asked | None:
    """The same as is asked of the cards, over columns; None where they cannot tell it."""
    leads = registers.leads
    try:
        return Asked(
            conditions.condition(where, leads),
            [conditions.grouping(extra.get(name, name), leads) for name in names],
            conditions.summed(quantity.expression) if quantity else None,
        )
    except conditions.Unsupported:
        return None


def _told(asked: Asked, where: Q, grouped: QuerySet[Any, Any]) -> list[Any] | None:
    """Lines of the columns that are current, and of the cards of all other days; None if no columns
    are, or if they change faster than they are read."""
    using = grouped.db
    for _try in range(TRIES):
        kept = reading.read(using, asked.names, conditions.days(where))
        if kept is None:
            return None
        lines = list(_of_days(grouped, kept.rest)) if kept.rest else []
        # A card that moved in between from days of the one into days of the other would count
        # twice, or not at all.
        if not kept.rest or reading.still(using, kept):
            return [*counted(kept.table, asked), *lines]
    return None


def _of_days(grouped: QuerySet[Any, Any], spans: Iterable[reading.Days]) -> list[Any]:
    """The groups of the cards of some spans of days, each by itself, all by one statement."""
    parts = [grouped.filter(_within(span)) for span in spans]
    asked = reduce(lambda one, other: one.union(other, all=True), parts)
    return list(asked)


def _within(days: reading.Days) -> Q:
    first, last = days
    since = Q() if first is None else Q(date__gte=first)
    return since if last is None else since & Q(date__lte=last)


def _number(total: Any) -> float:
    """A sum as a number; durations in days."""
    if isinstance(total, datetime.timedelta):
        return total.days
    return total or 0
