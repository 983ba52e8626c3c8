"""Cells of a file to answers of the card: codes or words, dates and numbers as Excel keeps them."""

from __future__ import annotations

import datetime
import re
import uuid
from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import cache
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import translation
from django.utils.text import normalize_newlines
from django.utils.translation import gettext_lazy as _

from cards.files.cells import plain
from cards.files.sheets import clean
from cards.models.card import MOST_PEOPLE

Parser = Callable[[Any], Any]
#: Day 0 of Excel's serial dates (with its leap year 1900 that never was).
EPOCH = datetime.date(1899, 12, 30)
FIRST_YEAR = 1900
#: What PostgreSQL's integer holds.
MOST_TENGE = 2_147_483_647
_SPACES = re.compile(r"[\s\u00a0\u202f]+")
_SERIAL = re.compile(r"[0-9]{5}([.,]0*)?")
_MIDNIGHT = re.compile(r"[ T]0?0:00(:00(\.0+)?)?$")
_DATES = (
    re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})-(?P<day>[0-9]{1,2})"),
    re.compile(r"(?P<day>[0-9]{1,2})\.(?P<month>[0-9]{1,2})\.(?P<year>[0-9]{4})"),
)
_CLOCK = re.compile(r"([0-9]{1,2})[:.]([0-9]{2})(:[0-9]{2}(\.0+)?)?")
_FRACTION = re.compile(r"0?[.,][0-9]+|0([.,]0+)?")
#: Not "1,000" and "1.000": a thousand to some, one to others.
_WHOLE = re.compile(r"[0-9]{1,12}([.,]0{1,2})?")
_DECIMAL = re.compile(r"-?[0-9]{1,12}([.,][0-9]{1,18})?")
_THOUSANDS = re.compile(r"-?[0-9]{1,3}[.,][0-9]{3}")
_LINKS = re.compile(r"\s+|;(?=\s|https?://|$)")
_YES = frozenset({"yes", "1", "true", "да", "иә"})
_NO = frozenset({"no", "0", "false", "нет", "жоқ", ""})


class BadCell(ValueError):
    """A cell that cannot be read; the message says what is expected."""


def day(value: Any) -> datetime.date | None:
    """``2018-12-31``, ``31.12.2018``, a date cell, or Excel's serial number."""
    if isinstance(value, datetime.datetime):
        if value.time() != datetime.time():
            raise BadCell(_("Write the date without a time."))
        value = value.date()
    if isinstance(value, datetime.date):
        return _within_reach(value)
    text = "" if value is None else clean(str(value))
    if not text:
        return None
    if _SERIAL.fullmatch(text):
        return _within_reach(EPOCH + datetime.timedelta(days=int(text[:5])))
    text = _MIDNIGHT.sub("", text)
    for pattern in _DATES:
        if match := pattern.fullmatch(text):
            try:
                parts = (int(match[name]) for name in ("year", "month", "day"))
                return _within_reach(datetime.date(*parts))
            except ValueError:
                break
    raise BadCell(_("Write the date as 2018-12-31 or 31.12.2018."))


def clock(value: Any) -> datetime.time | None:
    """``14:05``, a time cell, or Excel's fraction of a day; seconds are left out."""
    if isinstance(value, datetime.datetime) and value.year <= FIRST_YEAR:
        # A time under a date's format lies on Excel's day 0.
        value = value.time()
    if isinstance(value, datetime.time):
        return value.replace(second=0, microsecond=0)
    if isinstance(value, datetime.timedelta):
        value = value / datetime.timedelta(days=1)
    if isinstance(value, float | int) and not isinstance(value, bool):
        return _of_fraction(value)
    text = "" if value is None else clean(str(value))
    if not text:
        return None
    if _FRACTION.fullmatch(text):
        return _of_fraction(float(text.replace(",", ".")))
    if match := _CLOCK.fullmatch(text):
        hours, minutes = int(match[1]), int(match[2])
        if hours < 24 and minutes < 60:
            return datetime.time(hours, minutes)
    raise BadCell(_("Write the time as 14:05."))


def whole_to(limit: int) -> Parser:
    """A whole number from 0 to ``limit``; "1 000" is a thousand; words are refused."""

    def parse(value: Any) -> int | None:
        if isinstance(value, bool):
            raise BadCell(_("Write a whole number, without words."))
        text = "" if value is None else _SPACES.sub("", str(value))
        if not text:
            return None
        if not _WHOLE.fullmatch(text):
            raise BadCell(_("Write a whole number, without words."))
        number = int(re.split("[.,]", text)[0])
        if number > limit:
            raise BadCell(_("The number is too large."))
        return number

    return parse


def decimal(value: Any) -> Decimal | None:
    """A number with a point or a comma."""
    text = "" if value is None else _SPACES.sub("", str(value))
    if not text:
        return None
    if isinstance(value, bool) or not _DECIMAL.fullmatch(text):
        raise BadCell(_("Write a number such as 12.5."))
    return Decimal(text.replace(",", "."))


def degrees(low: float, high: float) -> Parser:
    """A coordinate inside Kazakhstan, kept to five places (about a metre)."""

    def parse(value: Any) -> Decimal | None:
        number = decimal(value)
        if number is None:
            return None
        if not low <= number <= high:
            raise BadCell(_("The coordinate lies outside Kazakhstan."))
        return round(number, 5)

    return parse


