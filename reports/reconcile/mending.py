"""Which single figure, read otherwise, would settle a finding; and what else that would do.

Every candidate is tried: the rules run over the figures of the period with that one changed, and
what does not make the finding go away is no candidate.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from reports.numbers import NOTHING, decimals_of, round_half_up
from reports.reconcile.amounts import BRACKETS
from reports.reconcile.checking import check
from reports.reconcile.printed import make_printed, place
from reports.reconcile.rules.whole import possible
from reports.types import Cell, Finding, Key, Period, Value

#: So many ways to mend a finding are told.
TOLD = 3
_NUMBER = re.compile(r"\d(?:[\d \u00a0\u202f]*\d)?(?:[.,]\d+)?")
#: Rules whose findings other printed figures of the report do not settle.
_OUTSIDE = frozenset({"editions", "computed"})

Cells = Sequence[tuple[Cell, str | None]]
Solver = Callable[[Finding, Sequence[Cell]], Iterator[tuple[Key, float | None]]]


@dataclass(frozen=True, slots=True)
class Mending:
    """A figure read otherwise.

    printed: as it stands ("" where nothing does); reads: what it would be. settles: findings that
    would go, the one it is for among them; raises: findings that would come.
    """

    key: Key
    printed: str
    reads: str
    settles: int
    raises: int


def mendings(
    cells: Cells, periods: Sequence[Period], listed: Iterable[Finding]
) -> dict[Finding, tuple[Mending, ...]]:
    """For each finding the best ways to mend it, those that settle most first."""
    groups: dict[str, list[tuple[Cell, str | None]]] = {}
    labels: dict[tuple[str, str], str] = {}
    for cell, code in cells:
        period = code or cell.key.period
        labels[cell.key.table, cell.key.period] = period
        groups.setdefault(period, []).append((cell, code))
    rooms = {period: _Room(mine, periods) for period, mine in groups.items()}
    told: dict[tuple[str, str, str, str], list[Finding]] = {}
    for each in listed:
        told.setdefault(_address(each), []).append(each)
    found = {}
    for each in (finding for its in told.values() for finding in its):
        room = rooms.get(labels.get((each.table, each.period), each.period))
        found[each] = room.ways(each, told[_address(each)]) if room is not None else ()
    return found


class _Room:
    """The figures of one period: what one of them says is tried here."""

    def __init__(self, cells: Cells, periods: Sequence[Period]) -> None:
        self._cells, self._periods = list(cells), list(periods)
        self._at = {cell.key: n for n, (cell, _code) in enumerate(self._cells)}
        self._before = self._names(self._cells)
        printed = make_printed(self._cells, periods)
        held = (printed.assemblies(period) for _table, period, _column in printed.columns)
        self._held = next((n for n in held if n), None)

    def ways(self, finding: Finding, of_cell: Sequence[Finding] = ()) -> tuple[Mending, ...]:
        """The best of the candidates, in their order.

        What else is found in the same figure may be settled by the same reading: ``of_cell``.
        """
        tried: dict[tuple[Key, str], Mending] = {}
        others = [self._itself(each) for each in of_cell]
        for cell in (*self._candidates(finding), *filter(None, others)):
            way = self._try(finding, cell)
            if way is not None:
                tried.setdefault((way.key, way.reads), way)
        own = (finding.table, finding.period, finding.row, finding.column)
        best = sorted(tried.values(), key=lambda way: _rank(way, own))
        told = best[:TOLD]
        itself = [way for way in best[TOLD:] if place(way.key) == own]
        return tuple([*told[: TOLD - 1], itself[0]] if itself else told)

    def cell(self, key: Key) -> Cell | None:
        """The printed figure of that address."""
        at = self._at.get(key)
        return None if at is None else self._cells[at][0]

    def _names(self, cells: Cells) -> set[tuple[str, ...]]:
        return {(*_address(each), each.rule) for each in check(cells, self._periods)}

    def _try(self, finding: Finding, changed: Cell) -> Mending | None:
        there = self.cell(changed.key)
        if there is not None and there.printed == changed.printed:
            return None
        cells = list(self._cells)
        if there is None:
            code = next((code for _cell, code in cells if code), None)
            cells.append((changed, code))
        else:
            at = self._at[changed.key]
            cells[at] = (changed, cells[at][1])
        after, mine = self._names(cells), (*_address(finding), finding.rule)
        if mine in after:
            return None
        gone, come = self._before - after, after - self._before
        settles = len(gone | {mine})
        was = there.printed if there is not None else ""
        return Mending(changed.key, was, changed.printed, settles, len(come))

    def _itself(self, finding: Finding) -> Cell | None:
        """The figure itself as the finding expects it; None where it expects nothing."""
        own = self._own(finding)
        if own is None or finding.expected is None:
            return None
        return self._reading(own, self._should_be(own, finding))

    def _candidates(self, finding: Finding) -> Iterator[Cell]:
        if (itself := self._itself(finding)) is not None:
            yield itself
        if finding.rule in _OUTSIDE:
            return
        for key, number in _solved(finding, [self.cell(key) for key in finding.basis]):
            cell = self.cell(key)
            if cell is not None and (number is None or number >= 0):
                yield self._reading(cell, number)

    def _own(self, finding: Finding) -> Cell | None:
        """The figure itself; one that is missing is made after its neighbours."""
        key = Key(*_address(finding))
        found = self.cell(key)
        if found is not None or finding.kind != "missing":
            return found
        for cell, _code in self._cells:
            its = cell.key
            if (its.table, its.period, its.column) == (key.table, key.period, key.column):
                return replace(cell, key=key, value=Value(), printed="")
        return None

    def _should_be(self, own: Cell, finding: Finding) -> float | None:
        if finding.rule == "index_without_assemblies":
            return None
        # "21 (63.6%)": the share in brackets is wrong, not the number before it.
        in_brackets = finding.rule == "share" and BRACKETS.search(own.printed)
        return own.value.value if in_brackets else finding.expected

    def _reading(self, cell: Cell, number: float | None) -> Cell:
        """The figure as it would be printed with that number."""
        if number is None:
            return replace(cell, value=Value(), printed=NOTHING)
        like = cell.printed or self._like(cell)
        text = rewritten(like, number, self._held)
        return replace(cell, value=Value(_first(text)), printed=text)

    def _like(self, cell: Cell) -> str:
        """How the figures beside one that is missing are printed."""
        key = cell.key
        for other, _code in self._cells:
            its = other.key
            same = (its.table, its.period, its.column) == (key.table, key.period, key.column)
            if same and other.value:
                return other.printed
        return "0"


def _rank(way: Mending, own: tuple[str, ...]) -> tuple[int, bool]:
    """What settles most comes first; a far-fetched number of another cell comes after."""
    itself = place(way.key) == own
    return way.raises - way.settles + (not itself and _far_fetched(way)), not itself


def _far_fetched(way: Mending) -> bool:
    was, reads = _first(way.printed), _first(way.reads)
    return abs(reads - was) > max(1.0, 0.1 * was)


def rewritten(printed: str, number: float, whole: float | None) -> str:
    """A printed text with another number, and with its share in brackets if it has one.

    A dash, or what has no digits, becomes the number alone.
    """
    places = decimals_of(printed)
    if not _NUMBER.search(printed):
        places = 0 if float(number).is_integer() else 2
        return str(round_half_up(number, places))
    comma = "," in printed and "." not in printed
    text = _NUMBER.sub(str(round_half_up(number, places)), printed, count=1)
    bracket = BRACKETS.search(text)
    if bracket and whole:
        share = str(round_half_up(100 * number / whole, decimals_of(bracket[2])))
        text = text[: bracket.start(2)] + share + text[bracket.end(2) :]
    return text.replace(".", ",") if comma else text


def _first(text: str) -> float:
    found = _NUMBER.search(text)
    return float(re.sub(r"\s", "", found[0]).replace(",", ".")) if found else 0.0


def _solved(finding: Finding, basis: Sequence[Cell | None]) -> Iterator[tuple[Key, float | None]]:
    """Other figures that the finding rests on, each with the number that would bear it out."""
    cells = [cell for cell in basis if cell is not None]
    solve = _SOLVERS.get(finding.rule)
    if solve is not None and cells and len(cells) == len(basis):
        yield from solve(finding, cells)


def _number(cell: Cell) -> float:
    return cell.value.value or 0.0


def _sums(finding: Finding, cells: Sequence[Cell]) -> Iterator[tuple[Key, float | None]]:
    """A part more or less by what is missing; where its whole stands elsewhere, that too."""
    off = finding.difference
    if off is None:
        return
    *parts, whole = cells
    if whole.key.table != finding.table:
        yield whole.key, _number(whole) + off
        yield from ((cell.key, _number(cell) - off) for cell in parts)
    elif finding.rule == "hundred":
        yield from ((cell.key, _number(cell) - off) for cell in cells)
    else:
        yield from ((cell.key, _number(cell) + off) for cell in cells)


def _fractions(finding: Finding, cells: Sequence[Cell]) -> Iterator[tuple[Key, float | None]]:
    said, expected = _said(finding), finding.expected
    if said is None or not expected:
        return
    if len(cells) == 1 and finding.table == "12":
        yield cells[0].key, 100 - said
    elif len(cells) == 1:
        yield cells[0].key, _near(_number(cells[0]) * said / expected)
    elif finding.table in ("9", "11"):
        return
    elif finding.table == "12":
        above, below = cells
        yield above.key, _near((100 - said) / 100 * _number(below))
    elif said:
        above, below = cells
        yield above.key, _near(_number(above) * said / expected)
        yield below.key, _near(_number(below) * expected / said)


def _said(finding: Finding) -> float | None:
    return None if finding.difference is None else finding.difference + (finding.expected or 0)


def _near(number: float) -> float:
    return float(round(number))


def _as_here(finding: Finding, cells: Sequence[Cell]) -> Iterator[tuple[Key, float | None]]:
    if (said := _said(finding)) is not None:
        yield cells[0].key, said


def _most(finding: Finding, cells: Sequence[Cell]) -> Iterator[tuple[Key, float | None]]:
    if (said := _said(finding)) is None:
        return
    if len(cells) == 1:
        yield cells[0].key, said
    else:
        part, whole = cells
        yield whole.key, said + _number(part)
        yield part.key, _number(whole) - said


def _not_there(finding: Finding, cells: Sequence[Cell]) -> Iterator[tuple[Key, float | None]]:
    """What is counted in one place only may be wrong there: a dash."""
    yield cells[0].key, None


def _index_alone(finding: Finding, cells: Sequence[Cell]) -> Iterator[tuple[Key, float | None]]:
    """An index of assemblies that are not there: one that a year of twelve months gives."""
    said = _said(finding)
    if said is not None:
        yield from ((cells[0].key, float(n)) for n in dict.fromkeys((round(12 * said), 1)) if n)


def _whole_numbers(finding: Finding, cells: Sequence[Cell]) -> Iterator[tuple[Key, float | None]]:
    """Shares of another number of assemblies, or one share that was taken wrongly."""
    *shares, whole = cells
    held = int(_number(whole))
    for n in range(held + 1, held + 4):
        if possible(shares, n):
            yield whole.key, float(n)
            break
    for cell in shares:
        nearest = 100 * round(_number(cell) * held / 100) / held
        yield cell.key, nearest


_SOLVERS: Mapping[str, Solver] = {
    "total": _sums,
    "parts": _sums,
    "hundred": _sums,
    "most": _most,
    "share": _fractions,
    "index": _fractions,
    "mean": _fractions,
    "same": _as_here,
    "row_missing": _not_there,
    "assemblies_without_index": _not_there,
    "index_without_assemblies": _index_alone,
    "whole_numbers": _whole_numbers,
}


def _address(finding: Finding) -> tuple[str, str, str, str]:
    return finding.table, finding.period, finding.row, finding.column
