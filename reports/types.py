"""The words the report pipeline speaks: frozen, free of the database and of rendering.

Everything here is computed once in ``facts``, ``indicators``, ``tables`` and ``build`` and only
printed by ``render``. Values are unrounded; ``Indicator.decimals`` and ``Column.decimals`` say how
many places are printed.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from reports.codes import LANGUAGES as LANGUAGES
from reports.codes import Basis as Basis
from reports.codes import Source as Source
from reports.codes import Unit as Unit
from reports.registers import Label as Label
from reports.registers import Law as Law
from reports.registers import Period as Period
from reports.registers import Place as Place
from reports.registers import Provision as Provision
from reports.registers import Region as Region
from reports.registers import Terms as Terms
from reports.registers import Text as Text
from reports.registers import Vocabulary as Vocabulary
from reports.tally import TOTAL as TOTAL
from reports.tally import Counts, Sums
from reports.tally import Sum as Sum


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
    _counts: Counts = field(init=False, repr=False, compare=False)
    _sums: Sums = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_counts", Counts.of(self.counts))
        object.__setattr__(self, "_sums", Sums.of(self.sums))

    def count(self, place: str, dimension: str, value: str) -> int:
        """Cards of ``place`` (or of all places: TOTAL) with that value; 0 where there are none."""
        return self._counts.answers(place, dimension).get(value, 0)

    def values(self, place: str, dimension: str) -> Mapping[str, int]:
        """Value -> number of cards, for one place or for TOTAL."""
        return self._counts.answers(place, dimension)

    def sum(self, place: str, measure: str) -> Sum:
        """Known cards and total of a measure, for one place or for TOTAL."""
        return self._sums.amount(place, measure)

    def assemblies(self, place: str = TOTAL) -> int:
        """Counted assemblies."""
        return self._sums.amount(place, "assemblies").n

    def places(self) -> frozenset[str]:
        """Places with at least one counted card."""
        return self._sums.places


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
    ``worded`` gives name, definition and formula in the words of a law, where they hang on it.
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
    worded: Callable[[Terms], Mapping[str, Any]] | None = None

    def under(self, terms: Terms) -> Indicator:
        """The record in the words of a law: its own ones speak of whatever the law asks for."""
        return replace(self, **self.worded(terms)) if self.worded else self

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
    indicator: str = ""


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
    """One line or set of bars; ``None`` is a gap. ``urls``: where each mark leads, on the web."""

    label: Text
    values: tuple[float | None, ...]
    published: tuple[bool, ...] = ()
    urls: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart's data; how it looks is the renderer's. ``alt`` tells the same in words.

    points: longitude and latitude of each category, of a map. note: what is said under it. A
    figure whose number is a name (a saved view) is printed without one.
    """

    number: str
    kind: Literal["bars", "lines", "stacked", "columns", "layers", "multiples", "heat", "map"]
    title: Text
    categories: tuple[Text, ...]
    series: tuple[Series, ...]
    unit: Unit
    alt: Text
    table: str
    decimals: int = 0
    points: tuple[tuple[float, float], ...] = ()
    note: Text = ""

    @property
    def numbered(self) -> bool:
        """Whether its number is printed."""
        return self.number[:1].isdigit()


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it is printed: drawn anew, faces blurred. ``alt`` says what is to be seen.

    content: the file's bytes, of the type ``content_type``; width, height: pixels.
    """

    name: str
    content: bytes
    content_type: str
    width: int
    height: int
    alt: Text
    caption: Text = ""


@dataclass(frozen=True, slots=True)
class CaseBox:
    """A short account of a single event, set apart in a chapter. ``text`` is Markdown."""

    title: Text
    where: Text
    when: datetime.date | None
    text: Text
    pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a chapter: a paragraph, a table, a figure, analysts' prose, a case box.

    A "list" has ``items``; a "grid" is a table of words: ``items`` are its column headings,
    ``lines`` its rows, each as long as ``items``, and ``text`` is its caption. The ``text`` of
    "prose" is Markdown, numbers filled in.
    """

    kind: Literal["text", "table", "figure", "heading", "list", "grid", "prose", "box"]
    text: Text = ""
    table: Table | None = None
    figure: Figure | None = None
    items: tuple[Text, ...] = ()
    lines: tuple[tuple[Text, ...], ...] = ()
    box: CaseBox | None = None


@dataclass(frozen=True, slots=True)
class Chapter:
    """A numbered chapter of method.md section 7; the annex has number ""."""

    code: str
    number: str
    title: Text
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """A printed figure that another, or the cards, contradicts; ``period`` as labelled, ``rule``
    as in ``reconcile.RULES``. printed: its text ("": missing); expected, difference (printed -
    expected): unrounded or None; basis: the figures it was held against, the whole last."""

    table: str
    period: str
    row: str
    column: str
    printed: str
    expected: float | None
    rule: str
    difference: float | None
    kind: Literal["contradiction", "rounding", "missing"]
    basis: tuple[Key, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Imprint:
    """What the title page says of an edition, and the list of what a corrected one changed.

    address: where it stays to be found; checksum: over every value; corrects: the edition that
    it takes the place of, changes: a line for each value that differs from it.
    """

    code: str
    frozen: datetime.date
    address: str
    checksum: str
    citation: Text
    corrects: str = ""
    changes: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """All that is printed and exported of one period. Language is chosen when rendering.

    periods: those that its tables compare, in their order, its own the last.
    """

    period: Period
    chapters: tuple[Chapter, ...]
    tables: tuple[Table, ...]
    figures: tuple[Figure, ...]
    indicators: tuple[tuple[Indicator, Value], ...]
    published: tuple[Cell, ...]
    checksum: str
    demonstration: bool
    findings: tuple[Finding, ...] = ()
    imprint: Imprint | None = None
    periods: tuple[Period, ...] = ()
    #: What a report on one region is about; None: the whole country.
    region: Region | None = None

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
