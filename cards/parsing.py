"""Cells of a file to answers of the card: codes or words, dates and numbers as Excel keeps them."""

from __future__ import annotations

import datetime
import re
import uuid
from collections.abc import Callable, Iterable
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from cards.models import Card, CaseUpdate, City, Form, Topic
from cards.models.card import MOST_PEOPLE
from cards.models.reference import LATITUDE, LONGITUDE
from cards.vocabularies import Status

Parser = Callable[[Any], Any]
#: Day 0 of Excel's serial dates (with its leap year 1900 that never was).
EPOCH = datetime.date(1899, 12, 30)
_SPACES = re.compile(r"[\s\u00a0\u202f]+")
_SERIAL = re.compile(r"\d{5}(\.0*)?")
_YES = frozenset({"yes", "1", "true", "да", "иә"})
_NO = frozenset({"no", "0", "false", "нет", "жоқ", ""})


class BadCell(ValueError):
    """A cell that cannot be read; the message says what is expected."""


def day(value: Any) -> datetime.date | None:
    """``2018-12-31``, ``31.12.2018``, a date cell, or Excel's serial number."""
    if value in ("", None):
        return None
    if isinstance(value, datetime.datetime):
        return value.date()
    if isinstance(value, datetime.date):
        return value
    text = str(value).strip()
    if _SERIAL.fullmatch(text):
        return EPOCH + datetime.timedelta(days=int(float(text)))
    text = re.sub(r"[ T]00:00(:00)?$", "", text)
    for pattern in ("%Y-%m-%d", "%d.%m.%Y"):
        try:
            return datetime.datetime.strptime(text, pattern).date()
        except ValueError:
            continue
    raise BadCell(_("Write the date as 2018-12-31 or 31.12.2018."))


def clock(value: Any) -> datetime.time | None:
    """``14:05``, a time cell, or Excel's fraction of a day."""
    if value in ("", None):
        return None
    if isinstance(value, datetime.datetime):
        return value.time().replace(second=0, microsecond=0)
    if isinstance(value, datetime.time):
        return value.replace(second=0, microsecond=0)
    if isinstance(value, datetime.timedelta):
        return _of_minutes(round(value.total_seconds() / 60))
    text = str(value).strip()
    if match := re.fullmatch(r"(\d{1,2}):(\d{2})(:\d{2})?", text):
        hours, minutes = int(match[1]), int(match[2])
        if hours < 24 and minutes < 60:
            return datetime.time(hours, minutes)
    elif re.fullmatch(r"0?[.,]\d+|0([.,]0+)?", text):
        return _of_minutes(round(float(text.replace(",", ".")) * 24 * 60))
    raise BadCell(_("Write the time as 14:05."))


def whole(value: Any) -> int | None:
    """A whole number that is not negative; "1 000" is a thousand; words are refused."""
    if value in ("", None):
        return None
    if isinstance(value, bool):
        raise BadCell(_("Write a whole number, without words."))
    text = _SPACES.sub("", str(value))
    if re.fullmatch(r"\d+([.,]0+)?", text):
        number = int(re.split("[.,]", text)[0])
        if number <= MOST_PEOPLE:
            return number
    raise BadCell(_("Write a whole number, without words."))


def decimal(value: Any) -> Decimal | None:
    """A number with a point or a comma."""
    if value in ("", None):
        return None
    try:
        number = Decimal(_SPACES.sub("", str(value)).replace(",", "."))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise BadCell(_("Write a number such as 12.5."))
    return number


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
    if number is not None and not 0 <= number < 1_000_000:
        raise BadCell(_("Write a number such as 12.5."))
    return number if number is None else round(number, 2)


def yes_no(value: Any) -> bool:
    text = str("" if value is None else value).strip().casefold()
    if text in _YES or value is True:
        return True
    if text in _NO or value is False:
        return False
    raise BadCell(_("Write yes or no."))


def text_of(limit: int | None) -> Parser:
    """Text of at most ``limit`` characters; numbers are taken as they are written."""

    def parse(value: Any) -> str:
        if value is None:
            return ""
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        text = str(value)
        if "\0" in text:
            raise BadCell(_("The text holds a character that cannot be stored."))
        if limit is not None and len(text) > limit:
            raise BadCell(_("The text is longer than %(limit)s characters.") % {"limit": limit})
        return text

    return parse


