"""Two people saved one card: both sides, field by field, for the one who came second."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from cards.models import ANSWERING, Card
from cards.reading import label_of, words
from cards.serialise import REFERENCES, answers_of, as_text, labels_of

MINE, THEIRS = "mine", "theirs"


@dataclass(frozen=True, slots=True)
class Conflict:
    """``take`` is the side that stands unless the person chooses the other one."""

    name: str
    label: str | Promise
    mine: str
    theirs: str
    take: str


def compare(stored: Card, typed: dict[str, Any], base_version: int) -> list[Conflict]:
    """Fields in which what was typed differs from what is stored.

    A field that the person left as it was when they opened the card keeps the other's answer;
    one that they changed keeps theirs.
    """
    theirs = answers_of(stored)
    opened = {name: as_text(value) for name, value in theirs.items()}
    later = stored.events.filter(version__gt=base_version, kind__in=ANSWERING)
    for event in later.order_by("-id"):
        opened.update({name: pair[0] for name, pair in event.changes.items() if name in opened})
    differing = [name for name in typed if as_text(typed[name]) != as_text(theirs[name])]
    labels = labels_of(
        (name, code)
        for name in differing
        if name in REFERENCES
        for code in (typed[name], theirs[name])
    )
    return [
        Conflict(
            name,
            label_of(name),
            words(name, typed[name], labels),
            words(name, theirs[name], labels),
            THEIRS if as_text(typed[name]) == opened[name] else MINE,
        )
        for name in differing
    ]


def choose(stored: Card, typed: dict[str, Any], choices: dict[str, str]) -> dict[str, Any]:
    """The typed answers, with the stored one wherever the person chose the other side."""
    theirs = answers_of(stored)
    return {
        name: theirs[name] if choices.get(name) == THEIRS else value
        for name, value in typed.items()
    }
