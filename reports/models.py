"""What the reports keep: facts per place and month, and the figures of earlier reports."""

from __future__ import annotations

from django.db import models
from django.db.models import CheckConstraint, Q
from django.utils.translation import gettext_lazy as _


class Fact(models.Model):
    """Of the cards of a place and month: how many have a value, or what a quantity sums to.

    ``measure`` is a dimension (then ``value`` is the answer, ``n`` the cards that gave it) or a
    quantity (then ``value`` is "", ``n`` the cards on which it is known, ``total`` their sum).
    Rows of nothing are not kept. See ``reports.facts.MEASURES``.
    """

    place = models.ForeignKey("cards.Place", models.PROTECT, related_name="+")
    month = models.DateField()
    measure = models.CharField(max_length=40)
    value = models.CharField(max_length=60, blank=True)
    n = models.PositiveIntegerField()
    total = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("fact")
        verbose_name_plural = _("facts")
        constraints = [
            models.UniqueConstraint(
                fields=["month", "place", "measure", "value"], name="fact_once"
            ),
            CheckConstraint(condition=Q(month__day=1), name="fact_first_of_month"),
        ]

    def __str__(self):
        return f"{self.place_id} {self.month:%Y-%m} {self.measure}={self.value}: {self.n}"


class PublishedValue(models.Model):
    """A figure of a printed report: verbatim, as a number, and at which address it stood."""

    edition = models.CharField(_("report"), max_length=20, help_text=_("The year of the report."))
    table = models.CharField(_("table"), max_length=20)
    period_label = models.CharField(_("period as printed"), max_length=40)
    period = models.ForeignKey(
        "cards.Period", models.PROTECT, null=True, blank=True, verbose_name=_("period")
    )
    row = models.CharField(_("row"), max_length=120)
    column = models.CharField(_("column"), max_length=60)
    unit = models.CharField(_("unit"), max_length=40)
    printed = models.CharField(_("as printed"), max_length=60)
    value = models.FloatField(_("as a number"), null=True, blank=True)
    order = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["edition", "order"]
        verbose_name = _("published figure")
        verbose_name_plural = _("published figures")
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "table", "period_label", "row", "column"],
                name="published_once",
            )
        ]

    def __str__(self):
        return f"{self.table} {self.period_label} {self.row} {self.column}: {self.printed}"
