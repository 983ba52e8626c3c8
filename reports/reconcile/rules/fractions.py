"""A share, an index and a mean are a numerator divided by a denominator."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from reports.indicators.formulas import ratio
from reports.numbers import decimals_of
from reports.reconcile.amounts import BRACKETS, Amount, judge, rounded
from reports.reconcile.printed import Printed, finding, of_fraction
from reports.types import TOTAL, Cell, Finding

INDEX, ASSEMBLIES = "rally_activity_index", "assemblies"


def shares(printed: Printed) -> Iterator[Finding]:
    """A share is the part divided by the whole."""
    for table in ("1", "7", "8"):
        yield from _shares_of(printed, table, ASSEMBLIES, printed.all_assemblies)
    yield from _shares_of(
        printed, "18", "participants", lambda p: printed.get("18", p, TOTAL, "participants")
    )
    for period in printed.periods("4"):
        for group, cell in printed.column("4", period, "share").items():
            part = printed.get("topics", period, group, ASSEMBLIES)
            yield from _share(cell, [part], [printed.all_assemblies(period)])
    for period in printed.periods("text"):
        yield from _shares_in_text(printed, period)
    for period in printed.periods("17"):
        share = printed.get("17", period, TOTAL, "unsanctioned_reaching_court")
        part = printed.get("text", period, TOTAL, "reached_court")
        yield from _share(share, [part], [printed.get("text", period, TOTAL, "unsanctioned")])
    for period in printed.periods("9"):
        share = printed.get("9", period, TOTAL, "unsanctioned_share")
        yield from _of_permits(printed, period, share, TOTAL, "unsanctioned", "share")


def _shares_of(
    printed: Printed, table: str, column: str, whole: Callable[[str], Cell | None]
) -> Iterator[Finding]:
    for period in printed.periods(table):
        for row, cell in printed.column(table, period, "share").items():
            yield from _share(cell, [printed.get(table, period, row, column)], [whole(period)])


def _share(
    cell: Cell | None, parts: Sequence[Cell | None], wholes: Sequence[Cell | None]
) -> list[Finding]:
    """A share that one of the parts may be of one of the wholes."""
    candidates = [_percent(number(part), number(whole)) for part in parts for whole in wholes]
    return of_fraction(cell, candidates, "share", (parts[0], wholes[0]))


def _shares_in_text(printed: Printed, period: str) -> Iterator[Finding]:
    assemblies = printed.all_assemblies(period)
    for penalty in ("warning", "fine", "arrest"):
        part = printed.get("court", period, TOTAL, penalty)
        whole = printed.get("court", period, TOTAL, "convicted")
        yield from _share(printed.get("text", period, TOTAL, f"court_{penalty}"), [part], [whole])
    with_detentions, sums = _said(printed, period, "assemblies_with_detentions", "16")
    yield from of_fraction(
        printed.get("text", period, TOTAL, "assemblies_ending_in_detention"),
        [_percent(part, number(assemblies)) for part in sums],
        "share",
        (with_detentions, assemblies),
    )
    detained, all_taken = _said(printed, period, "detained", "16")
    participants, all_people = _said(printed, period, "participants", "14")
    yield from of_fraction(
        printed.get("text", period, TOTAL, "detained_share_of_participants"),
        [_percent(taken, people) for taken in all_taken for people in all_people],
        "share",
        (detained, participants),
    )
    yield from _shares_in_brackets(printed, period)


def _shares_in_brackets(printed: Printed, period: str) -> Iterator[Finding]:
    """ "21 (63.6%)": a number of assemblies with its share of all of them."""
    whole = printed.all_assemblies(period)
    for column in ("assemblies_with_detentions", "assemblies_without_consequences"):
        cell = printed.get("text", period, TOTAL, column)
        share = _percent(number(cell), number(whole))
        match = BRACKETS.search(cell.printed) if cell is not None else None
        if cell is None or match is None or share is None:
            continue
        said = float(match[2].replace(",", "."))
        if kind := judge(said, share, decimals_of(match[2])):
            found = finding(cell, share, "share", kind, (cell, whole))
            yield replace(found, difference=said - share)


def indices(printed: Printed) -> Iterator[Finding]:
    """An index is its numerator divided by its denominator."""
    for period in printed.periods("3"):
        for row, cell in printed.column_with_total("3", period, INDEX).items():
            n = printed.get("2", period, row, ASSEMBLIES)
            if number(n) and cell.value:
                yield from of_fraction(cell, [activity(printed, period, row)], "index", [n])
    for period in printed.periods("11"):
        for row, cell in printed.column_with_total("11", period, "law_abidance_index").items():
            yield from _of_permits(printed, period, cell, row, "sanctioned", "index")
    for period in printed.periods("14"):
        for row, cell in printed.column_with_total("14", period, "police_control_index").items():
            police = printed.get("14", period, row, "police")
            people = printed.get("14", period, row, "participants")
            yield from of_fraction(cell, [_ratio(police, people)], "index", (police, people))
    for period in printed.periods("15"):
        if printed.get("14", period, TOTAL, "police_control_index") is None:
            index = printed.get("15", period, TOTAL, "police_control_index")
            police = printed.get("text", period, TOTAL, "police")
            people = printed.get("text", period, TOTAL, "participants")
            yield from of_fraction(index, [_ratio(police, people)], "index", (police, people))
    for period in printed.periods("12"):
        total = printed.get("12", period, TOTAL, "law_abidance_index")
        share, basis = _sanctioned_share(printed, period)
        yield from of_fraction(total, [share], "index", basis)


def activity(printed: Printed, period: str, row: str) -> float | Amount | None:
    """The activity index that the assemblies of a row give.

    Of a computed index the months are its own; print tells none, so they are the period's. Where
    nobody knows those, the index of all places tells how many there were.
    """
    index, n = printed.get("3", period, row, INDEX), printed.number("2", period, row, ASSEMBLIES)
    months = (index.value.denominator if index else None) or printed.months.get(period)
    if n is None:
        return None
    if months:
        return n / months
    total = printed.get("3", period, TOTAL, INDEX)
    all_places = printed.number("2", period, TOTAL, ASSEMBLIES)
    if row == TOTAL or total is None or not number(total) or not all_places:
        return None
    said = rounded(number(total) or 0, decimals_of(total.printed))
    return said.times(n / all_places)


def _of_permits(
    printed: Printed, period: str, cell: Cell | None, row: str, chosen: str, rule: str
) -> list[Finding]:
    """The share of those with, or without, a permit among those of which table 11 knows."""
    both = {
        column: printed.get("11", period, row, column) for column in ("sanctioned", "unsanctioned")
    }
    numbers = [number(each) for each in both.values()]
    if None in numbers:
        return []
    share = _percent(number(both[chosen]), sum(each or 0 for each in numbers))
    return of_fraction(cell, [share], rule, (*both.values(),))


def _sanctioned_share(
    printed: Printed, period: str
) -> tuple[float | Amount | None, tuple[Cell | None, ...]]:
    """What the share of unsanctioned assemblies, or their number in the text, leaves of 100 %."""
    share = printed.amount("9", period, TOTAL, "unsanctioned_share")
    if share is not None:
        return share.left_of(100), (printed.get("9", period, TOTAL, "unsanctioned_share"),)
    unsanctioned = printed.get("text", period, TOTAL, "unsanctioned")
    whole = printed.all_assemblies(period)
    part = _percent(number(unsanctioned), number(whole))
    return (None if part is None else 100 - part), (unsanctioned, whole)


def means(printed: Printed) -> Iterator[Finding]:
    """A mean is the sum divided by the number of assemblies."""
    for period in printed.periods("text"):
        assemblies = printed.all_assemblies(period)
        for column, summed in (("mean_participants", "participants"), ("mean_police", "police")):
            said, sums = _said(printed, period, summed, "14")
            cell = printed.get("text", period, TOTAL, column)
            each_of = [ratio(each, number(assemblies) or 0) for each in sums]
            yield from of_fraction(cell, each_of, "mean", (said, assemblies))
    for period in printed.periods("18"):
        for row, cell in printed.column_with_total("18", period, "mean_participants").items():
            people = printed.get("18", period, row, "participants")
            n = printed.assemblies_of(period, row)
            yield from of_fraction(cell, [_ratio(people, n)], "mean", (people, n))


def number(cell: Cell | None) -> float | None:
    """The number of a cell that may not be there."""
    return cell.value.value if cell is not None else None


def _ratio(above: Cell | None, below: Cell | None) -> float | None:
    numerator, denominator = number(above), number(below)
    return None if numerator is None else ratio(numerator, denominator or 0)


def _percent(part: float | None, whole: float | None) -> float | None:
    return ratio(part, whole, 100) if part is not None and whole is not None else None


def _said(
    printed: Printed, period: str, column: str, table: str
) -> tuple[Cell | None, list[float]]:
    """A quantity of the text, and what it may be: as the text says, or its table adds up to."""
    cell = printed.get("text", period, TOTAL, column)
    said = number(cell)
    return cell, [] if said is None else [said, *printed.totals(table, period, column)]
