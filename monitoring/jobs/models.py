"""A job: who asked for what, how far it is, what came of it. And the workers that were seen.

The queue itself is the table of django-tasks-db, whose tasks carry the number of a job and nothing
else; a job outlives its task: one that is tried again gets another.
"""

from __future__ import annotations

import datetime
import uuid as uuids

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class State(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("job", "waiting")
    RUNNING = "running", pgettext_lazy("job", "under way")
    DONE = "done", pgettext_lazy("job", "done")
    FAILED = "failed", pgettext_lazy("job", "failed")
    CANCELLED = "cancelled", pgettext_lazy("job", "cancelled")


OPEN = (State.WAITING, State.RUNNING)


class Trouble(models.TextChoices):
    """Why a job failed, in words for people; the log has the rest."""

    NONE = "", ""
    REFUSED = "refused", _("It could not be done.")
    NOT_ALLOWED = "not_allowed", _("Your account may not do this any more.")
    STOPPED = (
        "stopped",
        _("The program that did it was stopped several times. Nothing changed."),
    )
    BUSY = "busy", _("The database or the disk did not answer in time, several times.")
    UNEXPECTED = "unexpected", _("An error of the site; it is in the log. Nothing was changed.")
    UNKNOWN = "unknown", _("This version of the site does not know this kind of work.")


class Job(models.Model):
    """``parameters``: what its kind needs, as JSON. ``about``: which one it is, for who asked.

    ``key``: two open jobs of one person and kind with the same key are one. ``told``: what came of
    it, in the ``language`` of who asked. ``result``: the address that it leads to. ``stored``: the
    kept file in the site's storage, ``file_name``: what it is called when it is taken away.
    ``attempts`` tells the tries apart: who does the work writes for its own try only.
    ``beat_at``, ``step``, ``done``, ``total``: see ``pulse``.
    """

    uuid = models.UUIDField(primary_key=True, default=uuids.uuid4, editable=False)
    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=200, blank=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="jobs")
    language = models.CharField(max_length=5)
    about = models.CharField(max_length=300, blank=True)
    parameters = models.JSONField(default=dict)
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    step = models.CharField(max_length=20, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=11, choices=Trouble, default=Trouble.NONE, blank=True)
    told = models.TextField(blank=True)
    result = models.CharField(max_length=500, blank=True)
    stored = models.CharField(max_length=200, blank=True)
    file_name = models.CharField(max_length=200, blank=True)
    content_type = models.CharField(max_length=100, blank=True)
    asked_at = models.DateTimeField(default=timezone.now)
    run_after = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    beat_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    cancel_asked_at = models.DateTimeField(null=True)
    task = models.UUIDField(null=True)

    class Meta:
        ordering = ["-asked_at", "uuid"]
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        indexes = [
            models.Index(fields=["asked_by", "-asked_at"], name="job_of_person"),
            models.Index(fields=["-asked_at"], name="job_newest"),
            models.Index(fields=["state"], condition=Q(state__in=OPEN), name="job_open"),
        ]
        constraints = [
            CheckConstraint(condition=Q(state__in=State.values), name="job_state"),
            CheckConstraint(condition=Q(error__in=Trouble.values), name="job_error"),
            CheckConstraint(
                condition=Q(state=State.FAILED) & ~Q(error="")
                | ~Q(state=State.FAILED) & Q(error=""),
                name="job_failed_has_error",
            ),
            CheckConstraint(
                condition=Q(state__in=OPEN, ended_at__isnull=True)
                | Q(~Q(state__in=OPEN), ended_at__isnull=False),
                name="job_ended",
            ),
            UniqueConstraint(
                fields=["asked_by", "kind", "key"],
                condition=Q(state__in=OPEN) & ~Q(key=""),
                name="job_once",
            ),
        ]

    def __str__(self):
        return f"{self.kind} {self.uuid}"

    def get_absolute_url(self) -> str:
        return reverse("jobs:job", args=[self.uuid])

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def file_kept_until(self) -> datetime.datetime | None:
        """When the kept file is removed; None if there is none."""
        kept = datetime.timedelta(hours=settings.JOB_FILES_HOURS)
        return self.ended_at + kept if self.stored and self.ended_at else None


class Worker(models.Model):
    """A worker of a site on PostgreSQL, and when it was last seen; on SQLite files tell."""

    name = models.CharField(max_length=100, unique=True)
    seen_at = models.DateTimeField()

    def __str__(self):
        return self.name
