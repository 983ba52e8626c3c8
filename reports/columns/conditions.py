"""Conditions and expressions of Django, read over columns as SQL reads them over cards.

What a filter or a question of the explorer asks of the database is taken apart here, so that both
have one definition. What cannot be told by the columns that are kept is ``Unsupported``. As Django
makes SQL, an answer that is not known passes no test, and every test's contrary.
"""

from __future__ import annotations

import datetime
import functools
import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Case, ExpressionWrapper, F, Model, Q, Value
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Extract

from cards.querysets import CardQuerySet
from cards.vocabularies import Inclusion, Status
from reports.columns.keeping import CODED, NUMBERS
from reports.columns.table import Coded, Table, reader

if TYPE_CHECKING:
    from reports.columns.table import Array

#: Where a register leads from a column: its name in a condition -> the column, and what its
#: answers lead to (read only if it is asked for).
Leads = Mapping[str, tuple[str, Callable[[], Mapping[Any, Any]]]]
#: What is the same on every card that counts.
SAME = {"status": Status.APPROVED, "inclusion": Inclusion.COUNTED}
_PARTS: dict[str, Callable[[Any], Any]] = {
    "year": operator.attrgetter("year"),
    "month": operator.attrgetter("month"),
    "hour": operator.attrgetter("hour"),
    "iso_week_day": lambda day: day.isoweekday(),
}
#: Tests of a known answer; those that arrays take as well are tests of numbers, too.
_OF_BOTH: dict[str, Callable[[Any, Any], Any]] = {
    "exact": operator.eq,
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
    "range": lambda answer, ends: (answer >= ends[0]) & (answer <= ends[1]),
}
_TESTS = _OF_BOTH | {
    "in": lambda answer, wanted: answer in wanted,
    "has": lambda answers, code: code in answers,
}


class Unsupported(Exception):
    """The columns do not tell this."""


@dataclass(frozen=True, slots=True)
class Condition:
    """names: the columns that it asks for. holds: on which cards it does."""

    names: frozenset[str]
    holds: Callable[[Table], Array | bool]


@dataclass(frozen=True, slots=True)
class Grouping:
    """names: the columns that it asks for. of: what cards are grouped by."""

    names: frozenset[str]
    of: Callable[[Table], Coded]


@dataclass(frozen=True, slots=True)
class Summed:
    """names: the columns that it asks for. of: whether a card knows the quantity, and how much."""

    names: frozenset[str]
    of: Callable[[Table], tuple[Array, Array]]


class Conditions:
    """Stands where a queryset of cards would and keeps what it is asked for as one condition."""

    visible_to = CardQuerySet.visible_to
    counted = CardQuerySet.counted
    in_period = CardQuerySet.in_period
    between = CardQuerySet.between

    def __init__(self, asked: Q | None = None) -> None:
        self.asked = asked or Q()

    def filter(self, *args: Q, **kwargs: Any) -> Conditions:
        return Conditions(self.asked & Q(*args, **kwargs))

    def exclude(self, *args: Q, **kwargs: Any) -> Conditions:
        return Conditions(self.asked & ~Q(*args, **kwargs))

    def none(self) -> Conditions:
        return self.filter(pk__in=[])


# --- Conditions --------------------------------------------------------------------------------


def condition(asked: Any, leads: Leads) -> Condition:
    """A condition as Django has it, over columns; Unsupported."""
    read = _read(asked, leads)
    if isinstance(read, bool):
        return Condition(frozenset(), lambda table: read)
    return read


def _read(asked: Any, leads: Leads) -> Condition | bool:
    if isinstance(asked, tuple):
        key, value = asked
        return _test(key, value, leads)
    if not isinstance(asked, Q) or asked.connector not in (Q.AND, Q.OR):
        raise Unsupported(asked)
    found = _together(asked, leads, decides=asked.connector == Q.OR)
    if not asked.negated:
        return found
    if isinstance(found, bool):
        return not found
    return Condition(found.names, lambda table: _contrary(found.holds(table)))


