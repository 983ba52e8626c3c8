"""Two cards on one assembly brought together in a third; both originals stay as they were."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Q
from django.utils.translation import gettext_lazy as _

from cards.models.card import Card
from cards.models.fields import choice_constraint
from cards.vocabularies import Side, Status


class Merge(models.Model):
    """``card`` was made from ``first`` and ``second``, which are its duplicates since.

    ``choices``: question -> ``first``, ``second`` or ``both``, where the two differed. ``lead``:
    the side whose monitor the third card has. ``taken``: what undoing needs to know of what was
    taken over (``renamed``: person code on the third card -> code on the side that does not lead;
    ``applications``: identifier of a permit application -> side).
    ``compared`` answers were given by both monitors, in ``agreed`` of them they said the same;
    ``agreement``: each of them -> whether they did (see ``cards.comparison.agreement``).
    """

    card = models.OneToOneField(Card, models.PROTECT, related_name="merge")
    first = models.ForeignKey(Card, models.PROTECT, related_name="merges_as_first")
    second = models.ForeignKey(Card, models.PROTECT, related_name="merges_as_second")
    first_status = models.CharField(max_length=10, choices=Status)
    second_status = models.CharField(max_length=10, choices=Status)
    choices = models.JSONField(default=dict)
    lead = models.CharField(max_length=6, choices=Side, default=Side.FIRST)
    taken = models.JSONField(default=dict)
    agreement = models.JSONField(default=dict)
    compared = models.PositiveSmallIntegerField(_("answers given by both"), default=0)
    agreed = models.PositiveSmallIntegerField(_("answers that agree"), default=0)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("merged"), auto_now_add=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    undone_at = models.DateTimeField(_("undone"), null=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("merge")
        verbose_name_plural = _("merges")
        constraints = [
            choice_constraint("merge", "first_status", Status),
            choice_constraint("merge", "second_status", Status),
            choice_constraint("merge", "lead", Side),
            CheckConstraint(condition=~Q(first=F("second")), name="merge_of_two"),
            CheckConstraint(condition=Q(agreed__lte=F("compared")), name="merge_agreed_compared"),
            CheckConstraint(
                condition=Q(undone_by__isnull=True, undone_at__isnull=True)
                | Q(undone_by__isnull=False, undone_at__isnull=False),
                name="merge_undone_by_somebody",
            ),
        ]

    def __str__(self):
        return f"{self.first} + {self.second} = {self.card}"

    @property
    def sides(self) -> dict[str, Card]:
        """The two originals by their side."""
        return {Side.FIRST: self.first, Side.SECOND: self.second}
