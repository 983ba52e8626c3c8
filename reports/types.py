"""The words the report pipeline speaks: frozen, free of the database and of rendering.

Everything here is computed once in ``facts``, ``indicators``, ``tables`` and ``build`` and only
printed by ``render``. Values are unrounded; ``Indicator.decimals`` and ``Column.decimals`` say how
many places are printed.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import get_language

TOTAL = "TOTAL"
LANGUAGES = ("ru", "kk", "en")
"""Languages that reports are printed in, the first one by default."""

Source = Literal["computed", "published"]
Basis = Literal["cards", "published"]
Unit = Literal[
    "count",
    "percent",
    "people",
    "officers",
    "assemblies",
    "assemblies per month",
    "officers per participant",
    "people per assembly",
    "officers per assembly",
    "minutes",
    "days",
]


@dataclass(frozen=True, slots=True)
class Label:
    """A name kept in the database in three languages; ``str()`` gives the active one."""

    ru: str
    kk: str
    en: str

    def __str__(self) -> str:
        return getattr(self, (get_language() or "ru")[:2], self.ru) or self.ru


Text = str | Promise | Label
"""Anything that becomes text of the active language through ``str()``."""


@dataclass(frozen=True, slots=True)
class Period:
    """A reporting period. ``months`` may be fractional; dates may be unknown (published only)."""

    code: str
    name: Label
    start: datetime.date | None
    end: datetime.date | None
    months: float
    basis: Basis


@dataclass(frozen=True, slots=True)
class Place:
    """A reporting place (T1, T2, ...), in the order of the register."""

    code: str
    name: Label


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Names of what the facts are counted by, each in the order of its register."""

    places: Mapping[str, Label]
    forms: Mapping[str, Label]
    topics: Mapping[str, Label]
    topic_groups: Mapping[str, Label]
    group_of_topic: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sum:
    """``n`` cards on which the quantity is known, and their ``total``."""

    n: int = 0
    total: float = 0

    def __add__(self, other: Sum) -> Sum:
        return Sum(self.n + other.n, self.total + other.total)


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far the cards of two monitors on one assembly agree.

    pairs: cards merged, two and two. compared, agreed: answers that both gave, and those of them
    that say the same (``cards.comparison.agreement``). questions: code, name, compared, agreed.
    """

    pairs: int = 0
    compared: int = 0
    agreed: int = 0
    questions: tuple[tuple[str, Text, int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of the counted cards of one period: no cards, only sums.

    counts: (place, dimension, value) -> number of cards. A value of "" means "not answered".
    sums: (place, measure) -> Sum. Which dimensions and measures there are: ``facts.MEASURES``.
    covered: place -> months covered; covered_any: months in which any place was covered.
    medians: (place or TOTAL, measure) -> Value-ready median of what cannot be summed.
    agreement: of pairs of cards on one assembly; read where the medians are.
    """

    period: Period
    counts: Mapping[tuple[str, str, str], int]
    sums: Mapping[tuple[str, str], Sum]
    covered: Mapping[str, float]
    covered_any: float
    medians: Mapping[tuple[str, str], float] = field(default_factory=dict)
    agreement: Agreement = Agreement()
    # A report asks for about a thousand values: they are looked up, not searched for.
    _counts: dict[tuple[str, str], dict[str, int]] = field(init=False, repr=False, compare=False)
    _sums: dict[tuple[str, str], Sum] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        counts: dict[tuple[str, str], dict[str, int]] = {}
        for (where, dimension, value), n in self.counts.items():
            for key in ((where, dimension), (TOTAL, dimension)):
                found = counts.setdefault(key, {})
                found[value] = found.get(value, 0) + n
        sums: dict[tuple[str, str], Sum] = {}
        # In a fixed order, so that totals of fractions come out the same to the last bit.
        for (where, measure), part in sorted(self.sums.items()):
            sums[where, measure] = part
            sums[TOTAL, measure] = sums.get((TOTAL, measure), Sum()) + part
        object.__setattr__(self, "_counts", counts)
        object.__setattr__(self, "_sums", sums)

    def count(self, place: str, dimension: str, value: str) -> int:
        """Cards of ``place`` (or of all places: TOTAL) with that value; 0 where there are none."""
        return self._counts.get((place, dimension), {}).get(value, 0)

    def values(self, place: str, dimension: str) -> dict[str, int]:
        """Value -> number of cards, for one place or for TOTAL."""
        return dict(self._counts.get((place, dimension), {}))

    def sum(self, place: str, measure: str) -> Sum:
        """Known cards and total of a measure, for one place or for TOTAL."""
        return self._sums.get((place, measure), Sum())

    def assemblies(self, place: str = TOTAL) -> int:
        """Counted assemblies."""
        return self.sum(place, "assemblies").n

    def places(self) -> set[str]:
        """Places with at least one counted card."""
        return {where for (where, name), s in self.sums.items() if name == "assemblies" and s.n}


@dataclass(frozen=True, slots=True)
class Value:
    """One computed or published quantity, unrounded. ``None`` means: does not exist, never 0.

    n: cards the value rests on; unknown: counted cards left out because the answer is unknown;
    low, high: the range that the low and high counts give.
    """

    value: float | None = None
    numerator: float | None = None
    denominator: float | None = None
    n: int | None = None
    unknown: int | None = None
    low: float | None = None
    high: float | None = None

    def __bool__(self) -> bool:
        return self.value is not None


