"""What checking a file found: rows that may be loaded, rows refused with reasons, notices."""

from __future__ import annotations

import datetime
import uuid as uuids
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise

from cards.serialise import KEPT

Text = str | Promise
#: Field -> [before, after], as the history keeps it.
Changes = dict[str, list[str]]


@dataclass(frozen=True, slots=True, order=True)
class Refusal:
    """Why a row cannot be loaded: where it stands and what is wrong. ``column`` "": all of it."""

    sheet: str
    line: int
    column: str
    message: Text = field(compare=False)


@dataclass(frozen=True, slots=True)
class Stored:
    """A card on the site that a row of the file speaks of; ``answers`` in the order of KEPT."""

    pk: int
    uuid: uuids.UUID
    ref: str
    version: int
    status: str
    number: str | None
    monitor: int | None
    region: str | None
    answers: tuple


@dataclass(slots=True)
class Row:
    """A card to write: new, or a change of what is stored. ``values`` in the order of KEPT."""

    line: int
    ref: str
    uuid: uuids.UUID | None
    status: str
    values: tuple
    stored: Stored | None = None
    changes: Changes = field(default_factory=dict)

    @property
    def answers(self) -> dict[str, Any]:
        return dict(zip(KEPT, self.values, strict=True))

    def names(self) -> set[str]:
        """By what court outcomes may call the card: its ref, or its identifier."""
        if self.stored is None and self.uuid is None:
            return {self.ref} if self.ref else set()
        uuid = self.stored.uuid if self.stored else self.uuid
        found = {self.ref, self.stored.ref if self.stored else "", str(uuid or "")}
        return found - {""}


@dataclass(slots=True)
class OutcomeRow:
    """A court outcome to write, and the ``ref`` or identifier of its card."""

    line: int
    card: str
    values: dict[str, Any]


@dataclass(slots=True)
class Tally:
    """How many rows of one sheet were read, and what loading would do with them."""

    read: int = 0
    new: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0


@dataclass(slots=True)
class Checked:
    """What a file would do. Nothing of it is loaded while ``refusals`` is not empty.

    ``rows`` and ``outcomes`` are those that change anything; ``refs``: ref -> date and status
    of every card of the file that is in order.
    """

    rows: list[Row] = field(default_factory=list)
    outcomes: list[OutcomeRow] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    notices: list[Text] = field(default_factory=list)
    cards: Tally = field(default_factory=Tally)
    court: Tally | None = None
    refs: dict[str, tuple[datetime.date | None, str]] = field(default_factory=dict)

    @property
    def read(self) -> int:
        return self.cards.read + (self.court.read if self.court else 0)

    @property
    def amended(self) -> int:
        """Approved cards whose answers the file changes."""
        return sum(
            row.stored is not None and row.stored.status == "approved" and bool(row.changes)
            for row in self.rows
        )

    @property
    def refused(self) -> int:
        """Rows refused (each may have several reasons)."""
        return len({(refusal.sheet, refusal.line) for refusal in self.refusals})


def place_of(refusal: Refusal) -> str:
    """Where a refused cell stands, for the command line."""
    return ", ".join(filter(None, (f"line {refusal.line}", refusal.column)))


def summary(tally: Any, nothing: bool) -> str:
    """Rows read, new, updated, unchanged and refused; ``nothing``: where one row is refused, none
    is loaded."""
    numbers = {
        "rows read": tally.read,
        "new": 0 if nothing else tally.new,
        "updated": 0 if nothing else tally.updated,
        "unchanged": 0 if nothing else tally.unchanged,
        "refused": tally.refused,
    }
    return ", ".join(f"{name} {number}" for name, number in numbers.items())
