"""The one filter of permit applications: the list, its export and the figures of the reports."""

from __future__ import annotations

import re

from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_filters import CharFilter, ChoiceFilter, ModelChoiceFilter

from cards import selections
from cards import vocabularies as v
from cards.filters import ALL, NO, YES, ConditionFilter, Day, PeriodFilter, ReadableFilter
from cards.models import Period, PermitApplication, Place, Region
from monitoring.accounts.models import Role

PANEL = ("text", "period", "place", "decision", "applicant", "linked", "review")
_TEXTS = ("place", "ground", "other_place", "applicant_code", "note", "ref")


def _periods(request):
    """Periods that applications can fall in, the last one first."""
    return Period.dated()


def _decisions():
    together = {
        "open": (
            _("Pending or not known"),
            lambda: Q(decision__in=[v.PermitDecision.PENDING, v.PermitDecision.UNKNOWN]),
        )
    }
    each = {
        code: (label, lambda code=code: Q(decision=code))
        for code, label in v.PermitDecision.choices
    }
    return each | together


class TextFilter(CharFilter):
    """Every word, anywhere in the texts of the application or in the number of its card."""

    def filter(self, qs, value):
        for word in value.split():
            found = Q(card__number__icontains=word)
            for name in _TEXTS:
                # Unlike icontains it knows small Cyrillic letters on SQLite; the register is small.
                found |= Q(**{f"{name}__iregex": re.escape(word)})
            qs = qs.filter(found)
        return qs


class ApplicationFilter(ReadableFilter):
    """Permit applications of ``queryset`` by the parameters of ``data``; ``qs`` are they."""

    asked = PANEL

    text = TextFilter(label=_("Text"))
    period = PeriodFilter(
        label=pgettext_lazy("applications", "Handed in during"),
        queryset=_periods,
        empty_label=ALL,
    )
    place = ModelChoiceFilter(
        field_name="city__place",
        label=_("Reporting place"),
        queryset=Place.objects.all(),
        empty_label=ALL,
    )
    region = ModelChoiceFilter(
        field_name="city__region",
        label=_("Region"),
        queryset=Region.objects.all(),
        empty_label=ALL,
    )
    decision = ConditionFilter(_("Decision"), _decisions())
    applicant = ChoiceFilter(
        field_name="applicant_type",
        label=_("Who applied"),
        choices=v.OrganiserType.choices,
        empty_label=ALL,
    )
    linked = ConditionFilter(
        _("An assembly came of it"),
        {
            "yes": (YES, lambda: Q(card__isnull=False)),
            "no": (NO, lambda: Q(card__isnull=True)),
        },
    )
    review = ChoiceFilter(
        field_name="review", label=_("Review"), choices=v.Review.choices, empty_label=ALL
    )
    answered = ConditionFilter(
        _("Date of the answer"),
        {
            "yes": (pgettext_lazy("filter", "Known"), lambda: Q(answered_on__isnull=False)),
            "late": (
                _("Later than the law allows"),
                lambda: selections.answered_late("applied_on", "answered_on"),
            ),
        },
    )
    appeal = ConditionFilter(
        _("Appeal"),
        {
            "any": (
                _("Lodged"),
                lambda: ~Q(appeal__in=[v.Appeal.NONE, v.Appeal.UNKNOWN]),
            ),
            "none": (pgettext_lazy("appeal", "None"), lambda: Q(appeal=v.Appeal.NONE)),
        },
    )
    to = Day(field_name="applied_on", lookup_expr="lte", label=_("Dated until"))

    class Meta:
        model = PermitApplication
        fields: tuple[str, ...] = ()

    def __init__(self, data: QueryDict, *, request, queryset):
        super().__init__(data, queryset, request=request)
        if request.user.role == Role.ANALYST:
            del self.filters["review"]

    @classmethod
    def get_filters(cls):
        """The declared ones, and ``from``, which is a word of Python."""
        named = super().get_filters()
        named["from"] = Day(field_name="applied_on", lookup_expr="gte", label=_("Dated from"))
        return named
