"""The annex: method of every index and table, coverage, data quality, errata."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy, pgettext_lazy

from reports.indicators import INDICATORS, authorities, detentions, permits, statistics
from reports.indicators.character import ORGANISER_SHARE
from reports.narrative.story import Story, paragraph
from reports.numbers import NOTHING, decimals_of
from reports.reconcile import KINDS, RULES
from reports.types import TOTAL, Agreement, Block, Finding, Indicator, Label, Table, Text
from reports.wording import Number, count, listed, percent, say, together, written

UNITS: dict[str, Text] = {
    "count": pgettext_lazy("unit", "number"),
    "percent": pgettext_lazy("unit", "percent"),
    "people": pgettext_lazy("unit", "people"),
    "officers": pgettext_lazy("unit", "police officers"),
    "assemblies": pgettext_lazy("unit", "assemblies"),
    "assemblies per month": pgettext_lazy("unit", "assemblies per month"),
    "officers per participant": pgettext_lazy("unit", "police officers per participant"),
    "people per assembly": pgettext_lazy("unit", "people per assembly"),
    "officers per assembly": pgettext_lazy("unit", "police officers per assembly"),
    "minutes": pgettext_lazy("unit", "minutes"),
    "days": pgettext_lazy("unit", "days"),
}


_RULE = pgettext_lazy("of missing answers", "Rule")


def method(story: Story) -> list[Block]:
    """Definition and formula of every quantity, and what becomes of cards without an answer.

    Most quantities treat missing answers in one of a few ways: these are told once, by number.
    """
    told = [each.under(story.context.terms) for each in INDICATORS]
    rules = list(dict.fromkeys(each.missing for each in told))
    lines = tuple(
        (
            say(_("%(name)s, %(unit)s"), name=each.name, unit=UNITS[each.unit]),
            each.definition,
            each.formula,
            str(rules.index(each.missing) + 1),
        )
        for each in told
    )
    quantities = Block(
        "grid",
        _("How each quantity is computed"),
        items=(_("Quantity, unit"), _("Definition"), _("Formula"), _RULE),
        lines=lines,
    )
    missing = Block(
        "grid",
        _("Where answers are missing"),
        items=(_RULE, _("What becomes of cards without an answer")),
        lines=tuple((str(number), rule) for number, rule in enumerate(rules, start=1)),
    )
    return [quantities, missing]


def coverage(story: Story) -> list[Block]:
    """Months covered in each place."""
    covered = story.context.own.covered
    if not covered:
        return []
    in_all = say(
        _("The period has %(months)s months; in %(any)s of them at least one place was monitored."),
        months=_months(story.period.months),
        any=_months(story.context.own.covered_any),
    )
    places: dict[float, list[Text]] = {}
    for place, label in story.context.vocabulary.places.items():
        if place in covered:
            places.setdefault(covered[place], []).append(label)
    lines = tuple(
        (written(_months(months)), listed(names))
        for months, names in sorted(places.items(), reverse=True)
    )
    grid = Block(
        "grid",
        _("Months covered by the monitoring"),
        items=(_("Months covered"), _("Places")),
        lines=lines,
    )
    return [Block("text", in_all), grid]


def _months(months: float) -> Number:
    return Number(months, "months", 0 if float(months).is_integer() else 1)


#: What the tables rest on: the question, and an indicator that tells n and unknown.
QUESTIONS: tuple[tuple[Text, Indicator], ...] = (
    (_("Organiser"), ORGANISER_SHARE),
    (_("Legal status"), permits.LAW_ABIDANCE),
    (_("Presence of the prosecutor's office"), authorities.PROSECUTOR_PRESENT),
    (_("Presence of the akimat"), authorities.AKIMAT_PRESENT),
    (_("Presence of the police"), authorities.POLICE_PRESENT),
    (_("Conduct of the police"), authorities.POLICE_OBSTRUCTED),
    (_("Number of participants"), authorities.PARTICIPANTS),
    (_("Number of police officers"), authorities.POLICE),
    (_("Both numbers"), authorities.POLICE_CONTROL),
    (_("People detained"), detentions.DETAINED),
    (_("Duration"), statistics.MEAN_DURATION),
)


def quality(story: Story) -> list[Block]:
    """On how many cards each question is answered, and how assemblies were observed."""
    own = story.context.own
    n = own.assemblies()
    if not n:
        return [Block("text", _("There is no counted card of the period."))]
    direct = statistics.DIRECT_SHARE.at(own)
    observed = say(
        ngettext_lazy(
            "The tables rest on %(n)s counted card.",
            "The tables rest on %(n)s counted cards.",
            "count",
        ),
        count=n,
        n=count(n),
    )
    there: Text = ""
    if direct:
        text = _("The share of direct observation among them is %(share)s.")
        there = say(text, share=percent(direct.value))
    lines: list[tuple[Text, ...]] = []
    for question, indicator in QUESTIONS:
        value = indicator.at(own, TOTAL)
        known, unknown = value.n or 0, value.unknown or 0
        share = 100 * known / (known + unknown) if known + unknown else None
        lines.append(
            (question, written(count(known)), written(count(unknown)), written(percent(share)))
        )
    grid = Block(
        "grid",
        _("How many cards answer each question"),
        items=(_("Question"), _("Known, n"), _("Not known"), _("Share known")),
        lines=tuple(lines),
    )
    return [Block("text", paragraph(observed, there)), grid, *_agreement(own.agreement)]


#: Questions that are named as those in which two monitors agree least; none rests on one pair.
FEWEST_PAIRS, MOST_NAMED = 2, 5


def _agreement(found: Agreement) -> list[Block]:
    """How far two monitors at one assembly agree, and on what least; nothing without a pair."""
    if not found.compared:
        return []
    pairs = say(
        ngettext_lazy(
            "%(n)s assembly was recorded on two cards, which were merged.",
            "%(n)s assemblies were recorded on two cards each, which were merged.",
            "count",
        ),
        count=found.pairs,
        n=count(found.pairs),
    )
    agreed = say(
        _("Of the answers that both cards give, %(share)s agree (%(agreed)s of %(compared)s)."),
        share=percent(100 * found.agreed / found.compared),
        agreed=count(found.agreed),
        compared=count(found.compared),
    )
    rule = _(
        "Free words, links, sources and bounds of numbers are not compared; numbers agree if they"
        " differ by a tenth of the larger one at most, times if by 15 minutes at most."
    )
    least = sorted(
        (same / compared, code, name, compared, same)
        for code, name, compared, same in found.questions
        if compared >= FEWEST_PAIRS and same < compared
    )[:MOST_NAMED]
    lines = tuple(
        (name, written(count(compared)), written(count(same)), written(percent(100 * share)))
        for share, _code, name, compared, same in least
    )
    grid = Block(
        "grid",
        _("Where two cards on one assembly agree least"),
        items=(
            _("Question"),
            _("Answered on both, n"),
            pgettext_lazy("column", "Agree"),
            _("Share that agree"),
        ),
        lines=lines,
    )
    return [Block("text", paragraph(pairs, agreed, rule)), *([grid] if lines else [])]


def errata(story: Story) -> list[Block]:
    """Figures of this and of earlier prints that others, or the cards, do not bear out."""
    findings = story.findings
    if not findings:
        return []
    cells = _by_cell(findings)
    told = say(
        ngettext_lazy(
            "%(n)s printed figure of this or an earlier period is not borne out by the others, or"
            " by the cards.",
            "%(n)s printed figures of this or an earlier period are not borne out by the others, or"
            " by the cards.",
            "count",
        ),
        count=len(cells),
        n=count(len(cells)),
    )
    rounded = sum(found[0].kind == "rounding" for found in cells)
    cut = say(
        ngettext_lazy(
            "%(n)s of them is only cut off or wrongly rounded.",
            "%(n)s of them are only cut off or wrongly rounded.",
            "count",
        ),
        count=rounded,
        n=count(rounded),
    )
    return [Block("text", paragraph(told, cut if rounded else "")), *_by_rule(story, cells)]


def _by_rule(story: Story, cells: Iterable[list[Finding]]) -> Iterator[Block]:
    """A table for each rule, or each set of them, that is broken, under its words."""
    groups: dict[tuple[str, ...], list[list[Finding]]] = {}
    for found in cells:
        groups.setdefault(tuple(dict.fromkeys(each.rule for each in found)), []).append(found)
    order = list(RULES)
    for rules, those in sorted(groups.items(), key=lambda one: [order.index(r) for r in one[0]]):
        yield Block(
            "grid",
            together(RULES[rule] for rule in rules),
            items=(_("Figure"), _("Printed"), _("Expected"), _("Kind")),
            lines=tuple(_erratum(story, found) for found in those),
        )


def _by_cell(findings: Iterable[Finding]) -> list[list[Finding]]:
    """Findings on one figure that expect the same of it, together."""
    cells: dict[tuple[object, ...], list[Finding]] = {}
    for each in findings:
        expected = None if each.expected is None else round(each.expected, 6)
        where = (each.table, each.period, each.row, each.column, expected)
        cells.setdefault(where, []).append(each)
    return list(cells.values())


def _erratum(story: Story, found: list[Finding]) -> tuple[Text, ...]:
    first = found[0]
    expected: Text = NOTHING
    if first.expected is not None:
        # One place more than what was printed shows where a fraction differs.
        fraction = not float(first.expected).is_integer()
        places = min(decimals_of(first.printed) + 1, 3) if fraction else 0
        expected = written(Number(first.expected, "count", places))
    return _where(story, first), first.printed or _("nothing"), expected, KINDS[first.kind]


def _where(story: Story, finding: Finding) -> Text:
    table = story.tables.get(finding.table)
    first: Text = finding.table
    if table is not None:
        first = say(_("Table %(number)s"), number=table.number) if table.number else table.title
    row, column = _row_name(story, table, finding.row), _column_name(table, finding.column)
    return together([first, finding.period, row, column], ", ")


def _row_name(story: Story, table: Table | None, row: str) -> Text:
    vocabulary = story.context.vocabulary
    for register in (vocabulary.places, vocabulary.forms, vocabulary.topic_groups):
        if row in register:
            found: Label = register[row]
            return found
    for each in table.rows if table is not None else ():
        if each.code == row:
            return each.label
    return "" if row == TOTAL else row


def _column_name(table: Table | None, column: str) -> Text:
    if table is None:
        return column
    for each in table.columns:
        if each.code.rpartition(":")[2] == column:
            return each.title
    for row in table.rows:
        if row.code == column:
            return row.label
    return ""
