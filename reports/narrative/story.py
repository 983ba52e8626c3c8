"""What sentences are made from: the cells that the tables print, and ways to speak of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from reports.numbers import round_half_up
from reports.tables import Context
from reports.types import TOTAL, Cell, Finding, Key, Period, Row, Table, Text
from reports.wording import Number, address_of, count, inside, listed, of, say, together


@dataclass(frozen=True)
class Story:
    """A report's tables, to be told. Numbers in sentences are these cells and nothing else."""

    context: Context
    tables: Mapping[str, Table]
    findings: tuple[Finding, ...] = ()
    _computed: dict[Key, Cell] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        cells = (cell for table in self.tables.values() for cell in table.cells())
        found = {cell.key: cell for cell in cells if cell.source == "computed"}
        object.__setattr__(self, "_computed", found)

    @property
    def period(self) -> Period:
        """The period that is reported on."""
        return self.context.period

    def cell(self, table: str, row: str, column: str, period: Period | None = None) -> Cell | None:
        """What the table prints at that address, if it has a value."""
        when = period or self.period
        if when.basis == "published":
            cell = self.context.published.get((table, when.code, row, column))
        else:
            cell = self._computed.get(Key(table, when.code, row, column))
        return cell if cell is not None and cell.value else None

    @property
    def empty(self) -> bool:
        """Whether it is known that there was no assembly at all."""
        return self.context.computes(self.period) and not self.context.own.assemblies()

    def if_asked(self, text: Text) -> Text:
        """That something is not known is said of cards; what was not printed was not asked."""
        return text if self.period.basis == "cards" else ""

    def before(self, table: str, row: str, column: str) -> Cell | None:
        """The same of the period before, if it has a value."""
        previous = self.context.previous
        return self.cell(table, row, column, previous) if previous else None

    def text(self, column: str) -> Cell | None:
        """A quantity of the text."""
        return self.cell("text", TOTAL, column)

    def rows(self, table: str) -> list[Row]:
        """The rows of a table without its total."""
        return [row for row in self.tables[table].rows if row.code != TOTAL]

    def places(self, table: str) -> list[Row]:
        """The places of a table, to be ranked: of a region with one place there is no first."""
        rows = self.rows(table)
        return [] if self.context.region and len(rows) == 1 else rows


def number(cell: Cell | None) -> float:
    """The number of a cell; 0 where there is none, for choosing a plural only."""
    return cell.value.value or 0 if cell is not None else 0


def whole(cell: Cell | None) -> int:
    """The whole number that picks a plural form."""
    return int(number(cell))


def compared(story: Story, now: Cell | None, before: Cell | None) -> Text:
    """A sentence on what changed since the period before; empty where there is nothing to compare.

    Both are compared as printed, at the places that both have.
    """
    previous = story.context.previous
    if now is None or before is None or previous is None:
        return ""
    places = min(now.decimals, before.decimals)
    new, old = (round_half_up(number(cell), places) for cell in (now, before))
    values = {
        "previous": previous.name,
        "before": of(before),
        "difference": count(abs(float(new - old)), f"change {address_of(now)}"),
    }
    counted = now.unit in ("count", "people", "officers")
    if new == old:
        return say(_SAME, **values)
    if new > old:
        return say(_MORE if counted else _GROWN, **values)
    return say(_FEWER if counted else _FALLEN, **values)


_SAME = _("In the period before (%(previous)s) the figure was the same.")
_MORE = _("This is %(difference)s more than in the period before (%(previous)s: %(before)s).")
_FEWER = _("This is %(difference)s fewer than in the period before (%(previous)s: %(before)s).")
_GROWN = _("The figure has grown: in the period before (%(previous)s) it was %(before)s.")
_FALLEN = _("The figure has fallen: in the period before (%(previous)s) it was %(before)s.")


def not_known(cell: Cell | None) -> Text:
    """A sentence on the cards that are left out; empty where there are none."""
    unknown = (cell.value.unknown or 0) if cell is not None else 0
    if not unknown:
        return ""
    return say(
        ngettext_lazy(
            "For %(n)s assembly this is not known.",
            "For %(n)s assemblies this is not known.",
            "count",
        ),
        count=unknown,
        n=count(unknown),
    )


def highest(rows: Iterable[Row], column: int, more_than: int = 1) -> tuple[list[Row], Cell | None]:
    """The rows with the highest value of a column, together if they are level, and that value.

    Nothing is ranked that rests on a single card, and nothing is highest if all are level.
    """
    known = [
        (row, cell, round_half_up(number(cell), cell.decimals))
        for row in rows
        if (cell := row.cells[column]) is not None and cell.value
    ]
    ranked = [each for each in known if _rests_on(each[1]) > more_than]
    most = max((value for _row, _cell, value in ranked), default=0)
    if most <= 0 or (len(known) > 1 and len({value for _row, _cell, value in known}) == 1):
        return [], None
    top = [(row, cell) for row, cell, value in ranked if value == most]
    return [row for row, _cell in top], top[0][1]


def _rests_on(cell: Cell) -> float:
    """Cards behind a value; a printed count stands for itself, a printed index for enough."""
    if cell.value.n is not None and cell.unit != "count":
        return cell.value.n
    return number(cell) if cell.unit == "count" else 2


def labels(rows: Iterable[Row]) -> Text:
    """The names of rows, in a list."""
    return listed(row.label for row in rows)


def common_names(rows: Iterable[Row]) -> Text:
    """The names of rows that are common nouns (forms, reasons), in a list inside a sentence."""
    return listed(inside(row.label) for row in rows)


def range_of(cell: Cell) -> Text:
    """A sentence on the range of a value; empty where the low and high counts agree with it."""
    value = cell.value
    if value.low is None or value.high is None or value.low == value.high:
        return ""
    low, high = (Number(each, cell.unit, cell.decimals) for each in (value.low, value.high))
    return say(
        _("By the lowest and highest counts the figure lies between %(low)s and %(high)s."),
        low=low,
        high=high,
    )


def paragraph(*sentences: Text) -> Text:
    """Sentences as one paragraph; empty ones fall away, and of none nothing is left."""
    kept = [text for text in sentences if not (isinstance(text, str) and not text)]
    return together(kept) if kept else ""
