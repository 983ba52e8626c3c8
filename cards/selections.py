"""Which cards stand behind a figure: conditions on cards that take more than one column.

The facts of the reports count by the same definitions; ``tests/cards/test_filters.py`` holds the
two together.
"""

from __future__ import annotations

from itertools import pairwise

from django.db.models import Exists, F, OuterRef, Q, Subquery

from cards.models import CaseUpdate, CourtCase, Law, Query
from cards.vocabularies import CONVICTIONS, OBSTRUCTION, LegalStatus, QueryState, Review

#: What ``with_case`` takes beside the codes of outcomes.
CONVICTED = "convicted"


def sanction(reading: str) -> Q:
    """Cards whose legal status the law of the day reads as ``sanctioned``, ``unsanctioned`` or
    ``outside`` (left out of the law-abidance index). One query."""
    laws = list(Law.objects.order_by("in_force_from"))
    found = Q(pk__in=[])
    for law, following in pairwise([*laws, None]):
        days = Q(date__gte=law.in_force_from)
        if following is not None:
            days &= Q(date__lt=following.in_force_from)
        outside = set(law.excluded_statuses)
        good = set(law.sanctioned_statuses) - outside
        statuses = {
            "sanctioned": good,
            "outside": outside,
            "unsanctioned": set(LegalStatus.values) - outside - good,
        }[reading]
        found |= days & Q(legal_status__in=sorted(statuses))
    if reading == "outside":
        found |= Q(date__lt=laws[0].in_force_from) if laws else Q()
    return found


def in_court() -> Q:
    """Cards with at least one case; a case counts from its first approved update on."""
    return Q(Exists(CaseUpdate.objects.filter(case__card=OuterRef("pk"), review=Review.APPROVED)))


def with_case(outcome: str = "", article: str = "") -> Q:
    """Cards with a case whose latest approved update has that outcome and that article."""
    latest = CaseUpdate.objects.filter(case=OuterRef("pk"), review=Review.APPROVED).order_by(
        F("decided_on").desc(nulls_last=True), "-id"
    )
    wanted = {"updates__pk": Subquery(latest.values("pk")[:1])}
    if outcome:
        wanted["updates__outcome__in"] = CONVICTIONS if outcome == CONVICTED else [outcome]
    if article:
        wanted["updates__article"] = article
    return Q(Exists(CourtCase.objects.filter(card=OuterRef("pk"), **wanted)))


def without_consequences() -> Q:
    """Nobody was detained, and nobody came before a court."""
    return Q(detained=0) & ~in_court()


def obstructed() -> Q:
    """The police blocked access, dispersed people or used force."""
    found = Q()
    for code in OBSTRUCTION:
        found |= Q(police_actions__has=code)
    return found


def conduct_known() -> Q:
    """Somebody observed what the police did."""
    return ~Q(police_actions="") & ~Q(police_actions__has="not_observed")


def queried(*states: str) -> Q:
    """Cards with a question of the review in one of the states."""
    return Q(Exists(Query.objects.filter(card=OuterRef("pk"), state__in=states).order_by()))


def answered() -> Q:
    """Cards whose questions were all answered: it is the editor's turn to look at them."""
    return queried(QueryState.ANSWERED) & ~queried(QueryState.OPEN)
