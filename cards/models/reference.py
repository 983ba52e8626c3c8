"""Vocabularies that may grow without a change of code, and the map: places, cities, regions."""

from __future__ import annotations

import datetime
from decimal import Decimal
from itertools import pairwise

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import CheckConstraint, F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from cards.models.fields import (
    CodesField,
    choice_constraint,
    codes_constraint,
    range_constraint,
)
from cards.vocabularies import LegalStatus, Regime

#: Bounding box of Kazakhstan, degrees.
LATITUDE = (40.5, 55.5)
LONGITUDE = (46.4, 87.4)


class Labelled(models.Model):
    """A row known by its code, named in three languages, in an order of its own."""

    code = models.SlugField(_("code"), max_length=60, primary_key=True)
    label_ru = models.CharField(_("name in Russian"), max_length=200)
    label_kk = models.CharField(_("name in Kazakh"), max_length=200)
    label_en = models.CharField(_("name in English"), max_length=200)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    active = models.BooleanField(_("offered in new cards"), default=True)

    class Meta:
        abstract = True
        ordering = ["order", "code"]

    def __str__(self):
        return self.label

    @classmethod
    def offered(cls, current: str | None = None) -> models.QuerySet:
        """Rows offered in new cards, and the one that a card already has."""
        return cls._default_manager.filter(Q(active=True) | Q(pk=current))

    @classmethod
    def with_codes(cls, codes) -> models.QuerySet:
        """The rows with those codes."""
        return cls._default_manager.filter(pk__in=codes)

    @property
    def label(self) -> str:
        """The name in the active language."""
        return getattr(self, f"label_{(get_language() or 'ru')[:2]}", "") or self.label_ru


class Region(Labelled):
    """A region of Kazakhstan or a city of that rank, for the time that it exists."""

    valid_from = models.DateField(_("exists from"), null=True, blank=True)
    valid_to = models.DateField(_("exists until"), null=True, blank=True)
    predecessor = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="successors",
        verbose_name=_("split off from, or renamed from"),
    )

    class Meta(Labelled.Meta):
        verbose_name = _("region")
        verbose_name_plural = _("regions")


class Place(Labelled):
    """A reporting place: what the tables of the report list."""

    class Meta(Labelled.Meta):
        verbose_name = _("reporting place")
        verbose_name_plural = _("reporting places")


class City(Labelled):
    """A city, with its reporting place, today's region, and where it lies."""

    kato = models.CharField("KATO", max_length=9, blank=True)
    place = models.ForeignKey(
        Place, models.PROTECT, related_name="cities", verbose_name=_("reporting place")
    )
    region = models.ForeignKey(
        Region, models.PROTECT, related_name="cities", verbose_name=_("region")
    )
    latitude = models.DecimalField(_("latitude"), max_digits=8, decimal_places=5, null=True)
    longitude = models.DecimalField(_("longitude"), max_digits=8, decimal_places=5, null=True)
    time_zone = models.CharField(_("time zone"), max_length=40, default="Asia/Almaty")
    aliases = models.TextField(_("other names"), blank=True)

    class Meta(Labelled.Meta):
        verbose_name = _("city")
        verbose_name_plural = _("cities")
        constraints = [
            range_constraint("city", "latitude", *LATITUDE),
            range_constraint("city", "longitude", *LONGITUDE),
        ]

    @classmethod
    def located(cls) -> list[tuple[str, Decimal, Decimal]]:
        """Code, latitude and longitude of every offered city whose place is known."""
        rows = cls.offered().exclude(latitude=None).exclude(longitude=None)
        return list(rows.values_list("pk", "latitude", "longitude"))


class CityRegion(models.Model):
    """Which region a city belonged to, and when (reforms of 2018 and 2022)."""

    city = models.ForeignKey(City, models.CASCADE, related_name="region_history")
    region = models.ForeignKey(Region, models.PROTECT, related_name="+")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["city_id", "valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["city", "valid_from"], name="city_region_once"),
            CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="city_region_dates",
            ),
        ]

    def __str__(self):
        return f"{self.city_id} {self.region_id} {self.valid_from}"


class Form(Labelled):
    """Form of an assembly: rally, picket, procession …"""

    class Meta(Labelled.Meta):
        verbose_name = _("form")
        verbose_name_plural = _("forms")


class TopicGroup(Labelled):
    """Political, economic, social: the rows of table 4."""

    class Meta(Labelled.Meta):
        verbose_name = _("group of topics")
        verbose_name_plural = _("groups of topics")


