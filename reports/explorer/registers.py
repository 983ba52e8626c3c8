"""Names of what cards are counted by, each register read at most once and only if asked for."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from functools import cached_property
from typing import Any

from cards import selections
from cards.models import City, Form, Place, Region, Topic, TopicGroup
from reports.columns.conditions import Leads
from reports.types import Label, Text

#: Longitude and latitude, degrees.
Point = tuple[float, float]


class Registers:
    """The vocabularies in the database, for one computation; six queries at most."""

    @cached_property
    def places(self) -> dict[str, Text]:
        return _labels(Place.objects.all())

    @cached_property
    def regions(self) -> dict[str, Text]:
        return _labels(Region.objects.all())

    @cached_property
    def forms(self) -> dict[str, Text]:
        return _labels(Form.objects.all())

    @cached_property
    def topic_groups(self) -> dict[str, Text]:
        return _labels(TopicGroup.objects.all())

    @cached_property
    def topics(self) -> dict[str, Text]:
        return _labels(self._topics)

    @cached_property
    def group_of_topic(self) -> dict[str, str]:
        return {topic.code: topic.group_id for topic in self._topics}

    @cached_property
    def cities(self) -> dict[str, Text]:
        return _labels(self._cities)

    @cached_property
    def place_of_city(self) -> dict[str, str]:
        return {city.code: city.place_id for city in self._cities}

    @cached_property
    def region_of_city(self) -> dict[str, str]:
        return {city.code: city.region_id for city in self._cities}

    @property
    def leads(self) -> Leads:
        """Where a condition on a city or a topic may lead."""
        return {
            "city__place": ("city", lambda: self.place_of_city),
            "city__region": ("city", lambda: self.region_of_city),
            "topic__group": ("topic", lambda: self.group_of_topic),
        }

    @cached_property
    def points(self) -> dict[str, Point]:
        """Where each city lies whose coordinates are known."""
        return {
            city.code: (float(city.longitude), float(city.latitude))
            for city in self._cities
            if city.longitude is not None and city.latitude is not None
        }

    @cached_property
    def spans(self) -> dict[str, selections.Spans]:
        """City -> the regions that it belonged to, and when."""
        return selections.region_spans()

    @cached_property
    def turns(self) -> list[datetime.date]:
        """Days on which any city changed its region, in order."""
        return sorted({first for spans in self.spans.values() for first, _, _ in spans if first})

    def region_then(self, city: str, era: int) -> str:
        """The region of a city after so many of ``turns``."""
        since = self.turns[era - 1] if era else datetime.date.min
        spans = self.spans[city]
        begun = [region for first, _last, region in spans if first is None or first <= since]
        return begun[-1]

    def principal(self, question: str, code: str) -> str:
        """The city in which the circle of a place or region stands: the first of its register."""
        if question == "city":
            return code
        belongs = self.place_of_city if question == "place" else self.region_of_city
        owned = (city for city, owner in belongs.items() if owner == code)
        # A region that is no more has the cities that once were its own.
        once = (
            city
            for city, spans in self.spans.items()
            if code in {region for _first, _last, region in spans}
        )
        return next(owned, "") or (next(once, "") if question == "region_then" else "")

    @cached_property
    def _cities(self) -> list[City]:
        return list(City.objects.all())

    @cached_property
    def _topics(self) -> list[Topic]:
        return list(Topic.objects.all())


def _labels(rows: Iterable[Any]) -> dict[str, Text]:
    return {row.code: Label(row.label_ru, row.label_kk, row.label_en) for row in rows}
