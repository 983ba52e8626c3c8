"""Vocabularies, places, cities, regions, laws and periods: from ``fixtures/reference`` to rows.

The files are the source of what the product ships with, so loading them again mends labels and
coordinates. What people decide on the site stays theirs: whether a row is offered in new cards
(``active``), everything about a period that is there already, what is said of a law and of other
rules, and rows that no file knows.
"""

from __future__ import annotations

import csv
import datetime
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise

from cards.models import (
    City,
    CityRegion,
    Form,
    Law,
    Period,
    PeriodBasis,
    PeriodSeries,
    Place,
    Provision,
    Region,
    Topic,
    TopicGroup,
)
from cards.vocabularies import ASKED_UNDER_REGIME, UNDER_REGIME

REFERENCE_DIR = settings.BASE_DIR / "fixtures" / "reference"


@dataclass(frozen=True)
class Source:
    """A file and the table that it fills.

    ``key`` names the columns that say which row is meant, ``notes`` the columns of the file that
    are for its readers only, and ``mended`` whether rows that are there already follow the file.
    ``filled``: what people decide on the site stays, and only what is empty there is taken from the
    file.
    """

    model: type[models.Model]
    file: str
    key: tuple[str, ...] = ("code",)
    notes: tuple[str, ...] = ()
    mended: bool = True
    filled: bool = False


#: In the order in which rows may refer to each other.
SOURCES = (
    Source(Region, "regions.csv"),
    Source(Place, "places.csv"),
    Source(City, "cities.csv", notes=("geonameid",)),
    Source(CityRegion, "city_regions.csv", key=("city_id", "valid_from")),
    Source(Form, "forms.csv"),
    Source(TopicGroup, "topic_groups.csv"),
    Source(Topic, "topics.csv"),
    Source(Law, "laws.csv", mended=False, filled=True),
    Source(Provision, "provisions.csv", mended=False, filled=True),
    Source(Period, "periods.csv", mended=False),
)


@dataclass(frozen=True)
class Loaded:
    """How many rows of one table a run made, mended, and found as they should be."""

    new: int
    updated: int
    unchanged: int


@transaction.atomic
def load_reference(
    folder: Path = REFERENCE_DIR, today: datetime.date | None = None
) -> dict[str, Loaded]:
    """Bring the reference tables to what the files in ``folder`` say; safe to repeat.

    One query reads each table and at most one writes it. Calendar years after the last period of
    the files, up to that of ``today`` (default: now), get a period too: a card needs one.

    Returns the counts by model name. Raises ``ValidationError`` for a value that its column
    cannot hold and ``KeyError`` for a column that the model does not have.
    """
    result = {}
    for source in SOURCES:
        result[source.model.__name__] = _load(source, folder)
    years = _add_calendar_years((today or timezone.localdate()).year)
    periods = result[Period.__name__]
    result[Period.__name__] = Loaded(periods.new + years, periods.updated, periods.unchanged)
    return result


def region_on(city_code: str, day: datetime.date) -> Region | None:
    """The region that a city belonged to on a day; None before 2010, where no history is kept."""
    row = (
        CityRegion.objects.filter(city_id=city_code, valid_from__lte=day)
        .filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day))
        .select_related("region")
        .first()
    )
    return row.region if row else None


def law_on(day: datetime.date | None) -> Law | None:
    """The act on assemblies in force on a day; None where none is known. One query."""
    return Law.on(day)


def called_under(law: Law | None, code: str) -> str | Promise:
    """What an answer on the legal status is called under an act; "" if as ever."""
    return UNDER_REGIME.get(law.regime, {}).get(code, "") if law else ""


def asked_under(law: Law | None, field: str) -> str | Promise:
    """What a question on the permit is called under an act; "" if as ever."""
    return ASKED_UNDER_REGIME.get(law.regime, {}).get(field, "") if law else ""


def _load(source: Source, folder: Path) -> Loaded:
    rows = _read(source, folder)
    known = {
        tuple(row[name] for name in source.key): row
        for row in source.model.objects.values(*rows[0])
    }
    new, changed = [], []
    for row in rows:
        current = known.get(tuple(row[name] for name in source.key))
        if current is None:
            new.append(source.model(**row))
        elif source.mended and current != row:
            changed.append(source.model(**row))
        elif source.filled and (filled := _filled(current, row)) != current:
            changed.append(source.model(**filled))
    if new or changed:
        source.model.objects.bulk_create(
            [*new, *changed],
            update_conflicts=True,
            unique_fields=source.key,
            update_fields=[name for name in rows[0] if name not in source.key],
        )
    return Loaded(len(new), len(changed), len(rows) - len(new) - len(changed))


def _filled(current: dict[str, object], row: dict[str, object]) -> dict[str, object]:
    """The row of the table with what it lacks from the file."""
    return {
        name: row[name] if value in (None, "", ()) else value for name, value in current.items()
    }


def _read(source: Source, folder: Path) -> list[dict[str, object]]:
    """The rows of a file as values of the model's columns, by attribute name."""
    columns = {field.name: field for field in source.model._meta.concrete_fields}
    with open(folder / source.file, encoding="utf-8", newline="") as stream:
        return [
            {
                columns[name].attname: _value(columns[name], text)
                for name, text in line.items()
                if name not in source.notes
            }
            for line in csv.DictReader(stream)
        ]


def _value(field: models.Field, text: str) -> object:
    if text == "" and field.null:
        return None
    return field.to_python(text)


def _add_calendar_years(last: int) -> int:
    """Periods, with cards as their basis, for the years after the last one that has a period.

    Halves of a year and the like are no years: one of them may be there before the year is.
    """
    rows = list(Period.objects.all())
    reached = max(row.end.year for row in rows if row.end and row.series == PeriodSeries.YEAR)
    taken = {row.code for row in rows}
    order = max(row.order for row in rows)
    years = []
    for year in range(reached + 1, last + 1):
        name = str(year)
        if name in taken:
            continue
        order += 1
        years.append(
            Period(
                code=name,
                name_ru=name,
                name_kk=name,
                name_en=name,
                start=datetime.date(year, 1, 1),
                end=datetime.date(year, 12, 31),
                months=12,
                basis=PeriodBasis.CARDS,
                order=order,
            )
        )
    Period.objects.bulk_create(years)
    return len(years)
