"""Printed figures from a file: ``check`` it (nothing is written), then ``load`` what was checked,
whole or not at all. Each figure is kept verbatim beside its number, under the label of the period
as printed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, get_args

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cards.files.importing import Refusal
from cards.files.parsing import BadCell, text_of
from cards.files.sheets import Line, read_sheets
from reports.models import ChangeSource, PublishedChange, PublishedValue
from reports.printed import store
from reports.published import Labels
from reports.types import Key, Text, Unit

SHEET = "published"
COLUMNS = ("table", "period", "row", "column", "unit", "printed", "value")
UNITS = frozenset(get_args(Unit))
_LONGEST = {field.name: field.max_length for field in PublishedValue._meta.concrete_fields}
_NUMBER = re.compile(r"[+-]?\d[\d \u00a0\u202f]*(?:[.,]\d+)?")
_DASHES = frozenset({"-", "–", "—"})


@dataclass(frozen=True, slots=True)
class Figure:
    """A printed figure; the fields of ``PublishedValue`` beside its edition."""

    table: str
    period_label: str
    period_id: str | None
    row: str
    column: str
    unit: str
    printed: str
    value: float | None
    order: int

    @property
    def address(self) -> tuple[str, str, str, str]:
        return self.table, self.period_label, self.row, self.column


@dataclass(slots=True)
class Checked:
    """What a file would do. Nothing of it is loaded while ``refusals`` is not empty."""

    edition: str = ""
    apart: bool = False
    read: int = 0
    figures: list[Figure] = field(default_factory=list)
    stored: dict[tuple[str, str, str, str], Figure] = field(default_factory=dict)
    refusals: list[Refusal] = field(default_factory=list)
    notices: list[Text] = field(default_factory=list)

    @property
    def new(self) -> int:
        return sum(each.address not in self.stored for each in self.figures)

    @property
    def updated(self) -> int:
        return len(self.changed) - self.new

    @property
    def unchanged(self) -> int:
        return len(self.figures) - len(self.changed)

    @property
    def refused(self) -> int:
        """Rows refused (each may have several reasons)."""
        return len({refusal.line for refusal in self.refusals})

    @property
    def changed(self) -> list[Figure]:
        """What differs from what is stored, new or not."""
        return [each for each in self.figures if self.stored.get(each.address) != each]


def check(content: bytes, edition: str = "", apart: bool = False) -> Checked:
    """Read and check a CSV or XLSX file with the columns of ``published/2018.csv``.

    ``edition`` is the year of the report that printed the figures; without it, the last period
    that the file names. A report that is kept ``apart`` may name periods that are not of the
    register. Raises ``sheets.Unreadable`` for a file that cannot be read at all.
    """
    sheet = read_sheets(content, {SHEET: COLUMNS})[SHEET]
    checked = Checked(read=len(sheet.lines), apart=apart)
    for column in sheet.columns:
        if column not in COLUMNS:
            text = _("The column “%(column)s” is not known and was not read.")
            checked.notices.append(text % {"column": column})
    for column in COLUMNS:
        if column not in sheet.columns:
            checked.refusals.append(Refusal(SHEET, 1, column, _("The file has no such column.")))
    if not checked.refusals:
        labels = Labels()
        _check_lines(checked, sheet.lines, labels)
        checked.edition = edition or _last_period(checked.figures, labels)
        rows = PublishedValue.objects.filter(edition=checked.edition)
        stored = (Figure(**row) for row in rows.values(*(each.name for each in fields(Figure))))
        checked.stored = {each.address: each for each in stored}
        _check_edition(checked)
    return checked


@transaction.atomic
def load(checked: Checked, user: Any = None) -> None:
    """Write what was checked; figures of the edition that the file does not name stay.

    Every change is recorded as ``user``'s; a command has none. Raises ValueError if anything was
    refused.
    """
    if checked.refusals:
        raise ValueError("a file with refused rows is never loaded")
    if checked.apart:
        store.begin(checked.edition, "", apart=True)
    store.record(_changes(checked, user))
    values = [each.name for each in fields(Figure)]
    address = ["edition", "table", "period_label", "row", "column"]
    PublishedValue.objects.bulk_create(
        [
            PublishedValue(
                edition=checked.edition, **{name: getattr(each, name) for name in values}
            )
            for each in checked.changed
        ],
        batch_size=500,
        update_conflicts=True,
        unique_fields=address,
        update_fields=["period", "unit", "printed", "value", "order"],
    )


def _changes(checked: Checked, user: Any) -> Iterator[PublishedChange]:
    for each in checked.changed:
        old = checked.stored.get(each.address)
        before = old.printed if old is not None else ""
        if before != each.printed:
            yield store.change(
                checked.edition, Key(*each.address), before, each.printed, ChangeSource.FILE, user
            )


def _check_edition(checked: Checked) -> None:
    """Whose report it is does not change with a file: both kinds never mix under one label."""
    text: str | Promise = ""
    if checked.apart and not checked.edition:
        text = _("Name the report: the file names no period of the register.")
    elif "/" in checked.edition:
        text = _("The name of a report has no slash in it.")
    elif checked.stored and checked.apart != store.is_apart(checked.edition):
        text = _("“%(edition)s” is on record as another kind of report; choose another name.")
        text = text % {"edition": checked.edition}
    if text:
        checked.refusals.append(Refusal(SHEET, 1, "edition", text))


def _last_period(figures: Iterable[Figure], labels: Labels) -> str:
    named = (each.period_id for each in figures if each.period_id)
    return max(named, key=lambda code: labels.order[code], default="")


def _check_lines(checked: Checked, lines: Iterable[Line], labels: Labels) -> None:
    first: dict[tuple[str, str, str, str], int] = {}
    for line in lines:
        bad, values = _texts(line)
        if not bad:
            bad, values = _meaning(line, values, labels, checked.apart)
        checked.refusals += bad
        if bad:
            continue
        figure = Figure(**values, order=len(checked.figures) + 1)
        if first.setdefault(figure.address, line.number) != line.number:
            text = _("The same as in line %(line)s.") % {"line": first[figure.address]}
            checked.refusals.append(Refusal(SHEET, line.number, "column", text))
        else:
            checked.figures.append(figure)


def _texts(line: Line) -> tuple[list[Refusal], dict[str, Any]]:
    """The cells as texts, none of them empty beside the value."""
    bad, values = [], {}
    for column in COLUMNS:
        name = "period_label" if column == "period" else column
        try:
            values[name] = text_of(_LONGEST[name])(line.cells.get(column))
            if not values[name] and column != "value":
                raise BadCell(_("The cell is empty."))
        except BadCell as error:
            bad.append(Refusal(SHEET, line.number, column, error.args[0]))
    return bad, values


def _meaning(
    line: Line, texts: Mapping[str, str], labels: Labels, apart: bool
) -> tuple[list[Refusal], dict[str, Any]]:
    """What the texts of a row stand for: period, unit and number."""
    bad: list[Refusal] = []
    values: dict[str, Any] = dict(texts)
    table, label = texts["table"], texts["period_label"]
    try:
        values["period_id"] = labels.known(table, label) if apart else labels.period(table, label)
    except LookupError:
        text = _("The period “%(label)s” is not known.") % {"label": label}
        bad.append(Refusal(SHEET, line.number, "period", text))
    if texts["unit"] not in UNITS:
        text = _("“%(word)s” is not one of the answers.") % {"word": texts["unit"]}
        bad.append(Refusal(SHEET, line.number, "unit", text))
    try:
        values["value"] = _value(texts["value"], texts["printed"])
    except BadCell as error:
        bad.append(Refusal(SHEET, line.number, "value", error.args[0]))
    return bad, values


def _value(text: str, printed: str) -> float | None:
    """The number of a figure; it has to be the first one in what was printed."""
    if not text:
        if _NUMBER.match(printed):
            raise BadCell(_("The printed figure is a number, so the value cannot be empty."))
        return None
    try:
        value = _float(text)
    except ValueError:
        raise BadCell(_("Write a number such as 12.5.")) from None
    found = _NUMBER.search(printed)
    if printed in _DASHES or (found and _float(found[0]) != value):
        raise BadCell(_("The value is not the number that was printed."))
    return value


def _float(text: str) -> float:
    number = float(re.sub(r"[\s\u00a0\u202f]", "", text).replace(",", "."))
    if number in (float("inf"), float("-inf")) or number != number:
        raise ValueError(text)
    return number
