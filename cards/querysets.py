"""Which cards and permit applications: those a person may see, that count, of a period."""

from __future__ import annotations

from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from cards.vocabularies import DECIDED, Outcome, Status

#: Kinds of events that change answers; their author does not approve the card.
WRITING = ("created", "edited", "count", "count_used", "imported")
#: What changes a card that was approved before, too.
AMENDING = (*WRITING, "inclusion")


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

    def changed_by(self, user) -> CardQuerySet:
        """The cards whose answers ``user`` wrote since the last approval.

        Deciding on the inclusion is part of the review, but once a card was approved it is a
        change of what was approved, for a second person to confirm.
        """
        events = self.model._meta.get_field("events").related_model.objects
        last = Subquery(
            events.filter(card=OuterRef("card"), to_status=Status.APPROVED)
            .order_by("-id")
            .values("id")[:1]
        )
        written = Q(kind__in=WRITING, id__gt=Coalesce(last, 0)) | Q(kind__in=AMENDING, id__gt=last)
        return self.filter(Exists(events.filter(written, card=OuterRef("pk"), actor=user)))

    def with_labels(self) -> CardQuerySet:
        """What a list shows of a card, in one query."""
        return self.select_related("city__place", "city__region", "form", "topic", "monitor")

    def with_everything(self) -> CardQuerySet:
        """What the page of a card shows."""
        return self.select_related(
            "city__place", "city__region", "form", "topic__group", "monitor", "editor"
        ).prefetch_related("counts__author", "cases__updates__author", "attachments__author")

    def awaiting_outcome(self) -> CardQuerySet:
        """Approved cards that still need following through the courts.

        Those with a case still pending after its latest update, and those with people detained of
        whom no case is known, unless all were released without a report.
        """
        cases, known = self._cases()
        released = Coalesce("released_without_report", 0)
        return self.filter(status="approved").filter(
            Exists(cases.filter(latest=Outcome.PENDING))
            | Q(
                ~Exists(known.filter(case__card=OuterRef("pk"))),
                detained__gt=released,
            )
        )

    def lacking_outcome(self) -> CardQuerySet:
        """Cards that were not dropped, with people of whom a final outcome is not known yet.

        Those with a case still pending after its latest update; those with fewer persons decided on
        than detained, without who was released without a report; and, where the number detained
        is not known, those with nobody decided on. ``decided``: how many persons are.
        """
        cases, _known = self._cases()
        decided = cases.filter(latest__in=DECIDED).order_by().values("card")
        number = Subquery(decided.annotate(number=Count("pk")).values("number"))
        waited_for = F("decided") + Coalesce("released_without_report", 0)
        return (
            self.exclude(status__in=(Status.REJECTED, Status.DUPLICATE))
            .annotate(decided=Coalesce(number, 0))
            .filter(
                Exists(cases.filter(latest=Outcome.PENDING))
                | Q(detained__gt=waited_for)
                | Q(detained_unknown=True, decided=0)
            )
        )

    def _cases(self):
        """Of a card in an outer query: its cases with ``latest``, the outcome after their latest
        update, and all updates; what a review rejected is left out."""
        cases = self.model._meta.get_field("cases").related_model
        known = cases._meta.get_field("updates").related_model.objects.exclude(review="rejected")
        latest = known.filter(case=OuterRef("pk")).order_by(
            F("decided_on").desc(nulls_last=True), "-id"
        )
        outcome = Subquery(latest.values("outcome")[:1])
        # "Not below and not above" instead of "the same": PostgreSQL expects that a condition is
        # asked of every card, and would look through all cases once before it shows a page of 25.
        own = cases.objects.filter(card__gte=OuterRef("pk"), card__lte=OuterRef("pk"))
        return own.annotate(latest=outcome), known


class ApplicationQuerySet(models.QuerySet):
    def visible_to(self, user) -> ApplicationQuerySet:
        """The permit applications that ``user`` may see, all within the regions of their scope.

        Monitors: those they recorded. Editors: all. Analysts: reviewed and approved ones.
        Administrators, and whoever has no role here: none.
        """
        if not user.is_authenticated or not user.is_active:
            return self.none()
        scope = Q() if user.all_regions else Q(city__region__in=user.region_codes())
        if user.role == "monitor":
            return self.filter(scope, author=user)
        if user.role == "editor":
            return self.filter(scope)
        if user.role == "analyst":
            return self.filter(scope, review="approved")
        return self.none()

    def never_held(self) -> ApplicationQuerySet:
        """What the report counts: approved applications that never became an assembly."""
        return self.filter(review="approved", card__isnull=True)

    def in_period(self, period) -> ApplicationQuerySet:
        """The applications handed in during the period; none where its days are not known."""
        if period.start is None or period.end is None:
            return self.none()
        return self.filter(applied_on__range=(period.start, period.end))

    def with_labels(self) -> ApplicationQuerySet:
        """What a list shows of an application, in one query."""
        return self.select_related("city__place", "city__region", "form", "topic", "card", "author")
