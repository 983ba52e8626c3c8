"""Which cards: those a person may see, those that count, those of a period."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from cards.vocabularies import Outcome

FINAL_OUTCOMES = tuple(code for code in Outcome.values if code != Outcome.PENDING)


class CardQuerySet(models.QuerySet):
    def visible_to(self, user) -> CardQuerySet:
        """The cards that ``user`` may see.

        Monitors: their own. Editors: those of their regions, drafts excepted. Analysts: approved
        ones of their regions. Administrators, and whoever has no role here: none.
        """
        if not user.is_authenticated or not user.is_active:
            return self.none()
        own = Q(monitor=user)
        if user.role == "monitor":
            return self.filter(own)
        scope = Q() if user.all_regions else Q(city__region__in=user.region_codes())
        if user.role == "editor":
            return self.filter(own | (scope & ~Q(status="draft")))
        if user.role == "analyst":
            return self.filter(scope, status="approved")
        return self.none()

    def counted(self) -> CardQuerySet:
        """The cards that count: approved, and held or cut short, or decided so by an editor."""
        return self.filter(status="approved", inclusion="counted")

    def prevented(self) -> CardQuerySet:
        """Approved cards of assemblies that were prevented: reported apart, never counted."""
        return self.filter(status="approved", course="prevented")

    def in_period(self, period) -> CardQuerySet:
        """The cards whose date lies in the period (inexact dates fall in their month)."""
        return self.between(period.start, period.end)

    def between(self, start, end) -> CardQuerySet:
        """The cards dated from ``start`` to ``end``, both included; none for unknown bounds."""
        if start is None or end is None:
            return self.none()
        return self.filter(date__range=(start, end))

    def with_labels(self) -> CardQuerySet:
        """What a list shows of a card, in one query."""
        return self.select_related("city", "city__place", "form", "topic", "monitor")

    def with_everything(self) -> CardQuerySet:
        """What the page of a card shows."""
        return self.select_related(
            "city__place", "city__region", "form", "topic__group", "monitor", "editor"
        ).prefetch_related("counts__author", "cases__updates__author", "attachments__author")

    def awaiting_outcome(self) -> CardQuerySet:
        """Approved cards with detentions of whose people no final outcome is known yet."""
        return self.filter(status="approved", detained__gt=0).exclude(
            cases__updates__outcome__in=FINAL_OUTCOMES
        )
