"""What is found in one printed report: its list, in words, with the ways to mend each entry."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

from reports import artefacts, source
from reports.models import PublishedChange
from reports.printed import store
from reports.printed.names import Names
from reports.printed.store import Printed
from reports.reconcile import KINDS, RULES, across, check, compare
from reports.reconcile.advice import of_a_column, should_read, way
from reports.reconcile.mending import Mending, mendings
from reports.types import Cell, Finding, Key, Period, Text
from reports.wording import Number, say

Cells = list[tuple[Cell, str | None]]


@dataclass(frozen=True, slots=True)
class Listing:
    """A printed report, its figures, and everything found in them, in the order of printing.

    ``ways``: for each finding the figures that would settle it, the best first.
    """

    report: Printed
    cells: tuple[tuple[Cell, str | None], ...]
    findings: tuple[Finding, ...]
    ways: tuple[tuple[Mending, ...], ...]
    names: Names

    def entries(self) -> list[Entry]:
        """The list in words."""
        pairs = zip(self.findings, self.ways, strict=True)
        return [Entry(n, each, ways, self.names) for n, (each, ways) in enumerate(pairs, start=1)]


@dataclass(frozen=True, slots=True)
class Entry:
    """A finding in words; ``number`` is its place in the whole list."""

    number: int
    finding: Finding
    mendings: tuple[Mending, ...]
    names: Names

    @property
    def key(self) -> Key:
        each = self.finding
        return Key(each.table, each.period, each.row, each.column)

    @property
    def table(self) -> Text:
        return self.names.table(self.finding.table)

    @property
    def cell(self) -> Text:
        """Line and column; of what a whole column adds up to, the column alone."""
        if of_a_column(self.finding):
            return say(_("Sum of the column: %(column)s"), column=self.names.measure(self.key))
        return self.names.cell(self.key)

    @property
    def codes(self) -> str:
        return self.names.codes(self.key)

    @property
    def kind(self) -> Text:
        return KINDS[self.finding.kind]

    @property
    def rule(self) -> Text:
        return RULES[self.finding.rule]

    @property
    def reads(self) -> Text:
        """What it should read; "" where no single figure is expected."""
        return should_read(self.finding)

    @property
    def difference(self) -> Text:
        """Printed less expected, with its sign; "" where there is none."""
        off = self.finding.difference
        if off is None:
            return ""
        places = 0 if float(off).is_integer() else 2
        sign = "+" if off > 0 else "−"
        return f"{sign}{Number(abs(off), 'count', places)}"

    @property
    def way(self) -> Text:
        """The sentence that says how to mend it."""
        return way(self.finding, self.names)

    @property
    def candidates(self) -> list[tuple[Text, Mending]]:
        """The figures that would settle it, each with its address in words."""
        return [(self.names.where(each.key), each) for each in self.mendings]


@dataclass(frozen=True, slots=True)
class Tally:
    """A printed report in the list of them, with how much was found of each kind."""

    report: Printed
    kinds: Mapping[str, int]

    @property
    def found(self) -> int:
        return sum(self.kinds.values())

    @property
    def contradiction(self) -> int:
        return self.kinds.get("contradiction", 0)

    @property
    def rounding(self) -> int:
        return self.kinds.get("rounding", 0)

    @property
    def missing(self) -> int:
        return self.kinds.get("missing", 0)


def tallies() -> list[Tally]:
    """Every printed report on record; the same number of queries whatever there is."""
    everything, periods = store.everything(), source.periods()
    computed = _computed(periods)
    lines = []
    for report in store.reports():
        found = _found(report, everything, periods, computed)
        lines.append(Tally(report, Counter(each.kind for each in found)))
    return lines


def listing(edition: str) -> Listing:
    """What is found in one report; KeyError if it is not on record."""
    report, everything, periods = store.report(edition), store.everything(), source.periods()
    cells = everything.get(edition, [])
    found = _found(report, everything, periods, _computed(periods))
    ways = _ways(cells, periods, found)
    return Listing(report, tuple(cells), found, ways, Names(source.vocabulary()))


def _found(
    report: Printed,
    everything: Mapping[str, Cells],
    periods: tuple[Period, ...],
    computed: list[Cell],
) -> tuple[Finding, ...]:
    """What the report contradicts in itself; if it is of the series, in earlier ones and cards."""
    cells = everything.get(report.edition, [])
    found = check(cells, periods)
    if report.apart:
        return found
    earlier = [
        each for edition, its in everything.items() if edition < report.edition for each in its
    ]
    return (*found, *across(cells, earlier), *compare(computed, cells))


def _computed(periods: tuple[Period, ...]) -> list[Cell]:
    """What the cards give, of all periods; nothing where there are no periods yet."""
    if not periods:
        return []
    return [cell for cell in source.gather().report.cells() if cell.source == "computed"]


def _ways(
    cells: Cells, periods: tuple[Period, ...], found: tuple[Finding, ...]
) -> tuple[tuple[Mending, ...], ...]:
    """Every candidate is tried, which takes a while: what was found out once is kept."""
    about = artefacts.digest((repr(cells), repr(periods), repr(found), artefacts.code_version()))
    kept: tuple[tuple[Mending, ...], ...] | None = cache.get(f"mendings:{about}")
    if kept is None:
        ways = mendings(cells, periods, found)
        kept = tuple(ways[each] for each in found)
        cache.set(f"mendings:{about}", kept)
    return kept


@dataclass(frozen=True, slots=True)
class Group:
    """The entries of one table."""

    table: str
    title: Text
    entries: list[Entry]


def groups(entries: Iterable[Entry]) -> list[Group]:
    """Entries by table, in their order."""
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        found.setdefault(entry.finding.table, []).append(entry)
    return [Group(table, its[0].table, its) for table, its in found.items()]


@dataclass(frozen=True, slots=True)
class Choice:
    """A filter of the list: its name, what it is called, its options with their numbers."""

    name: str
    label: Text
    options: list[tuple[str, Text, int]]
    chosen: str


def choices(entries: list[Entry], asked: Mapping[str, str]) -> list[Choice]:
    """The filters by kind, table and rule, each with what occurs."""
    names: tuple[tuple[str, Text, Mapping[str, Text]], ...] = (
        ("kind", _("Kind"), KINDS),
        ("table", _("Table"), {each.finding.table: each.table for each in entries}),
        ("rule", _("Rule"), RULES),
    )
    found = []
    for name, label, said in names:
        counted = Counter(getattr(each.finding, name) for each in entries)
        options = [(code, said[code], counted[code]) for code in said if counted[code]]
        found.append(Choice(name, label, options, asked.get(name, "")))
    return found


def chosen(entries: Iterable[Entry], asked: Mapping[str, str]) -> Iterator[Entry]:
    """The entries that the filters let through; what is not known lets nothing through."""
    for entry in entries:
        finding = entry.finding
        said = {"kind": finding.kind, "table": finding.table, "rule": finding.rule}
        if all(asked.get(name) in (None, "", value) for name, value in said.items()):
            yield entry


def recorded(edition: str) -> list[tuple[Text, PublishedChange]]:
    """The changes of a report, the newest first, each with the figure's address in words."""
    names = Names(source.vocabulary())
    return [
        (names.where(Key(each.table, each.period_label, each.row, each.column)), each)
        for each in store.changes(edition)
    ]


def listed(edition: str | None = None, period: str | None = None) -> tuple[Finding, ...]:
    """What is found in one report, or in every report of the series; in one period, or in all.

    The same findings as on the pages. KeyError for a report that is not on record.
    """
    everything, periods = store.everything(), source.periods()
    computed = _computed(periods)
    reports = [store.report(edition)] if edition is not None else store.reports()
    found: list[Finding] = []
    for report in reports:
        if edition is None and report.apart:
            continue
        cells = everything.get(report.edition, [])
        labels = {(cell.key.table, cell.key.period) for cell, code in cells if code == period}
        found += [
            each
            for each in _found(report, everything, periods, computed)
            if period is None or (each.table, each.period) in labels
        ]
    return tuple(found)
