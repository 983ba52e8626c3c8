"""Editions of a report: the analysts' texts, case boxes and pictures, and what was frozen.

A draft's rows may change, each with a version that whoever saves second is held to. What was
frozen stands in rows of its own that are only ever added (``reports.guards``).
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from reports.codes import LANGUAGES


class State(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("state of an edition", "Draft")
    FROZEN = "frozen", pgettext_lazy("state of an edition", "Frozen")
    PUBLISHED = "published", pgettext_lazy("state of an edition", "Published")
    CORRECTED = "corrected", pgettext_lazy("state of an edition", "Replaced by a corrected edition")


LANGUAGE_NAMES = tuple((code, code) for code in LANGUAGES)


def _in(column: str, name: str, values: tuple[str, ...]) -> CheckConstraint:
    return CheckConstraint(condition=Q(**{f"{column}__in": values}), name=name)


class Edition(models.Model):
    """A report of a period that is being written, or was published.

    ``code`` names it for good: period, region if it is of one, number ("2018-1"). ``languages``:
    those it is to appear in. ``corrects``: the published edition that this one replaces.
    """

    code = models.SlugField(_("code"), max_length=60, unique=True)
    period = models.ForeignKey("cards.Period", models.PROTECT, verbose_name=_("period"))
    region = models.ForeignKey(
        "cards.Region", models.PROTECT, null=True, blank=True, verbose_name=_("region")
    )
    number = models.PositiveSmallIntegerField(_("number"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    languages = models.JSONField(_("languages"), default=list)
    corrects = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="corrections"
    )
    public = models.BooleanField(_("on the public page"), default=False)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    freeze = models.OneToOneField(
        "Freeze", models.PROTECT, null=True, blank=True, related_name="of_edition"
    )

    class Meta:
        ordering = ["-period__order", "-number", "code"]
        verbose_name = _("edition")
        verbose_name_plural = _("editions")
        constraints = [
            _in("state", "edition_state", tuple(State.values)),
            CheckConstraint(
                condition=Q(state=State.DRAFT, freeze=None)
                | ~Q(state=State.DRAFT) & ~Q(freeze=None),
                name="edition_frozen_holds_freeze",
            ),
            CheckConstraint(
                condition=Q(
                    state__in=(State.PUBLISHED, State.CORRECTED), published_at__isnull=False
                )
                | Q(state__in=(State.DRAFT, State.FROZEN), published_at=None, public=False),
                name="edition_published_when",
            ),
            UniqueConstraint(
                "period",
                "region",
                "number",
                name="edition_number_once",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return self.code

    def get_absolute_url(self) -> str:
        """The page of the edition for those who work on it."""
        return reverse("reports:edition", args=[self.code])

    @property
    def is_draft(self) -> bool:
        return self.state == State.DRAFT

    @property
    def is_published(self) -> bool:
        return self.state in (State.PUBLISHED, State.CORRECTED)


class ChapterText(models.Model):
    """What analysts wrote for a chapter, in one language: Markdown with references to values.

    ``bound``: reference -> the number as it was printed when the text was last saved or looked
    through: what differs from it now has changed since.
    """

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="texts")
    chapter = models.SlugField(max_length=40)
    language = models.CharField(max_length=2, choices=LANGUAGE_NAMES)
    text = models.TextField(_("text"), blank=True)
    bound = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField(auto_now=True)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            UniqueConstraint(fields=["edition", "chapter", "language"], name="chapter_text_once"),
            _in("language", "chapter_text_language", LANGUAGES),
        ]

    def __str__(self) -> str:
        return f"{self.edition_id} {self.chapter} {self.language}"


class Box(models.Model):
    """A case box: a short account of one event, from a card or by hand. Removed, it stays."""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="boxes")
    chapter = models.SlugField(_("chapter"), max_length=40)
    order = models.PositiveSmallIntegerField(default=0)
    card = models.ForeignKey("cards.Card", models.PROTECT, null=True, blank=True, related_name="+")
    date = models.DateField(_("date"), null=True, blank=True)
    removed = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField(auto_now=True)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return f"{self.edition_id} {self.chapter} {self.pk}"


class BoxText(models.Model):
    """A case box in one language; ``text`` is Markdown with references to values."""

    box = models.ForeignKey(Box, models.PROTECT, related_name="texts")
    language = models.CharField(max_length=2, choices=LANGUAGE_NAMES)
    title = models.CharField(_("title"), max_length=200, blank=True)
    where = models.CharField(_("place"), max_length=200, blank=True)
    text = models.TextField(_("text"), blank=True)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["box", "language"], name="box_text_once"),
            _in("language", "box_text_language", LANGUAGES),
        ]

    def __str__(self) -> str:
        return f"{self.box_id} {self.language}"


class PictureFile(models.Model):
    """The bytes of a picture, under their SHA-256: drawn anew, without anything but pixels."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    content_type = models.CharField(max_length=40)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    content = models.BinaryField()

    def __str__(self) -> str:
        return self.sha256[:12]


class BoxPicture(models.Model):
    """A picture of a case box. ``source`` is as it was uploaded, ``file`` what is printed.

    ``areas``: rectangles that are made unrecognisable, each [left, top, width, height] as parts
    of the picture from 0 to 1. Only a ``checked`` picture is frozen: somebody has looked at it and
    says that nobody can be recognised who must not be.
    """

    box = models.ForeignKey(Box, models.PROTECT, related_name="pictures")
    order = models.PositiveSmallIntegerField(default=0)
    source = models.ForeignKey(PictureFile, models.SET_NULL, null=True, related_name="+")
    file = models.ForeignKey(PictureFile, models.PROTECT, related_name="+")
    areas = models.JSONField(default=list)
    checked = models.BooleanField(default=False)
    alt = models.JSONField(default=dict)
    caption = models.JSONField(default=dict)
    removed = models.BooleanField(default=False)

    class Meta:
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return f"{self.box_id} {self.pk}"


class Freeze(models.Model):
    """What an edition was at the moment it was frozen: rows are only added.

    dataset: everything the report is made from (``reports.editions.dataset``); checksum: SHA-256
    over every value. definitions: those of the indices; texts: the analysts' texts and case
    boxes; code_version: of the code that printed it; address, citation: as printed.
    changes: what differs from the edition that this one corrects.
    """

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="freezes")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    languages = models.JSONField()
    dataset = models.TextField()
    checksum = models.CharField(max_length=64)
    definitions = models.JSONField()
    texts = models.JSONField()
    code_version = models.CharField(max_length=64)
    address = models.CharField(max_length=300)
    changes = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"{self.edition_id} {self.at:%Y-%m-%d}"


class FrozenFile(models.Model):
    """A file of a frozen edition as it was made then, with its SHA-256."""

    freeze = models.ForeignKey(Freeze, models.PROTECT, related_name="files")
    name = models.CharField(max_length=120)
    content_type = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        ordering = ["pk"]
        constraints = [UniqueConstraint(fields=["freeze", "name"], name="frozen_file_once")]

    def __str__(self) -> str:
        return self.name