@dataclass(frozen=True, slots=True)
class Indicator:
    """A quantity's paper and its formula, in one place.

    ``compute(facts, place, category)`` is pure; ``place`` may be TOTAL. A quantity that exists
    per answer (the share of a form) names in ``category`` the card filter's parameter that the
    answer belongs to ("form"); one with a single value leaves it empty. ``missing`` says how
    unknown answers are treated, ``source`` where the definition comes from. ``drill`` are further
    parameters of the card filter that select the cards behind a value; ``None``: no filter does.
    """

    code: str
    name: Text
    definition: Text
    formula: Text
    unit: Unit
    decimals: int
    missing: Text
    source: Text
    compute: Callable[[Facts, str, str], Value]
    tables: tuple[str, ...] = ()
    category: str = ""
    drill: Mapping[str, str] | None = field(default_factory=dict)

    def at(self, facts: Facts, place: str = TOTAL, category: str = "") -> Value:
        """The quantity in one place or in all, for one answer if it exists per answer."""
        return self.compute(facts, place, category)

    def cards(self, place: str = TOTAL, category: str = "") -> Mapping[str, str] | None:
        """Parameters of the card filter that select the cards behind the value.

        Only counted cards are behind a value, unless the record itself says which (prevented
        assemblies; applications without a card).
        """
        if self.drill is None:
            return None
        apart = "course" in self.drill or "linked" in self.drill
        counted = {} if apart else {"counted": "yes"}
        where = {} if place == TOTAL else {"place": place}
        what = {self.category: category} if self.category and category else {}
        return {**counted, **where, **self.drill, **what}


@dataclass(frozen=True, slots=True)
class Key:
    """Address of a cell, as in ``published/2018.csv`` and ``values.csv``."""

    table: str
    period: str
    row: str
    column: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A value at its address. ``printed`` is the verbatim text of a published figure.

    ``drill`` are parameters of the card filter that select the cards behind the cell (the period
    comes from the key); ``None`` where there are none to show.
    """

    key: Key
    unit: Unit
    value: Value
    decimals: int = 0
    source: Source = "computed"
    printed: str = ""
    drill: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """A printed column. ``span`` groups neighbouring columns under one heading (T8)."""

    code: str
    title: Text
    span: Text = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A printed row: one cell (or None: nothing to print) per column of its table."""

    code: str
    label: Text
    cells: tuple[Cell | None, ...]
    total: bool = False
    level: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """A table as printed. ``extra`` cells belong to values.csv but are not printed."""

    code: str
    number: str
    title: Text
    stub: Text
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    notes: tuple[Text, ...] = ()
    extra: tuple[Cell, ...] = ()

    def cells(self) -> Iterator[Cell]:
        """Every cell, printed ones row by row, then the extra ones."""
        for row in self.rows:
            yield from (cell for cell in row.cells if cell is not None)
        yield from self.extra

    def __bool__(self) -> bool:
        return bool(self.rows)


@dataclass(frozen=True, slots=True)
class Series:
    """One line or set of bars; ``None`` is a gap."""

    label: Text
    values: tuple[float | None, ...]
    published: tuple[bool, ...] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart's data; how it looks is the renderer's. ``alt`` tells the same in words."""

    number: str
    kind: Literal["bars", "lines", "stacked", "columns"]
    title: Text
    categories: tuple[Text, ...]
    series: tuple[Series, ...]
    unit: Unit
    alt: Text
    table: str
    decimals: int = 0


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a chapter: a paragraph, a table, a figure, or the place of analysts' prose.

    A "list" has ``items``; a "grid" is a table of words: ``items`` are its column headings,
    ``lines`` its rows, each as long as ``items``, and ``text`` is its caption.
    """

    kind: Literal["text", "table", "figure", "heading", "list", "grid"]
    text: Text = ""
    table: Table | None = None
    figure: Figure | None = None
    items: tuple[Text, ...] = ()
    lines: tuple[tuple[Text, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Chapter:
    """A numbered chapter of method.md section 7; the annex has number ""."""

    code: str
    number: str
    title: Text
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """A printed figure that another figure, or the cards, contradicts.

    ``period`` is the label as printed; ``printed`` the text as printed ("" where the figure is
    missing); ``expected`` and ``difference`` (printed - expected) are unrounded and ``None`` where
    there is no number to give. ``rule`` is a code of ``reconcile.RULES``.
    """

    table: str
    period: str
    row: str
    column: str
    printed: str
    expected: float | None
    rule: str
    difference: float | None
    kind: Literal["contradiction", "rounding", "missing"]


@dataclass(frozen=True, slots=True)
class Report:
    """All that is printed and exported of one period. Language is chosen when rendering."""

    period: Period
    chapters: tuple[Chapter, ...]
    tables: tuple[Table, ...]
    figures: tuple[Figure, ...]
    indicators: tuple[tuple[Indicator, Value], ...]
    published: tuple[Cell, ...]
    checksum: str
    demonstration: bool
    findings: tuple[Finding, ...] = ()

    def table(self, code: str) -> Table:
        """The table with that code; KeyError if there is none."""
        for table in self.tables:
            if table.code == code:
                return table
        raise KeyError(code)

    def cells(self) -> Iterator[Cell]:
        """Every cell of values.csv: computed ones by table, then the published ones, once each."""
        seen: set[tuple[Key, str]] = set()
        for cell in _chain((t.cells() for t in self.tables), self.published):
            if (cell.key, cell.source) not in seen:
                seen.add((cell.key, cell.source))
                yield cell


def _chain(groups: Iterable[Iterable[Cell]], last: Iterable[Cell]) -> Iterator[Cell]:
    for group in groups:
        yield from group
    yield from last
