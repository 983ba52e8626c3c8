"""From cards to facts: the statements made from ``MEASURES`` derive every fact of a place's months.

One statement reads the cards, one their court cases and one the permit applications that never
became an assembly; each is a single pass that groups by month and answers every measure by a
conditional aggregate. A statement per dimension would read
the cards twenty-two times instead. A place at a time keeps the memory of a rebuild bounded.
"""

from __future__ import annotations

import datetime
import sys
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from cards.models import Form, Law, Topic
from reports.facts.measures import (
    MEASURES,
    RATIO_KNOWN,
    SANCTION,
    Dimension,
    Of,
    has,
    quoted,
)

Month = tuple[str, datetime.date]


@dataclass(frozen=True, slots=True)
class Derived:
    """The facts of a place's month: answers counted, quantities summed.

    counts: dimension -> answer -> number of cards. sums: quantity -> [cards on which it is known,
    total]. Nothing stands in them where there is no card. ratios: police officers per participant
    on each card that knows both, ascending; they are what a median is found in.
    """

    place: str
    month: datetime.date
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    sums: dict[str, list[int]] = field(default_factory=dict)
    ratios: array[float] = field(default_factory=lambda: array("d"))


@dataclass(frozen=True, slots=True)
class Rule:
    """An act in force from ``since`` to ``until``, both included (None: still); its readings."""

    since: datetime.date
    until: datetime.date | None
    sanctioned: tuple[str, ...]
    outside: tuple[str, ...]
    answer_days: int | None

    @classmethod
    def read(cls, using: str) -> tuple[Rule, ...]:
        """Every act, oldest first."""
        return tuple(
            cls(
                law.in_force_from,
                last,
                tuple(law.sanctioned_statuses),
                tuple(law.excluded_statuses),
                law.answer_days,
            )
            for law, last in Law.spans(using)
        )


@dataclass(frozen=True)
class Registers:
    """What the statements need of the database's own vocabularies; read anew for each derivation.

    laws: oldest first.
    """

    form: tuple[str, ...]
    topic: tuple[str, ...]
    topic_group: tuple[str, ...]
    laws: tuple[Rule, ...]

    @classmethod
    def read(cls, using: str) -> Registers:
        topics = list(Topic.objects.using(using).order_by("code").values_list("code", "group_id"))
        return cls(
            tuple(Form.objects.using(using).order_by("code").values_list("code", flat=True)),
            tuple(code for code, _group in topics),
            tuple(sorted({group for _code, group in topics})),
            Rule.read(using),
        )


#: Where a measure stands in a row of the statement: its name, the answer that is counted ("" of a
#: quantity), the columns of its n and of its total (None where answers are counted).
Entry = tuple[str, str, int, int | None]


@dataclass(frozen=True, slots=True)
class Bounds:
    """Which parameters a statement takes, in this order: as many places as ``places`` says (one, or
    the first and last of several in the order of their codes), a region, two days."""

    places: int
    region: bool
    dated: bool

    @property
    def many_cards(self) -> bool:
        """Whether more cards are read than those of a few months of a place."""
        return self.places != 1 or not self.dated


@dataclass(frozen=True)
class Statement:
    """entries: those over counted assemblies, and those over prevented ones. ratios: the column
    that holds what medians are found in; None where there is none."""

    sql: str
    entries: tuple[tuple[Entry, ...], tuple[Entry, ...]]
    ratios: int | None


