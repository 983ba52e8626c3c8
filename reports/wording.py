"""Sentences that are put together when they are printed, in the language of that moment.

A sentence is a translatable message and the values bound to its names. Nothing is evaluated
before ``str()``: the same report prints in Russian, Kazakh and English.

>>> say(ngettext_lazy("%(n)s card.", "%(n)s cards.", "count"), count=2, n=count(2))
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise, lazy
from django.utils.translation import get_language, pgettext

from reports.numbers import format_date, format_list, format_value, round_half_up
from reports.types import Cell, Period, Text

_AS_REFERENCES: ContextVar[bool] = ContextVar("as_references", default=False)


@contextmanager
def as_references() -> Iterator[None]:
    """Inside, numbers of cells are not printed but named: sentences become text to be edited."""
    token = _AS_REFERENCES.set(True)
    try:
        yield
    finally:
        _AS_REFERENCES.reset(token)


@dataclass(frozen=True, slots=True)
class Number:
    """A number inside a sentence, printed by the rules of the active language.

    ``reference`` names it where sentences are taken over as text (``as_references``). A share that
    is whole is said without decimals: "100 %", where a table has "100.0 %".
    """

    value: float | None
    unit: str = "count"
    decimals: int = 0
    reference: str = ""

    def __str__(self) -> str:
        if self.reference and _AS_REFERENCES.get():
            return in_braces(self.reference)
        decimals = self.decimals
        if self.unit == "percent" and self.value is not None:
            rounded = round_half_up(self.value, decimals)
            decimals = 0 if rounded == rounded.to_integral_value() else decimals
        return format_value(self.value, self.unit, decimals, _language())


@dataclass(frozen=True, slots=True)
class Day:
    """A date inside a sentence."""

    value: date

    def __str__(self) -> str:
        return format_date(self.value, _language())


def in_braces(reference: str) -> str:
    """A reference as prose writes it: ``{{ 1/TOTAL/assemblies }}``."""
    return f"{{{{ {reference} }}}}"


def count(value: float | None, reference: str = "") -> Number:
    """A whole number."""
    return Number(value, reference=reference)


def percent(value: float | None, decimals: int = 1) -> Number:
    """A share with its sign."""
    return Number(value, "percent", decimals)


def of(cell: Cell) -> Number:
    """The number of a cell, as its table prints it."""
    return Number(cell.value.value, cell.unit, cell.decimals, address_of(cell))


def address_of(cell: Cell) -> str:
    """How prose names the cell: ``table/row/column@period``."""
    key = cell.key
    return f"{key.table}/{key.row}/{key.column}@{key.period}"


def say(message: Text, **values: Any) -> Text:
    """``message % values``, at the moment of printing.

    ``message`` is from ``gettext_lazy`` or from ``ngettext_lazy(…, "count")``; the latter takes
    its form from the whole number ``count``. Values may be sentences themselves.
    """
    return _say_lazily(message, values)


def together(parts: Iterable[Text], separator: str = " ") -> Text:
    """Sentences one after another, as one paragraph."""
    return _join_lazily(tuple(parts), separator)


def listed(names: Iterable[Text]) -> Text:
    """Names in a row, with the language's own "and"."""
    return _list_lazily(tuple(names))


def in_words(period: Period) -> Text:
    """A period inside a sentence or a title: a bare year takes the word that its language asks for.

    Russian says "2018 год" where a column is headed "2018", English "the first half of 2024" where
    it is headed "First half of 2024".
    """
    return _name_lazily(period.name)


def inside(name: Text) -> Text:
    """A name of a vocabulary inside a sentence: a small first letter, unless it is an abbreviation.

    >>> str(inside("Одиночный пикет"))
    'одиночный пикет'
    """
    return _lower_lazily(name)


def written(number: Number) -> Text:
    """A number that stands alone."""
    return _write_lazily(number)


def _language() -> str:
    return get_language() or "ru"


def _say(message: Text, values: Mapping[str, Any]) -> str:
    # A plural message picks its form in its own ``%``, from the integer under "count".
    bound = {name: v if isinstance(v, int) else str(v) for name, v in values.items()}
    template: Any = message if isinstance(message, Promise) else str(message)
    return str(template % bound)


def _join(parts: tuple[Text, ...], separator: str) -> str:
    return separator.join(text for text in map(str, parts) if text)


def _list(names: tuple[Text, ...]) -> str:
    return format_list([str(name) for name in names], _language())


_YEAR = re.compile(r"\d{4}")
_YEARS = re.compile(r"\d{4}\s*[–-]\s*\d{2,4}")


def _name(name: Text) -> str:
    text = str(name)
    if _YEAR.fullmatch(text):
        return pgettext("one year in a sentence", "%(year)s") % {"year": text}
    if _YEARS.fullmatch(text):
        return pgettext("several years in a sentence", "%(years)s") % {"years": text}
    if text[:1].isupper() and text[1:2].islower():
        return pgettext("a period in words, in a sentence", "the %(name)s") % {"name": _lower(text)}
    return text


def _lower(name: Text) -> str:
    text = str(name)
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


_say_lazily = lazy(_say, str)
_join_lazily = lazy(_join, str)
_list_lazily = lazy(_list, str)
_write_lazily = lazy(str, str)
_name_lazily = lazy(_name, str)
_lower_lazily = lazy(_lower, str)
