"""Applications for a permit: a register of its own, for those that never became an assembly."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import CheckConstraint, F, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cards.models.card import Card
from cards.models.fields import choice_constraint
from cards.models.outcomes import Reviewed, review_constraints
from cards.models.reference import City, Form, Topic
from cards.querysets import ApplicationQuerySet
from cards.vocabularies import Appeal, OrganiserType, PermitDecision, Review

#: Kinds of changes that write answers: who made one does not review it.
WRITING = ("application", "application_edited", "imported")


class PermitApplication(Reviewed):
    """One application to an akimat. ``card``: the assembly that was held all the same, if any."""

    uuid = models.UUIDField(_("identifier"), default=uuid.uuid4, unique=True, editable=False)
    city = models.ForeignKey(City, models.PROTECT, verbose_name=_("city"))
    applied_on = models.DateField(_("date of the application"))
    planned_for = models.DateField(_("planned date of the assembly"), null=True, blank=True)
    place = models.CharField(_("place applied for"), max_length=300, blank=True)
    form = models.ForeignKey(Form, models.PROTECT, null=True, blank=True, verbose_name=_("form"))
    topic = models.ForeignKey(Topic, models.PROTECT, null=True, blank=True, verbose_name=_("topic"))
    applicant_type = models.CharField(
        _("who applied"), max_length=19, choices=OrganiserType, default=OrganiserType.UNKNOWN
    )
    applicant_code = models.CharField(
        _("code of the applicant"),
        max_length=40,
        blank=True,
        help_text=_("The same code for the same applicant, never a name of a person."),
    )
    decision = models.CharField(
        _("decision"), max_length=11, choices=PermitDecision, default=PermitDecision.UNKNOWN
    )
    answered_on = models.DateField(_("date of the answer"), null=True, blank=True)
    ground = models.TextField(_("ground, as the akimat put it"), blank=True)
    other_place = models.CharField(_("place or time offered instead"), max_length=300, blank=True)
    appeal = models.CharField(_("appeal"), max_length=10, choices=Appeal, default=Appeal.UNKNOWN)
    source_links = models.TextField(
        _("links"), blank=True, help_text=_("One address in each line.")
    )
    note = models.TextField(_("note"), blank=True, help_text=_("No names of people."))
    card = models.ForeignKey(
        Card,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="applications",
        verbose_name=_("card of the assembly"),
    )
    ref = models.CharField(
        _("identifier at the source"), max_length=100, null=True, blank=True, unique=True
    )
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        ordering = ["-applied_on", "-id"]
        verbose_name = _("permit application")
        verbose_name_plural = _("permit applications")
        indexes = [
            models.Index(fields=["-applied_on", "-id"], name="application_newest"),
            models.Index(fields=["review", "city", "applied_on"], name="application_counted"),
        ]
        constraints = [
            *review_constraints("application"),
            choice_constraint("application", "applicant_type", OrganiserType),
            choice_constraint("application", "decision", PermitDecision),
            choice_constraint("application", "appeal", Appeal),
            CheckConstraint(
                condition=Q(answered_on__isnull=True) | Q(answered_on__gte=F("applied_on")),
                name="application_answered_after",
            ),
            CheckConstraint(
                condition=~Q(decision__in=["pending", "no_answer"]) | Q(answered_on__isnull=True),
                name="application_unanswered_has_no_date",
            ),
        ]

    def __str__(self):
        return f"{self.city} {self.applied_on}"

    def get_absolute_url(self) -> str:
        return reverse("cards:application", args=[self.uuid])

    @property
    def days_to_answer(self) -> int | None:
        """Days from the application to the answer; None where either is not known."""
        return (self.answered_on - self.applied_on).days if self.answered_on else None

    @property
    def links(self) -> list[str]:
        """Addresses of the sources."""
        return self.source_links.split()

    @property
    def never_held(self) -> bool:
        """Whether the report counts it: approved, and no assembly came of it."""
        return self.review == Review.APPROVED and self.card_id is None

    def was_changed_by(self, user) -> bool:
        """Whether ``user`` wrote any of the answers since the last review."""
        last = self.events.filter(kind="application_review").values("id")[:1]
        return (
            self.events.filter(actor=user, kind__in=WRITING)
            .exclude(id__lt=Coalesce(Subquery(last), 0))
            .exists()
        )
