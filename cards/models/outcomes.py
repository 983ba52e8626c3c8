"""What the courts decided: a case per person code, and its dated updates."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Q
from django.utils.translation import gettext_lazy as _

from cards.models.card import Card
from cards.models.fields import choice_constraint, range_constraint
from cards.vocabularies import Appeal, Article, Outcome, Review, YesNoUnknown


class Reviewed(models.Model):
    """What is added to a card and reviewed on its own; the author never reviews it."""

    review = models.CharField(
        _("review"), max_length=10, choices=Review, default=Review.PENDING, editable=False
    )
    review_reason = models.TextField(_("reason"), blank=True, editable=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    reviewed_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True


def review_constraints(model: str) -> list[CheckConstraint]:
    """Vocabulary of the review, and a second person for it."""
    return [
        choice_constraint(model, "review", Review),
        CheckConstraint(
            condition=Q(reviewer__isnull=True) | Q(author__isnull=True) | ~Q(reviewer=F("author")),
            name=f"{model}_reviewer_is_not_author",
        ),
    ]


class CourtCase(models.Model):
    """One person before a court after one assembly, known by a code and never by name."""

    card = models.ForeignKey(Card, models.CASCADE, related_name="cases")
    case_code = models.CharField(_("person code"), max_length=40)

    class Meta:
        ordering = ["card_id", "case_code"]
        verbose_name = _("court case")
        verbose_name_plural = _("court cases")
        constraints = [
            models.UniqueConstraint(fields=["card", "case_code"], name="court_case_once"),
            CheckConstraint(condition=~Q(case_code=""), name="court_case_has_code"),
        ]

    def __str__(self):
        return self.case_code


class CaseUpdate(Reviewed):
    """What became known of a case on a date. Updates are kept; the latest decision counts."""

    case = models.ForeignKey(CourtCase, models.CASCADE, related_name="updates")
    decided_on = models.DateField(_("date of the decision"), null=True, blank=True)
    court = models.CharField(_("court"), max_length=200, blank=True)
    article = models.CharField(_("article"), max_length=10, choices=Article)
    outcome = models.CharField(_("outcome"), max_length=14, choices=Outcome)
    fine_mci = models.DecimalField(
        _("fine, monthly calculation indices"),
        max_digits=8,
        decimal_places=2,
        null=True,
        blank=True,
    )
    fine_kzt = models.PositiveIntegerField(_("fine, tenge"), null=True, blank=True)
    arrest_days = models.PositiveSmallIntegerField(_("arrest, days"), null=True, blank=True)
    observed_by_monitor = models.CharField(
        _("trial observed by a monitor"), max_length=7, choices=YesNoUnknown
    )
    appeal = models.CharField(_("appeal"), max_length=10, choices=Appeal)

    class Meta:
        ordering = ["case_id", F("decided_on").asc(nulls_first=True), "id"]
        verbose_name = _("court outcome")
        verbose_name_plural = _("court outcomes")
        constraints = [
            *review_constraints("case_update"),
            choice_constraint("case_update", "article", Article),
            choice_constraint("case_update", "outcome", Outcome),
            choice_constraint("case_update", "observed_by_monitor", YesNoUnknown),
            choice_constraint("case_update", "appeal", Appeal),
            range_constraint("case_update", "fine_mci", 0),
            range_constraint("case_update", "arrest_days", 1, 75),
            CheckConstraint(
                condition=~Q(outcome=Outcome.FINE)
                | Q(fine_mci__isnull=False)
                | Q(fine_kzt__isnull=False),
                name="case_update_fine_has_amount",
            ),
            CheckConstraint(
                condition=~Q(outcome=Outcome.ARREST) | Q(arrest_days__isnull=False),
                name="case_update_arrest_has_days",
            ),
            CheckConstraint(
                condition=~Q(article=Article.KOAP_488)
                | Q(arrest_days__isnull=True)
                | Q(arrest_days__lte=15),
                name="case_update_arrest_under_488",
            ),
        ]

    def __str__(self):
        return f"{self.get_outcome_display()} {self.decided_on or ''}".strip()