def links(value: Any) -> str:
    """Addresses separated by ``;``, spaces or lines, one in each line."""
    return "\n".join(part for part in re.split(r"[;\s]+", str(value or "")) if part)


def identifier(value: Any) -> uuid.UUID | None:
    if value in ("", None):
        return None
    try:
        return uuid.UUID(str(value))
    except ValueError:
        raise BadCell(_("This is not an identifier (UUID).")) from None


def one_of(words: dict[str, str]) -> Parser:
    """A code, or its label in one of the three languages."""

    def parse(value: Any) -> str:
        if value in ("", None):
            return ""
        code = words.get(_key(value))
        if code is None:
            raise BadCell(_("“%(word)s” is not one of the answers.") % {"word": value})
        return code

    return parse


def some_of(words: dict[str, str]) -> Parser:
    """Several codes or labels, separated by ``;``."""
    one = one_of(words)

    def parse(value: Any) -> tuple[str, ...]:
        parts = [part.strip() for part in str("" if value is None else value).split(";")]
        return tuple(dict.fromkeys(one(part) for part in parts if part))

    return parse


@cache
def words_of(vocabulary: type[models.TextChoices]) -> dict[str, str]:
    """Every way to write an answer -> its code."""
    found: dict[str, str] = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            for code, label in vocabulary.choices:
                found.setdefault(_key(label), code)
    return {**found, **{_key(code): code for code in vocabulary.values}}


def words_of_rows(rows: Iterable[Any]) -> dict[str, str]:
    """As ``words_of``, for a reference table: labels, other names, KATO, and the code."""
    found: dict[str, str] = {}
    codes: dict[str, str] = {}
    for row in rows:
        names = [row.label_ru, row.label_kk, row.label_en]
        names += [getattr(row, "kato", ""), *getattr(row, "aliases", "").split("|")]
        for name in filter(None, names):
            found.setdefault(_key(name), row.pk)
        codes[_key(row.pk)] = row.pk
    return {**found, **codes}


def card_parsers() -> dict[str, Parser]:
    """Column -> parser, for every column that a file of cards may have."""
    parsers = {name: _parser(Card._meta.get_field(name)) for name in _card_columns()}
    parsers |= {
        "city": one_of(words_of_rows(City.objects.all())),
        "form": one_of(words_of_rows(Form.objects.all())),
        "topic": one_of(words_of_rows(Topic.objects.all())),
        "latitude": degrees(*LATITUDE),
        "longitude": degrees(*LONGITUDE),
        "source_links": links,
        "status": one_of(words_of(Status)),
        "uuid": identifier,
        "ref": text_of(100),
    }
    return parsers


def outcome_parsers() -> dict[str, Parser]:
    """Column -> parser, for every column that a file of court outcomes may have."""
    from cards.sections import OUTCOME_SECTION

    parsers = {
        name: _parser(CaseUpdate._meta.get_field(name))
        for name in OUTCOME_SECTION.fields
        if name != "case_code"
    }
    return {**parsers, "case_code": text_of(40), "card": text_of(100), "fine_mci": money}


def _card_columns() -> tuple[str, ...]:
    from cards.serialise import KEPT

    return KEPT


def _parser(column: models.Field) -> Parser:
    vocabulary = getattr(column, "vocabulary", None)
    if vocabulary is not None:
        return some_of(words_of(vocabulary))
    if column.choices:
        return one_of(words_of(_vocabulary(column)))
    return {
        "DateField": day,
        "TimeField": clock,
        "PositiveIntegerField": whole,
        "PositiveSmallIntegerField": whole,
        "DecimalField": decimal,
        "BooleanField": yes_no,
    }.get(column.get_internal_type(), text_of(getattr(column, "max_length", None)))


def _vocabulary(column: models.Field) -> type[models.TextChoices]:
    """The vocabulary whose codes the column holds."""
    from cards import vocabularies

    codes = [code for code, _label in column.choices]
    return next(
        item
        for item in vars(vocabularies).values()
        if isinstance(item, type)
        and issubclass(item, models.TextChoices)
        and item is not models.TextChoices
        and item.values == codes
    )


def _key(word: Any) -> str:
    text = str(int(word)) if isinstance(word, float) and word.is_integer() else str(word)
    return _SPACES.sub(" ", text.strip()).casefold().replace("ё", "е")


def _of_minutes(minutes: int) -> datetime.time:
    return datetime.time(minutes // 60 % 24, minutes % 60)
