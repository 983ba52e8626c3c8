"""Material for the pure part of the reports: little cards, their facts and printed cells."""

from __future__ import annotations

import csv
import datetime
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from reports.build import build
from reports.types import (
    Cell,
    Facts,
    Key,
    Label,
    Law,
    Period,
    Report,
    Sum,
    Terms,
    Value,
    Vocabulary,
)

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
PLACES = ("almaty", "astana", "uralsk", "semey")
FORMS = ("rally", "picket", "flash_mob")
GROUP_OF_TOPIC = {"free_education": "political", "gas_price": "economic", "eviction": "social"}
GROUPS = ("political", "economic", "social")
ORGANISERS = (
    "public_organisation",
    "political_party",
    "trade_union",
    "spontaneous_group",
    "individual",
    "unknown",
)
REASONS = (
    "principled_refusal",
    "no_point_will_be_refused",
    "did_not_know",
    "spontaneous",
    "unknown",
)
PUBLIC = ORGANISERS[:3]
OUTCOMES = ("warning", "fine", "arrest", "community_work", "terminated", "pending")
CONVICTIONS = ("warning", "fine", "arrest", "community_work", "restriction", "imprisonment")


def label(code: str) -> Label:
    """The code as its own name in every language."""
    return Label(code, code, code)


VOCABULARY = Vocabulary(
    places={code: label(code) for code in PLACES},
    forms={code: label(code) for code in FORMS},
    topics={code: label(code) for code in GROUP_OF_TOPIC},
    topic_groups={code: label(code) for code in GROUPS},
    group_of_topic=GROUP_OF_TOPIC,
    laws=(
        Law(
            "permits",
            label("permits"),
            datetime.date(1995, 3, 17),
            datetime.date(2020, 6, 5),
            Terms("permit", 10),
            label("permits are asked for"),
        ),
    ),
)


def year(number: int, basis: str = "cards") -> Period:
    """A calendar year."""
    first, last = datetime.date(number, 1, 1), datetime.date(number, 12, 31)
    return Period(str(number), label(str(number)), first, last, 12.0, basis)  # type: ignore[arg-type]


PERIODS = (year(2016, "published"), year(2017, "published"), year(2018))
OWN = PERIODS[-1]


@dataclass(frozen=True)
class Little:
    """A counted card with what the tables ask of it; ``None`` is not known."""

    place: str = "almaty"
    form: str = "rally"
    topic: str = "gas_price"
    organiser: str = "individual"
    sanction: str = "unsanctioned"
    reason: str = ""
    police_present: str = "yes"
    participants: int | None = 10
    spread: int = 0
    police: int | None = 5
    detained: int | None = 0
    minutes: int | None = 30
    direct: bool = True
    obstructed: bool | None = False
    cases: tuple[str, ...] = ()


def facts_of(
    cards: list[Little] | tuple[Little, ...],
    period: Period = OWN,
    covered: dict[str, float] | None = None,
) -> Facts:
    """The facts of such cards, summed in the order in which they come."""
    counts: Counter[tuple[str, str, str]] = Counter()
    sums: dict[tuple[str, str], Sum] = {}

    def add(place: str, measure: str, amount: float | None) -> None:
        if amount is not None:
            sums[place, measure] = sums.get((place, measure), Sum()) + Sum(1, int(amount))

    for card in cards:
        _count(counts, card)
        for measure, amount in _amounts(card).items():
            add(card.place, measure, amount)
        for outcome in card.cases:
            add(card.place, "convicted", outcome in CONVICTIONS)
    months = dict.fromkeys(PLACES, period.months) if covered is None else covered
    return Facts(period, dict(counts), sums, months, max(months.values(), default=0))


