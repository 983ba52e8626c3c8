"""Card sets by chance: every state, unknowns, ranges, prevented actions, cases with updates.

The same seed gives the same cards. They are written as rows, past services and workflow: what
derives facts from them must not rely on who wrote them.
"""

from __future__ import annotations

import datetime
import itertools
import random

from django.utils import timezone

from cards import vocabularies as v
from cards.models import Card, CaseUpdate, CourtCase, Form, PermitApplication, Topic

_serial = itertools.count(1)
CITIES = ("almaty", "astana", "shymkent", "semey")
ALONE = ("none", "not_observed")


def write_cards(seed: int, number: int = 40, *, first=None, days: int = 900) -> list[Card]:
    """That many cards of random answers and states in the database, with cases and updates."""
    chance = random.Random(seed)
    first = first or datetime.date(2019, 11, 20)
    forms = list(Form.objects.order_by("code").values_list("code", flat=True))
    topics = list(Topic.objects.order_by("code").values_list("code", flat=True))
    cards = Card.objects.bulk_create(
        _card(chance, first + datetime.timedelta(chance.randrange(days)), forms, topics)
        for _ in range(number)
    )
    original = next((card for card in cards if card.status == "submitted"), None)
    for card in chance.sample(cards, min(3, number)):
        if original and card.status == "rejected":
            Card.objects.filter(pk=card.pk).update(status="duplicate", duplicate_of=original)
    cases = CourtCase.objects.bulk_create(
        CourtCase(card=card, case_code=f"A-{n}")
        for card in cards
        if chance.random() < 0.5
        for n in range(chance.randint(1, 3))
    )
    CaseUpdate.objects.bulk_create(
        _update(chance, case) for case in cases for _ in range(chance.randint(0, 3))
    )
    return cards


def write_applications(
    seed: int, number: int = 30, *, first=None, days: int = 900
) -> list[PermitApplication]:
    """That many permit applications of random decisions and reviews, a third with a card."""
    chance = random.Random(seed)
    first = first or datetime.date(2019, 11, 20)
    cards = [*Card.objects.all()[:20], *[None] * 40]
    return PermitApplication.objects.bulk_create(
        _permit(chance, first + datetime.timedelta(chance.randrange(days)), chance.choice(cards))
        for _ in range(number)
    )


def all_applications():
    """Every permit application in the database, with what the recomputation looks at."""
    return list(PermitApplication.objects.select_related("city"))


def all_cards():
    """Everything in the database, with what the recomputation looks at."""
    return list(
        Card.objects.select_related("city", "topic").prefetch_related("cases__updates").all()
    )


def _card(chance: random.Random, day: datetime.date, forms, topics) -> Card:
    status = chance.choice(["approved"] * 6 + ["draft", "submitted", "returned", "rejected"])
    course = chance.choice(["held", "held", "held", "cut_short", "prevented"])
    counted = course != "prevented" and chance.random() < 0.9
    legal_status = chance.choice(v.LegalStatus.values)
    detained = chance.choice([None, 0, 0, chance.randint(1, 40)])
    yes_no = v.YesNoUnknown.values
    serial = next(_serial)
    return Card(
        number=f"TEST-{serial:07d}",
        date=day,
        city_id=chance.choice(CITIES),
        place="Square",
        place_type=chance.choice(v.PlaceType.values),
        duration_minutes=chance.choice([None, chance.randint(1, 3000)]),
        source=_several(chance, v.SourceKind),
        course=course,
        peaceful="yes",
        inclusion="counted" if counted else "excluded",
        form_id=chance.choice(forms),
        topic_id=chance.choice(topics),
        organiser_type=chance.choice(v.OrganiserType.values),
        attributes=_several(chance, v.Attribute),
        minors_present=chance.choice(yes_no),
        **_numbers(chance, "participants", 500),
        **_numbers(chance, "police", 90),
        legal_status=legal_status,
        reason_not_requested=(
            chance.choice(["", *v.NoPermitReason.values]) if legal_status == "not_requested" else ""
        ),
        **_application(chance, day),
        prosecutor_present=chance.choice(yes_no),
        prosecutor_warned=chance.choice(yes_no),
        akimat_present=chance.choice(yes_no),
        akimat_warned=chance.choice(yes_no),
        police_present=chance.choice(yes_no),
        police_warned=chance.choice(yes_no),
        plain_clothes=chance.choice(yes_no),
        police_actions=_several(chance, v.PoliceAction),
        warned_before_dispersal=chance.choice(v.Applicable.values),
        detained=detained,
        detained_unknown=detained is None,
        detained_minors=chance.choice([None, 0, 1]),
        detained_before=chance.choice([None, 0, 2]),
        released_without_report=chance.choice([None, 0, 3]),
        in_the_name_of_the_law=chance.choice(v.Applicable.values),
        injured=chance.choice([None, 0, 4]),
        description="What happened.",
        status=status,
        reconstruction=chance.random() < 0.2,
        submitted_at=timezone.now(),
    )


def _several(chance: random.Random, vocabulary) -> tuple[str, ...]:
    alone = [code for code in ALONE if code in vocabulary.values]
    if alone and chance.random() < 0.3:
        return (chance.choice(alone),)
    others = [code for code in vocabulary.values if code not in alone]
    return tuple(chance.sample(others, chance.randint(1, 4)))


def _numbers(chance: random.Random, name: str, most: int) -> dict[str, int | None]:
    """Best estimate with bounds, any of which may be unknown; bounds without a best one too."""
    low, best, high = sorted(chance.randint(0, most) for _ in range(3))
    values = {f"{name}_low": low, name: best, f"{name}_high": high}
    return {key: None if chance.random() < 0.3 else value for key, value in values.items()}


def _application(chance: random.Random, day: datetime.date) -> dict[str, datetime.date | None]:
    applied = day - datetime.timedelta(chance.randint(0, 40))
    answered = applied + datetime.timedelta(chance.choice([0, 9, 10, 11, 30]))
    return {
        "application_date": chance.choice([None, applied]),
        "answer_date": chance.choice([None, answered]),
    }


def _permit(chance: random.Random, day: datetime.date, card: Card | None) -> PermitApplication:
    decision = chance.choice(v.PermitDecision.values)
    answered = day + datetime.timedelta(chance.choice([0, 9, 10, 11, 30]))
    silent = decision in ("pending", "no_answer")
    return PermitApplication(
        city_id=card.city_id if card else chance.choice(CITIES),
        applied_on=day,
        decision=decision,
        answered_on=None if silent else chance.choice([None, answered]),
        appeal=chance.choice(v.Appeal.values),
        review=chance.choice(["approved", "approved", "approved", "pending", "rejected"]),
        card=card,
    )


def _update(chance: random.Random, case: CourtCase) -> CaseUpdate:
    outcome = chance.choice(v.Outcome.values)
    decided = case.card.date + datetime.timedelta(chance.randint(0, 5))
    return CaseUpdate(
        case=case,
        decided_on=chance.choice([None, decided]),
        article=chance.choice(v.Article.values),
        outcome=outcome,
        fine_mci=20 if outcome == "fine" else None,
        arrest_days=5 if outcome == "arrest" else None,
        observed_by_monitor="yes",
        appeal="none",
        review=chance.choice(["approved", "approved", "pending", "rejected"]),
    )
