"""What the reports keep: facts per place and month, and the figures of earlier reports."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q
from django.utils import timezone
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


class YearFact(models.Model):
    """The facts of a place's months of one calendar year, added up: what reports read.

    Both columns hold ``{"counts": …, "sums": …}`` as a month has them, written as JSON: ``often``
    the measures that tables ask of every period they list (``reports.facts.years``), ``rest`` all
    others. They are text, because PostgreSQL writes its own kind of JSON anew whenever it is read.
    ``current``: nothing has written to those months since. The database itself takes it back
    (``reports.facts.years``), so that what is not current is never read.
    """

    place = models.ForeignKey("cards.Place", models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    often = models.TextField(default="{}")
    rest = models.TextField(default="{}")
    current = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("fact of a year")
        verbose_name_plural = _("facts of years")
        constraints = [models.UniqueConstraint(fields=["year", "place"], name="year_fact_once")]

    def __str__(self) -> str:
        return f"{self.place_id} {self.year}"


class MonthRatios(models.Model):
    """Police officers per participant on each counted card of a place and month that knows both.

    Medians cannot be added up; they are found in these. ``ratios``: 64-bit floats, the greatest
    byte first, in ascending order. ``current``: as of a year.
    """

    place = models.ForeignKey("cards.Place", models.PROTECT, related_name="+")
    month = models.DateField()
    ratios = models.BinaryField(default=b"")
    current = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("ratios of a month")
        verbose_name_plural = _("ratios of months")
        constraints = [models.UniqueConstraint(fields=["month", "place"], name="month_ratios_once")]

    def __str__(self) -> str:
        return f"{self.place_id} {self.month:%Y-%m}"


class MonthColumn(models.Model):
    """One answer of every counted card of a month, packed: see ``reports.columns``.

    All columns of a month have the cards in the same order and are written together. ``answers``:
    the different answers as a JSON list, as the database has them; empty for numbers of people.
    ``codes``: for each card the place of its answer in the list, or its number plus one (0: not
    known), as unsigned integers of ``width`` bytes, the lowest byte first.
    """

    month = models.DateField()
    name = models.CharField(max_length=40)
    answers = models.TextField()
    width = models.PositiveSmallIntegerField()
    codes = models.BinaryField()

    class Meta:
        constraints = [
            # Read by name over a span of months.
            models.UniqueConstraint(fields=["name", "month"], name="month_column_once"),
            CheckConstraint(condition=Q(month__day=1), name="month_column_first_of_month"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.month:%Y-%m}"


class ColumnChange(models.Model):
    """A month whose cards have changed since its columns were written, or that has none yet.

    Triggers of ``reports.columns.changes`` only ever add rows, so that writers never wait for each
    other; who writes the columns of a month takes away the rows that it saw before.
    """

    month = models.DateField(db_index=True)

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class Stamp(models.Model):
    """One row: the mark of ``reports.stamp``, written by triggers."""

    mark = models.CharField(max_length=32)

    def __str__(self) -> str:
        return self.mark


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


class SavedView(models.Model):
    """A view of the explorer that somebody wants to come back to, or to put into a chapter.

    ``query``: ``reports.explorer.spec.serialise`` of it.
    """

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("whose")
    )
    name = models.CharField(_("name"), max_length=120)
    query = models.TextField(_("what it shows"), blank=True)
    created_at = models.DateTimeField(_("saved"), auto_now_add=True)

    class Meta:
        ordering = ["owner", "name"]
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="saved_view_once"),
            CheckConstraint(condition=~Q(name=""), name="saved_view_has_name"),
        ]

    def __str__(self) -> str:
        return self.name


class PrintedReport(models.Model):
    """What is said of a printed report whose figures are loaded; one that joins the series of the
    bureau's own reports needs no row here.

    ``apart``: its figures are checked, but neither shown beside computed ones nor listed in the
    annex of the bureau's reports.
    """

    edition = models.CharField(_("report"), max_length=20, unique=True)
    title = models.CharField(_("title"), max_length=200, blank=True)
    apart = models.BooleanField(_("kept apart"), default=False)

    class Meta:
        ordering = ["edition"]
        verbose_name = _("printed report")
        verbose_name_plural = _("printed reports")

    def __str__(self) -> str:
        return self.title or self.edition


class ChangeSource(models.TextChoices):
    TYPED = "typed", _("Typed in")
    FILE = "file", _("Loaded from a file")


class PublishedChange(models.Model):
    """A change of what is on record of a printed report: never changed or deleted itself.

    ``before`` and ``after``: the text as printed; "" where there was, or now is, no such figure.
    ``author`` is empty for what a command loads.
    """

    edition = models.CharField(_("report"), max_length=20, db_index=True)
    table = models.CharField(_("table"), max_length=20)
    period_label = models.CharField(_("period as printed"), max_length=40)
    row = models.CharField(_("row"), max_length=120)
    column = models.CharField(_("column"), max_length=60)
    before = models.CharField(_("before"), max_length=60, blank=True)
    after = models.CharField(_("after"), max_length=60, blank=True)
    source = models.CharField(_("how"), max_length=5, choices=ChangeSource)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("who")
    )
    at = models.DateTimeField(_("when"), default=timezone.now, editable=False)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("change of a printed figure")
        verbose_name_plural = _("changes of printed figures")
        constraints = [
            CheckConstraint(
                condition=Q(source__in=ChangeSource.values), name="published_change_source"
            ),
            CheckConstraint(condition=~Q(before=models.F("after")), name="published_change_is_one"),
        ]

    def __str__(self) -> str:
        return f"{self.table} {self.period_label} {self.row} {self.column}: {self.after}"
