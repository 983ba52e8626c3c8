"""Two cards on one assembly side by side: what differs, what may be chosen, how far they agree."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from cards import validators
from cards.models import Card
from cards.reading import label_of, words
from cards.serialise import KEPT, REFERENCES, answers_of, as_text, labels_of
from cards.vocabularies import Side

FIRST, SECOND, BOTH = Side.FIRST.value, Side.SECOND.value, "both"
SIDES = (FIRST, SECOND)

#: Answers that make sense together only; they are chosen together, under the name of the first.
GROUPS: tuple[tuple[str, ...], ...] = (
    ("date", "date_precision"),
    ("latitude", "longitude"),
    ("form", "form_other"),
    ("participants", "participants_low", "participants_high", "participants_basis"),
    ("police", "police_low", "police_high", "police_basis"),
    ("detained", "detained_unknown"),
    ("inclusion", "inclusion_reason"),
)
_GROUP = {group[0]: group for group in GROUPS}
_INSIDE = {name for group in GROUPS for name in group[1:]}
#: What is chosen: name -> its answers, in the order of the card.
UNITS: dict[str, tuple[str, ...]] = {
    name: _GROUP.get(name, (name,)) for name in KEPT if name not in _INSIDE
}
#: Texts, answers with several codes and lists of addresses that both cards may give together.
TEXTS = ("demands", "refusal_ground", "description")
SEVERAL = ("source", "attributes", "police_actions")
LINKS = ("source_links",)
#: Answers that say that nothing is known.
UNKNOWN = (None, "", (), "unknown", ("not_observed",))

#: Left out of the agreement: free words, links, what each monitor says of themselves, bounds and
#: origins of a number, and what follows from other answers.
NOT_COMPARED = frozenset(
    {
        "settlement",
        "place",
        "form_other",
        "demands",
        "organiser_name",
        "refusal_ground",
        "description",
        "source",
        "source_links",
        "arrived_at",
        "latitude",
        "longitude",
        "duration_minutes",
        "date_precision",
        "participants_low",
        "participants_high",
        "participants_basis",
        "police_low",
        "police_high",
        "police_basis",
        "detained_unknown",
        "report_worthy",
        "inclusion",
        "inclusion_reason",
    }
)
#: Numbers agree within this part of the larger one, times within so many minutes.
TOLERANCE, MINUTES = 0.1, 15


@dataclass(frozen=True, slots=True)
class Row:
    """What two cards answer to one question, in words.

    ``default``: the side that is proposed; "" where they say the same. ``both``: the two answers
    joined; "" where they cannot be.
    """

    name: str
    label: str | Promise
    first: str
    second: str
    default: str = ""
    both: str = ""


def rows(first: Card, second: Card) -> tuple[list[Row], list[Row]]:
    """The questions in which the two differ, and those in which they say the same.

    Questions that neither answers are left out, and so is a duration that follows from the times.
    """
    one, two = answers_of(first), answers_of(second)
    labels = labels_of(
        (name, code) for name in REFERENCES for code in (one[name], two[name]) if code
    )
    differing, equal = [], []
    for name in UNITS:
        if _follows(name, one) and _follows(name, two):
            continue
        texts = [in_words(name, answers, labels) for answers in (one, two)]
        if not differs(name, one, two):
            if texts[0]:
                equal.append(Row(name, label_of(name), *texts))
            continue
        both = joined(name, one[name], two[name])
        said = "" if both is None else words(name, both, labels)
        differing.append(Row(name, label_of(name), *texts, default(name, one, two), said))
    return differing, equal


def differs(name: str, one: Mapping[str, Any], two: Mapping[str, Any]) -> bool:
    """Whether there is something to choose."""
    return any(as_text(one[field]) != as_text(two[field]) for field in UNITS[name])


def chosen(first: Card, second: Card, choices: Mapping[str, str]) -> dict[str, Any]:
    """The answers of a card made from the two. Raises ValidationError at every difference that
    nobody has chosen in: nothing is decided in silence."""
    one, two = answers_of(first), answers_of(second)
    answers: dict[str, Any] = {}
    errors = {}
    for name, fields in UNITS.items():
        if _follows(name, one) and _follows(name, two):
            continue
        side = choices.get(name) if differs(name, one, two) else FIRST
        both = joined(name, one[name], two[name]) if side == BOTH else None
        if both is not None:
            answers[name] = both
        elif side in SIDES:
            taken = one if side == FIRST else two
            answers |= {field: taken[field] for field in fields}
        else:
            errors[name] = ValidationError(_("Choose one of the answers."), code="required")
    if errors:
        raise ValidationError(errors)
    return answers


def leading(first: Card, second: Card) -> str:
    """The side that is proposed to lead: who was there, else who answered more, else the first."""
    one, two = ((_direct(card), _answered(card)) for card in (first, second))
    return SECOND if two > one else FIRST


def default(name: str, one: Mapping[str, Any], two: Mapping[str, Any]) -> str:
    """The side that is proposed: what is known before what is not, both where answers add up, the
    longer text, what somebody saw before what was told, else the first card's."""
    known = [_known(name, answers) for answers in (one, two)]
    if known[0] != known[1]:
        return FIRST if known[0] else SECOND
    if name in (*SEVERAL, *LINKS) and joined(name, one[name], two[name]) is not None:
        return BOTH
    if name in TEXTS:
        return SECOND if len(two[name]) > len(one[name]) else FIRST
    if name == "report_worthy":
        return FIRST if one[name] else SECOND
    return SECOND if "direct" in two["source"] and "direct" not in one["source"] else FIRST


