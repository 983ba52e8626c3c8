"""The rules by which printed figures are checked against each other.

Each takes the printed figures and yields findings; none knows a single report's numbers. Where a
figure may rest on either of two that contradict each other, it is enough that one bears it out:
their own contradiction is listed where it stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from reports.indicators.courts import CONVICTIONS
from reports.indicators.formulas import ratio
from reports.numbers import decimals_of
from reports.reconcile.printed import Kind, Printed, finding, findings, judge
from reports.types import TOTAL, Cell, Finding

INDEX, ASSEMBLIES = "rally_activity_index", "assemblies"

#: Columns that have a total: table and columns.
TOTALS: dict[str, tuple[str, ...]] = {
    "1": (ASSEMBLIES,),
    "2": (ASSEMBLIES,),
    "7": (ASSEMBLIES,),
    "11": (ASSEMBLIES, "unsanctioned", "sanctioned"),
    "14": ("participants", "police"),
    "16": ("assemblies_with_detentions", "detained"),
    "18": ("participants",),
    "court": ("convicted", "warning", "fine", "arrest"),
}

#: Tables whose column "share" parts a whole.
SHARES = ("1", "4", "6", "7", "8", "10", "18")

#: The same quantity row by row: table and column, and where else it stands.
SAME_ROWS: tuple[tuple[str, str, str, str], ...] = (
    ("1", ASSEMBLIES, "2", ASSEMBLIES),
    ("1", ASSEMBLIES, "11", ASSEMBLIES),
    ("7", ASSEMBLIES, "8", ASSEMBLIES),
    ("7", "share", "8", "share"),
    ("14", "participants", "18", "participants"),
)

#: The same quantity in single cells: where it stands (table, row, column), and where else.
SAME_CELLS: tuple[tuple[tuple[str, str, str], tuple[str, str, str]], ...] = (
    (("1", TOTAL, ASSEMBLIES), ("7", TOTAL, ASSEMBLIES)),
    (("6", "public_organisation", "share"), ("5", "public_organisations", "share")),
    (("6", "spontaneous_group", "share"), ("text", TOTAL, "organiser_spontaneous")),
    (("6", "individual", "share"), ("text", TOTAL, "organiser_individual")),
    (("11", TOTAL, "law_abidance_index"), ("12", TOTAL, "law_abidance_index")),
    (("14", TOTAL, "police_control_index"), ("15", TOTAL, "police_control_index")),
    (("19", TOTAL, "mean_duration"), ("text", TOTAL, "mean_duration")),
)

#: Totals of a table that the text repeats: table, column, column of the text.
TOTALS_IN_TEXT: tuple[tuple[str, str, str], ...] = (
    ("14", "participants", "participants"),
    ("14", "police", "police"),
    ("16", "assemblies_with_detentions", "assemblies_with_detentions"),
    ("16", "detained", "detained"),
    ("11", "unsanctioned", "unsanctioned"),
)

_PERCENT = re.compile(r"\(\s*(\d+(?:[.,]\d+)?)\s*%\s*\)")


def totals(printed: Printed) -> Iterator[Finding]:
    """A total is the sum of its rows; a group of topics that of its topics."""
    for table, columns in TOTALS.items():
        for period in printed.periods(table):
            for column in columns:
                whole = printed.get(table, period, TOTAL, column)
                yield from findings(whole, [printed.sum(table, period, column)], "total")
    for period in printed.periods("topics"):
        topics = printed.column("topics", period, ASSEMBLIES)
        for group, cell in topics.items():
            parts = [c.value.value or 0 for row, c in topics.items() if row.startswith(f"{group}/")]
            if parts:
                yield from findings(cell, [sum(parts)], "total")
    yield from _forms_compared(printed)


def _forms_compared(printed: Printed) -> Iterator[Finding]:
    """Table 8 has no printed total: its rows make up the assemblies of the period."""
    for period in printed.periods("8"):
        added, whole = printed.sum("8", period, ASSEMBLIES), printed.assemblies(period)
        if added is not None and whole is not None and added != whole:
            yield _sum_of("8", period, ASSEMBLIES, added, whole, "total", "contradiction")


def parts(printed: Printed) -> Iterator[Finding]:
    """Penalties make up the convictions; assemblies by permit are no more than there were.

    A table may leave out rare penalties, and of some assemblies the status is not known.
    """
    for period in printed.periods("court"):
        for row in (*printed.column("court", period, "convicted"), TOTAL):
            penalties = [printed.number("court", period, row, c) for c in CONVICTIONS]
            whole = printed.get("court", period, row, "convicted")
            yield from _parts_of(whole, penalties, all_told=None not in penalties)
    for period in printed.periods("11"):
        for row in (*printed.column("11", period, ASSEMBLIES), TOTAL):
            both = [printed.number("11", period, row, c) for c in ("unsanctioned", "sanctioned")]
            whole = printed.get("11", period, row, ASSEMBLIES)
            yield from _parts_of(whole, both, all_told=False)


def _parts_of(
    whole: Cell | None, parts: Sequence[float | None], all_told: bool
) -> Iterator[Finding]:
    """Parts make up the whole if all are told; if not, they are at least no more than it."""
    if whole is None or whole.value.value is None:
        return
    added = sum(each or 0 for each in parts)
    yield from findings(whole, [added if all_told else max(added, whole.value.value)], "parts")


def hundred(printed: Printed) -> Iterator[Finding]:
    """Shares of a whole add up to 100 %, as far as their last places allow."""
    for table in SHARES:
        for period in printed.periods(table):
            cells = [
                cell
                for cell in printed.column(table, period, "share").values()
                if cell.value.value is not None
            ]
            if len(cells) < 2:
                continue
            added = sum(cell.value.value or 0 for cell in cells)
            units = sum(10.0 ** -decimals_of(cell.printed) for cell in cells)
            if abs(added - 100) <= units / 2 + 1e-9:
                continue
            # Only cutting off explains a sum that falls short by up to a unit for each share.
            kind: Kind = "rounding" if 0 < 100 - added < units else "contradiction"
            yield _sum_of(table, period, "share", added, 100, "hundred", kind)


def shares(printed: Printed) -> Iterator[Finding]:
    """A share is the part divided by the whole."""
    for table, column in (("1", ASSEMBLIES), ("7", ASSEMBLIES), ("8", ASSEMBLIES)):
        yield from _shares_of(printed, table, column, printed.assemblies)
    yield from _shares_of(
        printed, "18", "participants", lambda p: printed.number("18", p, TOTAL, "participants")
    )
    for period in printed.periods("4"):
        for group, cell in printed.column("4", period, "share").items():
            part = printed.number("topics", period, group, ASSEMBLIES)
            yield from findings(cell, [_percent(part, printed.assemblies(period))], "share")
    for period in printed.periods("text"):
        yield from _shares_in_text(printed, period)
    for period in printed.periods("17"):
        share = printed.get("17", period, TOTAL, "unsanctioned_reaching_court")
        part = printed.number("text", period, TOTAL, "reached_court")
        whole = printed.number("text", period, TOTAL, "unsanctioned")
        yield from findings(share, [_percent(part, whole)], "share")


def _shares_of(
    printed: Printed, table: str, column: str, whole: Callable[[str], float | None]
) -> Iterator[Finding]:
    for period in printed.periods(table):
        for row, cell in printed.column(table, period, "share").items():
            part = printed.number(table, period, row, column)
            yield from findings(cell, [_percent(part, whole(period))], "share")


def _shares_in_text(printed: Printed, period: str) -> Iterator[Finding]:
    assemblies = printed.assemblies(period)
    for penalty in ("warning", "fine", "arrest"):
        part = printed.number("court", period, TOTAL, penalty)
        whole = printed.number("court", period, TOTAL, "convicted")
        cell = printed.get("text", period, TOTAL, f"court_{penalty}")
        yield from findings(cell, [_percent(part, whole)], "share")
    yield from findings(
        printed.get("text", period, TOTAL, "assemblies_ending_in_detention"),
        [
            _percent(part, assemblies)
            for part in _said(printed, period, "assemblies_with_detentions", "16")
        ],
        "share",
    )
    yield from findings(
        printed.get("text", period, TOTAL, "detained_share_of_participants"),
        [
            _percent(taken, people)
            for taken in _said(printed, period, "detained", "16")
            for people in _said(printed, period, "participants", "14")
        ],
        "share",
    )
    yield from _shares_in_brackets(printed, period)


def _shares_in_brackets(printed: Printed, period: str) -> Iterator[Finding]:
    """ "21 (63.6%)": a number of assemblies with its share of all of them."""
    for column in ("assemblies_with_detentions", "assemblies_without_consequences"):
        cell = printed.get("text", period, TOTAL, column)
        share = _percent(printed.number("text", period, TOTAL, column), printed.assemblies(period))
        match = _PERCENT.search(cell.printed) if cell is not None else None
        if cell is None or match is None or share is None:
            continue
        said = float(match[1].replace(",", "."))
        if kind := judge(said, share, decimals_of(match[1])):
            yield replace(finding(cell, share, "share", kind), difference=said - share)


def indices(printed: Printed) -> Iterator[Finding]:
    """An index is its numerator divided by its denominator."""
    for period in printed.periods("3"):
        months = printed.months.get(period)
        for row, cell in printed.column_with_total("3", period, INDEX).items():
            n = printed.number("2", period, row, ASSEMBLIES)
            if months and n and cell.value:
                yield from findings(cell, [n / months], "index")
    for period in printed.periods("11"):
        for row, cell in printed.column_with_total("11", period, "law_abidance_index").items():
            sanctioned = printed.number("11", period, row, "sanctioned")
            unsanctioned = printed.number("11", period, row, "unsanctioned")
            if sanctioned is not None and unsanctioned is not None:
                index = _percent(sanctioned, sanctioned + unsanctioned)
                yield from findings(cell, [index], "index")
    for period in printed.periods("14"):
        for row, cell in printed.column_with_total("14", period, "police_control_index").items():
            police = printed.number("14", period, row, "police")
            people = printed.number("14", period, row, "participants")
            if police is not None and people:
                yield from findings(cell, [police / people], "index")
    for period in printed.periods("12"):
        total = printed.get("12", period, TOTAL, "law_abidance_index")
        yield from findings(total, [_sanctioned_share(printed, period)], "index")


def _sanctioned_share(printed: Printed, period: str) -> float | None:
    """What the share of unsanctioned assemblies, or their number in the text, leaves of 100 %."""
    share = printed.number("9", period, TOTAL, "unsanctioned_share")
    if share is None:
        unsanctioned = printed.number("text", period, TOTAL, "unsanctioned")
        share = _percent(unsanctioned, printed.assemblies(period))
    return None if share is None else 100 - share


def assemblies_behind(printed: Printed) -> Iterator[Finding]:
    """No index without assemblies, and no assemblies without an index."""
    for period in printed.periods("3"):
        for row, cell in printed.column_with_total("3", period, INDEX).items():
            if cell.value.value and not printed.number("2", period, row, ASSEMBLIES):
                yield finding(cell, 0.0, "index_without_assemblies", "contradiction")
        for row, cell in printed.column("2", period, ASSEMBLIES).items():
            n, months = cell.value.value, printed.months.get(period)
            if not n or printed.number("3", period, row, INDEX):
                continue
            index = printed.get("3", period, row, INDEX)
            expected = n / months if months else None
            text = index.printed if index is not None else ""
            yield Finding(
                "3",
                cell.key.period,
                row,
                INDEX,
                text,
                expected,
                "assemblies_without_index",
                None,
                "missing",
            )


def means(printed: Printed) -> Iterator[Finding]:
    """A mean is the sum divided by the number of assemblies."""
    for period in printed.periods("text"):
        assemblies = printed.assemblies(period)
        for column, summed in (("mean_participants", "participants"), ("mean_police", "police")):
            sums = _said(printed, period, summed, "14") if assemblies else []
            cell = printed.get("text", period, TOTAL, column)
            yield from findings(cell, [ratio(each, assemblies or 0) for each in sums], "mean")
    for period in printed.periods("18"):
        for row, cell in printed.column_with_total("18", period, "mean_participants").items():
            people = printed.number("18", period, row, "participants")
            n = printed.number("2", period, row, ASSEMBLIES)
            if people is not None and n:
                yield from findings(cell, [people / n], "mean")


def same(printed: Printed) -> Iterator[Finding]:
    """One and the same quantity is the same wherever it is printed."""
    for table, column, other, its_column in SAME_ROWS:
        for period in printed.periods(other):
            for row, cell in printed.column_with_total(other, period, its_column).items():
                value = printed.number(table, period, row, column)
                # Where a number stands in one table only, ``rows_missing`` tells.
                if value is not None and cell.value.value is not None:
                    yield from findings(cell, [value], "same")
    for (table, row, column), (other, its_row, its_column) in SAME_CELLS:
        for period in printed.periods(other):
            value = printed.number(table, period, row, column)
            single = printed.get(other, period, its_row, its_column)
            if single is not None and single.value.value is not None:
                yield from findings(single, [value], "same")
    for table, column, its_column in TOTALS_IN_TEXT:
        for period in printed.periods("text"):
            said = printed.get("text", period, TOTAL, its_column)
            yield from findings(said, printed.totals(table, period, column), "same")


def rows_missing(printed: Printed) -> Iterator[Finding]:
    """What one table counts in a period, the other tables of that period list too."""
    for table, column, other, its_column in SAME_ROWS:
        if "share" in (column, its_column):
            continue
        for period in printed.periods(table):
            if period not in printed.periods(other):
                continue
            yield from _only_in_one(printed, period, (table, column), (other, its_column))
            yield from _only_in_one(printed, period, (other, its_column), (table, column))


def _only_in_one(
    printed: Printed, period: str, here: tuple[str, str], there: tuple[str, str]
) -> Iterator[Finding]:
    for row, cell in printed.column(here[0], period, here[1]).items():
        value = cell.value.value
        if not value or printed.number(there[0], period, row, there[1]) is not None:
            continue
        absent = printed.get(there[0], period, row, there[1])
        text = absent.printed if absent is not None else ""
        label = next(
            each.key.period for each in printed.column(there[0], period, there[1]).values()
        )
        yield Finding(there[0], label, row, there[1], text, value, "row_missing", None, "missing")


CHECKS: tuple[Callable[[Printed], Iterator[Finding]], ...] = (
    totals,
    parts,
    hundred,
    shares,
    indices,
    assemblies_behind,
    means,
    same,
    rows_missing,
)


def _percent(part: float | None, whole: float | None) -> float | None:
    return ratio(part, whole, 100) if part is not None and whole is not None else None


def _said(printed: Printed, period: str, column: str, table: str) -> list[float]:
    """What a quantity of the text may be: as the text says, or as its table adds up to."""
    text = printed.number("text", period, TOTAL, column)
    return [] if text is None else [text, *printed.totals(table, period, column)]


def _sum_of(
    table: str, period: str, column: str, added: float, expected: float, rule: str, kind: Kind
) -> Finding:
    """A finding about a whole column: what its printed figures add up to."""
    difference = added - expected
    return Finding(table, period, TOTAL, column, f"{added:g}", expected, rule, difference, kind)
