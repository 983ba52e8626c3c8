"""What the pages around a report show: values laid out in plain rows for their templates."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from cards.vocabularies import Article, NoPermitReason, OrganiserType, Outcome, PermitDecision
from reports.indicators import INDICATORS, activity, authorities, permits
from reports.links import DrillTo
from reports.narrative.annex import UNITS
from reports.numbers import format_value
from reports.registers import YEAR
from reports.render.style import DASH
from reports.render.tables import value_text
from reports.source import Source, last_of
from reports.tables.context import computed
from reports.types import TOTAL, Cell, Facts, Indicator, Key, Period, Report, Table, Text
from reports.wording import say

#: What is told of every period: the table over the periods, the column of its total, the quantity.
AT_A_GLANCE = (
    ("2", "assemblies", activity.ASSEMBLIES),
    ("3", "rally_activity_index", activity.RALLY_ACTIVITY),
    ("12", "law_abidance_index", permits.LAW_ABIDANCE),
    ("15", "police_control_index", authorities.POLICE_CONTROL),
)
#: Quantities that no sums give: each period's cards are read for them.
FROM_CARDS = frozenset({"median_police_per_participant"})


@dataclass(frozen=True, slots=True)
class Number:
    """A value with everything it carries, as printed; absent parts are a dash."""

    label: Text
    value: str
    numerator: str
    denominator: str
    n: str
    unknown: str
    range: str
    column: Text = ""
    url: str = ""
    published: bool = False
    link: str = ""


@dataclass(frozen=True, slots=True)
class Glance:
    """A period in the list of reports."""

    period: Period
    cells: tuple[Cell | None, ...]
    #: Title, text, and whether it was published earlier, of each cell.
    shown: tuple[tuple[Text, str, bool], ...]

    @property
    def published(self) -> bool:
        """Whether its figures were taken from earlier reports."""
        return self.period.basis == "published"

    @property
    def empty(self) -> bool:
        """Whether neither cards nor earlier reports say anything of the period."""
        return not any(cell and cell.value.value for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Glances:
    """Periods by the newest first; ``titles`` name what is shown of each."""

    titles: tuple[Text, ...]
    lines: tuple[Glance, ...]

    @property
    def newest(self) -> Glance | None:
        """The last year that rests on cards and has any; without one the last such period."""
        known = [line for line in self.lines if line.period.basis == "cards" and not line.empty]
        years = [line for line in known if line.period.series == YEAR]
        return next(iter(years or known), None)

    @property
    def years(self) -> list[Glance]:
        """Years of which something is known."""
        return [line for line in self.lines if not line.empty and line.period.series == YEAR]

    @property
    def others(self) -> list[Glance]:
        """Halves, quarters and other periods of which something is known: they overlap years."""
        return [line for line in self.lines if not line.empty and line.period.series != YEAR]

    @property
    def silent(self) -> list[Glance]:
        """Periods of which nothing is known yet."""
        return [line for line in self.lines if line.empty]


def glances(source: Source, language: str) -> Glances:
    """Every known period, the latest first: assemblies and the three indices."""
    titles = tuple(indicator.name for _table, _column, indicator in AT_A_GLANCE)
    context = source.context
    lines = []
    for period in reversed(source.known or source.periods):
        cells = tuple(
            context.joined(period, table, TOTAL, column, indicator)[0]
            for table, column, indicator in AT_A_GLANCE
        )
        shown = tuple(
            (title, value_text(cell, language) if cell else DASH, _printed(cell))
            for title, cell in zip(titles, cells, strict=True)
        )
        lines.append(Glance(period, cells, shown))
    return Glances(titles, tuple(lines))


def _printed(cell: Cell | None) -> bool:
    return cell is not None and cell.source == "published" and cell.value.value is not None


def of_table(table: Table, language: str, drill: DrillTo | None) -> list[Number]:
    """Every printed cell of a table with all that its value carries."""
    numbers = []
    for row in table.rows:
        for column, cell in zip(table.columns, row.cells, strict=True):
            if cell is not None:
                title = f"{column.span}: {column.title}" if str(column.span) else column.title
                numbers.append(_number(cell, row.label, language, drill, title))
    return numbers


def by_period(
    indicator: Indicator, source: Source, category: str, language: str, drill: DrillTo | None
) -> list[Number]:
    """The indicator for all places together, in each period of the source with counted cards."""
    return [
        _number(_cell(indicator, each, TOTAL, category), period.name, language, drill)
        for period, each in _with_cards(source)
    ]


def by_place(
    indicator: Indicator,
    facts: Facts,
    source: Source,
    category: str,
    language: str,
    drill: DrillTo | None,
) -> list[Number]:
    """The indicator in each place with a counted card, or a value of it, and in all of them."""
    numbers = [
        _number(_cell(indicator, facts, place, category), label, language, drill)
        for place, label in source.vocabulary.places.items()
        if place in facts.places() or indicator.at(facts, place, category).value
    ]
    total = _cell(indicator, facts, TOTAL, category)
    return [*numbers, _number(total, _("Total"), language, drill)]


def by_category(
    indicator: Indicator,
    facts: Facts,
    source: Source,
    language: str,
    drill: DrillTo | None,
    link: Callable[[str], str],
) -> list[Number]:
    """The indicator for each answer that it exists for, for all places together."""
    return [
        _number(_cell(indicator, facts, TOTAL, code), label, language, drill, link=link(code))
        for code, label in categories(indicator, source).items()
    ]


def categories(indicator: Indicator, source: Source) -> Mapping[str, Text]:
    """Codes and names of the answers that the indicator exists for."""
    words = source.vocabulary
    together: dict[str, Text] = {
        "public_organisations": _("Public organisations, parties and trade unions")
    }
    known: dict[str, Mapping[str, Text]] = {
        "form": words.forms,
        "topic": words.topics,
        "topic_group": words.topic_groups,
        "organiser": together | dict(OrganiserType.choices),
        "reason": dict(NoPermitReason.choices),
        "outcome": dict(Outcome.choices),
        "article": dict(Article.choices),
        "decision": dict(PermitDecision.choices),
    }
    return known[indicator.category] if indicator.category else {}


def with_cards(source: Source) -> list[Period]:
    """All known periods that have counted cards, in the order of time."""
    return [each for each in source.known if source.facts[each.code].assemblies()]


def last_with_cards(source: Source) -> Period:
    """The last year that has counted cards, else the last such period, else that of the source."""
    return last_of(with_cards(source)) or source.period


def unit_of(indicator: Indicator) -> Text:
    """The unit in words."""
    return UNITS[indicator.unit]


def printed_in(indicator: Indicator, report: Report) -> list[tuple[str, Text]]:
    """Code and title of the tables that print the indicator."""
    titles = {table.code: _title(table) for table in report.tables}
    return [(code, titles[code]) for code in indicator.tables if code in titles]


def behind(table: Table) -> list[Indicator]:
    """The indicators whose values the table prints."""
    return [indicator for indicator in INDICATORS if table.code in indicator.tables]


def neighbours(report: Report, table: Table) -> tuple[Table | None, Table | None]:
    """The tables before and after one, as the report prints them."""
    at = report.tables.index(table)
    return (
        report.tables[at - 1] if at else None,
        report.tables[at + 1] if at + 1 < len(report.tables) else None,
    )


def _title(table: Table) -> Text:
    if not table.number:
        return table.title
    return say(_("Table %(number)s. %(title)s"), number=table.number, title=table.title)


def _with_cards(source: Source) -> Iterator[tuple[Period, Facts]]:
    for period in source.periods:
        if source.facts[period.code].assemblies():
            yield period, source.facts[period.code]


def _cell(indicator: Indicator, facts: Facts, place: str, category: str) -> Cell:
    key = Key("", facts.period.code, place, indicator.code)
    return computed(key, indicator, facts, place, category)


def _number(
    cell: Cell,
    label: Text,
    language: str,
    drill: DrillTo | None,
    column: Text = "",
    link: str = "",
) -> Number:
    value = cell.value
    return Number(
        label=label,
        value=value_text(cell, language),
        numerator=_plain(value.numerator, language),
        denominator=_plain(value.denominator, language),
        n=_plain(value.n, language),
        unknown=_plain(value.unknown, language),
        range=_range(cell, language),
        column=column,
        url=drill(cell) if drill and cell.drill is not None and value else "",
        published=cell.source == "published",
        link=link,
    )


def _plain(value: float | None, language: str) -> str:
    """A number in full: whole ones without a fraction, months and the like with two places."""
    if value is None:
        return DASH
    return format_value(value, "count", 0 if float(value).is_integer() else 2, language)


def _range(cell: Cell, language: str) -> str:
    bounds: Iterable[float | None] = (cell.value.low, cell.value.high)
    texts = [
        format_value(bound, cell.unit, cell.decimals, language)
        for bound in bounds
        if bound is not None
    ]
    return DASH.join(texts) if len(texts) == 2 else DASH
