"""The tables of a report with NumPy over coded columns in memory: the floor."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from tests.bench import flat
from tests.bench.assembly import CONVICTIONS, Counted
from tests.bench.synthetic import Column, Columns

_OWN = (
    "topic", "prosecutor_present", "prosecutor_warned", "akimat_present", "akimat_warned",
    "police_present", "police_warned",
)  # fmt: skip


def counted(tables: Mapping[str, Columns]) -> Counted:
    """Everything that the tables need."""
    return _Cards(tables).counted()


def _is(column: Column, *chosen: str) -> np.ndarray:
    """Where the column has one of the words: by one look into a small table."""
    assert column.words is not None
    return np.array([word in chosen for word in column.words])[column.values]


def _has(column: Column, *codes: str) -> np.ndarray:
    assert column.words is not None
    return np.array([any(f";{code};" in word for code in codes) for word in column.words])[
        column.values
    ]


def _known(column: Column) -> np.ndarray:
    return np.ones(len(column), bool) if column.known is None else column.known


class _Cards:
    """The counted cards of every period, and those of the own one."""

    def __init__(self, tables: Mapping[str, Columns]) -> None:
        self.all, self.updates = tables["cards"], tables["updates"]
        self.applications = tables["applications"]
        self.approved = _is(self.all["status"], "approved")
        chosen = self.approved & _is(self.all["inclusion"], "counted")
        self.every = np.flatnonzero(chosen)
        self.own_period = _is(self.all["period"], flat.OWN)
        self.own = np.flatnonzero(chosen & self.own_period)
        known = np.flatnonzero(_is(self.updates["review"], "approved"))
        self.with_case = np.zeros(len(chosen) + 1, bool)
        self.with_case[self.updates["card_id"].values[known]] = True
        self.latest = self._latest(known)

    def _latest(self, known: np.ndarray) -> np.ndarray:
        """Rows of the latest approved decisions: undated ones first, then by date and key."""
        decided = self.updates["decided_on"]
        days = np.where(_known(decided), decided.values.astype(np.int64), -(2**40))[known]
        cases = self.updates["case_id"].values[known]
        # Keys rise with the rows, and the sort keeps the order of equals.
        order = np.lexsort((days, cases))
        cases = cases[order]
        last = np.r_[cases[1:] != cases[:-1], True] if len(cases) else np.zeros(0, bool)
        return known[order][last]

    def of(self, name: str, rows: np.ndarray) -> Column:
        column = self.all[name]
        known = None if column.known is None else column.known[rows]
        return Column(column.values[rows], column.words, known)

    def counted(self) -> Counted:
        every = {name: self.of(name, self.every) for name in (
            "period", "place", "duration", "topic_group", "organiser_type", "legal_status", "date",
            "reason", "form", "participants", "participants_low", "participants_high", "police",
            "police_low", "police_high",
        )}  # fmt: skip
        own = {name: self.of(name, self.own) for name in self.all}
        sanction = _sanction(every["legal_status"], every["date"].values)
        own_sanction = _sanction(own["legal_status"], own["date"].values)
        cases = self.with_case[self.every + 1]
        own_cases = self.with_case[self.own + 1]
        return Counted(
            places=_places(every),
            answers=[*_answers_of_all(every, sanction), *_answers_of_own(own)],
            sums=_sums(every, sanction, cases),
            own=_own(own, own_sanction),
            medians=_medians(own),
            courts=self._courts(),
            text=_text(own, own_cases),
            prevented=self._prevented(),
            applications=_applications(self.applications),
        )

    def _courts(self) -> list[tuple[Any, ...]]:
        of_own = np.zeros(len(self.approved) + 1, bool)
        of_own[self.own + 1] = True
        rows = self.latest[of_own[self.updates["card_id"].values[self.latest]]]
        cards = self.updates["card_id"].values[rows] - 1
        place, outcome, article = (
            self.all["place"], self.updates["outcome"], self.updates["article"]
        )  # fmt: skip
        return _table(
            Column(place.values[cards], place.words),
            Column(outcome.values[rows], outcome.words),
            Column(article.values[rows], article.words),
        )

    def _prevented(self) -> tuple[Any, ...]:
        chosen = self.approved & self.own_period & _is(self.all["course"], "prevented")
        detained = self.all["detained"]
        known = chosen & _known(detained)
        among = np.r_[False, chosen][self.updates["card_id"].values[self.latest]]
        convicted = _is(self.updates["outcome"], *CONVICTIONS)[self.latest][among]
        return (
            int(chosen.sum()), int(known.sum()), int(detained.values[known].sum()),
            int(among.sum()), int(convicted.sum()),
        )  # fmt: skip


def _sanction(status: Column, dates: np.ndarray) -> Column:
    names = ("outside", "sanctioned", "unsanctioned")
    assert status.words is not None
    reading = {"unknown": 0, "not_required": 0, "sanctioned": 1}
    codes = np.array([reading.get(word, 2) for word in status.words], np.int8)[status.values]
    notified = _is(status, "notified") & (dates >= np.datetime64(flat.NEW_LAW))
    return Column(np.where(notified, 1, codes).astype(np.int8), names)


def _table(*columns: Column) -> list[tuple[Any, ...]]:
    """Every combination that occurs, with its number of rows."""
    sizes = [len(column.words or ()) for column in columns]
    flat_codes = columns[0].values.astype(np.int64)
    for column, size in zip(columns[1:], sizes[1:], strict=True):
        flat_codes = flat_codes * size + column.values
    numbers = np.bincount(flat_codes, minlength=int(np.prod(sizes)))
    found = np.flatnonzero(numbers)
    codes = np.unravel_index(found, sizes)
    words = [
        [(c.words or ())[code] for code in each] for c, each in zip(columns, codes, strict=True)
    ]
    return [(*key, n) for *key, n in zip(*words, numbers[found].tolist(), strict=True)]


def _grouped(by: Column, amounts: np.ndarray, where: np.ndarray | None = None) -> np.ndarray:
    """Sums of whole numbers by group; exact while they stay under 2**53."""
    size = len(by.words or ())
    codes = by.values if where is None else by.values[where]
    amounts = amounts if where is None else amounts[where]
    return np.bincount(codes, amounts, minlength=size).astype(np.int64)


def _number(by: Column, where: np.ndarray) -> np.ndarray:
    return np.bincount(by.values[where], minlength=len(by.words or ()))


def _places(every: Columns) -> list[tuple[Any, ...]]:
    period, place, duration = every["period"], every["place"], every["duration"]
    names = [(p, q) for p in period.words or () for q in place.words or ()]
    both = Column(
        period.values.astype(np.int16) * len(place.words or ()) + place.values,
        tuple(map(str, names)),
    )
    known = _known(duration)
    n = _number(both, np.ones(len(known), bool))
    rows = zip(names, n.tolist(), _number(both, known).tolist(),
               _grouped(both, duration.values, known).tolist(), strict=True)  # fmt: skip
    return [(*name, *numbers) for name, *numbers in rows if numbers[0]]


def _answers_of_all(every: Columns, sanction: Column) -> list[tuple[Any, ...]]:
    period = every["period"]
    found = []
    for name, column in (
        ("topic_group", every["topic_group"]),
        ("organiser_type", every["organiser_type"]),
        ("sanction", sanction),
    ):
        found += [(p, name, code, n) for p, code, n in _table(period, column)]
    asked = _is(every["legal_status"], "not_requested")
    reason = every["reason"]
    rows = _table(
        Column(period.values[asked], period.words), Column(reason.values[asked], reason.words)
    )
    found += [(p, "reason", code or "unknown", n) for p, code, n in rows]
    latter = _is(period, flat.OWN, flat.PREVIOUS)
    form = every["form"]
    rows = _table(
        Column(period.values[latter], period.words), Column(form.values[latter], form.words)
    )
    return found + [(p, "form", code, n) for p, code, n in rows]


def _answers_of_own(own: Columns) -> list[tuple[Any, ...]]:
    return [(flat.OWN, name, code, n) for name in _OWN for code, n in _table(own[name])]


def _bounds(columns: Columns, name: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    best = columns[name].values
    low, high = columns[f"{name}_low"], columns[f"{name}_high"]
    return (
        best, np.where(_known(low), low.values, best), np.where(_known(high), high.values, best)
    )  # fmt: skip


def _both(columns: Columns, by: Column) -> list[np.ndarray]:
    both = _known(columns["participants"]) & _known(columns["police"])
    found = [_number(by, both)]
    for name in ("participants", "police"):
        found += [_grouped(by, amounts, both) for amounts in _bounds(columns, name)]
    return found


def _sums(every: Columns, sanction: Column, cases: np.ndarray) -> list[tuple[Any, ...]]:
    period = every["period"]
    no = _is(sanction, "unsanctioned")
    numbers = [*_both(every, period), _number(period, no), _number(period, no & cases)]
    return list(zip(period.words or (), *(each.tolist() for each in numbers), strict=True))


def _own(own: Columns, sanction: Column) -> list[tuple[Any, ...]]:
    place = own["place"]
    numbers = [_number(place, _is(sanction, answer)) for answer in ("sanctioned", "unsanctioned")]
    for name in ("participants", "police"):
        known = _known(own[name])
        numbers.append(_number(place, known))
        numbers += [_grouped(place, amounts, known) for amounts in _bounds(own, name)]
    detained = own["detained"]
    known = _known(detained)
    numbers += [
        *_both(own, place),
        _number(place, known),
        _grouped(place, detained.values, known),
        _number(place, known & (detained.values > 0)),
    ]
    there = np.bincount(place.values, minlength=len(place.words or ()))
    rows = zip(place.words or (), *(each.tolist() for each in numbers), strict=True)
    return [row for row, n in zip(rows, there.tolist(), strict=True) if n]


def _medians(own: Columns) -> list[tuple[Any, ...]]:
    people, police, place = own["participants"], own["police"], own["place"]
    known = _known(people) & _known(police) & (people.values > 0)
    ratios = police.values[known] / people.values[known]
    codes = place.values[known]
    order = np.argsort(codes, kind="stable")
    edges = np.searchsorted(codes[order], np.arange(len(place.words or ()) + 1))
    ratios = ratios[order]
    found: list[tuple[Any, ...]] = [
        (name, float(np.median(ratios[first:last])))
        for name, first, last in zip(place.words or (), edges[:-1], edges[1:], strict=True)
        if last > first
    ]
    return [*found, ("TOTAL", float(np.median(ratios)))] if len(ratios) else found


def _text(own: Columns, cases: np.ndarray) -> list[Any]:
    applied, answered = own["application_date"], own["answer_date"]
    both_days = _known(applied) & _known(answered)
    days = (answered.values - applied.values).astype(np.int64)
    actions = own["police_actions"]
    known = ~_is(actions, "") & ~_has(actions, "not_observed")
    obstructed = _has(actions, "blocked_access", "dispersed", "force")
    detained, people = own["detained"], own["participants"]
    both = _known(detained) & _known(people)
    taken = _known(detained) & (detained.values > 0)
    said = taken & _is(own["in_the_name_of_the_law"], "yes", "no")
    free = _known(detained) & (detained.values == 0)
    found = [
        _has(own["source"], "direct").sum(), both_days.sum(), days[both_days].sum(),
        (both_days & (days > flat.ANSWER_DAYS)).sum(), known.sum(), (known & obstructed).sum(),
    ]  # fmt: skip
    for name in ("detained_minors", "detained_before", "released_without_report", "injured"):
        seen = _known(own[name])
        found += [seen.sum(), own[name].values[seen].sum()]
    found += [
        both.sum(), detained.values[both].sum(), people.values[both].sum(), said.sum(),
        (said & _is(own["in_the_name_of_the_law"], "no")).sum(), cases.sum(),
        (free & ~cases).sum(),
    ]  # fmt: skip
    return [int(each) for each in found]


def _applications(rows: Columns) -> list[tuple[Any, ...]]:
    own = np.flatnonzero(_is(rows["review"], "approved") & _is(rows["period"], flat.OWN))
    keys = [Column(rows[name].values[own], rows[name].words)
            for name in ("place", "decision", "appeal")]  # fmt: skip
    answered = _known(rows["answered_on"])[own]
    days = (rows["answered_on"].values - rows["applied_on"].values).astype(np.int64)[own]
    found: dict[tuple[Any, ...], list[int]] = {}
    words = [[(key.words or ())[code] for code in key.values] for key in keys]
    for *key, known, its_days in zip(*words, answered.tolist(), days.tolist(), strict=True):
        row = found.setdefault(tuple(key), [0, 0, 0, 0])
        row[0] += 1
        if known:
            row[1] += 1
            row[2] += its_days
            row[3] += its_days > flat.ANSWER_DAYS
    return [(*key, *row) for key, row in found.items()]
