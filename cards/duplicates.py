"""Cards that may tell of the same assembly: found through an index, scored in Python.

What is looked at, with its weight, wherever both cards know it:

====== ====================================================================================
   3   place: how far the words agree, once case, abbreviations and Kazakh letters are levelled
   2   form: the same or not
   2   topic: the same, or a third for another one of the same group
   2   time: the same start within a quarter of an hour, nothing from three hours on
   1   day: on a common day, or half for the day before or after
   1   participants: the smaller number as a part of the larger one
====== ====================================================================================

The score is the weighted mean. A pair is named from ``THRESHOLD`` on, and only if form, topic or
place speaks for it: time, day and number agree by chance every day.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from cards.models import Card
from cards.similarity import similarity
from cards.vocabularies import DatePrecision, Status

#: From here on a pair is named: more than half of what is known of both agrees. Form, hour, day
#: and number alone stay below it: two pickets at noon.
THRESHOLD = 0.55
#: How many cards of a city and these days are compared at most, and how many are named.
MOST_COMPARED, MOST_NAMED = 200, 5
#: A card over several days is found if it began no longer ago than this.
LOOKED_BACK = datetime.timedelta(days=31)
DAY = datetime.timedelta(days=1)
#: Statuses that no longer stand for an assembly of their own.
SET_ASIDE = (Status.REJECTED, Status.DUPLICATE)
_STANDING = "', '".join(sorted(set(Status.values) - {*SET_ASIDE, Status.DRAFT}))
#: Places that agree this far are called the same, and similar.
SAME, SIMILAR = 0.85, 0.5

Days = tuple[datetime.date, datetime.date]
Text = str | Promise


@dataclass(frozen=True, slots=True)
class Part:
    """One of the things compared: how far it agrees (0 to 1), and in words why, if it does."""

    name: str
    weight: int
    value: float
    reason: Text = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A card that may repeat another one. ``score``: 0 to 1; ``reasons``: what speaks for it."""

    card: Card
    score: float
    reasons: tuple[Text, ...]

    @property
    def percent(self) -> int:
        return round(100 * self.score)


class Seen(NamedTuple):
    """What is looked at of a card that is compared; a row of a query, since most are another's."""

    pk: int
    monitor_id: int | None
    date: datetime.date
    end_date: datetime.date | None
    date_precision: str
    start_time: datetime.time | None
    place: str
    settlement: str
    form_id: str | None
    topic_id: str | None
    group_id: str | None
    participants: int | None


#: Written out: it is asked at every submission, and making it anew took as long as answering it.
_NEARBY = f"""
    SELECT c.id, c.monitor_id, c.date, c.end_date, c.date_precision, c.start_time, c.place,
        c.settlement, c.form_id, c.topic_id, t.group_id, c.participants
    FROM cards_card c LEFT JOIN cards_topic t ON t.code = c.topic_id
    WHERE c.city_id = %s AND c.date BETWEEN %s AND %s
        AND (c.date BETWEEN %s AND %s OR (c.end_date >= %s AND c.date <= %s)
            OR (c.date_precision = '{DatePrecision.MONTH.value}' AND c.date >= %s))
        AND (c.status IN ('{_STANDING}')
            OR (c.status = '{Status.DRAFT.value}' AND c.monitor_id = %s))
        AND c.id <> %s
    ORDER BY c.date, c.id LIMIT %s
"""  # noqa: S608  (our own codes)


def candidates(card: Card, viewer) -> list[Candidate]:
    """Cards that may tell of the same assembly as ``card``, the likeliest first. At most 2 queries.

    They are of the same city (a card without one has none: it cannot be submitted either) and
    their days lie no more than one apart. Drafts are their monitor's alone: they are compared only
    where ``viewer`` wrote both. Two cards of one monitor are candidates too: sent twice.
    """
    if card.city_id is None or card.date is None:
        return []
    alike = (_alike(card, other) for other in nearby(card, viewer))
    found = sorted(each for each in alike if each is not None)[:MOST_NAMED]
    if not found:
        return []
    cards = Card.objects.with_labels().in_bulk([pk for _order, pk, _reasons in found])
    return [Candidate(cards[pk], -order, reasons) for order, pk, reasons in found]


def nearby(card: Card, viewer) -> list[Seen]:
    """Cards of the same city whose days may lie within one of the card's; one query."""
    first, last = days_of(card)
    begin, end = first - DAY, last + DAY
    far = (begin - LOOKED_BACK, _month_end(end))
    days = (*far, begin, end, begin, end, begin.replace(day=1))
    drafts_of = viewer.pk if viewer.pk == card.monitor_id else None
    with connection.cursor() as cursor:
        cursor.execute(_NEARBY, [card.city_id, *days, drafts_of, card.pk or 0, MOST_COMPARED])
        return [Seen(*row) for row in cursor.fetchall()]


