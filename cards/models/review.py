"""What editors note while they review a card: questions, checks let stand, answers verified."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q
from django.utils.translation import gettext_lazy as _

from cards.models.card import Card
from cards.models.fields import choice_constraint
from cards.vocabularies import QueryState

PERSON = {"to": settings.AUTH_USER_MODEL, "on_delete": models.PROTECT, "related_name": "+"}


class Query(models.Model):
    """A question about one field of a card ("" for the card as a whole), with its answers."""

    card = models.ForeignKey(Card, models.PROTECT, related_name="queries")
    field = models.CharField(_("question of the card"), max_length=40, blank=True)
    state = models.CharField(
        _("state"), max_length=8, choices=QueryState, default=QueryState.OPEN, editable=False
    )
    author = models.ForeignKey(**PERSON)
    created_at = models.DateTimeField(_("asked"), auto_now_add=True)
    closed_by = models.ForeignKey(null=True, **PERSON)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("query")
        verbose_name_plural = _("queries")
        indexes = [models.Index(fields=["card", "state"], name="query_card_state")]
        constraints = [
            choice_constraint("query", "state", QueryState),
            CheckConstraint(
                condition=Q(state=QueryState.CLOSED, closed_at__isnull=False)
                | (~Q(state=QueryState.CLOSED) & Q(closed_at__isnull=True)),
                name="query_closed_has_time",
            ),
        ]

    def __str__(self):
        return f"{self.card}: {self.field or '—'}"


class QueryMessage(models.Model):
    """One message of a query; the first is the question itself."""

    query = models.ForeignKey(Query, models.PROTECT, related_name="messages")
    author = models.ForeignKey(**PERSON)
    text = models.TextField(_("text"))
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [CheckConstraint(condition=~Q(text=""), name="query_message_says_something")]

    def __str__(self):
        return self.text[:60]


class Dismissal(models.Model):
    """A check of ``cards.checks`` that somebody looked at and let stand, with the reason.

    ``basis``: the answers that the check looked at, as text; with other answers it speaks again.
    """

    card = models.ForeignKey(Card, models.PROTECT, related_name="dismissals")
    check_code = models.CharField(_("check"), max_length=60)
    basis = models.TextField()
    reason = models.TextField(_("reason"))
    author = models.ForeignKey(**PERSON)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [CheckConstraint(condition=~Q(reason=""), name="dismissal_has_reason")]

    def __str__(self):
        return self.check_code


class Verification(models.Model):
    """An answer that an editor verified; it holds as long as the answer is ``value``."""

    card = models.ForeignKey(Card, models.PROTECT, related_name="verifications")
    field = models.CharField(_("question of the card"), max_length=40)
    value = models.TextField(blank=True)
    author = models.ForeignKey(**PERSON)
    created_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["card", "field"], name="verification_once")]

    def __str__(self):
        return self.field


class Sighting(models.Model):
    """Up to which entry of its history a person has seen a card."""

    card = models.ForeignKey(Card, models.PROTECT, related_name="sightings")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    event = models.PositiveBigIntegerField(default=0)
    at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["card", "person"], name="sighting_once")]

    def __str__(self):
        return f"{self.card}: {self.event}"
