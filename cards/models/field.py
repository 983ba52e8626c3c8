"""What devices send: parcels that wait for a key, files in pieces, and what arrived before."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from cards.models.fields import choice_constraint

ACCOUNT = {"to": settings.AUTH_USER_MODEL, "on_delete": models.PROTECT, "related_name": "+"}


class HeldParcel(models.Model):
    """A parcel sealed to a key that the site does not have: kept until somebody brings the key."""

    account = models.ForeignKey(**ACCOUNT)
    digest = models.CharField(max_length=64)
    parcel = models.TextField()
    received_at = models.DateTimeField(auto_now_add=True)
    opened_at = models.DateTimeField(null=True)
    result = models.CharField(max_length=20, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["account", "digest"], name="held_parcel_once")
        ]

    def __str__(self):
        return f"{self.account_id} {self.received_at:%Y-%m-%d %H:%M}"


class Arrival(models.Model):
    """What a parcel said was taken: sent again it changes nothing.

    ``uuid``: of the card or of the outcome; ``digest``: of what it said; ``submitted``: the card
    went to the editors with it.
    """

    account = models.ForeignKey(**ACCOUNT)
    uuid = models.UUIDField()
    digest = models.CharField(max_length=64)
    submitted = models.BooleanField(default=False)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "uuid", "digest"], name="arrival_once")
        ]

    def __str__(self):
        return f"{self.uuid} {self.digest[:12]}"


class UploadState(models.TextChoices):
    """How far a file in pieces is: ``early``: whole, its card is not here; ``held``: whole, sealed
    to a key that is not here."""

    BEGUN = "begun", "begun"
    EARLY = "early", "early"
    HELD = "held", "held"
    DONE = "done", "done"


class Upload(models.Model):
    """A sealed file that comes in pieces, bound to the account that began it.

    How much has come is the length of the file on the disk, which is brought there before it is
    acknowledged. ``sealed`` names it once it is whole and has to wait, so that backups have it.
    """

    account = models.ForeignKey(**ACCOUNT)
    uuid = models.UUIDField()
    size = models.PositiveBigIntegerField()
    state = models.CharField(max_length=5, choices=UploadState, default=UploadState.BEGUN)
    card = models.UUIDField(null=True)
    sealed = models.FileField(blank=True)
    begun_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "uuid"], name="upload_once"),
            choice_constraint("upload", "state", UploadState),
        ]

    def __str__(self):
        return f"{self.uuid} {self.state}"