def joined(name: str, one: Any, two: Any) -> Any:
    """Both answers together; None where they cannot be, or one of them holds the other."""
    if name in SEVERAL:
        codes = Card._meta.get_field(name).to_python((*one, *two))
        codes = tuple(code for code in codes if code not in ("none", "not_observed"))
        return codes if codes not in (tuple(one), tuple(two)) and codes else None
    if name in LINKS:
        lines = "\n".join(dict.fromkeys((*one.split(), *two.split())))
        held = lines in ("\n".join(one.split()), "\n".join(two.split()))
        return None if held else lines
    if name in TEXTS and one.strip() not in two and two.strip() not in one:
        return f"{one.strip()}\n\n{two.strip()}"
    return None


def agreement(first: Card, second: Card) -> dict[str, bool]:
    """Question -> whether the two cards agree, over the questions that both answer.

    Compared are the answers of ``sections.ANSWERS`` that are known on both cards, except free
    words, links, sources, coordinates, the monitor's arrival, bounds and origins of numbers and the
    duration (``NOT_COMPARED``). "Unknown", "not observed" and nothing at all are not known; "not
    applicable" is an answer. Numbers agree if they differ by at most a tenth of the larger one,
    times if by at most 15 minutes, several answers if all are the same, everything else if equal.
    """
    one, two = answers_of(first), answers_of(second)
    return {
        name: agree(one[name], two[name])
        for name in KEPT
        if name not in NOT_COMPARED and _is_known(one[name]) and _is_known(two[name])
    }


def agree(one: Any, two: Any) -> bool:
    """Whether two known answers say the same, by the rules of ``agreement``."""
    if isinstance(one, datetime.time):
        return abs(60 * (one.hour - two.hour) + one.minute - two.minute) <= MINUTES
    if isinstance(one, int) and not isinstance(one, bool):
        return abs(one - two) <= TOLERANCE * max(one, two)
    return one == two


def in_words(name: str, answers: Mapping[str, Any], labels: dict[str, dict[str, str]]) -> str:
    """What is chosen together, said together; "" where nothing is answered."""
    if name == "detained" and answers["detained_unknown"]:
        return _("not known")
    said = {field: words(field, answers[field], labels) for field in UNITS[name]}
    if name in ("participants", "police"):
        return _number(said[name], *(said[f"{name}_{end}"] for end in ("low", "high", "basis")))
    if name == "detained":
        return said[name]
    if name == "date" and answers["date_precision"] == "exact":
        return said[name]
    return ", ".join(text for text in said.values() if text)


def unit_of(field: str) -> str:
    """The name under which an answer is chosen."""
    return next(name for name, fields in UNITS.items() if field in fields)


def _number(best: str, low: str, high: str, basis: str) -> str:
    bounds = f"({low or '…'}–{high or '…'})" if low or high else ""
    if not (best or bounds):
        return ""
    return ", ".join(part for part in (f"{best or '—'} {bounds}".strip(), basis) if part)


def _follows(name: str, answers: Mapping[str, Any]) -> bool:
    """Whether the answer follows from others: a duration from its times, inclusion by rule."""
    if name == "duration_minutes":
        return validators.duration_minutes(answers) is not None
    return name == "inclusion" and not answers["inclusion_reason"]


def _known(name: str, answers: Mapping[str, Any]) -> bool:
    if name == "inclusion":
        # By rule it is always known; what weighs is that somebody decided it.
        return bool(answers["inclusion_reason"])
    return any(
        _is_known(answers[field])
        for field in UNITS[name]
        if field not in ("date_precision", "detained_unknown") and not field.endswith("_basis")
    )


def _is_known(value: Any) -> bool:
    return not any(value is each or value == each for each in UNKNOWN)


def _direct(card: Card) -> bool:
    return "direct" in card.source


def _answered(card: Card) -> int:
    return sum(_is_known(value) for value in answers_of(card).values())
