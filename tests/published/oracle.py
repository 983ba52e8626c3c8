"""Every table of a period from card files, computed a second time and independently.

Reads the import format (``cards.csv``, ``outcomes.csv``) with the csv module and nothing of the
product, by the rules of the method alone. Values are exact fractions.

    values = compute(read(cards), read(outcomes), Reference.load(), "2018")
    values["1", "2018", "astana", "share"]  ->  Cell(value, numerator, denominator)

Where there is nothing to divide by, or no card knows the answer, the value is ``None``, never 0.
Only approved, counted cards whose date lies in the period enter.
"""

import csv
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

Row = Mapping[str, str]
Key = tuple[str, str, str, str]

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "fixtures" / "reference"
TOTAL = "TOTAL"
PUBLIC = ("public_organisation", "political_party", "trade_union")
REASONS = (
    "principled_refusal",
    "no_point_will_be_refused",
    "did_not_know",
    "spontaneous",
    "unknown",
)
CONVICTIONS = ("warning", "fine", "arrest", "community_work", "restriction", "imprisonment")
OBSTRUCTION = {"blocked_access", "dispersed", "force"}
#: First day of the law under which a notification is enough.
NOTIFICATION_FROM = "2020-06-06"
#: What a month counts by its state in the coverage register; a missing entry is a covered month.
COVERED = {"full": Fraction(1), "partly": Fraction(1, 2), "none": Fraction(0)}


class Cell(NamedTuple):
    """A value with what it was divided from; counts and sums have no denominator."""

    value: Fraction | None
    numerator: Fraction | None = None
    denominator: Fraction | None = None


@dataclass(frozen=True)
class Reference:
    """City -> reporting place, topic -> group, and the form codes, each as the register has it."""

    places: Mapping[str, str]
    groups: Mapping[str, str]
    forms: tuple[str, ...]

    @classmethod
    def load(cls, folder: Path = REFERENCE) -> "Reference":
        return cls(
            places={row["code"]: row["place"] for row in read(folder / "cities.csv")},
            groups={row["code"]: row["group"] for row in read(folder / "topics.csv")},
            forms=tuple(row["code"] for row in read(folder / "forms.csv")),
        )


def read(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file in UTF-8."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def compute(
    cards: Iterable[Row],
    outcomes: Iterable[Row],
    reference: Reference,
    year: str,
    coverage: Mapping[tuple[str, str], str] | None = None,
) -> dict[Key, Cell]:
    """(table, period, row, column) -> Cell for one calendar year.

    ``coverage``: (place, "YYYY-MM") -> full, partly or none.
    """
    counted = [card for card in cards if card["date"].startswith(f"{year}-") and _counts(card)]
    period = _Period(counted, _latest(outcomes), reference, year, coverage or {})
    found: dict[Key, Cell] = {}
    for table, rule in TABLES.items():
        for row, column, cell in rule(period):
            found[table, year, row, column] = cell
    return found


def _counts(card: Row) -> bool:
    if card["status"] != "approved" or card["course"] == "prevented":
        return False
    return (card["inclusion"] or ("excluded" if card["peaceful"] == "no" else "counted")) == (
        "counted"
    )


def _latest(outcomes: Iterable[Row]) -> dict[str, dict[str, Row]]:
    """Card -> person code -> latest outcome by decision date; undated ones come first."""
    cases: dict[str, dict[str, Row]] = {}
    for row in sorted(outcomes, key=lambda row: row["decided_on"]):
        cases.setdefault(row["card"], {})[row["case_code"]] = row
    return cases


