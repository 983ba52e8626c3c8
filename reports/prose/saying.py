"""What a reference says of a report, in one language: numbers as the tables print them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

from reports.numbers import NO_BREAK, NOTHING, format_value, round_half_up
from reports.prose import nouns
from reports.prose.language import Found, Reference, Unreadable, read, references
from reports.prose.values import Address, Entry, Values, rows_by_value
from reports.types import Cell, Row, Text
from reports.wording import Number, in_words, inside, listed, say

_COUNTS = frozenset({"count", "people", "officers", "assemblies"})


@dataclass(frozen=True, slots=True)
class Problem:
    """A reference that cannot be said. line: from 1; meant: addresses that may have been meant."""

    line: int
    written: str
    message: Text
    meant: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """A text with its numbers. ``bound``: reference -> what it says, in the order of the text."""

    text: str
    bound: dict[str, str]
    problems: tuple[Problem, ...]


class _Unknown(Exception):
    """An address that the report does not have."""

    def __init__(self, address: Address) -> None:
        super().__init__(str(address))
        self.address = address


def fill(text: str, values: Values, language: str) -> Said:
    """The text with every reference replaced by what it says; those that say nothing stay."""
    parts, bound, problems, at = [], {}, [], 0
    with override(language):
        for found in references(text):
            parts.append(text[at : found.start])
            at = found.end
            try:
                said = say_reference(read(found.inside), values, language)
            except (Unreadable, _Unknown) as error:
                problems.append(_problem(found, error, values))
                parts.append(text[found.start : found.end])
                continue
            bound[found.inside] = said
            parts.append(said)
    parts.append(text[at:])
    return Said("".join(parts), bound, tuple(problems))


def say_reference(reference: Reference, values: Values, language: str) -> str:
    """What one reference says, in the active language. Raises Unreadable or _Unknown."""
    text = _VERBS[reference.verb](reference, values)
    if reference.forms:
        return f"{text}{NO_BREAK}{nouns.of_forms(reference.forms, text, language)}"
    if reference.noun:
        noun = nouns.with_number(reference.noun, reference.case, text, language)
        return f"{text}{NO_BREAK}{noun}"
    return text


def _problem(found: Found, error: Unreadable | _Unknown, values: Values) -> Problem:
    if isinstance(error, Unreadable):
        return Problem(found.line, found.inside, error.message)
    message = say(_("The report has no value at %(address)s."), address=str(error.address))
    return Problem(found.line, found.inside, message, tuple(values.close_to(error.address)))


def _entry(values: Values, address: Address | None) -> Entry:
    if address is None:
        raise Unreadable(_("There is nothing between the braces."))
    try:
        return values.find(address)
    except KeyError:
        raise _Unknown(address) from None


def _printed(value: float | None, unit: str, decimals: int, reference: Reference) -> str:
    places = decimals if reference.decimals is None else reference.decimals
    if reference.decimals is None:
        return str(Number(value, unit, places))
    return format_value(value, unit, places, get_language() or "ru")


def _value(reference: Reference, values: Values) -> str:
    cell = _entry(values, reference.first).cell
    return _printed(cell.value.value, cell.unit, cell.decimals, reference)


def _part(name: str) -> Callable[[Reference, Values], str]:
    def said(reference: Reference, values: Values) -> str:
        cell = _entry(values, reference.first).cell
        value: float | None = getattr(cell.value, name)
        if name in ("n", "unknown"):
            return _printed(value, "count", 0, reference)
        return _printed(value, cell.unit, cell.decimals, reference)

    return said


def _quotient(factor: float, unit: str, decimals: int) -> Callable[[Reference, Values], str]:
    def said(reference: Reference, values: Values) -> str:
        above, below = (_entry(values, each).cell for each in (reference.first, reference.second))
        part, whole = above.value.value, below.value.value
        value = None if part is None or not whole else part / whole * factor
        return _printed(value, unit, decimals, reference)

    return said


def _two(reference: Reference, values: Values) -> tuple[Entry, Entry]:
    """The value and the earlier one that it is compared with."""
    now = _entry(values, reference.first)
    try:
        earlier = values.before(now.address, reference.since)
    except KeyError:
        raise Unreadable(_("The report shows no period before.")) from None
    return now, _entry(values, earlier)


def _difference(now: Entry, before: Entry) -> tuple[float | None, int]:
    """Of what is printed, at the places that both have: readers subtract what they read."""
    places = min(now.cell.decimals, before.cell.decimals)
    new, old = now.cell.value.value, before.cell.value.value
    if new is None or old is None:
        return None, places
    return float(round_half_up(new, places) - round_half_up(old, places)), places


def _change(reference: Reference, values: Values) -> str:
    now, before = _two(reference, values)
    value, places = _difference(now, before)
    # A difference of two shares is in percentage points: without a percent sign.
    unit = "count" if now.cell.unit == "percent" else now.cell.unit
    return _printed(None if value is None else abs(value), unit, places, reference)


def _growth(reference: Reference, values: Values) -> str:
    now, before = (each.cell.value.value for each in _two(reference, values))
    value = None if now is None or not before else abs(now - before) / before * 100
    return _printed(value, "percent", 1, reference)


def _times(reference: Reference, values: Values) -> str:
    now, before = (each.cell.value.value for each in _two(reference, values))
    return _printed(None if now is None or not before else now / before, "count", 1, reference)


def _compare(reference: Reference, values: Values) -> str:
    now, before = _two(reference, values)
    value, places = _difference(now, before)
    if value is None:
        return NOTHING
    unit = "count" if now.cell.unit == "percent" else now.cell.unit
    difference = _printed(abs(value), unit, places, reference)
    when = str(before.column.title if before.column.code != before.cell.key.column else "")
    when = when or str(before.column.span) or before.address.period
    if not value:
        return str(say(_("as many as in %(period)s"), period=when))
    if now.cell.unit in _COUNTS:
        more, fewer = _("%(n)s more than in %(period)s"), _("%(n)s fewer than in %(period)s")
    else:
        more, fewer = _("%(n)s higher than in %(period)s"), _("%(n)s lower than in %(period)s")
    return str(say(more if value > 0 else fewer, n=difference, period=when))


def _first(reference: Reference, values: Values) -> str:
    ranked = _ranked(reference, values)
    top = round_half_up(ranked[0][1].value.value or 0, ranked[0][1].decimals)
    level = [
        row.label
        for row, cell in ranked
        if round_half_up(cell.value.value or 0, cell.decimals) == top
    ]
    table = reference.column[0] if reference.column else ""
    names = [inside(label) for label in level] if table in _COMMON_NOUNS else level
    return str(listed(names))


#: Tables whose rows are common nouns: inside a sentence they begin with a small letter.
_COMMON_NOUNS = frozenset({"4", "5", "6", "7", "8", "10", "topics"})


def _rank(reference: Reference, values: Values) -> str:
    entry = _entry(values, reference.first)
    try:
        ranked = rows_by_value(entry.table, entry.cell.key.column)
    except KeyError:
        raise _Unknown(entry.address) from None
    of = entry.cell.value.value
    if of is None:
        return NOTHING
    above = [cell for _row, cell in ranked if (cell.value.value or 0) > of]
    return str(len(above) + 1)


def _name(reference: Reference, values: Values) -> str:
    address = reference.first
    if address is not None:
        try:
            table = values.table(address.table)
        except KeyError:
            raise _Unknown(address) from None
        for row in table.rows:
            if row.code == address.row:
                return str(row.label)
        raise _Unknown(address)
    raise Unreadable(_("There is nothing between the braces."))


def _rows(reference: Reference, values: Values) -> str:
    return _printed(len(_ranked(reference, values)), "count", 0, reference)


def _ranked(reference: Reference, values: Values) -> list[tuple[Row, Cell]]:
    table, column = reference.column or ("", "")
    try:
        return rows_by_value(values.table(table), column)
    except KeyError:
        raise _Unknown(Address(table, "…", column)) from None


def _period(reference: Reference, values: Values) -> str:
    return str(in_words(values.report.period))


def _previous(reference: Reference, values: Values) -> str:
    if values.previous is None:
        raise Unreadable(_("The report shows no period before."))
    return values.previous


_VERBS: dict[str, Callable[[Reference, Values], str]] = {
    "": _value,
    "share": _quotient(100, "percent", 1),
    "ratio": _quotient(1, "count", 2),
    "change": _change,
    "growth": _growth,
    "times": _times,
    "compare": _compare,
    "first": _first,
    "rank": _rank,
    "name": _name,
    "rows": _rows,
    "n": _part("n"),
    "unknown": _part("unknown"),
    "low": _part("low"),
    "high": _part("high"),
    "period": _period,
    "previous": _previous,
}