class Topic(Labelled):
    """What an assembly was about; each topic belongs to one group."""

    group = models.ForeignKey(
        TopicGroup, models.PROTECT, related_name="topics", verbose_name=_("group")
    )

    class Meta(Labelled.Meta):
        verbose_name = _("topic")
        verbose_name_plural = _("topics")


class Law(Labelled):
    """The act on assemblies in force from a day on, and how it reads the legal status.

    Statuses in ``sanctioned_statuses`` count as sanctioned, those in ``excluded_statuses`` leave
    numerator and denominator of the law-abidance index; every other one is unsanctioned. It is in
    force until the next one is, or until its own last day. ``regime``: what it asks for, in the
    words of the card and the report; ``answer_days``: an answer that took longer is late;
    ``summary``: what the report's chapter on legislation says of it.
    """

    in_force_from = models.DateField(_("in force from"), unique=True)
    in_force_to = models.DateField(
        _("last day in force"),
        null=True,
        blank=True,
        help_text=_("Left empty: until the next act is in force."),
    )
    regime = models.CharField(
        _("what it asks for"), max_length=25, choices=Regime, blank=True, default=""
    )
    answer_days = models.PositiveSmallIntegerField(
        _("days for an answer"),
        null=True,
        blank=True,
        help_text=_("An answer that took more calendar days is late. Left empty: none is."),
    )
    summary_ru = models.TextField(_("summary in Russian"), blank=True, default="")
    summary_kk = models.TextField(_("summary in Kazakh"), blank=True, default="")
    summary_en = models.TextField(_("summary in English"), blank=True, default="")
    sanctioned_statuses = CodesField(_("counts as sanctioned"), vocabulary=LegalStatus)
    excluded_statuses = CodesField(_("left out of the index"), vocabulary=LegalStatus)

    class Meta(Labelled.Meta):
        verbose_name = _("law")
        verbose_name_plural = _("laws")
        ordering = ["in_force_from"]
        constraints = [
            codes_constraint("law", "sanctioned_statuses", LegalStatus),
            codes_constraint("law", "excluded_statuses", LegalStatus),
            choice_constraint("law", "regime", Regime, blank=True),
            CheckConstraint(
                condition=Q(in_force_to__isnull=True) | Q(in_force_to__gte=F("in_force_from")),
                name="law_dates",
            ),
            CheckConstraint(
                condition=Q(answer_days__isnull=True) | Q(answer_days__gt=0),
                name="law_answer_days_positive",
            ),
        ]

    def clean(self):
        if self.in_force_from and self.in_force_to and self.in_force_to < self.in_force_from:
            raise ValidationError(
                {"in_force_to": _("The last day is before the first.")}, code="before_start"
            )

    @classmethod
    def spans(cls, using: str | None = None) -> list[tuple[Law, datetime.date | None]]:
        """Every act with its last day in force, oldest first; None: still in force. One query."""
        laws = list(cls._default_manager.using(using).order_by("in_force_from"))
        found = []
        for law, following in pairwise([*laws, None]):
            ends = [law.in_force_to] if law.in_force_to else []
            if following is not None:
                ends.append(following.in_force_from - datetime.timedelta(days=1))
            found.append((law, min(ends, default=None)))
        return found

    @classmethod
    def on(cls, day: datetime.date | None) -> Law | None:
        """The act in force on a day; None where none is known. One query."""
        if day is None:
            return None
        law = cls._default_manager.filter(in_force_from__lte=day).last()
        return law if law and (law.in_force_to is None or day <= law.in_force_to) else None


class Provision(models.Model):
    """Another rule that the report's chapter on legislation tells of, while it is in force.

    ``above``: it stands above the act on assemblies, and before it in the chapter.
    """

    code = models.SlugField(_("code"), max_length=60, primary_key=True)
    text_ru = models.TextField(_("text in Russian"))
    text_kk = models.TextField(_("text in Kazakh"))
    text_en = models.TextField(_("text in English"))
    in_force_from = models.DateField(_("in force from"), null=True, blank=True)
    in_force_to = models.DateField(_("last day in force"), null=True, blank=True)
    above = models.BooleanField(_("told before the act on assemblies"), default=False)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        ordering = ["order", "code"]
        verbose_name = _("legal provision")
        verbose_name_plural = _("legal provisions")
        constraints = [
            CheckConstraint(
                condition=Q(in_force_from__isnull=True)
                | Q(in_force_to__isnull=True)
                | Q(in_force_to__gte=F("in_force_from")),
                name="provision_dates",
            )
        ]

    def __str__(self):
        return self.code

    clean = Law.clean
