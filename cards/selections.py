"""Which cards stand behind a figure: conditions on cards that take more than one column.

The facts of the reports count by the same definitions; ``tests/cards/test_filters.py`` holds the
two together.
"""

from __future__ import annotations

import datetime

from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from cards.models import CaseUpdate, City, CourtCase, Law, Query
from cards.vocabularies import CONVICTIONS, OBSTRUCTION, LegalStatus, QueryState, Review

#: What ``with_case`` takes beside the codes of outcomes.
CONVICTED = "convicted"


def sanction(reading: str) -> Q:
    """Cards whose legal status the law of the day reads as ``sanctioned``, ``unsanctioned`` or
    ``outside`` (left out of the law-abidance index). One query."""
    spans = Law.spans()
    found, ruled = Q(pk__in=[]), Q(pk__in=[])
    for law, last in spans:
        days = Q(date__gte=law.in_force_from)
        if last is not None:
            days &= Q(date__lte=last)
        ruled |= days
        outside = set(law.excluded_statuses)
        good = set(law.sanctioned_statuses) - outside
        statuses = {
            "sanctioned": good,
            "outside": outside,
            "unsanctioned": set(LegalStatus.values) - outside - good,
        }[reading]
        found |= days & Q(legal_status__in=sorted(statuses))
    if reading == "outside":
        found |= ~ruled & Q(date__isnull=False)
    return found


def answered_late(applied: str, answered: str) -> Q:
    """Rows whose answer came after more days than the law of the day of application gives."""
    found = Q(pk__in=[])
    for law, last in Law.spans():
        if law.answer_days is not None:
            days = Q(**{f"{applied}__gte": law.in_force_from})
            if last is not None:
                days &= Q(**{f"{applied}__lte": last})
            late = F(applied) + datetime.timedelta(days=law.answer_days)
            found |= days & Q(**{f"{answered}__gt": late})
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


#: Classes of a number of people: code -> the least and the most, both included.
CLASSES: dict[str, tuple[int, int | None]] = {
    "0": (0, 0),
    "1-10": (1, 10),
    "11-50": (11, 50),
    "51-100": (51, 100),
    "101-500": (101, 500),
    "501-": (501, None),
}


def class_labels() -> dict[str, str | Promise]:
    """Names of ``CLASSES``."""
    names: dict[str, str | Promise] = {code: code.replace("-", "–") for code in CLASSES}
    return names | {"501-": gettext_lazy("501 and more")}


def in_class(column: str, code: str) -> Q:
    """Cards whose number of people lies in the class; KeyError for another code."""
    least, most = CLASSES[code]
    found = Q(**{f"{column}__gte": least})
    return found if most is None else found & Q(**{f"{column}__lte": most})


def in_region(code: str) -> Q:
    """Cards whose city belonged to the region on their day; one query.

    Before the register's history begins a city counts with its first region; after it ends, or
    without a history, with today's.
    """
    cities: dict[tuple[datetime.date | None, datetime.date | None], list[str]] = {}
    for city, spans in region_spans().items():
        for first, last, region in spans:
            if region == code:
                cities.setdefault((first, last), []).append(city)
    found = Q(pk__in=[])
    for (first, last), codes in cities.items():
        days = Q(city__in=codes)
        if first is not None:
            days &= Q(date__gte=first)
        if last is not None:
            days &= Q(date__lte=last)
        found |= days
    return found


Spans = list[tuple[datetime.date | None, datetime.date | None, str]]


def region_spans() -> dict[str, Spans]:
    """City -> first day, last day and region of each time, without gaps; None: without a bound."""
    rows = City.objects.order_by("order", "pk").values_list(
        "pk", "region_id", "region_history__valid_from", "region_history__region_id"
    )
    histories: dict[str, tuple[str, list[tuple[datetime.date, str]]]] = {}
    for city, today, since, region in rows:
        history = histories.setdefault(city, (today, []))[1]
        if since is not None:
            history.append((since, region))
    found: dict[str, Spans] = {}
    day = datetime.timedelta(days=1)
    for city, (today, history) in histories.items():
        history.sort()
        begins = [None, *(since for since, _region in history[1:])] if history else [None]
        regions = [region for _since, region in history] or [today]
        ends = [*(begin - day for begin in begins[1:] if begin), None]
        found[city] = list(zip(begins, ends, regions, strict=True))
    return found