def _together(asked: Q, leads: Leads, *, decides: bool) -> Condition | bool:
    """All of the parts (``decides`` False) or any of them; one that decides alone spares the rest,
    even what the columns do not tell. Of nothing is asked nothing."""
    parts: list[Condition] = []
    unsupported: Unsupported | None = None
    for child in asked.children:
        try:
            part = _read(child, leads)
        except Unsupported as error:
            unsupported = error
            continue
        if part is decides:
            return decides
        if not isinstance(part, bool):
            parts.append(part)
    if unsupported:
        raise unsupported
    if not parts:
        return not decides if asked.children else True
    join = operator.or_ if decides else operator.and_
    return Condition(
        frozenset().union(*(part.names for part in parts)),
        lambda table: functools.reduce(join, [part.holds(table) for part in parts]),
    )


def _contrary(held: Array | bool) -> Array | bool:
    return not held if isinstance(held, bool) else ~held


def _test(key: str, value: Any, leads: Leads) -> Condition | bool:
    """One test of a column, of a part of a day or hour, or of where a register leads."""
    name, parts = _split(key, leads)
    *before, last = parts or ["exact"]
    if last in _PARTS:
        before, last = [*before, last], "exact"
    wanted = _plain(value)
    if wanted is None and last == "exact":
        last, wanted = "isnull", True
    if name == "pk" and (last, wanted) == ("in", []):
        return False
    if any(each not in _PARTS for each in before) or last not in (*_TESTS, "isnull"):
        raise Unsupported(key)
    if name in SAME and not before and last in ("exact", "in"):
        return bool(_TESTS[last](SAME[name], wanted))
    if name in NUMBERS and not before:
        return _of_numbers(name, last, wanted)
    column, lead = leads.get(name, (name, None))
    if column not in CODED:
        raise Unsupported(key)
    if not before and lead is None:
        wanted = _as_answer(column, last, wanted)

    def holds(table: Table) -> Array | bool:
        led = lead() if lead else None

        def passes(answer: Any) -> bool:
            if last == "isnull":
                return (answer is None) is bool(wanted)
            if answer is None:
                return False
            answer = led[answer] if led is not None else answer
            for part in before:
                answer = _PARTS[part](answer)
            return bool(_TESTS[last](answer, wanted))

        return table.coded(column).where(passes)

    return Condition(frozenset({column}), holds)


def _as_answer(name: str, test: str, wanted: Any) -> Any:
    """What an answer is tested against, as the model has it: no answer of several is ()."""
    read = reader(name)
    if test in ("in", "range"):
        return [read(each) for each in wanted]
    return wanted if test in ("has", "isnull") else read(wanted)


def _of_numbers(name: str, test: str, wanted: Any) -> Condition:
    if test == "isnull":
        return Condition(frozenset({name}), lambda table: (table.numbers(name) < 0) == bool(wanted))
    if test not in _OF_BOTH:
        raise Unsupported(f"{name}__{test}")

    def holds(table: Table) -> Array | bool:
        numbers = table.numbers(name)
        found: Array = (numbers >= 0) & _OF_BOTH[test](numbers, wanted)
        return found

    return Condition(frozenset({name}), holds)


def _split(key: str, leads: Leads) -> tuple[str, list[str]]:
    """The longest name that is known, and what is asked of it."""
    words = key.split("__")
    for end in range(len(words), 0, -1):
        name = "__".join(words[:end])
        if name in leads or name in CODED or name in NUMBERS or name in SAME or name == "pk":
            return name, words[end:]
    raise Unsupported(key)


def _plain(value: Any) -> Any:
    if hasattr(value, "resolve_expression"):
        raise Unsupported(value)
    if isinstance(value, Model):
        return value.pk
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(each) for each in value]
    return value


def days(asked: Q) -> tuple[datetime.date | None, datetime.date | None]:
    """First and last day of the cards that a condition can hold on; None: without a bound."""
    first: list[datetime.date] = []
    last: list[datetime.date] = []
    for key, value in _required(asked):
        if key == "date__range":
            first.append(value[0])
            last.append(value[1])
        elif key == "date__gte":
            first.append(value)
        elif key == "date__lte":
            last.append(value)
        elif key == "date__year":
            first.append(datetime.date(int(value), 1, 1))
            last.append(datetime.date(int(value), 12, 31))
    return max(first, default=None), min(last, default=None)


