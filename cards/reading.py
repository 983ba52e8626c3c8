"""What people read: a card section by section, with words for codes, and the history of a card, a
permit application or an account as differences."""

from __future__ import annotations

import contextlib
import datetime
import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import Model
from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cards import validators
from cards.models import (
    Attachment,
    Card,
    CaseUpdate,
    Event,
    EventKind,
    Law,
    PermitApplication,
    Query,
)
from cards.reference import asked_under, called_under, law_on
from cards.sections import OUTCOME_SECTION, SECTIONS, Section
from cards.serialise import KEPT, REFERENCES, answers_of, as_text, labels_of
from cards.vocabularies import CountBasis, QueryState, SourceKind
from cards.wording import Piece, pieces
from monitoring.accounts.access import allowed

#: Entries of one page.
PAGE = 40
#: An entry with more changes, or a longer text, is folded.
FOLDED_FROM, LONG_TEXT = 9, 1200
#: Digits of a checksum that are shown.
SHORT_SUM = 12

#: Names in the history that are no columns of what they are told of.
OTHER_NAMES = {
    "duplicate_of": gettext_lazy("duplicate of"),
    "merged_from": gettext_lazy("made from the cards"),
    "merged_into": gettext_lazy("merged into the card"),
    "counts": gettext_lazy("counts of people"),
    "warnings": gettext_lazy("warnings looked at"),
    "unseen": gettext_lazy("warnings that could not be shown"),
    "case_code": gettext_lazy("person code"),
    "review": gettext_lazy("review"),
    "attachments": gettext_lazy("attachments"),
    "passkey": gettext_lazy("passkey"),
    "totp": gettext_lazy("authenticator app"),
    "recovery_codes": gettext_lazy("recovery codes"),
    "sessions": gettext_lazy("sessions"),
    "devices": gettext_lazy("devices"),
    "token": gettext_lazy("token for a program"),
    "field": gettext_lazy("question of the card"),
    "query": gettext_lazy("message"),
    "check": gettext_lazy("quality check"),
    "verified": gettext_lazy("answers verified"),
}

#: Kind of entry -> its mark, an icon of the sprite.
MARKS = {
    EventKind.CREATED: "plus",
    EventKind.EDITED: "draft",
    EventKind.STATUS: "chevron-right",
    EventKind.COUNT: "people",
    EventKind.COUNT_USED: "people",
    EventKind.INCLUSION: "partial",
    EventKind.OUTCOME: "file",
    EventKind.OUTCOME_REVIEW: "check",
    EventKind.ATTACHMENT: "file",
    EventKind.ATTACHMENT_REVIEW: "check",
    EventKind.IMPORTED: "download",
    EventKind.QUERY: "question",
    EventKind.QUERY_ANSWERED: "question",
    EventKind.QUERY_CLOSED: "check",
    EventKind.CHECK_DISMISSED: "eye",
    EventKind.VERIFIED: "check",
    EventKind.UNVERIFIED: "undo",
    EventKind.MERGED: "duplicate",
    EventKind.MERGE_UNDONE: "undo",
    EventKind.APPLICATION: "plus",
    EventKind.APPLICATION_EDITED: "draft",
    EventKind.APPLICATION_REVIEW: "check",
    EventKind.APPLICATION_LINKED: "external",
    EventKind.INVITED: "user",
    EventKind.ACCOUNT: "user",
    EventKind.SIGN_IN_MEANS: "lock",
    EventKind.EDITION: "file",
    EventKind.PROSE: "draft",
    EventKind.CASE_BOX: "file",
}

