"""From what an engine counted to the cells of the tables: plain Python, shared by all engines.

Written from the method and the exact rules behind the cells; it shares no code with the product's
indicators and tables, so that equal cells mean something.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from tests.bench import flat

Address = tuple[str, str, str, str]
#: value, numerator, denominator, n, unknown, low, high
Numbers = tuple[Any, ...]
Cells = dict[Address, Numbers]
TOTAL = "TOTAL"
CONVICTIONS = ("warning", "fine", "arrest", "community_work", "restriction", "imprisonment")
PUBLIC = ("public_organisation", "political_party", "trade_union")
NOT_KNOWN = ("", "unknown")
OUTCOMES = (*CONVICTIONS, "pending", "terminated", "acquitted")
BODIES = ("prosecutor", "akimat", "police")
ARTICLES = ("koap_488", "koap_434", "koap_667", "koap_other", "uk_400", "uk_other")


@dataclass(slots=True)
class Counted:
    """What an engine answers with; rows of plain tuples, in any order.

    places: period, place, cards, cards with a duration, its sum.
    answers: period, dimension, answer, cards; topic_group, organiser_type, sanction, reason of
    every period, form of the last two, topic and the six of the authorities of the own one.
    sums: period, cards that know both numbers, participants (best, low, high), police (best, low,
    high), unsanctioned cards, those of them in court.
    own: place, sanctioned, unsanctioned, cards knowing participants, participants (best, low,
    high), cards knowing police, police (best, low, high), both (as in sums), cards knowing
    detained, detained, cards with detentions.
    medians: place or TOTAL, median of police per participant.
    courts: place, outcome, article, latest decisions of counted cards of the own period.
    text: the sums of ``TEXT`` over the own period.
    prevented: cards, knowing detained, detained, cases, convicted.
    applications: place, decision, appeal, applications, answered, days, answered late.
    """

    places: Iterable[Sequence[Any]]
    answers: Iterable[Sequence[Any]]
    sums: Iterable[Sequence[Any]]
    own: Iterable[Sequence[Any]]
    medians: Iterable[Sequence[Any]]
    courts: Iterable[Sequence[Any]]
    text: Sequence[Any]
    prevented: Sequence[Any]
    applications: Iterable[Sequence[Any]]


#: What ``Counted.text`` holds, in this order: [cards knowing, total] unless it is one number.
TEXT = (
    "direct", "days_n", "days", "late", "obstructed_n", "obstructed", "minors_n", "minors",
    "before_n", "before", "released_n", "released", "injured_n", "injured", "share_n",
    "share_detained", "share_participants", "words_n", "arbitrary", "in_court",
    "without_consequences",
)  # fmt: skip


def assemble(counted: Counted, coverage: Sequence[tuple[str, datetime.date, float]]) -> Cells:
    """Every computed cell of the report on ``flat.OWN``."""
    return _Assembly(counted, coverage).cells


def _ratio(part: float, whole: float, scale: float = 1) -> float | None:
    return scale * part / whole if whole else None


def _share(hits: float, known: float, unknown: float) -> Numbers:
    return _ratio(hits, known, 100), hits, known, known, unknown, None, None


def _plain(value: Any, n: Any, unknown: Any, low: Any = None, high: Any = None) -> Numbers:
    return value, None, None, n, unknown, low, high


class _Assembly:
    def __init__(self, counted: Counted, coverage: Any) -> None:
        self.cells: Cells = {}
        self.counted = counted
        self.n = {(period, place): n for period, place, n, _known, _sum in counted.places}
        self.duration = {(p, place): (n, total) for p, place, _cards, n, total in counted.places}
        self.total: dict[str, int] = defaultdict(int)
        for (period, _place), n in self.n.items():
            self.total[period] += n
        self.places = sorted({place for _period, place in self.n})
        self.own_places = sorted(place for period, place in self.n if period == flat.OWN)
        self.answers: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
        for period, dimension, answer, n in counted.answers:
            self.answers[period, dimension][answer] = n
        self.coverage = _Covered(coverage)
        self._overall()
        self._character()
        self._permits()
        self._own()
        self._courts()
        self._text()
        self._applications()

    def put(self, table: str, row: str, column: str, numbers: Numbers, period: str = "") -> None:
        self.cells[table, period or flat.OWN, row, column] = numbers

    def _overall(self) -> None:
        every = self.total[flat.OWN]
        for place in (*self.own_places, TOTAL):
            n = every if place == TOTAL else self.n[flat.OWN, place]
            self.put("1", place, "assemblies", _plain(n, n, 0))
            self.put("1", place, "share", (_ratio(n, every, 100), n, every, every, 0, None, None))
        for period in flat.PERIODS:
            known_all, sum_all = 0, 0
            for place in self.places:
                n = self.n.get((period, place), 0)
                months = self.coverage.months(period, place)
                known, total = self.duration.get((period, place), (0, 0))
                known_all, sum_all = known_all + known, sum_all + (total or 0)
                self._period_row(period, place, n, months, known, total or 0)
            whole = self.coverage.whole(period)
            self._period_row(period, TOTAL, self.total[period], whole, known_all, sum_all)

    def _period_row(self, period, place, n, months, known, total) -> None:
        self.put("2", place, "assemblies", _plain(n, n, 0), period)
        index = (_ratio(n, months), n, months, n, 0, None, None)
        self.put("3", place, "rally_activity_index", index, period)
        mean = (_ratio(total, known), total, known, known, n - known, None, None)
        self.put("19", place, "mean_duration", mean, period)

    def _split(self, period: str, dimension: str, chosen, unknown=NOT_KNOWN) -> tuple:
        answers = self.answers[period, dimension]
        missing = sum(answers.get(each, 0) for each in unknown)
        known = sum(answers.values()) - missing
        return sum(answers.get(each, 0) for each in chosen), known, missing

    def _character(self) -> None:
        groups = flat.groups()
        for period in flat.PERIODS:
            for group in sorted(set(groups.values())):
                self.put(
                    "4",
                    group,
                    "share",
                    _share(*self._split(period, "topic_group", (group,))),
                    period,
                )
            for row, chosen in (
                ("public_organisation", PUBLIC),
                ("spontaneous_group", ("spontaneous_group",)),
                ("individual", ("individual",)),
            ):
                shared = _share(*self._split(period, "organiser_type", chosen))
                self.put("6", row, "share", shared, period)
            shared = _share(*self._split(period, "organiser_type", PUBLIC))
            self.put("5", "public_organisations", "share", shared, period)
        for group in sorted(set(groups.values())):
            hits, known, missing = self._split(flat.OWN, "topic_group", (group,))
            self.put("topics", group, "assemblies", _plain(hits, known, missing))
        for topic, n in self.answers[flat.OWN, "topic"].items():
            _hits, known, missing = self._split(flat.OWN, "topic", (topic,))
            self.put("topics", f"{groups[topic]}/{topic}", "assemblies", _plain(n, known, missing))
        self._forms()

    def _forms(self) -> None:
        own = self.answers[flat.OWN, "form"]
        either = own.keys() | self.answers[flat.PREVIOUS, "form"].keys()
        for table, period, forms in (
            ("7", flat.OWN, own),
            ("8", flat.OWN, either),
            ("8", flat.PREVIOUS, either),
        ):
            for form in forms:
                hits, known, missing = self._split(period, "form", (form,))
                self.put(table, form, "assemblies", _plain(hits, known, missing), period)
                self.put(table, form, "share", _share(hits, known, missing), period)
        n = sum(own.values())
        self.put("7", TOTAL, "assemblies", _plain(n, n, 0))
        self.put("7", TOTAL, "share", _share(n, n, 0))

    def _permits(self) -> None:
        reasons = ("principled_refusal", "no_point_will_be_refused", "did_not_know", "spontaneous",
                   "unknown")  # fmt: skip
        rows = {row[0]: row[1:] for row in self.counted.sums}
        for period in flat.PERIODS:
            answers = self.answers[period, "sanction"]
            yes, no = answers.get("sanctioned", 0), answers.get("unsanctioned", 0)
            outside = answers.get("outside", 0)
            self.put("9", TOTAL, "unsanctioned_share", _share(no, yes + no, outside), period)
            self.put("12", TOTAL, "law_abidance_index", _share(yes, yes + no, outside), period)
            for reason in reasons:
                shared = _share(*self._split(period, "reason", (reason,), ()))
                self.put("10", reason, "share", shared, period)
            both, *numbers, unsanctioned, in_court = rows[period]
            control = self._control(self.total[period], both, *numbers)
            self.put("15", TOTAL, "police_control_index", control, period)
            reached = _share(in_court, unsanctioned, outside)
            self.put("17", TOTAL, "unsanctioned_reaching_court", reached, period)

    def _control(self, n, both, people, people_low, people_high, police, low, high) -> Numbers:
        if not both:
            return None, None, None, 0, n - both, None, None
        return (
            _ratio(police, people), police, people, both, n - both, _ratio(low, people_high),
            _ratio(high, people_low),
        )  # fmt: skip

    def _own(self) -> None:
        rows = {row[0]: [value or 0 for value in row[1:]] for row in self.counted.own}
        rows[TOTAL] = [sum(values) for values in zip(*rows.values(), strict=True)]
        medians = dict(self.counted.medians)
        everybody = rows[TOTAL][3]
        all_known = rows[TOTAL][2]
        every = self.total[flat.OWN]
        for place, row in rows.items():
            n = every if place == TOTAL else self.n[flat.OWN, place]
            yes, no, known, people, low, high, seen, police, police_low, police_high, *rest = row
            both, detained_known, detained, with_detentions = rest[:7], *rest[7:]
            outside = n - yes - no
            self.put("11", place, "assemblies", _plain(n, n, 0))
            self.put("11", place, "unsanctioned", _plain(no, yes + no, outside))
            self.put("11", place, "sanctioned", _plain(yes, yes + no, outside))
            self.put("11", place, "law_abidance_index", _share(yes, yes + no, outside))
            participants = _ranged(people, known, n, low, high)
            self.put("14", place, "participants", participants)
            self.put("14", place, "police", _ranged(police, seen, n, police_low, police_high))
            self.put("14", place, "police_control_index", self._control(n, *both))
            median = medians.get(place)
            self.put(
                "14", place, "median_police_per_participant", _plain(median, both[0], n - both[0])
            )
            self.put(
                "16", place, "assemblies_with_detentions",
                _plain(with_detentions if detained_known else None, detained_known,
                       n - detained_known),
            )  # fmt: skip
            taken = detained if detained_known else None
            self.put("16", place, "detained", _plain(taken, detained_known, n - detained_known))
            self.put("18", place, "participants", participants)
            part = _ratio(people, everybody, 100) if known else None
            self.put(
                "18", place, "share",
                (part, people if known else None, everybody, all_known, every - all_known, None,
                 None),
            )  # fmt: skip
            mean = (
                _ratio(people, known), people, known, known, n - known, _ratio(low, known),
                _ratio(high, known),
            )  # fmt: skip
            self.put("18", place, "mean_participants", mean)
        for body in BODIES:
            for act in ("present", "warned"):
                hits, known, missing = self._split(flat.OWN, f"{body}_{act}", ("yes",))
                self.put("13", body, act, _plain(hits if known else None, known, missing))
        self.rows, self.medians = rows, medians

    def _courts(self) -> None:
        by: dict[str, dict[str, int]] = {place: defaultdict(int) for place in self.own_places}
        by[TOTAL] = defaultdict(int)
        self.articles: dict[str, int] = defaultdict(int)
        self.convicted_under: dict[tuple[str, str], int] = defaultdict(int)
        for place, outcome, article, n in self.counted.courts:
            by[place][outcome] += n
            by[TOTAL][outcome] += n
            self.articles[article] += n
            if outcome in CONVICTIONS:
                self.convicted_under[place, article] += n
        for place, outcomes in by.items():
            cases = sum(outcomes.values())
            convicted = sum(outcomes[each] for each in CONVICTIONS)
            self.put("court", place, "convicted", _plain(convicted, cases, outcomes["pending"]))
            for outcome in OUTCOMES:
                self.put("court", place, outcome, _plain(outcomes[outcome], cases, 0))
        self.outcomes = by

    def _text(self) -> None:
        t = dict(zip(TEXT, (value or 0 for value in self.counted.text), strict=True))
        n = self.total[flat.OWN]
        row = self.rows[TOTAL]

        def put(column: str, numbers: Numbers) -> None:
            self.put("text", TOTAL, column, numbers)

        put("direct_share", _share(t["direct"], n, 0))
        monitored = [p for p in self.coverage.places if self.coverage.months(flat.OWN, p)]
        without = len(set(monitored) - set(self.own_places))
        put("places_without_assemblies", (without, None, len(monitored), n, 0, None, None))
        for column, code in (
            ("organiser_spontaneous", "spontaneous_group"),
            ("organiser_individual", "individual"),
        ):
            put(column, _share(*self._split(flat.OWN, "organiser_type", (code,))))
        put("unsanctioned", self.cells["11", flat.OWN, TOTAL, "unsanctioned"])
        days = _ratio(t["days"], t["days_n"])
        put("mean_answer_days", (days, t["days"], t["days_n"], t["days_n"], None, None, None))
        put("answers_late", _plain(t["late"] if t["days_n"] else None, t["days_n"], None))
        late = _ratio(t["late"], t["days_n"], 100)
        put("answers_late_share", (late, t["late"], t["days_n"], t["days_n"], None, None, None))
        put("police_obstructed", _plain(t["obstructed"], t["obstructed_n"], n - t["obstructed_n"]))
        for column in ("police", "participants"):
            put(column, self.cells["14", flat.OWN, TOTAL, column])
        put("mean_participants", self.cells["18", flat.OWN, TOTAL, "mean_participants"])
        put("mean_duration", self.cells["19", flat.OWN, TOTAL, "mean_duration"])
        seen, police, low, high = row[6:10]
        put("mean_police", (_ratio(police, seen), police, seen, seen, n - seen, _ratio(low, seen),
                            _ratio(high, seen)))  # fmt: skip
        median = "median_police_per_participant"
        put(median, self.cells["14", flat.OWN, TOTAL, median])
        self._text_detentions(put, t, row, n)
        self._text_courts(put, t, n)

    def _text_detentions(self, put, t, row, n) -> None:
        known, detained, with_detentions = row[-3:]
        put("assemblies_with_detentions", _plain(with_detentions, known, n - known))
        put("assemblies_ending_in_detention", _share(with_detentions, known, n - known))
        without = t["without_consequences"]
        put("assemblies_without_consequences", _plain(without, known, n - known))
        put("detained", _plain(detained, known, n - known))
        share = _ratio(t["share_detained"], t["share_participants"], 100)
        put("detained_share_of_participants",
            (share, t["share_detained"], t["share_participants"], t["share_n"], n - t["share_n"],
             None, None))  # fmt: skip
        for column, name in (
            ("detained_before", "before"),
            ("detained_minors", "minors"),
            ("released_without_report", "released"),
            ("injured", "injured"),
        ):
            seen = t[f"{name}_n"]
            put(column, _plain(t[name] if seen else None, seen, n - seen))
        put("arbitrary_share", _share(t["arbitrary"], t["words_n"], with_detentions - t["words_n"]))
        prevented = (value or 0 for value in self.counted.prevented)
        cards, knowing, taken, cases, convicted = prevented
        put("prevented_assemblies", _plain(cards, cards, None))
        put("prevented_detained", _plain(taken, knowing, None))
        put("prevented_convicted", _plain(convicted, cases, None))

    def _text_courts(self, put, t, n) -> None:
        sums = {row[0]: row[1:] for row in self.counted.sums}[flat.OWN]
        unsanctioned, in_court = sums[-2:]
        outside = n - self.rows[TOTAL][0] - self.rows[TOTAL][1]
        put("in_court", _plain(t["in_court"], n, 0))
        put("reached_court", _plain(in_court, unsanctioned, outside))
        outcomes = self.outcomes[TOTAL]
        cases, pending = sum(outcomes.values()), outcomes["pending"]
        convicted = sum(outcomes[each] for each in CONVICTIONS)
        for each in ("warning", "fine", "arrest"):
            share = _ratio(outcomes[each], convicted, 100)
            put(f"court_{each}", (share, outcomes[each], convicted, convicted, pending, None, None))
        for article in ARTICLES:
            put(f"article_{article}", _plain(self.articles[article], cases, 0))
        for article, column in (
            ("koap_434", "convicted_hooliganism"),
            ("koap_667", "convicted_disobedience"),
        ):
            for place in self.own_places:
                here = self.outcomes[place]
                if sum(here.values()):
                    people = sum(here[each] for each in CONVICTIONS)
                    convicted = self.convicted_under[place, article]
                    put(f"{column}_{place}", _plain(convicted, people, here["pending"]))

    def _applications(self) -> None:
        found: dict[str, list[Sequence[Any]]] = defaultdict(list)
        for place, *row in self.counted.applications:
            found[place].append(row)
            found[TOTAL].append(row)
        for place, rows in found.items():
            self._application_row(place, rows)

    def _application_row(self, place: str, rows: Sequence[Sequence[Any]]) -> None:
        decisions: dict[str, int] = defaultdict(int)
        appeals: dict[str, int] = defaultdict(int)
        for decision, appeal, n, *_rest in rows:
            decisions[decision] += n
            appeals[appeal] += n
        n = sum(decisions.values())
        answered, days, late = (sum(row[at] or 0 for row in rows) for at in (3, 4, 5))

        def put(column: str, numbers: Numbers) -> None:
            self.put("applications", place, column, numbers)

        put("applications", _plain(n, n, None))
        for decision in ("refused", "no_answer", "other_place", "permitted", "withdrawn", "pending",
                         "unknown"):  # fmt: skip
            put(decision, _plain(decisions[decision], n, None))
        put("pending_or_unknown", _plain(decisions["pending"] + decisions["unknown"], n, None))
        mean = _ratio(days, answered)
        put("mean_days", (mean, days, answered, answered, n - answered, None, None))
        put("answered_late", _plain(late if answered else None, answered, n - answered))
        unknown = appeals[""] + appeals["unknown"]
        hits = n - unknown - appeals["none"]
        put("appealed", _plain(hits if n - unknown else None, n - unknown, unknown))


def _ranged(total, known, n, low, high) -> Numbers:
    if not known:
        return _plain(None, 0, n)
    return _plain(total, known, n - known, low, high)


class _Covered:
    """Months in which places were monitored: twelve a year, less what the register says."""

    def __init__(self, coverage: Sequence[tuple[str, datetime.date, float]]) -> None:
        self.places = {place for place, _month, _weight in coverage}
        self.lost: dict[tuple[str, str], float] = defaultdict(float)
        periods = {
            year: code for code, (first, last) in flat.PERIODS.items()
            for year in range(first, last + 1)
        }  # fmt: skip
        for place, month, weight in coverage:
            self.lost[periods[month.year], place] += 1 - weight

    def months(self, period: str, place: str) -> float:
        return self.whole(period) - self.lost[period, place]

    def whole(self, period: str) -> float:
        """In some place each month was monitored."""
        first, last = flat.PERIODS[period]
        return 12.0 * (last - first + 1)