def _required(asked: Any) -> Iterable[tuple[str, Any]]:
    """The tests that every card has to pass."""
    if isinstance(asked, tuple):
        yield asked
    elif _each_counts(asked):
        for child in asked.children:
            yield from _required(child)


def _each_counts(asked: Any) -> bool:
    whole = isinstance(asked, Q) and (asked.connector == Q.AND or len(asked.children) == 1)
    return whole and not asked.negated


# --- Expressions -------------------------------------------------------------------------------


def grouping(asked: Any, leads: Leads) -> Grouping:
    """What cards are grouped by: the name of a column, a part of a day or hour, or a case."""
    if isinstance(asked, str) and asked in CODED:
        return Grouping(frozenset({asked}), lambda table: table.coded(asked))
    if isinstance(asked, Extract):
        (source,) = asked.source_expressions
        name, read = _column(source), _PARTS.get(str(asked.lookup_name))
        if read is None or name not in CODED:
            raise Unsupported(asked)
        return _part(name, read)
    if isinstance(asked, Value):
        return Grouping(frozenset(), lambda table: _one(asked.value, table))
    if isinstance(asked, Case):
        return _case(asked, leads)
    raise Unsupported(asked)


def _column(asked: Any) -> str:
    """The name of the column that an expression is; "" if it is none."""
    return str(asked.name) if isinstance(asked, F) else ""  # type: ignore[attr-defined]


def _part(name: str, read: Callable[[Any], Any]) -> Grouping:
    def of(table: Table) -> Coded:
        return table.coded(name).mapped(lambda each: None if each is None else read(each))

    return Grouping(frozenset({name}), of)


def _one(value: Any, table: Table) -> Coded:
    import numpy as np

    return Coded([value], np.zeros(table.size, np.uint8))


def _case(asked: Case, leads: Leads) -> Grouping:
    """The first branch whose condition holds, else the default."""
    branches = [condition(each.condition, leads) for each in asked.cases]
    results = [*(each.result for each in asked.cases), asked.default]
    if not all(isinstance(each, Value) for each in results):
        raise Unsupported(asked)

    def of(table: Table) -> Coded:
        import numpy as np

        codes = np.full(table.size, len(branches), np.min_scalar_type(len(branches)))
        for place, branch in reversed(list(enumerate(branches))):
            held = branch.holds(table)
            if held is True:
                codes[:] = place
            elif held is not False:
                codes[held] = place
        return Coded([each.value for each in results], codes)

    return Grouping(frozenset().union(*(each.names for each in branches)), of)


def summed(asked: Any) -> Summed:
    """What is added up: a number, or the days from one date to another."""
    if _column(asked) in NUMBERS:
        return _number(_column(asked))
    inner = asked.expression if isinstance(asked, ExpressionWrapper) else None
    if isinstance(inner, CombinedExpression) and inner.connector == CombinedExpression.SUB:
        ends = _column(inner.lhs), _column(inner.rhs)
        if all(end in CODED for end in ends):
            return _between(*ends)
    raise Unsupported(asked)


def _number(name: str) -> Summed:
    def of(table: Table) -> tuple[Array, Array]:
        numbers = table.numbers(name)
        return numbers >= 0, numbers

    return Summed(frozenset({name}), of)


def _between(later: str, earlier: str) -> Summed:
    def of(table: Table) -> tuple[Array, Array]:
        one, other = (_ordinals(table.coded(name)) for name in (later, earlier))
        return (one > 0) & (other > 0), one - other

    return Summed(frozenset({later, earlier}), of)


def _ordinals(column: Coded) -> Array:
    """Days as numbers; 0 where none is known."""
    import numpy as np

    numbers = [0 if day is None else day.toordinal() for day in column.values]
    return np.array(numbers, dtype=np.int64).take(column.codes)
