"""What the reports keep: facts per place and month, and the figures of earlier reports."""

from __future__ import annotations

from django.db import models
from django.db.models import CheckConstraint, Q
from django.utils.translation import gettext_lazy as _


class Fact(models.Model):
    """What is known of the counted cards of a place and month; see ``reports.facts.MEASURES``.

    ``counts``: dimension -> answer -> number of cards. ``sums``: quantity -> [cards on which it is
    known, total]. One row holds a place's month because it is written and read as a whole: with a
    row for every answer 20,000 cards made 325,000 rows, an approval wrote eighty of them (7 ms
    instead of 1), and reading all periods took half a second.
    """

    place = models.ForeignKey("cards.Place", models.PROTECT, related_name="+")
    month = models.DateField()
    counts = models.JSONField(default=dict)
    sums = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("fact")
        verbose_name_plural = _("facts")
        constraints = [
            models.UniqueConstraint(fields=["month", "place"], name="fact_once"),
            CheckConstraint(condition=Q(month__day=1), name="fact_first_of_month"),
        ]

    def __str__(self) -> str:
        return f"{self.place_id} {self.month:%Y-%m}"


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

    def __str__(self) -> str:
        return f"{self.table} {self.period_label} {self.row} {self.column}: {self.printed}"
