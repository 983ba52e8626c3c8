"""Vocabularies that may grow without a change of code, and the map: places, cities, regions."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import CheckConstraint, F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from cards.models.fields import CodesField, codes_constraint, range_constraint
from cards.vocabularies import LegalStatus

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
    numerator and denominator of the law-abidance index; every other one is unsanctioned.
    """

    in_force_from = models.DateField(_("in force from"), unique=True)
    sanctioned_statuses = CodesField(_("counts as sanctioned"), vocabulary=LegalStatus)
    excluded_statuses = CodesField(_("left out of the index"), vocabulary=LegalStatus)

    class Meta(Labelled.Meta):
        verbose_name = _("law")
        verbose_name_plural = _("laws")
        ordering = ["in_force_from"]
        constraints = [
            codes_constraint("law", "sanctioned_statuses", LegalStatus),
            codes_constraint("law", "excluded_statuses", LegalStatus),
        ]
