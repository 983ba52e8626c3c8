"""The synthetic cards as somebody with a database of their own would lay them out: flat tables.

Engines are given every advantage: the reporting place, the group of the topic and the period stand
on the card, and so does what the product has to look up in registers.
"""

from __future__ import annotations

import csv
import datetime
from functools import lru_cache
from pathlib import Path

import numpy as np

from tests.bench import synthetic
from tests.bench.synthetic import Column, Columns

REFERENCE = Path(__file__).resolve().parents[2] / "fixtures" / "reference"
#: Code of each period by the years that it holds.
PERIODS = {
    "2011-2012": (2011, 2012),
    "2012-2013": (2013, 2013),
    **{str(year): (year, year) for year in range(2014, 2026)},
}
OWN, PREVIOUS = "2025", "2024"
#: From this day on notified assemblies count as sanctioned; both acts give ten days for an answer.
NEW_LAW = datetime.date(2020, 6, 6)
ANSWER_DAYS = 10
CARDS = (
    "period", "place", "date", "status", "inclusion", "course", "form", "topic", "topic_group",
    "organiser_type", "source", "legal_status", "reason", "participants", "participants_low",
    "participants_high", "police", "police_low", "police_high", "duration", "prosecutor_present",
    "prosecutor_warned", "akimat_present", "akimat_warned", "police_present", "police_warned",
    "police_actions", "detained", "detained_minors", "detained_before", "released_without_report",
    "in_the_name_of_the_law", "injured", "application_date", "answer_date", "attributes",
    "minors_present",
)  # fmt: skip


@lru_cache(maxsize=1)
def groups() -> dict[str, str]:
    """Topic -> its group."""
    with (REFERENCE / "topics.csv").open(encoding="utf-8", newline="") as stream:
        return {row["code"]: row["group"] for row in csv.DictReader(stream)}


def tables(made: synthetic.Made) -> dict[str, Columns]:
    """``cards``, ``updates`` (of court cases) and ``applications``; keys begin with 1."""
    cards = made.cards
    found = {
        "duration": cards["duration_minutes"],
        "form": cards["form_id"],
        "topic": cards["topic_id"],
        "place": cards["city_id"],
        "reason": cards["reason_not_requested"],
        "period": _periods(cards["date"].values),
        "topic_group": _groups(cards["topic_id"]),
    }
    flat = {name: found.get(name) or cards[name] for name in CARDS}
    flat = {"id": Column(np.arange(1, len(cards["date"]) + 1)), **flat}
    case = made.updates["case"].values
    updates = {
        "id": Column(np.arange(1, len(case) + 1)),
        "case_id": Column(case + 1),
        "card_id": Column(made.cases["card"].values[case] + 1),
        **{name: made.updates[name] for name in ("decided_on", "article", "outcome", "review")},
    }
    applications = {
        "id": Column(np.arange(1, len(made.applications["decision"]) + 1)),
        "period": _periods(made.applications["applied_on"].values),
        "place": made.applications["city_id"],
        **{
            name: made.applications[name]
            for name in ("applied_on", "answered_on", "decision", "appeal", "review")
        },
    }
    return {"cards": flat, "updates": updates, "applications": applications}


def _periods(dates: np.ndarray) -> Column:
    years = dates.astype("datetime64[Y]").astype(int) + 1970
    lasts = np.array([last for _first, last in PERIODS.values()])
    return Column(np.searchsorted(lasts, years).astype(np.int8), tuple(PERIODS))


def _groups(topic: Column) -> Column:
    assert topic.words is not None
    names = tuple(sorted(set(groups().values())))
    of_topic = np.array([names.index(groups()[code]) for code in topic.words], dtype=np.int8)
    return Column(of_topic[topic.values], names)
