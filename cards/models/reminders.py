"""When somebody wants to be reminded of the people detained at an assembly.

This is a person's own note, no answer of the card: it changes neither its version nor its history.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from cards.models.card import Card


class Reminder(models.Model):
    """The day that a person chose for a card; without one the rule of ``cards.reminders`` holds."""

    card = models.ForeignKey(Card, models.PROTECT, related_name="reminders")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    on = models.DateField(_("remind on"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["card", "user"], name="reminder_once")]

    def __str__(self):
        return f"{self.card}: {self.on}"
