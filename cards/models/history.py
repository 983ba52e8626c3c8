"""Every change of a card: who, when, why, from what to what. Rows are only ever added."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cards.models.card import Card
from cards.models.fields import choice_constraint
from cards.vocabularies import Status


class EventKind(models.TextChoices):
    CREATED = "created", _("Card begun")
    EDITED = "edited", _("Answers changed")
    STATUS = "status", _("Status changed")
    COUNT = "count", _("Count added")
    COUNT_USED = "count_used", _("Another count chosen")
    INCLUSION = "inclusion", _("Inclusion decided")
    OUTCOME = "outcome", _("Court outcome added")
    OUTCOME_REVIEW = "outcome_review", _("Court outcome reviewed")
    ATTACHMENT = "attachment", _("Attachment added")
    ATTACHMENT_REVIEW = "attachment_review", _("Attachment reviewed")
    IMPORTED = "imported", pgettext_lazy("history", "Loaded from a file")


class Event(models.Model):
    """One change. ``changes``: field -> [before, after], as text the way a card file writes it."""

    card = models.ForeignKey(Card, models.PROTECT, related_name="events")
    kind = models.CharField(_("what"), max_length=20, choices=EventKind)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("who"),
    )
    at = models.DateTimeField(_("when"), auto_now_add=True)
    reason = models.TextField(_("why"), blank=True)
    from_status = models.CharField(max_length=10, choices=Status, blank=True)
    to_status = models.CharField(max_length=10, choices=Status, blank=True)
    version = models.PositiveIntegerField(_("version"))
    changes = models.JSONField(_("changes"), default=dict)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("change")
        verbose_name_plural = _("history")
        constraints = [
            choice_constraint("event", "kind", EventKind),
            choice_constraint("event", "from_status", Status, blank=True),
            choice_constraint("event", "to_status", Status, blank=True),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d %H:%M}"
