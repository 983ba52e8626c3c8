"""What every table is made from, and how its cells come about."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from reports.numbers import decimals_of
from reports.types import (
    TOTAL,
    Cell,
    Column,
    Facts,
    Indicator,
    Key,
    Label,
    Period,
    Region,
    Row,
    Table,
    Terms,
    Text,
    Vocabulary,
)

ALL = _("Total")
PLACE = _("Place")


@dataclass(frozen=True)
class Context:
    """One period's facts beside those of the periods before it and the figures once printed.

    periods: in their order, the last one is the report's own. facts: by period code, where cards
    are. published: printed cells by (table, period code, row, column); their own keys keep the
    label that was printed. region: what the facts are of, if not of the whole country.
    """

    periods: tuple[Period, ...]
    facts: Mapping[str, Facts]
    published: Mapping[tuple[str, str, str, str], Cell]
    vocabulary: Vocabulary
    region: Region | None = None

    @property
    def period(self) -> Period:
        """The period that the report is about."""
        return self.periods[-1]

    @property
    def terms(self) -> Terms:
        """What the law asked of those who gathered in the report's period."""
        return self.vocabulary.terms_of(self.period)

    @property
    def previous(self) -> Period | None:
        """The period before it, if there is one."""
        return self.periods[-2] if len(self.periods) > 1 else None

    @property
    def own(self) -> Facts:
        """The facts of the report's period; empty ones where no card is."""
        return self.facts.get(self.period.code) or Facts(self.period, {}, {}, {}, 0)

    def places(self, table: str) -> list[str]:
        """Places that a table of the period lists, in the order of the register.

        Those with a counted card; where the period rests on an earlier report, those printed.
        """
        printed = {row for rows in self.printed_rows(table).values() for row in rows}
        return in_order(self.own.places() | printed - {TOTAL}, self.vocabulary.places)

    def printed_rows(self, table: str) -> dict[str, dict[str, float]]:
        """Column -> row -> printed number, of the period if it rests on an earlier report."""
        found: dict[str, dict[str, float]] = {}
        if self.period.basis == "published":
            for (its_table, code, row, column), cell in self.published.items():
                if (its_table, code) == (table, self.period.code) and cell.value.value is not None:
                    found.setdefault(column, {})[row] = cell.value.value
        return found

    def cell(
        self,
        table: str,
        row: str,
        column: str,
        indicator: Indicator,
        place: str = TOTAL,
        category: str = "",
    ) -> Cell:
        """The report's own period in a row and column."""
        key = Key(table, self.period.code, row, column)
        return computed(key, indicator, self.own, place, category)

    def computes(self, period: Period) -> bool:
        """Whether values of the period can be computed: it has counted cards, or should have."""
        facts = self.facts.get(period.code)
        return facts is not None and bool(period.basis == "cards" or facts.assemblies())

    def joined(
        self,
        period: Period,
        table: str,
        row: str,
        column: str,
        indicator: Indicator,
        place: str = TOTAL,
        category: str = "",
    ) -> tuple[Cell | None, Cell | None]:
        """The cell that is printed for a period, and one that is computed but not printed.

        A period that rests on cards prints what was computed, one that rests on earlier reports
        what was printed there.
        """
        cell = None
        if self.computes(period):
            key = Key(table, period.code, row, column)
            cell = computed(key, indicator, self.facts[period.code], place, category)
        if period.basis == "cards":
            return cell, None
        return self.published.get((table, period.code, row, column)), cell


def make_context(
    period: Period,
    facts: Mapping[str, Facts],
    published: Iterable[tuple[Cell, str | None]],
    vocabulary: Vocabulary,
    periods: Sequence[Period],
    region: Region | None = None,
) -> Context:
    """Sort what ``build`` was given; of a figure printed twice the later one stands."""
    index = {
        (cell.key.table, code, cell.key.row, cell.key.column): cell
        for cell, code in published
        if code is not None
    }
    codes = [each.code for each in periods]
    listed = tuple(periods[: codes.index(period.code) + 1])
    return Context(listed, facts, index, vocabulary, region)


def as_printed(cell: Cell) -> Cell:
    """A published cell with the decimal places that its print had, and no cards behind it."""
    decimals = decimals_of(cell.printed)
    return Cell(cell.key, cell.unit, cell.value, decimals, "published", cell.printed)