class _Period:
    """The counted cards of a period, and what every table asks of them."""

    def __init__(self, cards, cases, reference, year, coverage):
        self.cards: list[Row] = cards
        self.cases: dict[str, dict[str, Row]] = cases
        self.reference: Reference = reference
        self.months = [f"{year}-{month:02}" for month in range(1, 13)]
        self.coverage = coverage

    def place(self, card: Row) -> str:
        return self.reference.places[card["city"]]

    def by_place(self) -> Iterator[tuple[str, list[Row]]]:
        """Every place with a counted card, then TOTAL."""
        for place in dict.fromkeys(map(self.place, self.cards)):
            yield place, [card for card in self.cards if self.place(card) == place]
        yield TOTAL, self.cards

    def outcomes(self, cards: Iterable[Row]) -> list[Row]:
        return [row for card in cards for row in self.cases.get(card["ref"], {}).values()]

    def covered(self, place: str) -> Fraction:
        """Months covered by a place; for TOTAL, months in which any place was covered."""
        if place != TOTAL:
            return sum((self._month(place, month) for month in self.months), Fraction())
        places = {*self.reference.places.values()}
        return Fraction(
            sum(any(self._month(place, month) for place in places) for month in self.months)
        )

    def _month(self, place: str, month: str) -> Fraction:
        return COVERED[self.coverage.get((place, month), "full")]


def _number(card: Row, name: str) -> Fraction | None:
    return Fraction(card[name]) if card[name] else None


def _known(cards: Iterable[Row], name: str) -> list[Fraction]:
    return [number for card in cards if (number := _number(card, name)) is not None]


def _bound(card: Row, name: str, end: str) -> Fraction:
    return Fraction(card[f"{name}_{end}"] or card[name])


def _sum(numbers: list[Fraction]) -> Cell:
    return Cell(sum(numbers, Fraction()) if numbers else None)


def _ratio(numerator, denominator, scale: int = 1) -> Cell:
    top, bottom = Fraction(numerator), Fraction(denominator)
    return Cell(scale * top / bottom if bottom else None, top, bottom)


def _mean(numbers: list[Fraction]) -> Cell:
    return _ratio(sum(numbers, Fraction()), len(numbers))


def _count(number: int) -> Cell:
    return Cell(Fraction(number))


def _sanction(card: Row) -> str | None:
    """sanctioned, unsanctioned, or None where the law of the day has no say."""
    if card["legal_status"] in ("unknown", "not_required", ""):
        return None
    enough = {"sanctioned"}
    if card["date"] >= NOTIFICATION_FROM:
        enough.add("notified")
    return "sanctioned" if card["legal_status"] in enough else "unsanctioned"


def _sanctions(cards: Iterable[Row]) -> Counter[str]:
    return Counter(sanction for card in cards if (sanction := _sanction(card)))


def _ended(cards: Iterable[Row]) -> list[Row]:
    """Cards with detentions."""
    return [card for card in cards if (_number(card, "detained") or 0) > 0]


def _minutes(card: Row) -> Fraction | None:
    """Duration by the times, by end_date where it lasted longer, or as typed."""
    if not (card["start_time"] and card["end_time"]):
        return _number(card, "duration_minutes")
    start, end = (
        int(text[:2]) * 60 + int(text[3:5]) for text in (card["start_time"], card["end_time"])
    )
    if card["end_date"] and card["end_date"] > card["date"]:
        first, last = (date.fromisoformat(card[name]) for name in ("date", "end_date"))
        days = (last - first).days
    else:
        days = 1 if end < start else 0
    return Fraction(end - start + days * 24 * 60)


# A table's rule gives (row, column, Cell).
Lines = Iterator[tuple[str, str, Cell]]


def _t1(period: _Period) -> Lines:
    for place, cards in period.by_place():
        yield place, "assemblies", _count(len(cards))
        yield place, "share", _ratio(len(cards), len(period.cards), 100)


def _t2(period: _Period) -> Lines:
    for place, cards in period.by_place():
        yield place, "assemblies", _count(len(cards))


def _t3(period: _Period) -> Lines:
    for place, cards in period.by_place():
        yield place, "rally_activity_index", _ratio(len(cards), period.covered(place))


def _t4(period: _Period) -> Lines:
    groups = Counter(period.reference.groups[card["topic"]] for card in period.cards)
    for group in dict.fromkeys(period.reference.groups.values()):
        yield group, "share", _ratio(groups[group], len(period.cards), 100)


def _topics(period: _Period) -> Lines:
    topics = Counter(card["topic"] for card in period.cards)
    groups: Counter[str] = Counter()
    for topic, group in period.reference.groups.items():
        groups[group] += topics[topic]
        yield f"{group}/{topic}", "assemblies", _count(topics[topic])
    for group, number in groups.items():
        yield group, "assemblies", _count(number)


