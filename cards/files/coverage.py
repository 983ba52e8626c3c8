"""The coverage register from a file: which place was monitored in which month.

``check`` a file (nothing is written), then ``load`` what was checked, whole or not at all.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cards.files.checking import parse
from cards.files.parsing import BadCell, day, one_of, words_of, words_of_rows
from cards.files.refusals import Refusal, Text
from cards.files.sheets import Sheet, read_sheets
from cards.models import Coverage, Place
from cards.vocabularies import CoverageState

SHEET = "coverage"
COLUMNS = ("place", "month", "state")
_MONTH = re.compile(r"[0-9]{4}-[0-9]{2}")

#: Place code and first day of the month.
Key = tuple[str, datetime.date]


@dataclass(slots=True)
class Checked:
    """What a file would do. Nothing of it is loaded while ``refusals`` is not empty."""

    read: int = 0
    states: dict[Key, str] = field(default_factory=dict)
    stored: dict[Key, str] = field(default_factory=dict)
    refusals: list[Refusal] = field(default_factory=list)
    notices: list[Text] = field(default_factory=list)

    @property
    def changed(self) -> dict[Key, str]:
        """What differs from the register, new or not."""
        return {key: state for key, state in self.states.items() if self.stored.get(key) != state}

    @property
    def new(self) -> int:
        return len(self.states.keys() - self.stored.keys())

    @property
    def updated(self) -> int:
        return len(self.changed) - self.new

    @property
    def unchanged(self) -> int:
        return len(self.states) - len(self.changed)

    @property
    def refused(self) -> int:
        """Rows refused (each may have several reasons)."""
        return len({refusal.line for refusal in self.refusals})


def check(content: bytes) -> Checked:
    """Read and check a CSV or XLSX file with the columns place, month and state.

    A place is written as its code or its name in any language, a month as ``2018-03`` (or as the
    first day of that month, which is what Excel makes of it), a state as full, partly, none or
    the words for them. Raises ``sheets.Unreadable`` for a file that cannot be read at all.
    """
    sheet = read_sheets(content, {SHEET: COLUMNS})[SHEET]
    checked = Checked()
    for column in sheet.columns:
        if column not in COLUMNS:
            text = _("The column “%(column)s” is not known and was not read.")
            checked.notices.append(text % {"column": column})
    for column in COLUMNS:
        if column not in sheet.columns:
            text = _("The file has no such column.")
            checked.refusals.append(Refusal(SHEET, sheet.heading, column, text))
    if not checked.refusals:
        _check_lines(checked, sheet)
        months = {month for _place, month in checked.states}
        rows = Coverage.objects.filter(month__in=months)
        checked.stored = {(row.place_id, row.month): row.state for row in rows}
    return checked


@transaction.atomic
def load(checked: Checked) -> None:
    """Write what was checked; months that the file does not name stay as they are.

    Raises ValueError if anything was refused.
    """
    if checked.refusals:
        raise ValueError("a file with refused rows is never loaded")
    Coverage.objects.bulk_create(
        [
            Coverage(place_id=place, month=month, state=state)
            for (place, month), state in checked.changed.items()
        ],
        update_conflicts=True,
        unique_fields=["place", "month"],
        update_fields=["state"],
    )


def _check_lines(checked: Checked, sheet: Sheet) -> None:
    parsers = {
        "place": one_of(words_of_rows(Place.objects.all())),
        "month": month_of,
        "state": one_of(words_of(CoverageState)),
    }
    lines: dict[Key, int] = {}
    for line, values, bad in parse(sheet, SHEET, parsers):
        checked.read += 1
        refusals = [*bad, *_empty(line, values, bad)]
        if refusals:
            checked.refusals += refusals
            continue
        key = values["place"], values["month"]
        if lines.setdefault(key, line) != line:
            text = _("The same as in line %(line)s.") % {"line": lines[key]}
            checked.refusals.append(Refusal(SHEET, line, "month", text))
        else:
            checked.states[key] = values["state"]


def _empty(line: int, values: dict[str, Any], bad: list[Refusal]) -> list[Refusal]:
    """A refusal for each cell that has to say something, says nothing and is not refused yet."""
    told = {refusal.column for refusal in bad}
    return [
        Refusal(SHEET, line, column, _("The cell is empty."))
        for column in COLUMNS
        if column not in told and not values.get(column)
    ]


def month_of(value: Any) -> datetime.date | None:
    """The first day of the month in a cell. Raises BadCell, also for a month to come."""
    try:
        match = _MONTH.fullmatch(str(value).strip())
        month = day(f"{match[0]}-01" if match else value)
    except BadCell:
        raise BadCell(_("Write the month as 2018-03.")) from None
    if month and month.day != 1:
        raise BadCell(_("Write the month as 2018-03."))
    if month and month > timezone.localdate():
        raise BadCell(_("The month has not begun yet."))
    return month
