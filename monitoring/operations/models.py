"""What was done to keep the site in order, and how it ended."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Kind(models.TextChoices):
    BACKUP = "backup", _("Backup made")
    VERIFY_BACKUP = "verify_backup", _("Backup read and checked")
    RESTORE = "restore", _("Restored from a backup")
    VERIFY_HISTORY = "verify_history", _("History proved")
    VERIFY_FACTS = "verify_facts", _("Figures compared with the cards")
    PREPARE = "prepare", _("Database brought up to date")
    PURGE_UPLOADS = "purge_uploads", _("Unfinished uploads removed")
    PURGE_ACCESS_LOG = "purge_access_log", _("Old entries of the access log deleted")


class Outcome(models.TextChoices):
    DONE = "done", pgettext_lazy("operation", "done")
    FAILED = "failed", pgettext_lazy("operation", "failed")


class Operation(models.Model):
    """One of them. ``details``: numbers only; ``error``: the type of what ended it, never its text.

    Of this very server: backups leave it out.
    """

    kind = models.CharField(max_length=20, choices=Kind)
    outcome = models.CharField(max_length=10, choices=Outcome)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    error = models.CharField(max_length=100, blank=True)
    details = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=Kind.values), name="operation_kind"),
            models.CheckConstraint(
                condition=models.Q(outcome__in=Outcome.values), name="operation_outcome"
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at__gte=models.F("began_at")), name="operation_in_time"
            ),
        ]
        indexes = [models.Index(fields=["kind", "outcome", "ended_at"], name="operation_last")]

    def __str__(self):
        return f"{self.kind}: {self.outcome}"