_COUNT = re.compile(r"\w+ (?P<best>\d+|None) \[(?P<low>\d*)–(?P<high>\d*)\] ?(?P<words>[\w ]*)")


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
    """``pieces``: the two texts word by word, where that reads better than the two as wholes."""

    label: str | Promise
    before: str
    after: str
    pieces: tuple[Piece, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the history; ``folded`` where it is long."""

    event: Event
    changes: tuple[Change, ...]
    mark: str
    folded: bool


@dataclass(frozen=True, slots=True)
class Page:
    """``before``: where the next page begins; None on the last."""

    entries: list[Entry]
    before: int | None


@dataclass(frozen=True, slots=True)
class _Kind:
    """How the changes of one kind of thing are read: whose columns they name, which are references,
    and in which order they stand."""

    models: tuple[type[Model], ...]
    references: tuple[str, ...]
    order: tuple[str, ...]
    label: Callable[[str], str | Promise] | None = None

    def fields_of(self, kind: str) -> set[str]:
        """Fields of that type; days and moments stand in the history as ISO texts."""
        return {
            column.name
            for model in self.models
            for column in model._meta.concrete_fields
            if column.get_internal_type() == kind
        }


def parts_of(card: Card, also: Collection[str] = ()) -> list[Part]:
    """The card section by section; questions that nobody asked are left out, except ``also``."""
    answers = answers_of(card)
    law = law_on(answers["date"])
    unasked = {
        rule.field
        for rule in validators.CONDITIONAL
        if not rule.asked(answers) and not answers.get(rule.field)
    }
    return [
        Part(
            section,
            tuple(
                _answer(card, name, answers, law)
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


def hidden_from(user, card: Card) -> frozenset[str]:
    """Kinds of entries that ``user`` does not read: the review is among monitors and editors."""
    return frozenset() if allowed(user, "card.see_queries", card) else OF_THE_REVIEW


def history_of(
    thing: Model | str,
    limit: int | None = None,
    before: int | None = None,
    *,
    hidden: Collection[str] = (),
    label: Callable[[str], str | Promise] | None = None,
) -> list[Entry]:
    """Every change of a card, a permit application or an account, newest first, in words.

    A text is the name of a subject that cards know nothing of; ``label`` then says what its
    fields are called. ``limit``: at most that many; ``before``: only entries older than that place
    in the chain; ``hidden``: kinds that are left out.
    """
    if isinstance(thing, str):
        kind, rows = _Kind((), (), (), label), Event.objects.filter(subject=thing)
    else:
        kind, rows = _KINDS[type(thing)], thing.events.all()
    rows = rows.exclude(kind__in=hidden).select_related("actor").order_by("-seq")
    if before is not None:
        rows = rows.filter(seq__lt=before)
    events = list(rows[:limit])
    labels = labels_of(_referred(events, kind), kind.models)
    labels["language"] = dict(settings.LANGUAGES)
    return [_entry(event, kind, labels) for event in events]


def page_of_history(
    thing: Model | str,
    before: str = "",
    *,
    hidden: Collection[str] = (),
    label: Callable[[str], str | Promise] | None = None,
) -> Page:
    """A page of ``history_of``; ``before`` as the last page gave it, anything else is the first."""
    start = int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None
    entries = history_of(thing, PAGE + 1, start, hidden=hidden, label=label)
    more = len(entries) > PAGE
    return Page(entries[:PAGE], entries[PAGE - 1].event.seq if more else None)


@dataclass(frozen=True, slots=True)
class News:
    """What others did to a card after an entry of its history: the entries, the last one first,
    and field -> what the answer was and is."""

    events: tuple[Event, ...]
    changes: dict[str, Change]


def news_for(card: Card, person, seen: int) -> News:
    """What happened to the card after the entry ``seen`` that was not the person's own doing."""
    rows = card.events.filter(id__gt=seen).exclude(actor=person).select_related("actor")
    events, kind, now = list(rows), _KINDS[Card], answers_of(card)
    before: dict[str, str] = {}
    for event in events:  # the last one first, so that the oldest answer is kept
        before |= {name: pair[0] for name, pair in event.changes.items() if name in KEPT}
    pairs = {name: [text, as_text(now[name])] for name, text in before.items()}
    labels = labels_of(_referred(events, kind), kind.models)
    changes = {
        name: _change(EventKind.EDITED, name, pairs[name], kind, labels)
        for name in KEPT
        if name in pairs and pairs[name][0] != pairs[name][1]
    }
    return News(tuple(events), changes)


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


def label_of(name: str, models: Iterable[type[Model]] = (CaseUpdate, Card)) -> str | Promise:
    """What a field is called."""
    if name in OTHER_NAMES:
        return OTHER_NAMES[name]
    found = name
    for model in models:
        columns = {column.name: column for column in model._meta.get_fields()}
        if name in columns and hasattr(columns[name], "verbose_name"):
            found = columns[name].verbose_name
    return found


def _answer(card: Card, name: str, answers: dict[str, Any], law: Law | None) -> Answer:
    label, value = asked_under(law, name) or label_of(name), answers[name]
    if name == "legal_status" and (text := called_under(law, value)):
        return Answer(name, label, str(text))
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


def _referred(events: list[Event], kind: _Kind) -> set[tuple[str, str]]:
    """Field and code of everything that the entries refer to."""
    return {
        (name, code)
        for event in events
        for name, pair in event.changes.items()
        if name in kind.references
        for text in pair
        for code in text.split(";")
    }


def _entry(event: Event, kind: _Kind, labels) -> Entry:
    places = {name: place for place, name in enumerate(kind.order)}
    told = sorted(event.changes.items(), key=lambda item: places.get(item[0], len(places)))
    changes = tuple(_change(event.kind, name, pair, kind, labels) for name, pair in told)
    letters = sum(len(change.before) + len(change.after) for change in changes)
    folded = len(changes) >= FOLDED_FROM or letters > LONG_TEXT
    return Entry(event, changes, MARKS[EventKind(event.kind)], folded)


def _change(of: str, name: str, pair: list[str], kind: _Kind, labels) -> Change:
    label = kind.label(name) if kind.label else label_of(name, kind.models)
    if of == EventKind.COUNT:
        return Change(label, "", _count_words(pair[1]))
    before, after = (_words(name, text, kind, labels) for text in pair)
    return Change(label, before, after, pieces(before, after))


def _words(name: str, text: str, kind: _Kind, labels) -> str:
    """A recorded text in words; what is no code of the field is shown as it is."""
    with contextlib.suppress(ValueError):
        if name in kind.fields_of("DateField"):
            return formats.date_format(datetime.date.fromisoformat(text))
        if name in kind.fields_of("DateTimeField"):
            return formats.date_format(datetime.datetime.fromisoformat(text), "DATETIME_FORMAT")
    if name == "camera_sha256":
        # As much as of the other checksum: enough to tell files apart; the entry has it whole.
        return text[:SHORT_SUM]
    known = labels.get(name, {})
    codes = text.split(";")
    if text and all(code in known for code in codes):
        return ", ".join(str(known[code]) for code in codes)
    return text


def _count_words(text: str) -> str:
    """A count as it was recorded (``services.add_count``), in words."""
    found = _COUNT.fullmatch(text)
    if found is None:
        return text
    best, low, high = (found[name] for name in ("best", "low", "high"))
    words = dict(CountBasis.choices) | dict(SourceKind.choices)
    parts = ["—" if best == "None" else best]
    if low or high:
        parts[0] += f" ({low or '…'}–{high or '…'})"
    parts += [str(words.get(word, word)) for word in found["words"].split()]
    return ", ".join(parts)


_KINDS = {
    Card: _Kind((Attachment, CaseUpdate, Card), REFERENCES, (*KEPT, *OUTCOME_SECTION.fields)),
    PermitApplication: _Kind(
        (PermitApplication,),
        ("city", "form", "topic"),
        tuple(column.name for column in PermitApplication._meta.concrete_fields),
    ),
    get_user_model(): _Kind(
        (get_user_model(),),
        ("regions",),
        ("username", "alias", "role", "regions", "all_regions", "is_active"),
    ),
}
