"""Photographs, video and documents that belong to a card."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from cards.models.card import Card
from cards.models.fields import checksum_constraint, choice_constraint
from cards.models.outcomes import Reviewed, review_constraints
from cards.vocabularies import TakenBy


class AttachmentKind(models.TextChoices):
    IMAGE = "image", _("Photograph")
    VIDEO = "video", _("Video")
    DOCUMENT = "document", _("Document")


def storage_path(attachment: Attachment, name: str) -> str:
    """A path that tells nothing of what was uploaded."""
    return f"{attachment.card.uuid}/{attachment.uuid.hex}"


def clean_path(attachment: Attachment, name: str) -> str:
    return f"{attachment.card.uuid}/{attachment.uuid.hex}.clean"


class Attachment(Reviewed):
    """The untouched original, for editors, beside what others may download (no metadata)."""

    card = models.ForeignKey(Card, models.CASCADE, related_name="attachments")
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=8, choices=AttachmentKind)
    original = models.FileField(upload_to=storage_path)
    clean = models.FileField(upload_to=clean_path, blank=True)
    content_type = models.CharField(max_length=100)
    name = models.CharField(_("file name"), max_length=200)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField("SHA-256", max_length=64)
    #: Of the camera's own file, where a device sent a smaller picture in its place: whoever still
    #: has that file can show that it is the one. "" for whatever came as it was.
    camera_sha256 = models.CharField(
        _("SHA-256 of the camera's own file"), max_length=64, blank=True, default="", editable=False
    )
    caption = models.CharField(_("caption"), max_length=300, blank=True)
    taken_at = models.DateTimeField(_("taken at"), null=True, blank=True)
    taken_by = models.CharField(
        _("taken by"), max_length=11, choices=TakenBy, blank=True, default=""
    )
    #: Place among the card's files: the order in which they were chosen.
    order = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        ordering = ["order", "id"]
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        constraints = [
            *review_constraints("attachment"),
            choice_constraint("attachment", "kind", AttachmentKind),
            choice_constraint("attachment", "taken_by", TakenBy, blank=True),
            checksum_constraint("attachment", "camera_sha256"),
        ]

    def __str__(self):
        return self.name

    @property
    def was_made_smaller(self) -> bool:
        """Whether the camera's own file is another one than what arrived."""
        return self.camera_sha256 not in ("", self.sha256)