def money(value: Any) -> Decimal | None:
    """A fine in monthly calculation indices."""
    number = decimal(value)
    if number is None:
        return None
    thousands = isinstance(value, str) and _THOUSANDS.fullmatch(_SPACES.sub("", value))
    if thousands or not 0 <= number < 1_000_000:
        raise BadCell(_("Write a number such as 12.5."))
    return round(number, 2)


def yes_no(value: Any) -> bool:
    """Yes or no in any of the languages; nothing is no."""
    text = key_of("" if value is None else value)
    if text in _YES:
        return True
    if text in _NO:
        return False
    raise BadCell(_("Write yes or no."))


def yes_no_or_open(value: Any) -> bool | None:
    """As ``yes_no``, but nothing is None."""
    return yes_no(value) if key_of(value) else None


def text_of(limit: int | None) -> Parser:
    """Text of at most ``limit`` characters; numbers are taken as they are written."""

    def parse(value: Any) -> str:
        text = clean(_as_written(value))
        if "'" in text:
            text = clean(plain(text))
        if "\r" in text:
            text = normalize_newlines(text)
        if "\0" in text:
            raise BadCell(_("The text holds a character that cannot be stored."))
        if limit is not None and len(text) > limit:
            raise BadCell(_("The text is longer than %(limit)s characters.") % {"limit": limit})
        return text

    return parse


def links(value: Any) -> str:
    """Addresses separated by ``;``, spaces or lines, one in each line."""
    text = plain(_as_written(value))
    if "\0" in text:
        raise BadCell(_("The text holds a character that cannot be stored."))
    return "\n".join(part for part in _LINKS.split(text) if part)


def identifier(value: Any) -> uuid.UUID | None:
    """A card's own identifier."""
    text = clean(_as_written(value))
    if not text:
        return None
    try:
        return uuid.UUID(text)
    except ValueError:
        raise BadCell(_("This is not an identifier (UUID).")) from None


def one_of(words: dict[str, str | None]) -> Parser:
    """A code, or its label in one of the three languages."""

    def parse(value: Any) -> str:
        key = "" if value is None else key_of(value)
        if not key:
            return ""
        code = words.get(key)
        if code is not None:
            return code
        word = {"word": shown(value)}
        if key in words:
            raise BadCell(_("“%(word)s” may mean several answers: write the code.") % word)
        raise BadCell(_("“%(word)s” is not one of the answers.") % word)

    return parse


def some_of(words: dict[str, str | None]) -> Parser:
    """Several codes or labels, separated by ``;``, in the order of the vocabulary."""
    one = one_of(words)
    order = {code: place for place, code in enumerate(dict.fromkeys(filter(None, words.values())))}

    def parse(value: Any) -> tuple[str, ...]:
        found = {one(part) for part in _as_written(value).split(";")} - {""}
        return tuple(sorted(found, key=order.__getitem__))

    return parse


@cache
def words_of(vocabulary: type[models.TextChoices]) -> dict[str, str | None]:
    """Every way to write an answer -> its code; None where a word may mean several."""
    names: list[tuple[str, str]] = []
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            names += [(str(label), code) for code, label in vocabulary.choices]
    return _words(vocabulary.values, names)


def words_of_rows(rows: Iterable[Any]) -> dict[str, str | None]:
    """As ``words_of``, for a reference table: labels, other names, KATO, and the code."""
    codes, names = [], []
    for row in rows:
        codes.append(row.pk)
        others = [getattr(row, "kato", ""), *getattr(row, "aliases", "").split("|")]
        for name in (row.label_ru, row.label_kk, row.label_en, *others):
            names.append((name, row.pk))
    return _words(codes, names)


def key_of(word: Any) -> str:
    """A word without what does not tell answers apart: spaces, capitals, ё for е."""
    return _SPACES.sub(" ", clean(_as_written(word))).casefold().replace("ё", "е")


def shown(value: Any) -> str:
    """A cell as a message repeats it."""
    text = _SPACES.sub(" ", str(value))
    return text if len(text) <= 60 else f"{text[:60]}…"


class Remembering(dict[Any, Any]):
    """The same parser, which reads a text that it has seen before only once: most cells say what
    others of their column said. Looked up as in a dictionary, or called.

    Only texts are kept: 1, 1.0 and True are one key. ``most``: texts kept; 0 for a column in
    which hardly two are the same.
    """

    def __init__(self, parse: Parser, most: int = 50_000):
        super().__init__()
        self.parse = parse
        self.most = most

    def __missing__(self, value: Any) -> Any:
        found = self.parse(value)
        if type(value) is str and self.most:
            if len(self) > self.most:
                self.clear()
            self[value] = found
        return found

    def __call__(self, value: Any) -> Any:
        return self[value]


#: A number of people.
people = whole_to(MOST_PEOPLE)


def _words(codes: Iterable[str], names: Iterable[tuple[str, str]]) -> dict[str, str | None]:
    found: dict[str, str | None] = {key_of(code): code for code in codes}
    own = set(found)
    for name, code in names:
        key = key_of(name)
        if key and key not in own:
            found[key] = code if found.get(key, code) == code else None
    return found


def _as_written(value: Any) -> str:
    if type(value) is str:
        return value
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _within_reach(value: datetime.date) -> datetime.date:
    if value.year < FIRST_YEAR:
        raise BadCell(_("The date lies too far back."))
    return value


def _of_fraction(value: float) -> datetime.time:
    if not 0 <= value < 1:
        raise BadCell(_("Write the time as 14:05."))
    minutes = round(value * 24 * 60)
    return datetime.time(minutes // 60 % 24, minutes % 60)
