"""The only assembler: facts and printed figures in, a ``Report`` out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from django.utils.translation import gettext_lazy as _

from reports.figures import FIGURES
from reports.indicators import INDICATORS
from reports.narrative import (
    Story,
    annex,
    applications,
    authorities,
    character,
    consequences,
    glance,
    legislation,
    opening,
    overall,
    permits,
    statistics,
)
from reports.reconcile import check, compare
from reports.tables import Context, as_printed, make_context, tables_of
from reports.tables.applications import CODE as APPLICATIONS
from reports.types import (
    Block,
    Cell,
    Chapter,
    Facts,
    Figure,
    Finding,
    Indicator,
    Period,
    Region,
    Report,
    Table,
    Text,
    Value,
    Vocabulary,
)
from reports.wording import say


@dataclass(frozen=True)
class TableNo:
    """The place of a table in a chapter."""

    code: str


@dataclass(frozen=True)
class FigureNo:
    """The place of a figure in a chapter."""

    number: str


Titled = TypeVar("Titled", Table, Figure)
Words = Callable[[Story], Iterable[Text]]
Blocks = Callable[[Story], Iterable[Block]]


@dataclass(frozen=True)
class Said:
    """The place of generated paragraphs.

    Where it is known that there was no assembly, they are left out unless ``always`` is set.
    """

    by: Words
    always: bool = False


@dataclass(frozen=True)
class Placed:
    """The place of blocks that a function makes."""

    by: Blocks


Part = TableNo | FigureNo | Said | Placed


def _legislation(story: Story) -> Iterable[Block]:
    first, acts = legislation.legislation(story)
    yield Block("list", first, items=tuple(acts))


def _main_figures(story: Story) -> Iterable[Block]:
    first, lines = statistics.main_figures(story)
    if lines:
        yield Block("list", first, items=tuple(lines))


def _applications(story: Story) -> list[Block]:
    """A sentence and the table; nothing where no application is on record."""
    parts = (Said(applications.applications, always=True), TableNo(APPLICATIONS))
    return [block for part in parts for block in _blocks(part, story, {})]


def _annex(story: Story) -> Iterable[Block]:
    parts: tuple[tuple[Text, list[Block]], ...] = (
        (_("Method"), annex.method(story)),
        (_("Coverage"), annex.coverage(story)),
        (_("Quality of the data"), annex.quality(story)),
        (_("Further quantities"), list(_blocks(TableNo("text"), story, {}))),
        (_("Applications that never became an assembly"), _applications(story)),
        (_("Errata of earlier reports"), annex.errata(story)),
    )
    for heading, blocks in parts:
        if blocks:
            yield Block("heading", heading)
            yield from blocks


#: Chapters without a number. The first of them has nothing to say of a period without assemblies.
GLANCE, ANNEX = "glance", "annex"
#: Chapter code, title, and what stands in it. Chapters are numbered as they come.
CHAPTERS: tuple[tuple[str, Text, tuple[Part, ...]], ...] = (
    (GLANCE, _("The main figures"), (Placed(glance.at_a_glance),)),
    ("introduction", _("Introduction"), (Said(opening.introduction, always=True),)),
    ("legislation", _("Legislation"), (Placed(_legislation),)),
    (
        "overall",
        _("Overall results of the monitoring"),
        (
            Said(overall.assemblies, always=True),
            TableNo("1"),
            Said(overall.order_of_places),
            FigureNo("1"),
            TableNo("2"),
            Said(overall.periods, always=True),
        ),
    ),
    ("activity", _("Rally activity"), (Said(overall.activity, always=True), TableNo("3"))),
    (
        "character",
        _("Character of the assemblies"),
        (
            Said(character.topic_groups),
            TableNo("4"),
            FigureNo("2"),
            Said(character.topics),
            TableNo("topics"),
            Said(character.public_organisations),
            TableNo("5"),
            FigureNo("3"),
            Said(character.organisers),
            TableNo("6"),
            FigureNo("4"),
        ),
    ),
    (
        "forms",
        _("Forms of the assemblies"),
        (
            Said(character.forms),
            TableNo("7"),
            FigureNo("5"),
            Said(character.forms_compared),
            TableNo("8"),
        ),
    ),
    (
        "law_abidance",
        _("Law-abidance"),
        (
            Said(permits.unsanctioned),
            TableNo("9"),
            FigureNo("6"),
            Said(permits.earlier_shares),
            Said(permits.consequences),
            Said(permits.reasons),
            TableNo("10"),
            Said(permits.answers),
            Said(permits.law_abidance),
            TableNo("11"),
            TableNo("12"),
        ),
    ),
    (
        "authorities",
        _("Reaction of the authorities"),
        (Said(authorities.presence), TableNo("13")),
    ),
    (
        "police",
        _("The police"),
        (
            Said(authorities.police),
            Said(authorities.police_control),
            TableNo("14"),
            TableNo("15"),
        ),
    ),
    (
        "detentions",
        _("Detentions"),
        (
            Said(consequences.detentions),
            TableNo("16"),
            Said(consequences.circumstances),
            Said(consequences.prevented, always=True),
        ),
    ),
    (
        "convictions",
        _("Convictions"),
        (
            Said(consequences.convictions),
            TableNo("court"),
            Said(consequences.articles),
            Said(consequences.reached_court),
            TableNo("17"),
        ),
    ),
    (
        "statistics",
        _("General statistics"),
        (Said(statistics.participants), TableNo("18"), Said(statistics.duration), TableNo("19")),
    ),
    ("conclusions", _("Conclusions"), (Placed(_main_figures),)),
    (ANNEX, _("Annex"), (Placed(_annex),)),
)


def build(
    period: Period,
    facts_by_period: Mapping[str, Facts],
    published_cells: Iterable[tuple[Cell, str | None]],
    vocabulary: Vocabulary,
    periods: Sequence[Period],
    demonstration: bool,
    region: Region | None = None,
) -> Report:
    """The report of a period.

    facts_by_period: by period code, for every period that has cards (the report's own and earlier
    ones). published_cells: as printed (key.period is the label, verbatim), each with the code of
    the period that the label means, or ``None``. periods: all of them in order; later ones than
    the report's are left out. region: what the facts are of, if not of the whole country; every
    table and figure then says so. Raises ValueError if the period is not among them.
    """
    published = [(as_printed(cell), code) for cell, code in published_cells]
    context = make_context(period, facts_by_period, published, vocabulary, periods, region)
    tables = {code: _of_region(table, region) for code, table in tables_of(context).items()}
    computed = [cell for table in tables.values() for cell in table.cells()]
    findings = _findings(context, computed, published)
    drawn = {number: make(context, tables) for number, make in FIGURES.items()}
    figures = {number: _of_region(figure, region) for number, figure in drawn.items()}
    indicators = tuple(
        (each.under(context.terms), _whole(each, context.own)) for each in INDICATORS
    )
    story = Story(context, tables, findings)
    report = Report(
        period=period,
        chapters=tuple(_chapters(story, figures)),
        tables=tuple(table for table in tables.values() if table or table.code != APPLICATIONS),
        figures=tuple(figures.values()),
        indicators=indicators,
        published=tuple(cell for cell, _code in published),
        checksum="",
        demonstration=demonstration,
        findings=findings,
        periods=context.periods,
        region=region,
    )
    return replace(report, checksum=checksum(report))


def _of_region(what: Titled, region: Region | None) -> Titled:
    """A table or figure whose title says which region it is of: it may be read on its own."""
    if region is None:
        return what
    title = say(_("%(title)s (%(region)s)"), title=what.title, region=region.name)
    return replace(what, title=title)


def _findings(
    context: Context, computed: list[Cell], published: list[tuple[Cell, str | None]]
) -> tuple[Finding, ...]:
    """What is wrong with the printed figures of the periods that the report lists."""
    listed = {period.code for period in context.periods}
    known = [(cell, code) for cell, code in published if code is None or code in listed]
    return (*check(known, context.periods), *compare(computed, known))


def _whole(indicator: Indicator, facts: Facts) -> Value:
    """An indicator's value for all places; of one that exists per answer only n and unknown."""
    value = indicator.at(facts)
    return Value(n=value.n, unknown=value.unknown) if indicator.category else value


