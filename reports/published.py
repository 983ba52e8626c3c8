"""Printed figures of earlier reports: verbatim, as numbers, and the periods that they stand for."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from typing import cast

from django.conf import settings

from cards import models as cards
from reports.models import PrintedReport, PublishedValue
from reports.types import Cell, Key, Unit, Value

#: Periods that a table prints under another name: table, label, period ("": no single one).
ALIASES = settings.BASE_DIR / "fixtures" / "reference" / "published_periods.csv"


def cells() -> list[tuple[Cell, str | None]]:
    """Every figure of the series with the code of its period, in the order of printing; one query.

    Reports that are kept apart are not of the series.
    """
    apart = PrintedReport.objects.filter(apart=True).values("edition")
    rows = PublishedValue.objects.exclude(edition__in=apart).order_by("edition", "order")
    figures = rows.values_list(
        "table", "period_label", "row", "column", "unit", "printed", "value", "period_id"
    )
    return [
        (
            Cell(
                Key(table, label, row, column),
                cast(Unit, unit),
                Value(value),
                source="published",
                printed=printed,
            ),
            period,
        )
        for table, label, row, column, unit, printed, value, period in figures
    ]


class Labels:
    """Periods by what reports print in their place: code, name in any language, or an alias."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}
        self.order: dict[str, int] = {}
        for period in cards.Period.objects.all():
            self.order[period.code] = period.order
            for name in (period.code, period.name_ru, period.name_kk, period.name_en):
                self._known.setdefault(_plain(name), period.code)
        self._aliases = dict(_aliases())

    def period(self, table: str, label: str) -> str | None:
        """Code of the period, None where the label means no single one.

        Raises LookupError for a label that is not known.
        """
        if (table, _plain(label)) in self._aliases:
            code = self._aliases[table, _plain(label)]
            if code and code not in self.order:
                raise LookupError(label)
            return code or None
        if _plain(label) not in self._known:
            raise LookupError(label)
        return self._known[_plain(label)]

    def known(self, table: str, label: str) -> str | None:
        """The same; None for a label that is not known, too."""
        try:
            return self.period(table, label)
        except LookupError:
            return None


def _aliases() -> Iterator[tuple[tuple[str, str], str]]:
    with open(ALIASES, encoding="utf-8", newline="") as stream:
        for line in csv.DictReader(stream):
            yield (line["table"], _plain(line["period_label"])), line["period"]


def _plain(label: str) -> str:
    """A label without differences of print: kind of dash, spaces, case."""
    return re.sub(r"\s+", " ", re.sub("[–—‑]", "-", label)).strip().casefold()