def _count(counts: Counter[tuple[str, str, str]], card: Little) -> None:
    answers = {
        "form": card.form,
        "topic": card.topic,
        "topic_group": GROUP_OF_TOPIC[card.topic],
        "organiser_type": card.organiser,
        "sanction": card.sanction,
        "police_present": card.police_present,
    }
    if card.reason:
        answers["reason_not_requested"] = card.reason
    for dimension, answer in answers.items():
        counts[card.place, dimension, answer] += 1
    for outcome in card.cases:
        counts[card.place, "outcome", outcome] += 1
        counts[card.place, "article", "koap_488"] += 1


def _amounts(card: Little) -> dict[str, float | None]:
    people, police, taken = card.participants, card.police, card.detained
    both = people is not None and police is not None
    amounts: dict[str, float | None] = {
        "assemblies": 1,
        "duration": card.minutes,
        "direct": card.direct,
        "detained": taken,
        "with_detentions": None if taken is None else taken > 0,
        "without_consequences": None if taken is None else taken == 0 and not card.cases,
        "obstructed": card.obstructed,
        "in_court": bool(card.cases),
        "unsanctioned_in_court": bool(card.cases) if card.sanction == "unsanctioned" else None,
    }
    for name, number in (("participants", people), ("police", police)):
        for bound, step in (("", 0), ("_low", -card.spread), ("_high", card.spread)):
            amount = None if number is None else max(number + step, 0)
            amounts[name + bound] = amount
            amounts[f"both_{name}{bound}"] = amount if both else None
    return amounts


def printed(table: str, period: str, row: str, column: str, text: str, unit: str = "count") -> Cell:
    """A printed cell: "-" is nothing, "21 (63.6%)" is 21."""
    number = text.rstrip(" %").split(" ")[0].rstrip("%")
    value = None if text == "-" else float(number)
    return Cell(
        Key(table, period, row, column),
        unit,
        Value(value),
        source="published",
        printed=text,  # type: ignore[arg-type]
    )


def published_2018() -> list[tuple[Cell, str | None]]:
    """The printed report on 2018, each cell with the period that its label means."""
    with (FIXTURES / "reference" / "periods.csv").open(encoding="utf-8", newline="") as file:
        codes = {row["code"] for row in csv.DictReader(file)}
    with (FIXTURES / "reference" / "published_periods.csv").open(
        encoding="utf-8", newline=""
    ) as file:
        meant = {(row["table"], row["period_label"]): row["period"] for row in csv.DictReader(file)}
    cells = []
    with (FIXTURES / "2018" / "published.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            key = Key(row["table"], row["period"], row["row"], row["column"])
            value = Value(float(row["value"]) if row["value"] else None)
            cell = Cell(key, row["unit"], value, source="published", printed=row["printed"])  # type: ignore[arg-type]
            code = meant.get((row["table"], row["period"]), row["period"])
            cells.append((cell, code if code in codes else None))
    return cells


def periods_2018() -> list[Period]:
    """The periods of the register up to 2018."""
    with (FIXTURES / "reference" / "periods.csv").open(encoding="utf-8", newline="") as file:
        return [
            Period(
                row["code"],
                label(row["code"]),
                None,
                None,
                float(row["months"]),
                row["basis"],  # type: ignore[arg-type]
            )
            for row in csv.DictReader(file)
            if row["code"][:4] <= "2018"
        ]


def report_of(
    cards: list[Little] | tuple[Little, ...],
    published: list[tuple[Cell, str | None]] | tuple[tuple[Cell, str | None], ...] = (),
    periods: tuple[Period, ...] = PERIODS,
    covered: dict[str, float] | None = None,
) -> Report:
    """The report on the last of the periods."""
    own = periods[-1]
    facts = {own.code: facts_of(cards, own, covered)}
    return build(own, facts, published, VOCABULARY, periods, demonstration=False)


def value(report: Report, table: str, row: str, column: str, period: str = "2018") -> Value:
    """The computed value at an address; KeyError if it is not in the report."""
    key = Key(table, period, row, column)
    for cell in report.cells():
        if cell.key == key and cell.source == "computed":
            return cell.value
    raise KeyError(key)
