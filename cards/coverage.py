"""The coverage register from a file: which place was monitored in which month."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from cards.models import Coverage, Place
from cards.spreadsheets import Refusal, Row, Sheet, read_sheet
from cards.vocabularies import CoverageState

COLUMNS = ("place", "month", "state")
#: 2018-03, and what Excel makes of it: the first day of that month, as ISO or with points.
_MONTH = (
    re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})(-01)?"),
    re.compile(r"(01\.)?(?P<month>\d{2})\.(?P<year>\d{4})"),
)


@dataclass
class CoverageImport:
    """What an import read and did; with anything refused, nothing was written."""

    read: int = 0
    new: int = 0
    updated: int = 0
    unchanged: int = 0
    refusals: list[Refusal] = field(default_factory=list)
    unknown_columns: list[str] = field(default_factory=list)


class _Refused(Exception):
    """A cell that cannot be used; the message says why."""


def import_coverage(content: bytes, *, dry_run: bool = False) -> CoverageImport:
    """Bring the register to what a CSV or XLSX file says: the whole file, or nothing of it.

    The file has the columns place (code or name in any language), month (``2018-03``) and state
    (full, partly, none, or their names). A month of a place that is in the register already gets
    the state of the file; months that the file does not name stay. ``dry_run`` only checks.

    Raises ``Unreadable`` if there is no such table in the file.
    """
    sheet = read_sheet(content, COLUMNS)
    result = CoverageImport(read=len(sheet.rows), unknown_columns=sheet.unknown(COLUMNS))
    result.refusals += sheet.refusals + sheet.missing(COLUMNS)
    if result.refusals:
        return result
    states = _states(sheet, result.refusals)
    with transaction.atomic():
        stored = {
            (row.place_id, row.month): row.state
            for row in Coverage.objects.filter(month__in={month for _place, month in states})
        }
        new = states.keys() - stored.keys()
        same = {key for key, state in states.items() if stored.get(key) == state}
        result.new, result.unchanged = len(new), len(same)
        result.updated = len(states) - len(new) - len(same)
        if not dry_run and not result.refusals:
            _write({key: state for key, state in states.items() if key not in same})
    return result


def _write(states: dict[tuple[str, datetime.date], str]) -> None:
    Coverage.objects.bulk_create(
        [Coverage(place_id=place, month=month, state=s) for (place, month), s in states.items()],
        update_conflicts=True,
        unique_fields=["place", "month"],
        update_fields=["state"],
    )


def _states(sheet: Sheet, refusals: list[Refusal]) -> dict[tuple[str, datetime.date], str]:
    """State by place and month; whatever cannot be used is added to ``refusals``."""
    read = {"place": _reader(_place_names()), "month": _month, "state": _reader(_state_names())}
    states, lines = {}, {}
    for row in sheet.rows:
        values = dict(_values(row, read, refusals))
        if len(values) < len(COLUMNS):
            continue
        key = values["place"], values["month"]
        if key in lines:
            reason = _("This place and month stand in line %(line)s already.")
            refusals.append(Refusal(row.line, "month", reason % {"line": lines[key]}))
            continue
        lines[key], states[key] = row.line, values["state"]
    return states


def _values(row: Row, read: dict, refusals: list[Refusal]) -> Iterator[tuple[str, object]]:
    for column in COLUMNS:
        text = row.get(column)
        try:
            if not text:
                raise _Refused(_("The cell is empty."))
            yield column, read[column](text)
        except _Refused as reason:
            refusals.append(Refusal(row.line, column, str(reason)))


def _reader(names: dict[str, str]):
    """Code by code or name, whatever its capitals."""

    def code_of(text: str) -> str:
        try:
            return names[text.casefold()]
        except KeyError:
            reason = _("“%(text)s” is not known. Known are: %(codes)s")
            codes = ", ".join(dict.fromkeys(names.values()))
            raise _Refused(reason % {"text": text, "codes": codes}) from None

    return code_of


def _month(text: str) -> datetime.date:
    match = next(filter(None, (pattern.fullmatch(text) for pattern in _MONTH)), None)
    try:
        month = datetime.date(int(match["year"]), int(match["month"]), 1)
    except (TypeError, ValueError):
        raise _Refused(
            _("“%(text)s” is not a month; write it as 2018-03.") % {"text": text}
        ) from None
    if month > timezone.localdate():
        raise _Refused(_("The month has not begun yet."))
    return month


def _place_names() -> dict[str, str]:
    names = {}
    for place in Place.objects.all():
        for name in (place.code, place.label_ru, place.label_kk, place.label_en):
            names[name.casefold()] = place.code
    return names


def _state_names() -> dict[str, str]:
    names = {state.value: state.value for state in CoverageState}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            names |= {str(state.label).casefold(): state.value for state in CoverageState}
    return names
