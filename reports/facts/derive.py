"""From cards to facts: the statements made from ``MEASURES`` derive every fact of a place's months.

One statement reads the cards, one their court cases and one the permit applications that never
became an assembly; each is a single pass that groups by month and answers every measure by a
conditional aggregate. A statement per dimension would read
the cards twenty-two times instead. A place at a time keeps the memory of a rebuild bounded.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from cards.models import Form, Law, Topic
from reports.facts.measures import MEASURES, SANCTION, Dimension, Measure, Of, has, quoted


@dataclass(frozen=True, slots=True)
class Derived:
    """The facts of a place's month: answers counted, quantities summed.

    counts: dimension -> answer -> number of cards. sums: quantity -> [cards on which it is known,
    total]. Nothing stands in them where there is no card.
    """

    place: str
    month: datetime.date
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    sums: dict[str, list[int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Registers:
    """What the statements need of the database's own vocabularies; read anew for each derivation.

    laws: (in force from, statuses that are sanctioned, statuses left out), oldest first.
    """

    form: tuple[str, ...]
    topic: tuple[str, ...]
    topic_group: tuple[str, ...]
    laws: tuple[tuple[datetime.date, tuple[str, ...], tuple[str, ...]], ...]

    @classmethod
    def read(cls, using: str) -> Registers:
        topics = list(Topic.objects.using(using).order_by("code").values_list("code", "group_id"))
        laws = Law.objects.using(using).order_by("in_force_from")
        return cls(
            tuple(Form.objects.using(using).order_by("code").values_list("code", flat=True)),
            tuple(code for code, _group in topics),
            tuple(sorted({group for _code, group in topics})),
            tuple(
                (law.in_force_from, tuple(law.sanctioned_statuses), tuple(law.excluded_statuses))
                for law in laws
            ),
        )


@dataclass(frozen=True)
class Entry:
    """Where a measure stands in a row of the statement: columns of its n and its total."""

    measure: Measure
    value: str
    n: int
    total: int | None


@dataclass(frozen=True)
class Statement:
    sql: str
    entries: tuple[Entry, ...]


#: What the two databases do not share.
_DIALECT = {
    "sqlite": {
        "month": "substr({day}, 1, 8) || '01'",
        "days": "CAST(julianday(c.answer_date) - julianday(c.application_date) AS INTEGER)",
        "waited": "CAST(julianday(a.answered_on) - julianday(a.applied_on) AS INTEGER)",
    },
    "postgresql": {
        "month": "CAST(date_trunc('month', {day}) AS date)",
        "days": "(c.answer_date - c.application_date)",
        "waited": "(a.answered_on - a.applied_on)",
    },
}
#: Approved cards of counted and of prevented assemblies, in words that the index card_counted has.
_CARDS = (
    "c.status = 'approved' AND c.inclusion IN ('counted', 'excluded')"
    " AND (c.inclusion = 'counted' OR c.course = 'prevented')"
)
#: Approved applications without a card, in words that the index application_counted has.
_APPLICATIONS = "a.review = 'approved' AND a.card_id IS NULL"
#: What is read for each kind of measure, and the day that says in which month it falls.
_WHICH: dict[Of, str] = {"cards": _CARDS, "cases": _CARDS, "applications": _APPLICATIONS}
_DAY: dict[Of, str] = {"cards": "c.date", "cases": "c.date", "applications": "a.applied_on"}
_FROM: dict[Of, str] = {
    "cards": (
        "SELECT city.place_id AS place, {month} AS month, c.inclusion, {columns}"
        " FROM cards_card c JOIN cards_city city ON city.code = c.city_id"
        " JOIN cards_topic t ON t.code = c.topic_id"
        " WHERE {which} GROUP BY 1, 2, 3"
    ),
    "cases": (
        "SELECT u.place, u.month, u.inclusion, {columns} FROM ("
        "SELECT city.place_id AS place, {month} AS month, c.inclusion, a.outcome, a.article,"
        " ROW_NUMBER() OVER (PARTITION BY a.case_id"
        " ORDER BY a.decided_on DESC NULLS LAST, a.id DESC) AS back"
        " FROM cards_card c JOIN cards_city city ON city.code = c.city_id"
        " JOIN cards_courtcase k ON k.card_id = c.id"
        " JOIN cards_caseupdate a ON a.case_id = k.id AND a.review = 'approved'"
        " WHERE {which}) u WHERE u.back = 1 GROUP BY 1, 2, 3"
    ),
    "applications": (
        "SELECT city.place_id AS place, {month} AS month, 'counted', {columns}"
        " FROM cards_permitapplication a JOIN cards_city city ON city.code = a.city_id"
        " WHERE {which} GROUP BY 1, 2, 3"
    ),
}


def derive(
    using: str,
    *,
    place: str | None = None,
    start: datetime.date | None = None,
    end: datetime.date | None = None,
    registers: Registers | None = None,
) -> list[Derived]:
    """The facts of a place (or of all) from its cards dated ``start`` to ``end``, both included.

    Months that the bounds cut give the facts of the part within; months without cards and
    applications give nothing.
    """
    registers = registers or Registers.read(using)
    connection = connections[using]
    found: dict[tuple[str, datetime.date], Derived] = {}
    parameters = [*([place] if place is not None else []), *([start, end] if start else [])]
    with _uncompiled(connection, place is None or start is None), connection.cursor() as cursor:
        for of in _FROM:
            made = statement(of, connection.vendor, registers, place is not None, start is not None)
            cursor.execute(made.sql, parameters)
            for line in cursor:
                _add(found, made, line)
    return [found[key] for key in sorted(found)]


@contextmanager
def _uncompiled(connection: BaseDatabaseWrapper, many_cards: bool) -> Iterator[None]:
    """PostgreSQL compiles what looks costly: ten seconds for two hundred aggregates that run in
    one. And where its statistics do not know yet of cards just written, it takes the tables for
    empty and reads one of them anew for each row of the other; over many cards only hashing is
    right. A single month of a place never looks costly and is spared both."""
    if connection.vendor != "postgresql" or not many_cards:
        yield
        return
    with transaction.atomic(using=connection.alias, savepoint=False):
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL jit = off; SET LOCAL enable_nestloop = off")
        yield
        with connection.cursor() as cursor:
            # The transaction may go on: what follows plans as ever.
            cursor.execute("SET LOCAL jit TO DEFAULT; SET LOCAL enable_nestloop TO DEFAULT")


def _add(found: dict[Any, Derived], made: Statement, line: tuple[Any, ...]) -> None:
    """Put a row of a statement where it belongs."""
    place, month, inclusion, *numbers = line
    if isinstance(month, str):
        month = datetime.date.fromisoformat(month)
    derived = found.setdefault((place, month), Derived(place, month))
    prevented = inclusion != "counted"
    for entry in made.entries:
        n = numbers[entry.n]
        if not n or entry.measure.prevented is not prevented:
            continue
        name = entry.measure.name
        if entry.total is None:
            derived.counts.setdefault(name, {})[entry.value] = n
        else:
            derived.sums[name] = [n, int(numbers[entry.total] or 0)]


@lru_cache(maxsize=32)
def statement(of: Of, vendor: str, registers: Registers, one_place: bool, dated: bool) -> Statement:
    """The statement of one kind; equal aggregates of several measures stand in it once."""
    dialect = _DIALECT[vendor]
    words = {
        "days": dialect["days"],
        "waited": dialect["waited"],
        "sanction": _sanction(registers),
    }
    columns: dict[str, int] = {}

    def column(sql: str) -> int:
        return columns.setdefault(sql.format(**words), len(columns))

    entries = []
    for measure in MEASURES:
        if measure.of != of:
            continue
        if isinstance(measure, Dimension):
            codes = measure.values
            for code in getattr(registers, codes) if isinstance(codes, str) else codes:
                entries.append(Entry(measure, code, column(_holds(measure, code)), None))
            continue
        over = f"({measure.known}) AND ({measure.total})" if measure.counted else measure.known
        total = (
            f"COUNT(*) FILTER (WHERE {over})"
            if measure.counted
            else f"SUM({measure.total}) FILTER (WHERE {over})"
        )
        n = column(f"COUNT(*) FILTER (WHERE {measure.known})")
        entries.append(Entry(measure, "", n, column(total)))
    which = _WHICH[of]
    which += " AND city.place_id = %s" if one_place else ""
    which += f" AND {_DAY[of]} BETWEEN %s AND %s" if dated else ""
    month = dialect["month"].format(day=_DAY[of])
    sql = _FROM[of].format(month=month, columns=", ".join(columns), which=which)
    return Statement(sql, tuple(entries))


def _holds(dimension: Dimension, code: str) -> str:
    if dimension.several:
        holds = has(dimension.column, code)
    else:
        holds = f"{dimension.column} = {quoted(code)}"
    return f"COUNT(*) FILTER (WHERE ({dimension.among}) AND {holds})"


def _sanction(registers: Registers) -> str:
    """The reading of a legal status by the law in force on the card's date; none: outside."""
    sanctioned, unsanctioned, outside = (quoted(reading) for reading in SANCTION)
    branches = []
    for since, good, left_out in reversed(registers.laws):
        cases = _among(left_out, outside) + _among(good, sanctioned)
        reading = f"CASE{cases} ELSE {unsanctioned} END" if cases else unsanctioned
        branches.append(f"WHEN c.date >= '{since.isoformat()}' THEN {reading}")
    return f"CASE {' '.join(branches)} ELSE {outside} END" if branches else outside


def _among(statuses: tuple[str, ...], reading: str) -> str:
    if not statuses:
        return ""
    return f" WHEN c.legal_status IN ({', '.join(map(quoted, statuses))}) THEN {reading}"