#: What the two databases do not share.
_DIALECT = {
    "sqlite": {
        "month": "substr({day}, 1, 8) || '01'",
        "days": "CAST(julianday(c.answer_date) - julianday(c.application_date) AS INTEGER)",
        "waited": "CAST(julianday(a.answered_on) - julianday(a.applied_on) AS INTEGER)",
        "ratios": "group_concat(c.police || '/' || c.participants)",
    },
    "postgresql": {
        "month": "CAST(date_trunc('month', {day}) AS date)",
        "days": "(c.answer_date - c.application_date)",
        "waited": "(a.answered_on - a.applied_on)",
        "ratios": "string_agg(float8send(c.police / c.participants::float8), ''::bytea)",
    },
}
#: Approved cards of counted and of prevented assemblies, in words that the index card_counted has.
CARDS = (
    "c.status = 'approved' AND c.inclusion IN ('counted', 'excluded')"
    " AND (c.inclusion = 'counted' OR c.course = 'prevented')"
)
#: Approved applications without a card, in words that the index application_counted has.
_APPLICATIONS = "a.review = 'approved' AND a.card_id IS NULL"
#: What is read for each kind of measure, and the day that says in which month it falls.
_WHICH: dict[Of, str] = {"cards": CARDS, "cases": CARDS, "applications": _APPLICATIONS}
_DAY: dict[Of, str] = {"cards": "c.date", "cases": "c.date", "applications": "a.applied_on"}
#: Whether a card has a case. Few cards ask for their own; many are joined to those that have one,
#: because PostgreSQL may look through all updates for each card that asks.
_OWN_CASE = (
    "EXISTS (SELECT 1 FROM cards_courtcase k JOIN cards_caseupdate a ON a.case_id = k.id"
    " WHERE k.card_id = c.id AND a.review = 'approved')"
)
_CASES = (
    " LEFT JOIN (SELECT DISTINCT k.card_id FROM cards_courtcase k"
    " JOIN cards_caseupdate a ON a.case_id = k.id AND a.review = 'approved') h ON h.card_id = c.id"
)
_OF_CITIES = "cards_card c JOIN cards_city city ON city.code = c.city_id"
#: Where SQLite has not counted its tables it would look through the cards of all places.
_OF_A_PLACE = (
    "cards_city city CROSS JOIN cards_card c INDEXED BY card_counted ON c.city_id = city.code"
)
_FROM: dict[Of, str] = {
    "cards": (
        "SELECT city.place_id AS place, {month} AS month, c.inclusion, {columns}"
        " FROM {of_cities}"
        " JOIN cards_topic t ON t.code = c.topic_id{cases}"
        " WHERE {which} GROUP BY 1, 2, 3"
    ),
    "cases": (
        "SELECT u.place, u.month, u.inclusion, {columns} FROM ("
        "SELECT city.place_id AS place, {month} AS month, c.inclusion, a.outcome, a.article,"
        " ROW_NUMBER() OVER (PARTITION BY a.case_id"
        " ORDER BY a.decided_on DESC NULLS LAST, a.id DESC) AS back"
        " FROM {of_cities}"
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
    to_place: str | None = None,
    start: datetime.date | None = None,
    end: datetime.date | None = None,
    region: str | None = None,
    registers: Registers | None = None,
) -> list[Derived]:
    """The facts of a place (or of all) from its cards dated ``start`` to ``end``, both included.

    ``to_place``: of the places from one to the other, in the order of their codes.
    Months that the bounds cut give the facts of the part within; months without cards and
    applications give nothing. ``region``: only cards of the cities that lie in it today.
    """
    registers = registers or Registers.read(using)
    connection = connections[using]
    found: dict[Month, Derived] = {}
    places = [each for each in (place, to_place) if each is not None]
    bounds = Bounds(len(places), region is not None, start is not None)
    parameters: list[Any] = [*places, *([] if region is None else [region])]
    parameters += [start, end] if start else []
    with _planned(connection, bounds.many_cards), connection.cursor() as cursor:
        for of in _FROM:
            made = statement(of, connection.vendor, registers, bounds)
            cursor.execute(made.sql, parameters)
            for line in cursor:
                _add(found, made, line)
    return [found[key] for key in sorted(found)]


@contextmanager
def _planned(connection: BaseDatabaseWrapper, many_cards: bool) -> Iterator[None]:
    """Where PostgreSQL's statistics do not know yet of cards just written, it takes the tables for
    empty and reads one of them anew for each row of the other; over many cards only hashing is
    right. It also thinks that months are many more than they are, and sorts all cards by them if
    it has no memory for the groups. A month of a place never looks costly and is spared this."""
    if connection.vendor != "postgresql" or not many_cards:
        yield
        return
    with transaction.atomic(using=connection.alias, savepoint=False):
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_nestloop = off; SET LOCAL work_mem = '192MB'")
        yield
        with connection.cursor() as cursor:
            # The transaction may go on: what follows plans as ever.
            cursor.execute("SET LOCAL enable_nestloop TO DEFAULT; SET LOCAL work_mem TO DEFAULT")


def _add(found: dict[Month, Derived], made: Statement, line: tuple[Any, ...]) -> None:
    """Put a row of a statement where it belongs."""
    place, month, inclusion, *numbers = line
    if isinstance(month, str):
        month = datetime.date.fromisoformat(month)
    derived = found.setdefault((place, month), Derived(place, month))
    prevented = inclusion != "counted"
    for name, value, at, total in made.entries[prevented]:
        n = numbers[at]
        if not n:
            continue
        if total is None:
            derived.counts.setdefault(name, {})[value] = n
        else:
            derived.sums[name] = [n, int(numbers[total] or 0)]
    if made.ratios is not None and not prevented:
        derived.ratios.extend(_ratios(numbers[made.ratios]))


def _ratios(told: str | memoryview | None) -> list[float]:
    """The ratios of a row as numbers: SQLite tells both numbers of each, PostgreSQL its bytes."""
    if told is None:
        return []
    if isinstance(told, str):
        pairs = (pair.partition("/") for pair in told.split(","))
        return sorted(int(police) / int(participants) for police, _bar, participants in pairs)
    return sorted(unpacked(told))


def unpacked(packed: bytes | memoryview) -> array[float]:
    """The numbers in bytes, the greatest byte first, as PostgreSQL sends them."""
    numbers = array("d", bytes(packed))
    if sys.byteorder == "little":
        numbers.byteswap()
    return numbers


def packed(numbers: array[float]) -> bytes:
    """The bytes that ``unpacked`` reads."""
    turned = array("d", numbers)
    if sys.byteorder == "little":
        turned.byteswap()
    return turned.tobytes()


@lru_cache(maxsize=32)
def statement(of: Of, vendor: str, registers: Registers, bounds: Bounds) -> Statement:
    """The statement of one kind; equal aggregates of several measures stand in it once."""
    joined = of == "cards" and vendor == "postgresql" and bounds.many_cards
    words = words_of(vendor, registers.laws)
    if joined:
        words["has_case"] = "h.card_id IS NOT NULL"
    columns: dict[str, int] = {}

    def column(sql: str) -> int:
        return columns.setdefault(sql.format(**words), len(columns))

    entries: tuple[list[Entry], list[Entry]] = ([], [])
    for measure in MEASURES:
        if measure.of != of:
            continue
        if isinstance(measure, Dimension):
            codes = measure.values
            for code in getattr(registers, codes) if isinstance(codes, str) else codes:
                at = column(_holds(measure, code))
                entries[measure.prevented].append((measure.name, code, at, None))
            continue
        over = f"({measure.known}) AND ({measure.total})" if measure.counted else measure.known
        total = (
            f"COUNT(*) FILTER (WHERE {over})"
            if measure.counted
            else f"SUM({measure.total}) FILTER (WHERE {over})"
        )
        n = column(f"COUNT(*) FILTER (WHERE {measure.known})")
        entries[measure.prevented].append((measure.name, "", n, column(total)))
    ratios = None
    if of == "cards":
        ratios = column(f"{_DIALECT[vendor]['ratios']} FILTER (WHERE {RATIO_KNOWN})")
    which = _WHICH[of]
    which += ("", " AND city.place_id = %s", " AND city.place_id BETWEEN %s AND %s")[bounds.places]
    which += " AND city.region_id = %s" if bounds.region else ""
    which += f" AND {_DAY[of]} BETWEEN %s AND %s" if bounds.dated else ""
    month = _DIALECT[vendor]["month"].format(day=_DAY[of])
    of_a_place = vendor == "sqlite" and bounds.places == 1
    parts = {
        "columns": ", ".join(columns),
        "which": which,
        "cases": _CASES if joined else "",
        "of_cities": _OF_A_PLACE if of_a_place else _OF_CITIES,
    }
    sql = _FROM[of].format(month=month, **parts)
    counted, prevented = entries
    return Statement(sql, (tuple(counted), tuple(prevented)), ratios)


def words_of(vendor: str, laws: tuple[Rule, ...]) -> dict[str, str]:
    """What stands in for the braces of ``MEASURES``."""
    dialect = _DIALECT[vendor]
    words = {
        "has_case": _OWN_CASE,
        "days": dialect["days"],
        "waited": dialect["waited"],
        "sanction": _sanction(laws),
    }
    for prefix, day in (("", "c.date"), ("permit_", "a.applied_on")):
        words[f"{prefix}allowed"] = allowed = _allowed(laws, day)
        words[f"{prefix}given"] = f"{allowed} IS NOT NULL"
    return words


def _holds(dimension: Dimension, code: str) -> str:
    if dimension.several:
        holds = has(dimension.column, code)
    else:
        holds = f"{dimension.column} = {quoted(code)}"
    return f"COUNT(*) FILTER (WHERE ({dimension.among}) AND {holds})"


def _sanction(laws: tuple[Rule, ...]) -> str:
    """The reading of a legal status by the law in force on the card's date; none: outside."""
    sanctioned, unsanctioned, outside = (quoted(reading) for reading in SANCTION)
    branches = []
    for rule in laws:
        cases = _among(rule.outside, outside) + _among(rule.sanctioned, sanctioned)
        reading = f"CASE{cases} ELSE {unsanctioned} END" if cases else unsanctioned
        branches.append(f"WHEN {_in_force(rule, 'c.date')} THEN {reading}")
    return f"CASE {' '.join(branches)} ELSE {outside} END" if branches else outside


def _allowed(laws: tuple[Rule, ...], day: str) -> str:
    """The days that the law in force on a day gives for an answer; NULL where it gives none."""
    branches = [
        f"WHEN {_in_force(rule, day)} THEN {rule.answer_days}"
        for rule in laws
        if rule.answer_days is not None
    ]
    return f"(CASE {' '.join(branches)} ELSE NULL END)" if branches else "NULL"


def _in_force(rule: Rule, day: str) -> str:
    since = f"{day} >= '{rule.since.isoformat()}'"
    return since if rule.until is None else f"{since} AND {day} <= '{rule.until.isoformat()}'"


def _among(statuses: tuple[str, ...], reading: str) -> str:
    if not statuses:
        return ""
    return f" WHEN c.legal_status IN ({', '.join(map(quoted, statuses))}) THEN {reading}"
