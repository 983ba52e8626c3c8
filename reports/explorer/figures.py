"""A cross table as a chart: which one fits, its values, and where its marks lead."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from reports.explorer.cross import Cross
from reports.explorer.registers import Registers
from reports.explorer.spec import Spec
from reports.explorer.tables import CODE, Cells, title
from reports.types import TOTAL, Cell, Figure, Series, Text, Unit
from reports.wording import inside, listed, of, say, together

Link = Callable[[Cell], str]
#: Colours that a chart has, and bars beside each other that can still be told apart.
COLOURS, MOST_BARS, MOST_PANELS = 6, 60, 24
#: Questions whose answers have short names and an order: they stand along the bottom.
UPRIGHT = ("year", "weekday", "participants_class", "police_class")
#: Days on which the regions of the map changed: fixtures/map/README.md.
SHYMKENT, DIVIDED = datetime.date(2018, 6, 19), datetime.date(2022, 6, 8)


@dataclass(frozen=True)
class _Grid:
    """Cells of the chart, by row; answers that leave the shares are none of a share."""

    rows: list[tuple[str, Text]]
    columns: list[tuple[str, Text]]
    cells: list[list[Cell | None]]

    def line(self, at: int, link: Link | None) -> Series:
        cells = self.cells[at]
        return _series(self.rows[at][1], cells, link)

    def column(self, at: int, link: Link | None) -> Series:
        return _series(self.columns[at][1], [line[at] for line in self.cells], link)


def figure(
    spec: Spec, cross: Cross, registers: Registers, link: Link | None = None, code: str = CODE
) -> Figure | None:
    """The chart of a cross table; None if there is nothing to draw.

    ``link``: the address behind a cell, for charts on the site. ``code``: of the table it draws.
    """
    grid = _grid(spec, cross)
    if not grid.rows or not grid.columns:
        return None
    kind = drawn(spec, cross)
    unit, decimals = _unit(grid)
    categories, series = grid.rows, []
    if kind in ("multiples", "heat", "lines"):
        categories = grid.columns
        series = [grid.line(at, link) for at in range(len(grid.rows))]
    elif kind == "map":
        return _map(spec, cross, registers, link, code)
    else:
        series = [grid.column(at, link) for at in range(len(grid.columns))]
    return Figure(
        code,
        kind,  # type: ignore[arg-type]
        title(spec),
        tuple(label for _code, label in categories),
        tuple(series),
        unit,
        _alt(spec, grid),
        code,
        decimals,
    )


def drawn(spec: Spec, cross: Cross) -> str:
    """The kind of chart: as asked for where that can be read, else what fits."""
    measure, asked = spec.measured, spec.chart
    rows, columns = len(cross.rows), len(cross.columns)
    if asked == "map":
        return "map"
    if not columns:
        return "columns" if spec.rows in UPRIGHT and asked != "bars" else "bars"
    several = bool(spec.column_question and spec.column_question.several)
    few = columns <= COLOURS
    possible = {
        "bars": few and rows * columns <= MOST_BARS,
        "layers": few and measure.adds_up and not several,
        "lines": rows <= COLOURS,
        "multiples": rows <= MOST_PANELS,
        "heat": True,
    }
    if possible.get(asked):
        return asked
    if asked:
        return "heat"
    if spec.columns == "year" and possible["multiples"]:
        return "multiples"
    return "layers" if possible["layers"] else "heat"


def replaced(spec: Spec, cross: Cross) -> bool:
    """Whether another chart is drawn than the one asked for."""
    return bool(spec.chart) and bool(cross.rows) and drawn(spec, cross) != spec.chart


def _grid(spec: Spec, cross: Cross) -> _Grid:
    cells = Cells(spec, cross)
    rows = cells.rows()
    if not cross.columns:
        share = spec.measured.share
        told = [row for row in rows if not share or spec.apart or row[0] not in cross.apart_rows]
        place = 1 if share else 0
        return _Grid(
            told, [(TOTAL, spec.measured.label)], [[cells.single(code)[place]] for code, _ in told]
        )
    columns = list(cross.columns.items())
    if spec.measured.share and not spec.apart:
        kind = spec.measured.kind
        if kind in ("column", "all"):
            rows = [row for row in rows if row[0] not in cross.apart_rows]
        if kind in ("row", "all"):
            columns = [each for each in columns if each[0] not in cross.apart_columns]
    return _Grid(
        rows, columns, [[cells.crossed(row, code) for code, _ in columns] for row, _ in rows]
    )


def _series(label: Text, cells: list[Cell | None], link: Link | None) -> Series:
    values = tuple(cell.value.value if cell else None for cell in cells)
    urls = tuple(link(cell) if cell and cell.value else "" for cell in cells) if link else ()
    return Series(label, values, urls=urls)


def _unit(grid: _Grid) -> tuple[Unit, int]:
    first = next(cell for line in grid.cells for cell in line if cell)
    return first.unit, first.decimals


def _alt(spec: Spec, grid: _Grid) -> Text:
    """The chart in words: its title, and what stands out at either end."""
    named = [
        (cell.value.value, _at(row, column, grid), cell)
        for (_code, row), line in zip(grid.rows, grid.cells, strict=True)
        for (_answer, column), cell in zip(grid.columns, line, strict=True)
        if cell and cell.value.value is not None
    ]
    if not named:
        return title(spec)
    named.sort(key=lambda each: -(each[0] or 0))
    told = [
        say(_("%(where)s – %(value)s"), where=where, value=of(cell))
        for _v, where, cell in named[:3]
    ]
    return together(
        [
            say(_("%(title)s."), title=title(spec)),
            say(_("Largest: %(told)s."), told=listed(told)),
            _("The table has every value."),
        ]
    )


def _at(row: Text, column: Text, grid: _Grid) -> Text:
    return together((row, column), ", ") if len(grid.columns) > 1 else row


def _map(
    spec: Spec, cross: Cross, registers: Registers, link: Link | None, code: str
) -> Figure | None:
    """Circles at cities, those of a place or region at its first city; all columns together."""
    cells = Cells(spec, cross)
    shown, missing = [], []
    for code, label in cells.rows():
        point = registers.points.get(registers.principal(spec.rows, code))
        cell = cells.crossed(code, TOTAL) if cross.columns else _single(cells, spec, code)
        if point is None:
            missing.append(label)
        elif cell is not None:
            shown.append((label, point, cell))
    if not shown:
        return None
    grid = _Grid(
        [("", label) for label, _point, _cell in shown],
        [(TOTAL, spec.measured.label)],
        [[cell] for _label, _point, cell in shown],
    )
    unit, decimals = _unit(grid)
    return Figure(
        code,
        "map",
        title(spec),
        tuple(label for label, _point, _cell in shown),
        (grid.column(0, link),),
        unit,
        _alt(spec, grid),
        code,
        decimals,
        tuple(point for _label, point, _cell in shown),
        together(_boundaries(spec, cross, missing)),
    )


def _single(cells: Cells, spec: Spec, code: str) -> Cell | None:
    number, share = cells.single(code)[:2]
    return share if spec.measured.share else number


def _boundaries(spec: Spec, cross: Cross, missing: list[Text]) -> Iterator[Text]:
    """Which lines the map shows, and which it cannot show, for the days of the cards."""
    if spec.column_question:
        question = inside(spec.column_question.label)
        yield say(_("All answers together to: %(question)s."), question=question)
    if spec.rows != "city":
        yield _("The circle of a place or region stands in its main city.")
    last = cross.last or datetime.date.min
    if last < SHYMKENT:
        yield _("Boundaries: regions as they were until June 2018.")
    elif last < DIVIDED:
        yield _(
            "Boundaries: regions as they were from June 2018 to June 2022; the limits of Shymkent"
            " are not shown."
        )
    else:
        yield _(
            "Boundaries: regions as they were until June 2022; the lines along which Abai, Zhetysu"
            " and Ulytau were split off then, and the limits of Shymkent, are not shown."
        )
    if missing:
        yield say(_("Without a place on the map: %(names)s."), names=listed(missing))
    yield _("Lines: Natural Earth. Cities: GeoNames, CC BY 4.0.")