def computed(
    key: Key, indicator: Indicator, facts: Facts, place: str = TOTAL, category: str = ""
) -> Cell:
    """An indicator's value as a cell."""
    value = indicator.at(facts, place, category)
    return Cell(
        key,
        indicator.unit,
        value,
        indicator.decimals,
        drill=indicator.cards(place, category) if value else None,
        indicator=indicator.code,
    )


def in_order(codes: Iterable[str], register: Mapping[str, Any]) -> list[str]:
    """Codes in the order of their register; unregistered ones last, by name."""
    order = {code: n for n, code in enumerate(register)}
    return sorted(codes, key=lambda code: (order.get(code, len(order)), code))


def by_number(
    codes: Iterable[str], register: Mapping[str, Any], n: Mapping[str, float]
) -> list[str]:
    """Codes by falling number, equals in the order of their register."""
    return sorted(in_order(codes, register), key=lambda code: -n.get(code, 0))


def name(register: Mapping[str, Label], code: str) -> Text:
    """The name of a code; the code itself where a printed table used one without a name."""
    return register.get(code, code)


def place_rows(
    context: Context, table: str, columns: Sequence[tuple[str, Indicator]], order: Iterable[str]
) -> tuple[Row, ...]:
    """A row for each place, and the total."""
    rows = [
        Row(
            place,
            name(context.vocabulary.places, place),
            tuple(
                context.cell(table, place, column, indicator, place)
                for column, indicator in columns
            ),
        )
        for place in order
    ]
    total = tuple(context.cell(table, TOTAL, column, indicator) for column, indicator in columns)
    return (*rows, Row(TOTAL, ALL, total, total=True))


def on_basis(context: Context, table: Table) -> Table:
    """The table as the basis of its period asks for.

    A period that rests on an earlier report prints that report's figures; what cards give beside
    them, if there are any, goes to the extra cells.
    """
    period = context.period
    if period.basis == "cards":
        return table
    hidden: list[Cell] = []

    def shown(cell: Cell | None) -> Cell | None:
        if cell is None or cell.source == "published" or cell.key.period != period.code:
            return cell
        hidden.append(cell)
        return context.published.get((table.code, period.code, cell.key.row, cell.key.column))

    rows = tuple(
        dataclasses.replace(row, cells=tuple(shown(cell) for cell in row.cells))
        for row in table.rows
    )
    extra = (*hidden, *table.extra) if context.computes(period) else ()
    return dataclasses.replace(table, rows=rows, extra=extra)


@dataclass(frozen=True)
class Line:
    """A row of a table by period: where its cells stand and what they are."""

    row: str
    label: Text
    indicator: Indicator
    place: str = TOTAL
    category: str = ""
    total: bool = False


def by_period(
    context: Context, table: str, column: str, lines: Sequence[Line]
) -> tuple[tuple[Column, ...], tuple[Row, ...], tuple[Cell, ...]]:
    """Columns, rows and extra cells of a table whose columns are periods.

    A period appears if it has a figure to print; the report's own always does.
    """
    grid = [
        [
            context.joined(
                period, table, line.row, column, line.indicator, line.place, line.category
            )
            for period in context.periods
        ]
        for line in lines
    ]
    shown = [
        n
        for n, period in enumerate(context.periods)
        if period is context.period or any(_has_value(row[n][0]) for row in grid)
    ]
    columns = tuple(Column(context.periods[n].code, context.periods[n].name) for n in shown)
    rows = tuple(
        Row(line.row, line.label, tuple(cells[n][0] for n in shown), total=line.total)
        for line, cells in zip(lines, grid, strict=True)
    )
    extra = tuple(hidden for cells in grid for _shown, hidden in cells if hidden)
    return columns, rows, extra


def _has_value(cell: Cell | None) -> bool:
    return cell is not None and bool(cell.value)


def places_by_period(context: Context, table: str, column: str) -> list[str]:
    """Places with a counted card, or a figure once printed in that table, in a listed period."""
    found = {
        row
        for (its_table, code, row, its_column), cell in context.published.items()
        if its_table == table and its_column == column and row != TOTAL and cell.value
        if any(period.code == code for period in context.periods)
    }
    for period in context.periods:
        if context.computes(period):
            found |= context.facts[period.code].places()
    return in_order(found, context.vocabulary.places)