def _organisers(period: _Period) -> dict[str, Cell]:
    kinds = Counter(
        "public_organisation" if card["organiser_type"] in PUBLIC else card["organiser_type"]
        for card in period.cards
        if card["organiser_type"] != "unknown"
    )
    return {
        kind: _ratio(kinds[kind], kinds.total(), 100)
        for kind in ("public_organisation", "spontaneous_group", "individual")
    }


def _t5(period: _Period) -> Lines:
    yield "public_organisations", "share", _organisers(period)["public_organisation"]


def _t6(period: _Period) -> Lines:
    for kind, cell in _organisers(period).items():
        yield kind, "share", cell


def _t7(period: _Period) -> Lines:
    forms = Counter(card["form"] for card in period.cards)
    for form in period.reference.forms:
        yield form, "assemblies", _count(forms[form])
        yield form, "share", _ratio(forms[form], len(period.cards), 100)
    yield TOTAL, "assemblies", _count(len(period.cards))
    yield TOTAL, "share", _ratio(len(period.cards), len(period.cards), 100)


def _t9(period: _Period) -> Lines:
    sanctions = _sanctions(period.cards)
    share = _ratio(sanctions["unsanctioned"], sanctions.total(), 100)
    yield TOTAL, "unsanctioned_share", share


def _t10(period: _Period) -> Lines:
    reasons = Counter(
        card["reason_not_requested"]
        for card in period.cards
        if card["legal_status"] == "not_requested"
    )
    for reason in REASONS:
        yield reason, "share", _ratio(reasons[reason], reasons.total(), 100)


def _t11(period: _Period) -> Lines:
    for place, cards in period.by_place():
        sanctions = _sanctions(cards)
        yield place, "assemblies", _count(len(cards))
        yield place, "unsanctioned", _count(sanctions["unsanctioned"])
        yield place, "sanctioned", _count(sanctions["sanctioned"])
        index = _ratio(sanctions["sanctioned"], sanctions.total(), 100)
        yield place, "law_abidance_index", index


def _t12(period: _Period) -> Lines:
    yield from (row for row in _t11(period) if row[:2] == (TOTAL, "law_abidance_index"))


def _t13(period: _Period) -> Lines:
    for body in ("prosecutor", "akimat", "police"):
        for act in ("present", "warned"):
            answers = [card[f"{body}_{act}"] for card in period.cards]
            known = [answer for answer in answers if answer in ("yes", "no")]
            yield body, act, _count(known.count("yes")) if known else Cell(None)


def _both_known(cards: Iterable[Row]) -> list[Row]:
    return [card for card in cards if card["police"] and card["participants"]]


def _index(cards: Iterable[Row]) -> Cell:
    both = _both_known(cards)
    return _ratio(sum(_known(both, "police")), sum(_known(both, "participants")))


def police_control_range(cards: Iterable[Row]) -> tuple[Fraction | None, Fraction | None]:
    """Low and high of the police-control index over the cards where both numbers are known."""
    both = _both_known(cards)
    low = _ratio(
        sum(_bound(card, "police", "low") for card in both),
        sum(_bound(card, "participants", "high") for card in both),
    )
    high = _ratio(
        sum(_bound(card, "police", "high") for card in both),
        sum(_bound(card, "participants", "low") for card in both),
    )
    return low.value, high.value


def _t14(period: _Period) -> Lines:
    for place, cards in period.by_place():
        yield place, "participants", _sum(_known(cards, "participants"))
        yield place, "police", _sum(_known(cards, "police"))
        yield place, "police_control_index", _index(cards)


def _t15(period: _Period) -> Lines:
    yield TOTAL, "police_control_index", _index(period.cards)


def _t16(period: _Period) -> Lines:
    for place, cards in period.by_place():
        detained = _known(cards, "detained")
        with_detentions = _count(len(_ended(cards))) if detained else Cell(None)
        yield place, "assemblies_with_detentions", with_detentions
        yield place, "detained", _sum(detained)


def _court(period: _Period) -> Lines:
    for place, cards in period.by_place():
        decided = Counter(row["outcome"] for row in period.outcomes(cards))
        yield place, "convicted", _count(sum(decided[outcome] for outcome in CONVICTIONS))
        for outcome in ("warning", "fine", "arrest"):
            yield place, outcome, _count(decided[outcome])


