"""The explorer's answers once more, card by card in plain Python; shares nothing with it."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

from cards.models import Card, Law

#: Answers by which nobody learns what was the case.
BLIND = {"unknown", "not_observed", "not_applicable", "not_asked", "outside"}


def all_counted() -> list[Card]:
    """Every counted card with what its answers are read from."""
    rows = Card.objects.filter(status="approved", inclusion="counted")
    return list(
        rows.select_related("city", "topic")
        .prefetch_related("cases__updates", "city__region_history")
        .order_by("pk")
    )


def crowd(number: int | None) -> str:
    if number is None:
        return "unknown"
    for most, name in ((0, "0"), (10, "1-10"), (50, "11-50"), (100, "51-100"), (500, "101-500")):
        if number <= most:
            return name
    return "501-"


def region_on(card: Card) -> str:
    rows = sorted(card.city.region_history.all(), key=lambda row: row.valid_from)
    held = [row for row in rows if row.valid_from <= card.date] or rows[:1]
    return held[-1].region_id if held else card.city.region_id


def legality(card: Card) -> str:
    laws = [law for law in Law.objects.all() if law.in_force_from <= card.date]
    if not laws:
        return "outside"
    law = max(laws, key=lambda law: law.in_force_from)
    if card.legal_status in law.excluded_statuses:
        return "outside"
    return "sanctioned" if card.legal_status in law.sanctioned_statuses else "unsanctioned"


def decisions(card: Card) -> list[Any]:
    """The latest approved update of each case."""
    found = []
    for case in card.cases.all():
        updates = [each for each in case.updates.all() if each.review == "approved"]
        if updates:
            first = datetime.date.min
            found.append(max(updates, key=lambda each: (each.decided_on or first, each.pk)))
    return found


def obstruction(card: Card) -> str:
    seen = set(card.police_actions)
    if seen & {"blocked_access", "dispersed", "force"}:
        return "yes"
    return "unknown" if not seen or "not_observed" in seen else "no"


def field(name: str) -> Callable[[Card], list[str]]:
    return lambda card: [getattr(card, name) or "unknown"]


def several(name: str) -> Callable[[Card], list[str]]:
    return lambda card: list(getattr(card, name)) or ["unknown"]


ANSWERS: dict[str, Callable[[Card], list[str]]] = {
    "year": lambda card: [str(card.date.year)],
    "month": lambda card: [str(card.date.month)],
    "weekday": lambda card: [
        str(card.date.isoweekday()) if card.date_precision == "exact" else "unknown"
    ],
    "hour": lambda card: [str(card.start_time.hour) if card.start_time else "unknown"],
    "place": lambda card: [card.city.place_id],
    "city": lambda card: [card.city_id],
    "region_then": lambda card: [region_on(card)],
    "region": lambda card: [card.city.region_id],
    "form": lambda card: [card.form_id],
    "topic": lambda card: [card.topic_id],
    "topic_group": lambda card: [card.topic.group_id],
    "organiser": field("organiser_type"),
    "participants_class": lambda card: [crowd(card.participants)],
    "police_class": lambda card: [crowd(card.police)],
    "sanction": lambda card: [legality(card)],
    "reason": lambda card: [
        (card.reason_not_requested or "unknown")
        if card.legal_status == "not_requested"
        else "not_asked"
    ],
    "obstructed": lambda card: [obstruction(card)],
    "detentions": lambda card: [
        "unknown" if card.detained is None else "yes" if card.detained else "no"
    ],
    "court": lambda card: ["yes" if decisions(card) else "no"],
    "outcomes": lambda card: sorted({each.outcome for each in decisions(card)}) or ["none"],
    "articles": lambda card: sorted({each.article for each in decisions(card)}) or ["none"],
    **{name: several(name) for name in ("source", "attributes", "police_actions")},
    **{
        name: field(name)
        for name in (
            "date_precision", "place_type", "course", "peaceful", "minors_present",
            "participants_basis", "legal_status", "police_basis", "prosecutor_present",
            "prosecutor_warned", "akimat_present", "akimat_warned", "police_present",
            "police_warned", "plain_clothes", "warned_before_dispersal", "in_the_name_of_the_law",
        )
    },
}  # fmt: skip


def quantity(card: Card, name: str) -> float | None:
    if name == "answer_days":
        both = card.answer_date and card.application_date
        return (card.answer_date - card.application_date).days if both else None
    return getattr(card, name)


def told(card: Card, question: str) -> bool:
    return any(answer not in BLIND for answer in ANSWERS[question](card))


def cards_at(cards: list[Card], rows: str, row: str, columns: str, column: str) -> list[Card]:
    """The cards that gave both answers; TOTAL: any."""

    def gave(card: Card, question: str, answer: str) -> bool:
        return not question or answer == "TOTAL" or answer in ANSWERS[question](card)

    return [card for card in cards if gave(card, rows, row) and gave(card, columns, column)]


def expected(
    cards: list[Card], rows: str, row: str, columns: str, column: str, kind: str, name: str = ""
) -> tuple[float | None, str]:
    """The value of a cell and its unit, "" for that of a quantity."""
    here = cards_at(cards, rows, row, columns, column)
    if kind in ("mean", "sum"):
        known = [value for card in here if (value := quantity(card, name)) is not None]
        if not known:
            return None, ""
        return (sum(known) / len(known) if kind == "mean" else sum(known)), ""
    if kind == "count":
        return len(here), "count"
    across, down = kind in ("row", "all"), kind in ("column", "all")
    if (across and column in BLIND) or (down and row in BLIND):
        return len(here), "count"
    if across:
        here = [card for card in here if told(card, columns)]
    if down:
        here = [card for card in here if told(card, rows)]
    margin = (column == "TOTAL") if kind == "row" else (row == "TOTAL")
    if kind != "all" and margin:
        return len(here), "count"
    if (row, column) == ("TOTAL", "TOTAL"):
        return len(here), "count"
    whole = cards
    if kind == "row":
        whole = cards_at(whole, rows, row, columns, "TOTAL")
    if kind == "column":
        whole = cards_at(whole, rows, "TOTAL", columns, column)
    if across:
        whole = [card for card in whole if told(card, columns)]
    if down:
        whole = [card for card in whole if told(card, rows)]
    return (len(here) / len(whole) * 100 if whole else None), "percent"
