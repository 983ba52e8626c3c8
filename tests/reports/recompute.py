"""The facts once more, from card objects in plain Python: shares no code with ``reports.facts``.

Written from the method and the exact rules alone, so that the two can only agree by being right.
"""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from statistics import median

ANSWERS = (
    "course",
    "form_id",
    "topic_id",
    "organiser_type",
    "minors_present",
    "place_type",
    "legal_status",
    "prosecutor_present",
    "prosecutor_warned",
    "akimat_present",
    "akimat_warned",
    "police_present",
    "police_warned",
    "plain_clothes",
    "warned_before_dispersal",
)
SEVERAL = ("source", "attributes", "police_actions")
CONVICTED = {"warning", "fine", "arrest", "community_work", "restriction", "imprisonment"}
NEW_LAW = datetime.date(2020, 6, 6)


def cells(cards, applications=()) -> dict:
    """(place, month) -> (counts, sums) of cards of any status, and of permit applications.

    counts: (dimension, answer) -> n; sums: measure -> (n, total).
    """
    found = defaultdict(lambda: (Counter(), {}))
    for card in cards:
        if card.status != "approved":
            continue
        where = (card.city.place_id, datetime.date(card.date.year, card.date.month, 1))
        if card.inclusion == "counted":
            counted(card, *found[where])
        elif card.course == "prevented":
            prevented(card, found[where][1])
    for application in applications:
        if application.review == "approved" and application.card_id is None:
            month = datetime.date(application.applied_on.year, application.applied_on.month, 1)
            permit(application, *found[application.city.place_id, month])
    return dict(found)


def whole(cards) -> tuple[Counter, dict]:
    """The same over all of the cards, whatever their place and month."""
    counts, sums = Counter(), {}
    for more, added in cells(cards).values():
        counts.update(more)
        for name, (n, total) in added.items():
            add(sums, name, total, n)
    return counts, sums


def add(sums: dict, name: str, amount, n: int = 1) -> None:
    if amount is None:
        return
    before = sums.get(name, (0, 0))
    sums[name] = (before[0] + n, before[1] + int(amount))


def latest_updates(card) -> list:
    """The latest approved update of each case: undated ones first, then by date, then as added."""
    latest = []
    for case in card.cases.all():
        known = [update for update in case.updates.all() if update.review == "approved"]
        if known:
            first = datetime.date.min
            latest.append(max(known, key=lambda u: (u.decided_on or first, u.pk)))
    return latest


def sanction(card) -> str:
    if card.legal_status in ("unknown", "not_required"):
        return "outside"
    good = {"sanctioned", "notified"} if card.date >= NEW_LAW else {"sanctioned"}
    return "sanctioned" if card.legal_status in good else "unsanctioned"


def counted(card, counts: Counter, sums: dict) -> None:
    for name in ANSWERS:
        counts[name.removesuffix("_id"), getattr(card, name)] += 1
    for name in SEVERAL:
        for code in getattr(card, name):
            counts[name, code] += 1
    counts["topic_group", card.topic.group_id] += 1
    counts["sanction", sanction(card)] += 1
    if card.legal_status == "not_requested":
        counts["reason_not_requested", card.reason_not_requested or "unknown"] += 1
    add(sums, "assemblies", 1)
    add(sums, "reconstructed", card.reconstruction)
    add(sums, "direct", "direct" in card.source)
    add(sums, "duration", card.duration_minutes)
    if card.application_date and card.answer_date:
        days = (card.answer_date - card.application_date).days
        add(sums, "answer_days", days)
        add(sums, "answered_late", days > 10)
    if "not_observed" not in card.police_actions:
        add(
            sums,
            "obstructed",
            any(code in card.police_actions for code in ("blocked_access", "dispersed", "force")),
        )
    numbers(card, sums)
    detentions(card, counts, sums)
    courts(card, counts, sums)


def numbers(card, sums: dict) -> None:
    both = card.participants is not None and card.police is not None
    for name in ("participants", "police"):
        best = getattr(card, name)
        if best is None:
            continue
        low, high = getattr(card, f"{name}_low"), getattr(card, f"{name}_high")
        for bound, number in (("", best), ("_low", low), ("_high", high)):
            number = best if number is None else number
            add(sums, f"{name}{bound}", number)
            if both:
                add(sums, f"both_{name}{bound}", number)


def detentions(card, counts: Counter, sums: dict) -> None:
    for name in (
        "detained",
        "detained_minors",
        "detained_before",
        "released_without_report",
        "injured",
    ):
        add(sums, name, getattr(card, name))
    if card.detained is None:
        return
    add(sums, "with_detentions", card.detained > 0)
    if card.participants is not None:
        add(sums, "detained_of_participants", card.detained)
        add(sums, "participants_of_detained", card.participants)
    if card.detained > 0:
        counts["in_the_name_of_the_law", card.in_the_name_of_the_law] += 1
        if card.in_the_name_of_the_law in ("yes", "no"):
            add(sums, "arbitrary", card.in_the_name_of_the_law == "no")


def courts(card, counts: Counter, sums: dict) -> None:
    updates = latest_updates(card)
    add(sums, "in_court", bool(updates))
    if sanction(card) == "unsanctioned":
        add(sums, "unsanctioned_in_court", bool(updates))
    if card.detained is not None:
        add(sums, "without_consequences", card.detained == 0 and not updates)
    for update in updates:
        counts["outcome", update.outcome] += 1
        counts["article", update.article] += 1
        if update.outcome in CONVICTED:
            counts["article_convicted", update.article] += 1
        add(sums, "convicted", update.outcome in CONVICTED)


def prevented(card, sums: dict) -> None:
    add(sums, "prevented", 1)
    add(sums, "prevented_detained", card.detained)
    for update in latest_updates(card):
        add(sums, "prevented_convicted", update.outcome in CONVICTED)


def permit(application, counts: Counter, sums: dict) -> None:
    add(sums, "applications", 1)
    counts["permit_decision", application.decision] += 1
    counts["permit_appeal", application.appeal] += 1
    if application.answered_on:
        days = (application.answered_on - application.applied_on).days
        add(sums, "permit_days", days)
        add(sums, "permit_late", days > 10)


def median_police_per_participant(cards) -> float | None:
    """Median of the ratios of single counted cards that know both numbers."""
    ratios = [
        card.police / card.participants
        for card in cards
        if card.status == "approved" and card.inclusion == "counted"
        if card.police is not None and card.participants
    ]
    return median(ratios) if ratios else None
