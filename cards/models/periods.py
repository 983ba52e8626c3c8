"""Reporting periods, and which place was monitored in which month."""

from __future__ import annotations

from django.db import models
from django.db.models import CheckConstraint, F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from cards.models.fields import choice_constraint
from cards.models.reference import Place
from cards.vocabularies import CoverageState


class PeriodBasis(models.TextChoices):
    CARDS = "cards", _("Computed from cards")
    PUBLISHED = "published", _("Taken from earlier reports")


class PeriodSeries(models.TextChoices):
    """What a period is comparable with: only periods of one series share a table."""

    YEAR = "year", _("Year")
    HALF_1 = "half_1", _("First half of a year")
    HALF_2 = "half_2", _("Second half of a year")
    QUARTER_1 = "quarter_1", _("First quarter")
    QUARTER_2 = "quarter_2", _("Second quarter")
    QUARTER_3 = "quarter_3", _("Third quarter")
    QUARTER_4 = "quarter_4", _("Fourth quarter")
    CUSTOM = "custom", _("Days of its own")


class Period(models.Model):
    """A reporting period. The dates of the first ones are not known, only their months.

    Periods may overlap (a year and its halves); ``series`` says which of them are comparable.
    ``order`` breaks ties between periods without dates; the others are ordered by time.
    """

    code = models.CharField(_("code"), max_length=20, primary_key=True)
    name_ru = models.CharField(_("name in Russian"), max_length=100)
    name_kk = models.CharField(_("name in Kazakh"), max_length=100)
    name_en = models.CharField(_("name in English"), max_length=100)
    start = models.DateField(_("first day"), null=True, blank=True)
    end = models.DateField(_("last day"), null=True, blank=True)
    months = models.DecimalField(_("months"), max_digits=4, decimal_places=1)
    basis = models.CharField(_("basis"), max_length=10, choices=PeriodBasis)
    series = models.CharField(
        _("compared with"), max_length=10, choices=PeriodSeries, default=PeriodSeries.YEAR
    )
    order = models.PositiveSmallIntegerField(_("order"), unique=True)

    class Meta:
        ordering = ["order"]
        verbose_name = _("period")
        verbose_name_plural = _("periods")
        constraints = [
            choice_constraint("period", "basis", PeriodBasis),
            choice_constraint("period", "series", PeriodSeries),
            CheckConstraint(condition=Q(months__gt=0), name="period_months_positive"),
            CheckConstraint(
                condition=Q(start__isnull=True, end__isnull=True)
                | Q(start__isnull=False, end__isnull=False, end__gte=F("start")),
                name="period_dates",
            ),
            CheckConstraint(
                condition=Q(basis=PeriodBasis.PUBLISHED) | Q(start__isnull=False),
                name="period_of_cards_has_dates",
            ),
        ]

    def __str__(self):
        return self.name

    @classmethod
    def dated(cls) -> models.QuerySet:
        """Periods that cards can fall in: the latest first, a year before its parts."""
        return cls.objects.filter(start__isnull=False).order_by("-end", "start", "order")

    @property
    def name(self) -> str:
        """The name in the active language."""
        return getattr(self, f"name_{(get_language() or 'ru')[:2]}", "") or self.name_ru


class Coverage(models.Model):
    """How far a place was monitored in a month; without a row it counts as all of it."""

    #: Share of a month that each state stands for.
    WEIGHTS = {CoverageState.FULL: 1.0, CoverageState.PARTLY: 0.5, CoverageState.NONE: 0.0}

    place = models.ForeignKey(Place, models.PROTECT, related_name="coverage")
    month = models.DateField(_("month"), help_text=_("First day of the month."))
    state = models.CharField(_("monitored"), max_length=10, choices=CoverageState)

    class Meta:
        ordering = ["month", "place_id"]
        verbose_name = _("coverage")
        verbose_name_plural = _("coverage register")
        constraints = [
            models.UniqueConstraint(fields=["place", "month"], name="coverage_once"),
            choice_constraint("coverage", "state", CoverageState),
            CheckConstraint(condition=Q(month__day=1), name="coverage_first_of_month"),
        ]

    def __str__(self):
        return f"{self.place_id} {self.month:%Y-%m} {self.state}"
