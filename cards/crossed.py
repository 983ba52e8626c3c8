"""Filters by the remaining questions of the card: what the explorer crosses can be listed.

Each parameter takes the codes that ``reports.explorer.questions`` counts by;
``tests/reports/explorer`` holds the two together.
"""

from __future__ import annotations

from django import forms
from django.db.models import Q
from django.utils.dates import MONTHS, WEEKDAYS
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django_filters import FilterSet, ModelChoiceFilter, NumberFilter

from cards import selections
from cards import vocabularies as v
from cards.filter_kinds import (
    ALL,
    NOT_KNOWN,
    ConditionFilter,
    Conditions,
    SeveralFilter,
    ToldFilter,
    answer,
    blank_is_unknown,
    known,
    several,
)
from cards.models import Region

FIRST_YEAR, LAST_YEAR = 1990, 2100
NO_CASE = _("No court case")


class YearField(forms.IntegerField):
    """A year of the common era, four digits."""

    def __init__(self, **kwargs):
        super().__init__(min_value=FIRST_YEAR, max_value=LAST_YEAR, **kwargs)


class YearFilter(NumberFilter):
    field_class = YearField

    def get_max_validator(self):
        return None  # the field has its own bounds


class RegionOfThatDay(ModelChoiceFilter):
    """Cards whose city belonged to the region on their day."""

    def filter(self, qs, value):
        return qs.filter(selections.in_region(value.pk)) if value else qs


def _months() -> Conditions:
    return {
        str(number): (capfirst(name), lambda number=number: Q(date__month=number))  # type: ignore[misc]
        for number, name in MONTHS.items()
    }


def _weekdays() -> Conditions:
    exact = Q(date_precision=v.DatePrecision.EXACT)
    days: Conditions = {
        str(number + 1): (
            capfirst(name),
            lambda number=number: exact & Q(date__iso_week_day=number + 1),  # type: ignore[misc]
        )
        for number, name in WEEKDAYS.items()
    }
    return days | {"unknown": (_("The day is not exactly known"), lambda: ~exact)}


def _hours() -> Conditions:
    hours: Conditions = {
        str(hour): (f"{hour:02d}:00–{hour:02d}:59", lambda hour=hour: Q(start_time__hour=hour))  # type: ignore[misc]
        for hour in range(24)
    }
    return hours | {"unknown": (NOT_KNOWN, lambda: Q(start_time__isnull=True))}


def _classes(name: str) -> Conditions:
    classes: Conditions = {
        code: (label, lambda code=code: selections.in_class(name, code))  # type: ignore[misc]
        for code, label in selections.class_labels().items()
    }
    return classes | {"unknown": (NOT_KNOWN, lambda: Q(**{f"{name}__isnull": True}))}


def _outcomes() -> Conditions:
    found: Conditions = {
        code: (label, lambda code=code: selections.with_case(outcome=code))  # type: ignore[misc]
        for code, label in v.Outcome.choices
    }
    return found | {"none": (NO_CASE, lambda: ~selections.in_court())}


def _articles() -> Conditions:
    found: Conditions = {
        code: (label, lambda code=code: selections.with_case(article=code))  # type: ignore[misc]
        for code, label in v.Article.choices
    }
    return found | {"none": (NO_CASE, lambda: ~selections.in_court())}


class CrossedAnswers(FilterSet):
    """Questions that no figure of the report leads to, in the order of the card."""

    year = YearFilter(field_name="date", lookup_expr="year", label=_("Year"))
    month = ConditionFilter(_("Month"), _months())
    weekday = ConditionFilter(_("Day of the week"), _weekdays())
    hour = ConditionFilter(_("Hour of the start"), _hours())
    date_precision = answer("date_precision")
    region_then = RegionOfThatDay(
        label=_("Region of that day"),
        queryset=lambda request: Region.objects.all(),
        empty_label=ALL,
    )
    place_type = answer("place_type")
    peaceful = answer("peaceful")
    attributes = SeveralFilter(
        _("What people carried and used"), several("attributes", v.Attribute)
    )
    minors_present = answer("minors_present")
    participants_class = ConditionFilter(_("Participants, in classes"), _classes("participants"))
    participants_basis = ConditionFilter(
        _("Basis of the number of participants"),
        blank_is_unknown("participants_basis", v.CountBasis),
    )
    legal_status = answer("legal_status")
    police_class = ConditionFilter(_("Police officers, in classes"), _classes("police"))
    police_basis = ConditionFilter(
        _("Basis of the number of police officers"), blank_is_unknown("police_basis", v.CountBasis)
    )
    plain_clothes = answer("plain_clothes")
    police_actions = SeveralFilter(
        _("What the police did"), several("police_actions", v.PoliceAction)
    )
    warned_before_dispersal = answer("warned_before_dispersal")
    in_the_name_of_the_law = answer("in_the_name_of_the_law")
    outcomes = SeveralFilter(_("Court outcomes of its people"), _outcomes())
    articles = SeveralFilter(_("Articles applied to its people"), _articles())
    detained = known(_("Number detained"), "detained")
    detained_minors = known(_("Minors among the detained"), "detained_minors")
    detained_before = known(_("Taken before the assembly"), "detained_before")
    released = known(_("Released without a report"), "released_without_report")
    injured = known(_("People hurt by officers"), "injured")
    answered = known(_("Days to the answer"), "application_date", "answer_date")
    told = ToldFilter(label=_("Questions with a known answer"))
