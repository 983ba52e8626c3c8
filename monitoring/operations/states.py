"""What the status page asks: each room registers its own questions at start-up.

You add one: ``states.register("code", _("Name"), find, group="work")`` in ``AppConfig.ready``;
``find`` gives a Finding, or None where the thing does not exist on this site. Numbers only: who
reads the page sees no cards.
"""

from __future__ import annotations

import datetime
import enum
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from monitoring.operations.thresholds import Limits

logger = logging.getLogger("zhinalys.states")
Text = str | Promise


class Level(enum.IntEnum):
    """How things stand; the word and the colour of a state go together."""

    ORDER = 0
    LOOK = 1
    ACT = 2

    @property
    def word(self) -> Text:
        return _WORDS[self]

    @property
    def badge(self) -> str:
        """The badge whose colours it has (static/css/components.css)."""
        return ("approved", "returned", "rejected")[self]

    @property
    def sign(self) -> str:
        """Its sign (static/icons/sprite.svg)."""
        return ("check", "warning", "cross")[self]


_WORDS = {
    Level.ORDER: pgettext_lazy("state of the site", "in order"),
    Level.LOOK: pgettext_lazy("state of the site", "look at it"),
    Level.ACT: pgettext_lazy("state of the site", "act now"),
}
#: The parts of the page, in order.
GROUPS: dict[str, Text] = {
    "safety": _("Backups and proofs"),
    "data": _("Database and storage"),
    "work": _("Work that waits"),
    "site": _("The site itself"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """``text``: how it stands; ``since``: from when; ``advice``: what to do, "" if nothing."""

    level: Level
    text: Text
    since: datetime.datetime | None = None
    advice: Text = ""


@dataclass(frozen=True, slots=True)
class State:
    """A question of the page. ``find``: asked anew each time."""

    code: str
    name: Text
    find: Callable[[], Finding | None]
    group: str


STATES: dict[str, State] = {}


def register(code: str, name: Text, find: Callable[[], Finding | None], *, group: str) -> None:
    """Raises KeyError for a group that the page does not have."""
    GROUPS[group]
    STATES[code] = State(code, name, find, group)


def findings() -> Iterator[tuple[State, Finding]]:
    """Every state with how it stands, in the order of registration."""
    for state in STATES.values():
        try:
            found = state.find()
        except Exception:
            logger.exception("a state cannot be found", extra={"state": state.code})
            text = _("This could not be found out.")
            found = Finding(Level.ACT, text, advice=_("Look into the log of the site."))
        if found is not None:
            yield state, found


def level_above(value: float, limits: Limits) -> Level:
    """Of something that is worse the larger it is."""
    if limits.act is not None and value > limits.act:
        return Level.ACT
    return Level.LOOK if value > limits.look else Level.ORDER


def level_below(value: float, limits: Limits) -> Level:
    """Of something that is worse the smaller it is."""
    if limits.act is not None and value < limits.act:
        return Level.ACT
    return Level.LOOK if value < limits.look else Level.ORDER


def level_of_age(at: datetime.datetime | None, limits: Limits) -> Level:
    """Of something that has to be done again and again; never done is as bad as it gets."""
    if at is None:
        return Level.ACT
    return level_above((timezone.now() - at).total_seconds(), limits)