def days_of(card: Card | Seen) -> Days:
    """First and last day on which the assembly may have been; the month, if only that is known."""
    if card.date_precision == DatePrecision.MONTH:
        return card.date.replace(day=1), _month_end(card.date)
    return card.date, max(card.end_date or card.date, card.date)


def compare(card: Card, other: Seen) -> list[Part]:
    """What both cards know, each with its weight and how far it agrees."""
    parts = (_place, _form, _topic, _time, _day, _participants)
    return [part for made in parts for part in made(card, other)]


def score(parts: Iterable[Part]) -> float:
    """The weighted mean of what is known, 0 to 1; 0 if nothing speaks for more than chance."""
    parts = list(parts)
    speaking = [part.value for part in parts if part.name in ("place", "form", "topic")]
    if max(speaking, default=0) < SIMILAR:
        return 0.0
    return sum(part.weight * part.value for part in parts) / sum(part.weight for part in parts)


def _alike(card: Card, other: Seen) -> tuple[float, int, tuple[Text, ...]] | None:
    """The negative score, the key and what speaks for it; None for another assembly."""
    (first, last), (other_first, other_last) = days_of(card), days_of(other)
    if other_first > last + DAY or other_last < first - DAY:
        return None
    parts = compare(card, other)
    found = score(parts)
    if found < THRESHOLD:
        return None
    reasons = [part.reason for part in parts if part.reason]
    if card.monitor_id is not None and card.monitor_id == other.monitor_id:
        reasons.append(_("the same monitor"))
    return -found, other.pk, tuple(reasons)


def _place(card: Card, other: Seen) -> Iterator[Part]:
    if not (card.place and other.place):
        return
    value = similarity(card.place, other.place)
    if card.settlement and other.settlement:
        # The same square in two villages is two squares.
        value *= min(1.0, 2 * similarity(card.settlement, other.settlement))
    words: Text = _("the same place") if value >= SAME else _("a similar place")
    yield Part("place", 3, value, words if value >= SIMILAR else "")


def _form(card: Card, other: Seen) -> Iterator[Part]:
    if card.form_id and other.form_id:
        same = card.form_id == other.form_id
        yield Part("form", 2, float(same), _("the same form") if same else "")


def _topic(card: Card, other: Seen) -> Iterator[Part]:
    if not (card.topic_id and other.topic_id):
        return
    if card.topic_id == other.topic_id:
        yield Part("topic", 2, 1.0, _("the same topic"))
    else:
        # A topic of the same group alone never makes a pair: see ``score``.
        same_group = card.topic.group_id == other.group_id
        yield Part("group", 2, same_group / 3, _("a related topic") if same_group else "")


def _time(card: Card, other: Seen) -> Iterator[Part]:
    if card.start_time is None or other.start_time is None or card.date != other.date:
        return
    apart = abs(_minutes(card.start_time) - _minutes(other.start_time))
    value = 1.0 if apart <= 15 else max(0.0, 1 - apart / 180)
    yield Part("time", 2, value, _apart(apart) if value > 0 else "")


def _day(card: Card, other: Seen) -> Iterator[Part]:
    (first, last), (other_first, other_last) = days_of(card), days_of(other)
    common = first <= other_last and other_first <= last
    words: Text = _("the same day") if common else _("a day apart")
    yield Part("day", 1, 1.0 if common else 0.5, words)


def _participants(card: Card, other: Seen) -> Iterator[Part]:
    if card.participants is None or other.participants is None:
        return
    smaller, larger = sorted((card.participants, other.participants))
    value = smaller / larger if larger else 1.0
    similar = value >= SIMILAR
    yield Part("number", 1, value, _("a similar number of participants") if similar else "")


def _apart(minutes: int) -> Text:
    if minutes <= 5:
        return _("the same time")
    if minutes < 60:
        return ngettext("%(n)s minute apart", "%(n)s minutes apart", minutes) % {"n": minutes}
    hours = round(minutes / 60)
    return ngettext("%(n)s hour apart", "%(n)s hours apart", hours) % {"n": hours}


def _minutes(time: datetime.time) -> int:
    return 60 * time.hour + time.minute


def _month_end(day: datetime.date) -> datetime.date:
    return (day.replace(day=1) + datetime.timedelta(days=32)).replace(day=1) - DAY
