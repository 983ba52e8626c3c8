"""Cards by chance that are the same each time: columns of NumPy, equal for every engine.

Fifteen years, twenty places, a tenth of the cards with court cases. Every question of the card is
answered, with realistic shares of unknown answers, by the rules that a form would hold them to; so
each of them can be stored, approved, exported and read back as if somebody had typed it.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tests.bench import words

#: Whenever what is made changes, databases that were kept are made anew.
VERSION = 1
SEED = 20_181_109
FIRST, LAST = datetime.date(2011, 1, 1), datetime.date(2025, 12, 31)
MONITORS, EDITORS = 40, 10
#: Milliseconds of a day.
DAY = 86_400_000
#: One card in so many has court cases; an application that never became an assembly for each.
CARDS_PER_CASE, CARDS_PER_APPLICATION = 10, 100


@dataclass(frozen=True, slots=True)
class Column:
    """A column of n rows.

    values: numbers, days (datetime64[D]), moments (datetime64[ms]), or with ``words`` places in
    that tuple of texts. known: where there is a value at all (None: everywhere).
    """

    values: np.ndarray
    words: tuple[str, ...] | None = None
    known: np.ndarray | None = None

    def texts(self) -> np.ndarray:
        """Every row's text; TypeError for a column of numbers."""
        if self.words is None:
            raise TypeError("not a column of texts")
        return np.array(self.words, dtype=object)[self.values]

    def __getitem__(self, rows: slice) -> Column:
        known = None if self.known is None else self.known[rows]
        return Column(self.values[rows], self.words, known)

    def __len__(self) -> int:
        return len(self.values)


Columns = dict[str, Column]


@dataclass(frozen=True, slots=True)
class Made:
    """Rows of four tables, and of one register: place, month, weight (0, ½ or 1 of a month)."""

    cards: Columns
    cases: Columns
    updates: Columns
    applications: Columns
    coverage: tuple[tuple[str, datetime.date, float], ...]


class _Chance:
    """Draws for n rows."""

    def __init__(self, seed: int, n: int) -> None:
        self.generator = np.random.default_rng(seed)
        self.n = n

    def choice(self, shares: Mapping[str, float]) -> Column:
        """One of the words by their shares (of whatever they add up to)."""
        weights = np.array(list(shares.values()), dtype=float)
        edges = np.cumsum(weights / weights.sum())
        edges[-1] = 1
        found = np.searchsorted(edges, self.generator.random(self.n), side="right")
        return Column(found.astype(np.int8), tuple(shares))

    def alike(self, options: Sequence[str]) -> Column:
        """One of the words, each as likely."""
        kind = np.int16 if len(options) > 127 else np.int8
        return Column(self.generator.integers(0, len(options), self.n).astype(kind), tuple(options))

    def holds(self, share: float) -> np.ndarray:
        """Whether something with that share happens."""
        found: np.ndarray = self.generator.random(self.n) < share
        return found

    def whole(self, low: int, high: int) -> np.ndarray:
        """A whole number from low to high, both included."""
        return self.generator.integers(low, high + 1, self.n).astype(np.int32)

    def people(self, mean: float, spread: float, most: int) -> np.ndarray:
        """A number of people: many small ones, few large ones; at least 1."""
        found = self.generator.lognormal(np.log(mean), spread, self.n)
        return np.clip(found, 1, most).astype(np.int32)


