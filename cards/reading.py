"""A card as people read it: its sections with words for codes, and its history as differences."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cards import validators
from cards.models import Card, Event, EventKind, Query
from cards.models.outcomes import CaseUpdate
from cards.sections import OUTCOME_SECTION, SECTIONS, Section
from cards.serialise import KEPT, REFERENCES, answers_of, as_text, labels_of
from cards.vocabularies import QueryState
from monitoring.accounts.access import allowed

#: Names in the history that are no columns of the card.
OTHER_NAMES = {
    "duplicate_of": gettext_lazy("duplicate of"),
    "warnings": gettext_lazy("warnings looked at"),
    "case_code": gettext_lazy("person code"),
    "review": gettext_lazy("review"),
    "attachments": gettext_lazy("attachments"),
    "field": gettext_lazy("question of the card"),
    "query": gettext_lazy("message"),
    "check": gettext_lazy("quality check"),
    "verified": gettext_lazy("answers verified"),
}

#: Fields whose text in the history is an ISO date.
DAYS = frozenset(
    column.name
    for model in (Card, CaseUpdate)
    for column in model._meta.concrete_fields
    if column.get_internal_type() == "DateField"
)


@dataclass(frozen=True, slots=True)
class Answer:
    """A question and its answer in words; ``open`` where it has not been answered."""

    name: str
    label: str | Promise
    text: str
    open: bool = False
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    section: Section
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class Change:
    label: str | Promise
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the history."""

    event: Event
    changes: tuple[Change, ...]


def parts_of(card: Card, also: Collection[str] = ()) -> list[Part]:
    """The card section by section; questions that nobody asked are left out, except ``also``."""
    answers = answers_of(card)
    unasked = {
        rule.field
        for rule in validators.CONDITIONAL
        if not rule.asked(answers) and not answers.get(rule.field)
    }
    return [
        Part(
            section,
            tuple(
                _answer(card, name, answers)
                for name in section.fields
                if name in also or (name not in unasked and not _idle(name, answers))
            ),
        )
        for section in SECTIONS
    ]


def words(name: str, value: Any, labels: dict[str, dict[str, str]]) -> str:
    """A value in words of the active language; "" where there is none."""
    match value:
        case None | "" | ():
            return ""
        case bool():
            return _("yes") if value else _("no")
        case tuple() | list():
            return ", ".join(str(labels[name].get(code, code)) for code in value)
        case datetime.time():
            return formats.time_format(value, "H:i")
        case datetime.date():
            return formats.date_format(value, "DATE_FORMAT")
        case int():
            return formats.number_format(value, use_l10n=True, force_grouping=value > 9999)
        case Decimal():
            return formats.number_format(value.normalize(), use_l10n=True)
    return str(labels.get(name, {}).get(value, value))


def history_of(card: Card) -> list[Entry]:
    """Every change of the card, newest first, with what it was and became, in words."""
    events = list(card.events.select_related("actor"))
    labels = _labels(events)
    return [
        Entry(event, tuple(_change(name, pair, labels) for name, pair in event.changes.items()))
        for event in events
    ]


#: What the review says among monitors and editors, and files that nobody has reviewed yet.
OF_THE_REVIEW = frozenset(
    {
        EventKind.QUERY,
        EventKind.QUERY_ANSWERED,
        EventKind.QUERY_CLOSED,
        EventKind.CHECK_DISMISSED,
        EventKind.VERIFIED,
        EventKind.UNVERIFIED,
        EventKind.ATTACHMENT,
        EventKind.ATTACHMENT_REVIEW,
    }
)


def history_for(user, card: Card) -> list[Entry]:
    """The history as ``user`` may read it: questions and files not reviewed stay in the review."""
    entries = history_of(card)
    if allowed(user, "card.see_queries", card):
        return entries
    return [entry for entry in entries if entry.event.kind not in OF_THE_REVIEW]


@dataclass(frozen=True, slots=True)
class News:
    """What others did to a card after an entry of its history: the entries, the last one first,
    and field -> what the answer was and is."""

    events: tuple[Event, ...]
    changes: dict[str, Change]


def news_for(card: Card, person, seen: int) -> News:
    """What happened to the card after the entry ``seen`` that was not the person's own doing."""
    events = list(card.events.filter(id__gt=seen).exclude(actor=person).select_related("actor"))
    labels, now = _labels(events), answers_of(card)
    before: dict[str, str] = {}
    for event in events:  # the last one first, so that the oldest answer is kept
        before |= {name: pair[0] for name, pair in event.changes.items() if name in KEPT}
    changes = {
        name: _change(name, [before[name], as_text(now[name])], labels)
        for name in KEPT
        if name in before and before[name] != as_text(now[name])
    }
    return News(tuple(events), changes)


def _labels(events: Iterable[Event]) -> dict[str, dict[str, str]]:
    return labels_of(
        {
            (name, code)
            for event in events
            for name, pair in event.changes.items()
            if name in REFERENCES
            for code in pair
        }
    )


def returned_for(card: Card) -> str:
    """Why the card was last returned; "" if it was not."""
    if card.status != "returned":
        return ""
    event = card.events.filter(kind=EventKind.STATUS, to_status="returned").first()
    return event.reason if event else ""


def questions_in_words(card: Card) -> str:
    """The open questions about the card as one text, each after its field; "" if there is none."""
    asked = card.queries.filter(state=QueryState.OPEN).prefetch_related("messages")
    lines = [_question_line(query) for query in asked]
    return "\n".join([_("Please answer the questions:"), *lines]) if lines else ""


def _question_line(query: Query) -> str:
    """The last message of a question, after the field that it is about."""
    text = list(query.messages.all())[-1].text
    about = str(label_of(query.field)) if query.field else ""
    return f"– {about[:1].upper()}{about[1:]}: {text}" if about else f"– {text}"


def label_of(name: str) -> str | Promise:
    """What a field is called."""
    if name in KEPT:
        return Card._meta.get_field(name).verbose_name
    if name in OUTCOME_SECTION.fields and name != "case_code":
        return CaseUpdate._meta.get_field(name).verbose_name
    return OTHER_NAMES.get(name, name)


def _answer(card: Card, name: str, answers: dict[str, Any]) -> Answer:
    label, value = label_of(name), answers[name]
    if name in REFERENCES:
        row = getattr(card, name)
        return Answer(name, label, row.label if row else "", open=row is None)
    if name == "source_links":
        return Answer(name, label, "", links=tuple(card.links), open=not value)
    if name == "detained" and card.detained_unknown:
        return Answer(name, label, _("not known"))
    text = words(name, value, labels_of(()))
    return Answer(name, label, text, open=not text)


def _idle(name: str, answers: dict[str, Any]) -> bool:
    """Whether an optional answer says nothing: empty notes, and ticks that are not set."""
    if name == "detained_unknown" or (name == "report_worthy" and not answers[name]):
        return True
    if name == "date_precision":
        return answers[name] == "exact"
    optional = (
        "end_date",
        "settlement",
        "latitude",
        "longitude",
        "arrived_at",
        "demands",
        "participants_low",
        "participants_high",
        "police_low",
        "police_high",
    )
    return name in optional and answers[name] in (None, "")


def _change(name: str, pair: list[str], labels) -> Change:
    before, after = (_from_text(name, text, labels) for text in pair)
    return Change(label_of(name), before, after)


def _from_text(name: str, text: str, labels) -> str:
    if not text:
        return ""
    known = labels.get(name)
    if known is None:
        return formats.date_format(datetime.date.fromisoformat(text)) if name in DAYS else text
    return ", ".join(str(known.get(code, code)) for code in text.split(";"))
