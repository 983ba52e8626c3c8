"""The status page put together: what is worst comes first in words, all of it in groups."""

from __future__ import annotations

import datetime
from collections import Counter
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from monitoring.operations import record, states
from monitoring.operations.models import Kind, Operation
from monitoring.operations.states import Finding, Level, State, Text


@dataclass(frozen=True, slots=True)
class Group:
    name: Text
    rows: list[tuple[State, Finding]]


@dataclass(frozen=True, slots=True)
class Page:
    """``worst``: the state of the whole; ``operations``: the last of each kind done here."""

    at: datetime.datetime
    worst: Level
    summary: list[Text]
    groups: list[Group]
    operations: list[Operation]


def now() -> Page:
    """How everything stands at this moment."""
    found = list(states.findings())
    groups = [
        Group(name, [each for each in found if each[0].group == code])
        for code, name in states.GROUPS.items()
    ]
    levels = Counter(finding.level for _state, finding in found)
    return Page(
        timezone.now(),
        max(levels, default=Level.ORDER),
        _summary(levels),
        [group for group in groups if group.rows],
        [row for row in map(record.latest, Kind) if row is not None],
    )


def _summary(levels: Counter) -> list[Text]:
    """What has to be done, in a sentence for each level that there is."""
    said: list[Text] = []
    if acts := levels[Level.ACT]:
        said.append(
            ngettext_lazy(
                "Somebody has to act on %(number)s point.",
                "Somebody has to act on %(number)s points.",
                "number",
            )
            % {"number": acts}
        )
    if looks := levels[Level.LOOK]:
        said.append(
            ngettext_lazy(
                "%(number)s point is worth a look.",
                "%(number)s points are worth a look.",
                "number",
            )
            % {"number": looks}
        )
    return said or [_("Everything is in order.")]