def columns(n: int, *, seed: int = SEED) -> Made:
    """``n`` cards in the order of their dates, with cases, applications and coverage."""
    chance = _Chance(seed, n)
    cards = _when_and_where(chance)
    cards |= _assembly(chance)
    cards |= _people(chance)
    cards |= _permit(chance, cards)
    cards |= _authorities(chance, cards)
    cards |= _detentions(chance, cards)
    cards |= _texts(chance, cards)
    cards |= _record(chance, cards)
    cases, updates = _courts(np.random.default_rng(seed + 1), cards)
    applications = _applications(_Chance(seed + 2, max(n // CARDS_PER_APPLICATION, 1)))
    return Made(cards, cases, updates, applications, coverage())


def _is(column: Column, *chosen: str) -> np.ndarray:
    """Where a column of texts has one of the words."""
    assert column.words is not None
    return np.isin(column.values, [column.words.index(word) for word in chosen])


def _with(column: Column, where: np.ndarray, word: str) -> Column:
    """The column with a word put in where a condition holds."""
    assert column.words is not None
    listed = column.words if word in column.words else (*column.words, word)
    return Column(
        np.where(where, listed.index(word), column.values).astype(column.values.dtype), listed
    )


def _only(column: Column, where: np.ndarray) -> Column:
    """The column with no answer ("") where a condition does not hold."""
    return _with(column, ~where, "")


def _when_and_where(chance: _Chance) -> Columns:
    days = (LAST - FIRST).days + 1
    dates = np.datetime64(FIRST) + np.sort(chance.generator.integers(0, days, chance.n))
    city = chance.choice(words.CITIES)
    start, length = chance.whole(32, 75), chance.whole(1, 16)
    timed = chance.holds(0.7)
    told = chance.holds(0.3)
    minutes = np.where(timed, length * 15, chance.whole(20, 240))
    midnight = np.array((start + length) % 96)
    several = chance.holds(0.01) & timed & (dates < np.datetime64(LAST))
    minutes = minutes + several * 24 * 60 - (several & (start + length >= 96)) * 24 * 60
    # An end past midnight of a longer assembly is on the last day itself.
    several &= minutes > 0
    ends = dates + 1
    return {
        "date": Column(dates),
        "date_precision": chance.choice({"exact": 94, "month": 3, "unknown_day": 3}),
        "start_time": Column(start.astype(np.int8), words.QUARTERS, timed),
        "end_time": Column(midnight.astype(np.int8), words.QUARTERS, timed),
        "end_date": Column(ends, None, several),
        "duration_minutes": Column(minutes.astype(np.int32), None, timed | told),
        "city_id": city,
        "place_type": chance.choice(words.PLACE_TYPES),
        "source": chance.choice(words.SOURCES),
        "arrived_at": Column(start.astype(np.int8), words.QUARTERS, timed & chance.holds(0.5)),
    }


def _assembly(chance: _Chance) -> Columns:
    course = chance.choice({"held": 88, "cut_short": 9, "prevented": 3})
    peaceful = chance.choice({"yes": 94, "no": 2, "unknown": 4})
    counted = ~_is(course, "prevented") & ~_is(peaceful, "no")
    form = chance.choice(words.FORMS)
    return {
        "course": course,
        "peaceful": peaceful,
        "inclusion": Column(counted.astype(np.int8), ("excluded", "counted")),
        "form_id": form,
        "form_other": _only(
            Column(np.zeros(chance.n, np.int8), ("живая цепь",)), _is(form, "other")
        ),
        "topic_id": chance.choice(words.TOPICS),
        "organiser_type": chance.choice(words.ORGANISERS),
        "attributes": chance.choice(words.ATTRIBUTES),
        "minors_present": chance.choice({"yes": 12, "no": 60, "unknown": 28}),
    }


def _numbers(chance: _Chance, name: str, best: np.ndarray, known: np.ndarray) -> Columns:
    """Best, low and high numbers of a subject and what they rest on."""
    basis = chance.choice({"counted": 35, "estimated": 35, "words": 10, "media": 15, "at_least": 5})
    low = known & chance.holds(0.4)
    high = known & chance.holds(0.4) & ~_is(basis, "at_least")
    spread = (best * chance.generator.random(chance.n) * 0.4).astype(np.int32)
    return {
        name: Column(best, None, known),
        f"{name}_low": Column(best - spread, None, low),
        f"{name}_high": Column(best + 2 * spread, None, high),
        f"{name}_basis": _only(basis, known),
    }


def _people(chance: _Chance) -> Columns:
    police_known = chance.holds(0.62)
    police = np.where(chance.holds(0.25), 0, chance.people(9, 1.0, 3_000)).astype(np.int32)
    return {
        **_numbers(chance, "participants", _or_none(chance), chance.holds(0.9)),
        **_numbers(chance, "police", police, police_known),
    }


def _or_none(chance: _Chance) -> np.ndarray:
    """Participants; nobody at a few assemblies that were cut short at once."""
    nobody = chance.holds(0.005)
    return np.where(nobody, 0, chance.people(18, 1.2, 50_000)).astype(np.int32)


def _permit(chance: _Chance, cards: Columns) -> Columns:
    status = chance.choice(words.LEGAL_STATUSES)
    dates = cards["date"].values
    asked = _is(
        status,
        "requested_refused",
        "requested_no_answer",
        "requested_other_place",
        "sanctioned",
        "notified",
    )
    applied = dates - chance.whole(5, 40)
    known = asked & chance.holds(0.8)
    answered = known & ~_is(status, "requested_no_answer") & chance.holds(0.85)
    ground = chance.alike(words.GROUNDS)
    return {
        "legal_status": status,
        "reason_not_requested": _only(chance.choice(words.REASONS), _is(status, "not_requested")),
        "refusal_ground": _only(ground, _is(status, "requested_refused")),
        "application_date": Column(applied, None, known),
        "answer_date": Column(applied + chance.whole(1, 25), None, answered),
    }


def _authorities(chance: _Chance, cards: Columns) -> Columns:
    found: Columns = {}
    for body, share in (("prosecutor", 20), ("akimat", 45)):
        present = chance.choice({"yes": share, "no": 70 - share, "unknown": 30})
        warned = chance.choice({"yes": 30, "no": 60, "unknown": 10})
        warned = _with(warned, _is(present, "no"), "no")
        found[f"{body}_present"] = present
        found[f"{body}_warned"] = _with(warned, _is(present, "unknown"), "unknown")
    police = cards["police"]
    seen = (police.values > 0) & (True if police.known is None else police.known)
    found["police_present"] = _with(
        chance.choice({"yes": 40, "no": 25, "unknown": 35}), seen, "yes"
    )
    found["police_warned"] = chance.choice({"yes": 25, "no": 50, "unknown": 25})
    found["plain_clothes"] = chance.choice({"yes": 25, "no": 30, "unknown": 45})
    return found


def _detentions(chance: _Chance, cards: Columns) -> Columns:
    taken = chance.holds(0.16) | _is(cards["course"], "prevented")
    unknown = chance.holds(0.03)
    detained = np.where(taken, chance.people(4, 1.1, 2_000), 0).astype(np.int32)
    some = taken | unknown
    actions = chance.choice(words.POLICE_ACTIONS)
    # Who detained people did so: the action goes with the number.
    with_detention = Column(chance.whole(0, 2).astype(np.int8), words.ACTIONS_WITH_DETENTION)
    listed = (*(actions.words or ()), *(with_detention.words or ()))
    acted = np.where(taken, with_detention.values + len(actions.words or ()), actions.values)
    dispersed = np.array([";dispersed;" in each for each in listed])[acted]
    told = chance.choice({"yes": 30, "no": 55, "unknown": 15})
    warned = _with(
        chance.choice({"yes": 40, "no": 40, "unknown": 20}), ~dispersed, "not_applicable"
    )

    def part(share: float) -> Column:
        known = taken & ~unknown & chance.holds(0.6)
        amount = (detained * chance.generator.random(chance.n) * share).astype(np.int32)
        return Column(amount, None, known)

    return {
        "police_actions": Column(acted.astype(np.int8), listed),
        "warned_before_dispersal": warned,
        "detained": Column(detained, None, ~unknown),
        "detained_unknown": Column(unknown),
        "detained_minors": part(0.2),
        "detained_before": part(0.3),
        "released_without_report": part(0.5),
        "in_the_name_of_the_law": _with(told, ~some, "not_applicable"),
        "injured": part(0.1),
    }


def _texts(chance: _Chance, cards: Columns) -> Columns:
    """Texts of a few words from lists, and now and then a rare word: what search has to find."""
    first, second, third = (chance.whole(0, len(each) - 1) for each in words.SENTENCES)
    rare = np.zeros(chance.n, np.int32)
    rows = np.arange(1, chance.n + 1)
    for at, every in enumerate(words.RARE_EVERY, start=1):
        rare[rows % every == 0] = at
    description, its_words = _sentences(first, second, third, rare)
    no_links = ~np.array(["media" in each for each in cards["source"].words or ()])[
        cards["source"].values
    ]
    link = Column(np.zeros(chance.n, np.int8), ("https://example.org/news",))
    organised = _is(
        cards["organiser_type"], "public_organisation", "political_party", "trade_union"
    )
    return {
        "place": chance.alike(words.PLACES),
        "settlement": Column(np.zeros(chance.n, np.int8), ("",)),
        "demands": chance.alike(words.DEMANDS),
        "organiser_name": _only(chance.alike(words.ORGANISATIONS), organised),
        "source_links": _only(link, ~no_links),
        "inclusion_reason": Column(np.zeros(chance.n, np.int8), ("",)),
        "description": Column(description, its_words),
    }


def _sentences(*parts: np.ndarray) -> tuple[np.ndarray, tuple[str, ...]]:
    """Descriptions that occur, and which of them each row has."""
    lists = (*words.SENTENCES, ("", *words.RARE))
    sizes = tuple(len(each) for each in lists)
    together = np.ravel_multi_index(tuple(parts), sizes)
    found, places = np.unique(together, return_inverse=True)
    chosen = zip(*np.unravel_index(found, sizes), strict=True)
    texts = tuple(
        " ".join(part for part in (lists[n][at] for n, at in enumerate(each)) if part)
        for each in chosen
    )
    return places.astype(np.int32), texts


def _record(chance: _Chance, cards: Columns) -> Columns:
    status = chance.choice(words.STATUSES)
    moment = cards["date"].values.astype("datetime64[ms]")
    submitted = moment + DAY + 1_000 * chance.whole(0, 5 * 86_400)
    sent = ~_is(status, "draft")
    approved = _is(status, "approved")
    serial = _serials(cards["date"].values.astype("datetime64[Y]"), cards["city_id"].values, sent)
    return {
        "status": status,
        "serial": Column(serial, None, sent),
        "monitor": Column(chance.whole(0, MONITORS - 1)),
        "editor": Column(chance.whole(0, EDITORS - 1), None, approved),
        "created_at": Column(submitted - DAY // 24),
        "submitted_at": Column(submitted, None, sent),
        "approved_at": Column(submitted + DAY, None, approved),
        "report_worthy": Column(chance.holds(0.01)),
        "uuid": _identifiers(chance),
    }


def _serials(years: np.ndarray, cities: np.ndarray, counted: np.ndarray) -> np.ndarray:
    """1, 2, 3 … within a year and a city, in the order of the rows."""
    group = years.astype(np.int64) * 1000 + cities
    group = np.where(counted, group, -1)
    order = np.argsort(group, kind="stable")
    ranked = group[order]
    starts = np.flatnonzero(np.r_[True, ranked[1:] != ranked[:-1]])
    within = np.arange(len(group)) - np.repeat(starts, np.diff(np.r_[starts, len(group)]))
    serial = np.empty(len(group), np.int32)
    serial[order] = within + 1
    return serial


def _identifiers(chance: _Chance) -> Column:
    """Two halves of a UUID side by side; ``identifiers`` writes them."""
    return Column(chance.generator.integers(0, 2**63, (chance.n, 2)))


def identifiers(column: Column) -> list[str]:
    """32 hexadecimal digits of each row of the column ``uuid``."""
    return [f"{high:016x}{low:016x}" for high, low in column.values.tolist()]


def _courts(generator: np.random.Generator, cards: Columns) -> tuple[Columns, Columns]:
    """Cases of a tenth of the cards that were sent in, with one or two decisions each.

    card: row of the card, from 0; case: row of the case.
    """
    sent = np.flatnonzero(~_is(cards["status"], "draft"))
    chosen = sent[generator.random(len(sent)) < 1 / CARDS_PER_CASE]
    people = generator.integers(1, 4, len(chosen))
    card = np.repeat(chosen, people)
    number = np.arange(len(card)) - np.repeat(np.cumsum(people) - people, people)
    cases = {
        "card": Column(card.astype(np.int64)),
        "case_code": Column(number.astype(np.int8), ("A-01", "A-02", "A-03")),
    }
    known = generator.integers(1, 3, len(card))
    case = np.repeat(np.arange(len(card)), known)
    chance = _Chance(0, len(case))
    chance.generator = generator
    outcome = chance.choice(words.OUTCOMES)
    fine, arrest = _is(outcome, "fine"), _is(outcome, "arrest")
    dates = cards["date"].values[card][case]
    return cases, {
        "case": Column(case),
        "decided_on": Column(dates + chance.whole(5, 120), None, chance.holds(0.95)),
        "article": chance.choice(words.ARTICLES),
        "outcome": outcome,
        "fine_mci": Column(chance.whole(5, 100), None, fine),
        "arrest_days": Column(chance.whole(1, 15), None, arrest),
        "observed_by_monitor": chance.choice({"yes": 30, "no": 50, "unknown": 20}),
        "appeal": chance.choice({"none": 60, "pending": 10, "upheld": 20, "unknown": 10}),
        "review": chance.choice({"approved": 92, "pending": 6, "rejected": 2}),
    }


def _applications(chance: _Chance) -> Columns:
    days = (LAST - FIRST).days + 1
    applied = np.datetime64(FIRST) + np.sort(chance.generator.integers(0, days, chance.n))
    decision = chance.choice(words.DECISIONS)
    answered = ~_is(decision, "pending", "no_answer") & chance.holds(0.9)
    return {
        "applied_on": Column(applied),
        "city_id": chance.choice(words.CITIES),
        "decision": decision,
        "answered_on": Column(applied + chance.whole(1, 25), None, answered),
        "appeal": chance.choice({"none": 60, "pending": 10, "upheld": 20, "unknown": 10}),
        "review": chance.choice({"approved": 92, "pending": 6, "rejected": 2}),
        "uuid": _identifiers(chance),
    }


def coverage() -> tuple[tuple[str, datetime.date, float], ...]:
    """Months in which a place was monitored in part, or not at all."""
    found = []
    for n, place in enumerate(words.CITIES):
        for year in range(FIRST.year + n % 3, LAST.year + 1, 3):
            found.append((place, datetime.date(year, 1 + (n + year) % 12, 1), 0.5 * (year % 2)))
    return tuple(found)


def sample(column: Column, row: int) -> Any:
    """What a row holds, as Python has it: None, a number, a text or a day."""
    if column.known is not None and not column.known[row]:
        return None
    value = column.values[row]
    return column.words[int(value)] if column.words is not None else value.item()