def _chapters(story: Story, figures: Mapping[str, Figure]) -> Iterable[Chapter]:
    number = 0
    for code, title, parts in CHAPTERS:
        kept = [part for part in parts if not (story.empty and _needs_assemblies(part))]
        blocks = [block for part in kept for block in _blocks(part, story, figures)]
        if kept[:1] != list(parts[:1]):
            blocks.insert(0, Block("text", _("There was no assembly in the period.")))
        if code == GLANCE and not blocks:
            continue
        number += code not in (GLANCE, ANNEX)
        yield Chapter(code, "" if code in (GLANCE, ANNEX) else str(number), title, tuple(blocks))


def _needs_assemblies(part: Part) -> bool:
    return isinstance(part, Said) and not part.always


def _blocks(part: Part, story: Story, figures: Mapping[str, Figure]) -> Iterable[Block]:
    if isinstance(part, Said):
        for text in part.by(story):
            if not (isinstance(text, str) and not text):
                yield Block("text", text)
    elif isinstance(part, Placed):
        yield from part.by(story)
    elif isinstance(part, TableNo):
        if _has_figures(table := story.tables[part.code]):
            yield Block("table", table=table)
    elif (figure := figures[part.number]).categories:
        yield Block("figure", figure=figure)


def _has_figures(table: Table) -> bool:
    return any(cell is not None and cell.value for row in table.rows for cell in row.cells)


def checksum(report: Report) -> str:
    """SHA-256 over every value of the report in a form that no order and no machine changes."""
    values = [_canonical("cell", *_key(cell), cell.printed, cell.value) for cell in report.cells()]
    values += [_canonical("indicator", each.code, value) for each, value in report.indicators]
    return hashlib.sha256("\n".join(sorted(values)).encode()).hexdigest()


def _key(cell: Cell) -> tuple[str, ...]:
    key = cell.key
    return key.table, key.period, key.row, key.column, cell.unit, cell.source


def _canonical(*parts: str | Value) -> str:
    """One value as a line: whole numbers and fractions alike as the shortest decimal."""
    line: list[str | float | None] = []
    for part in parts:
        if isinstance(part, Value):
            numbers = (
                part.value,
                part.numerator,
                part.denominator,
                part.n,
                part.unknown,
                part.low,
                part.high,
            )
            line += [None if number is None else float(number) for number in numbers]
        else:
            line.append(part)
    return json.dumps(line, ensure_ascii=True, separators=(",", ":"))