def _t17(period: _Period) -> Lines:
    unsanctioned = [card for card in period.cards if _sanction(card) == "unsanctioned"]
    reached = sum(card["ref"] in period.cases for card in unsanctioned)
    yield TOTAL, "unsanctioned_reaching_court", _ratio(reached, len(unsanctioned), 100)


def _t18(period: _Period) -> Lines:
    everybody = sum(_known(period.cards, "participants"))
    for place, cards in period.by_place():
        here = _known(cards, "participants")
        yield place, "participants", _sum(here)
        yield place, "share", _ratio(sum(here), everybody, 100) if here else Cell(None)
        yield place, "mean_participants", _mean(here)


def _t19(period: _Period) -> Lines:
    for place, cards in period.by_place():
        minutes = [length for card in cards if (length := _minutes(card)) is not None]
        yield place, "mean_duration", _mean(minutes)


def _text(period: _Period) -> Lines:
    """What the prose states beside the tables."""
    cards = period.cards
    detained = [card for card in cards if card["detained"]]
    no_case = [card for card in detained if card["ref"] not in period.cases]
    both = [card for card in detained if card["participants"]]
    unsanctioned = [card for card in cards if _sanction(card) == "unsanctioned"]
    seen = [card for card in cards if card["police_actions"] not in ("", "not_observed")]
    obstructed = sum(bool(OBSTRUCTION & {*card["police_actions"].split(";")}) for card in seen)
    people = _known(both, "detained"), _known(both, "participants")
    rows = {
        "participants": _sum(_known(cards, "participants")),
        "police": _sum(_known(cards, "police")),
        "mean_participants": _mean(_known(cards, "participants")),
        "mean_police": _mean(_known(cards, "police")),
        "assemblies_with_detentions": _count(len(_ended(cards))),
        "assemblies_ending_in_detention": _ratio(len(_ended(cards)), len(detained), 100),
        "assemblies_without_consequences": _count(len(no_case) - len(_ended(no_case))),
        "detained": _sum(_known(cards, "detained")),
        "detained_share_of_participants": _ratio(*map(sum, people), 100),
        "unsanctioned": _count(len(unsanctioned)),
        "police_obstructed": _count(obstructed),
        "reached_court": _count(sum(card["ref"] in period.cases for card in cards)),
        "organiser_spontaneous": _organisers(period)["spontaneous_group"],
        "organiser_individual": _organisers(period)["individual"],
    }
    yield from ((TOTAL, column, cell) for column, cell in rows.items())
    yield from ((TOTAL, column, cell) for place, column, cell in _t19(period) if place == TOTAL)
    yield from _text_on_courts(period)


def _text_on_courts(period: _Period) -> Lines:
    convicted = [r for r in period.outcomes(period.cards) if r["outcome"] in CONVICTIONS]
    for outcome in ("warning", "fine", "arrest"):
        number = sum(row["outcome"] == outcome for row in convicted)
        yield TOTAL, f"court_{outcome}", _ratio(number, len(convicted), 100)
    astana = [card for card in period.cards if period.place(card) == "astana"]
    articles = Counter(
        row["article"] for row in period.outcomes(astana) if row["outcome"] in CONVICTIONS
    )
    yield TOTAL, "convicted_hooliganism_astana", _count(articles["koap_434"])
    yield TOTAL, "convicted_disobedience_astana", _count(articles["koap_667"])


TABLES: dict[str, Callable[[_Period], Lines]] = {
    "1": _t1,
    "2": _t2,
    "3": _t3,
    "4": _t4,
    "topics": _topics,
    "5": _t5,
    "6": _t6,
    "7": _t7,
    # The half of table 8 that belongs to this period; its forms have no total.
    "8": lambda period: (row for row in _t7(period) if row[0] != TOTAL),
    "9": _t9,
    "10": _t10,
    "11": _t11,
    "12": _t12,
    "13": _t13,
    "14": _t14,
    "15": _t15,
    "16": _t16,
    "court": _court,
    "17": _t17,
    "18": _t18,
    "19": _t19,
    "text": _text,
}
