"""The one filter of cards: lists, export, API and the figures of the reports share it.

A parameter that cannot be read is named in ``problems`` and left out; the others stay in force.
"""

from __future__ import annotations

import copy
import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q
from django.http import QueryDict
from django.utils import formats
from django.utils.translation import gettext_lazy as _
from django_filters import (
    CharFilter,
    ChoiceFilter,
    DateFilter,
    Filter,
    FilterSet,
    ModelChoiceFilter,
)

from cards import search, selections
from cards import vocabularies as v
from cards.crossed import CrossedAnswers
from cards.filter_kinds import (
    ALL,
    NO,
    NOT_KNOWN,
    YES,
    ConditionFilter,
    Conditions,
    Deferred,
    SeveralFilter,
    answer,
    known,
    several,
)
from cards.forms.fields import DayField
from cards.models import Card, City, Form, Period, Place, Region, Topic, TopicGroup
from monitoring.accounts.models import Role, User

#: Parameters that the panel above a list asks for; the rest come with links.
PANEL = (
    "text", "period", "place", "form", "topic", "status", "monitor", "queries", "amended"
)  # fmt: skip
UNSETTLED = (v.QueryState.OPEN, v.QueryState.ANSWERED)


def _organisers() -> Conditions:
    together = {
        "public_organisations": (
            _("Public organisations, parties and trade unions"),
            lambda: Q(organiser_type__in=v.PUBLIC_ORGANISATIONS),
        )
    }
    each = {
        code: (label, lambda code=code: Q(organiser_type=code))
        for code, label in v.OrganiserType.choices
    }
    return together | each


def _reasons() -> Conditions:
    """Why no permit was sought; a reason that nobody gave is an unknown one."""
    found = {}
    for code, label in v.NoPermitReason.choices:
        codes = ["", code] if code == v.NoPermitReason.UNKNOWN else [code]
        asked = Q(legal_status=v.LegalStatus.NOT_REQUESTED, reason_not_requested__in=codes)
        found[code] = (label, lambda asked=asked: asked)
    sought = ~Q(legal_status=v.LegalStatus.NOT_REQUESTED)
    return found | {
        "not_asked": (_("Not asked: a permit was sought, or none was needed"), lambda: sought)
    }


class Day(DateFilter):
    """A day, typed as 2018-12-31 or 31.12.2018."""

    field_class = DayField


class PeriodFilter(ModelChoiceFilter):
    def filter(self, qs, value):
        return qs.in_period(value) if value else qs


class TextFilter(CharFilter):
    """Every word begins a word of the texts of the card or of its number."""

    def filter(self, qs, value):
        return search.found(qs, value)


def _reference(field: str, label, rows) -> ModelChoiceFilter:
    return ModelChoiceFilter(field_name=field, label=label, queryset=rows, empty_label=ALL)


def _periods(request):
    """Periods that cards can fall in, the last one first."""
    return Period.dated()


def _monitors(request):
    """People whose cards the person asking may see."""
    cards = Card.objects.visible_to(request.user).filter(monitor=OuterRef("pk"))
    return User.objects.filter(Exists(cards.order_by()))


@dataclass(frozen=True, slots=True)
class Chip:
    """A parameter in force, in words; ``without``: query string that leaves it out."""

    name: str
    label: str
    text: str
    without: str


class _Filters(dict[str, Filter]):
    """The filters of a class by their parameters.

    django-filter makes a deep copy of them for each list that is asked for: thousands of choices
    and conditions that nobody changes. Here each filter is copied by itself, with the options that
    its field is made of.
    """

    def __deepcopy__(self, memo: object) -> dict[str, Filter]:
        return {name: self._copied(filter_) for name, filter_ in self.items()}

    @staticmethod
    def _copied(filter_: Filter) -> Filter:
        made = copy.copy(filter_)
        made.extra = dict(filter_.extra)
        # A field belongs to one form.
        made.__dict__.pop("_field", None)
        return made


class ReadableFilter(FilterSet):
    """A filter that tells in words what is in force.

    ``active`` are the parameters in force in words, ``query`` the same as a query string, ``panel``
    the fields asked for above a list, ``problems`` what could not be read.
    """

    #: Parameters that the panel above the list asks for.
    asked: tuple[str, ...] = ()

    @classmethod
    def get_filters(cls):
        return _Filters(super().get_filters())

    @property
    def given(self) -> dict[str, str]:
        """Parameters in force, as they stand in the query string."""
        self.errors  # noqa: B018  (reads the parameters)
        return {
            name: self.data[name]
            for name, value in self.form.cleaned_data.items()
            if value not in (None, "")
        }

    @property
    def query(self) -> str:
        """The parameters in force as a query string, without "?"."""
        return query_string(self.given)

    @property
    def active(self) -> list[Chip]:
        """Every parameter in force, in words, in the order of the filter."""
        given = self.given
        return [
            Chip(
                name,
                str(self.filters[name].label),
                self._words(name),
                "?"
                + query_string({other: value for other, value in given.items() if other != name}),
            )
            for name in given
        ]

    @property
    def panel(self) -> list:
        """Bound fields of the panel, in its order."""
        return [self.form[name] for name in self.asked if name in self.filters]

    @property
    def carried(self) -> list[tuple[str, str]]:
        """Parameters in force that the panel does not ask for: it sends them along, hidden."""
        return [(name, value) for name, value in self.given.items() if name not in self.asked]

    @property
    def problems(self) -> list[str]:
        """What could not be read, in words."""
        return [
            f"{self.filters[name].label}: {error}"
            for name, errors in self.errors.items()
            for error in errors
        ]

    def _words(self, name: str) -> str:
        value = self.form.cleaned_data[name]
        if isinstance(value, datetime.date):
            return formats.date_format(value)
        if isinstance(self.filters[name], ModelChoiceFilter):
            return str(value)
        if hasattr(self.filters[name], "words"):
            return self.filters[name].words(value)
        return str(dict(self.filters[name].extra.get("choices", ())).get(value, value))


class CardFilter(ReadableFilter, CrossedAnswers):
    """Cards that ``request.user`` may see, by the parameters of ``data``; ``qs`` are the cards.

    Without a request ``queryset`` says which cards, and nothing is asked of who wrote them.
    """

    asked: tuple[str, ...] = PANEL

    text = TextFilter(label=_("Text or number"))
    period = PeriodFilter(label=_("Period"), queryset=_periods, empty_label=ALL)
    place = _reference("city__place", _("Reporting place"), Place.objects.all())
    form_ = _reference("form", _("Form"), Form.objects.all())
    topic = _reference("topic", _("Topic"), Topic.objects.all())
    status = ChoiceFilter(label=_("Status"), choices=v.Status.choices, empty_label=ALL)
    monitor = _reference("monitor", _("Monitor"), _monitors)
    to = Day(field_name="date", lookup_expr="lte", label=_("Dated until"))
    city = _reference("city", _("City"), City.objects.all())
    region = _reference("city__region", _("Region"), Region.objects.all())
    topic_group = _reference("topic__group", _("Group of topics"), TopicGroup.objects.all())
    course = answer("course")
    organiser = ConditionFilter(_("Organiser"), _organisers())
    source = SeveralFilter(_("Source of information"), several("source", v.SourceKind))
    sanction = ConditionFilter(
        _("By the law of the day"),
        {
            "sanctioned": (_("Sanctioned"), lambda: selections.sanction("sanctioned")),
            "unsanctioned": (_("Unsanctioned"), lambda: selections.sanction("unsanctioned")),
            "outside": (
                _("Left out of the law-abidance index"),
                lambda: selections.sanction("outside"),
            ),
        },
    )
    reason = ConditionFilter(_("Why no permit was sought"), _reasons())
    prosecutor_present = answer("prosecutor_present")
    prosecutor_warned = answer("prosecutor_warned")
    akimat_present = answer("akimat_present")
    akimat_warned = answer("akimat_warned")
    police_present = answer("police_present")
    police_warned = answer("police_warned")
    obstructed = ConditionFilter(
        _("Obstructed by the police"),
        {
            "yes": (YES, selections.obstructed),
            "no": (NO, lambda: selections.conduct_known() & ~selections.obstructed()),
            "unknown": (NOT_KNOWN, lambda: ~selections.conduct_known()),
        },
    )
    participants = known(_("Number of participants"), "participants")
    police = known(_("Number of police officers"), "police")
    both = known(_("Numbers of participants and of police"), "participants", "police")
    duration = known(_("Duration"), "duration_minutes")
    detentions = ConditionFilter(
        _("Detentions"),
        {
            "yes": (YES, lambda: Q(detained__gt=0)),
            "no": (NO, lambda: Q(detained=0)),
            "unknown": (NOT_KNOWN, lambda: Q(detained__isnull=True)),
        },
    )
    court = ConditionFilter(
        _("Court cases"),
        {"yes": (YES, selections.in_court), "no": (NO, lambda: ~selections.in_court())},
    )
    consequences = ConditionFilter(
        _("Consequences"),
        {"none": (_("No detentions and no court cases"), selections.without_consequences)},
    )
    outcome = Deferred(
        label=_("Court outcome"),
        choices=[(selections.CONVICTED, _("Convicted")), *v.Outcome.choices],
        empty_label=ALL,
    )
    article = Deferred(label=_("Article"), choices=v.Article.choices, empty_label=ALL)
    counted = ConditionFilter(
        _("Counted in the statistics"),
        {"yes": (YES, lambda: Q(status=v.Status.APPROVED, inclusion=v.Inclusion.COUNTED))},
    )
    queries = ConditionFilter(
        _("Questions of the review"),
        {
            "open": (_("Unanswered"), lambda: selections.queried(v.QueryState.OPEN)),
            "answered": (_("Answered, not closed"), selections.answered),
            "none": (_("None that is not closed"), lambda: ~selections.queried(*UNSETTLED)),
        },
    )
    amended = ConditionFilter(
        _("Changed after approval"),
        {"yes": (YES, lambda: Q(amended_at__isnull=False))},
    )

    class Meta:
        model = Card
        fields: tuple[str, ...] = ()

    def __init__(self, data: QueryDict, *, request, queryset=None):
        if queryset is None:
            queryset = Card.objects.visible_to(request.user)
        super().__init__(data, queryset, request=request)
        if request is None:  # nobody asks: what an edition is made of
            for name in ("monitor", "status", "queries", "amended"):
                del self.filters[name]
            return
        if request.user.role == Role.MONITOR:
            del self.filters["monitor"]
        if request.user.role == Role.ANALYST:
            del self.filters["status"]
            del self.filters["queries"]

    @classmethod
    def get_filters(cls):
        """The declared ones under their public names: ``from`` is a word of Python, ``form`` the
        name of the filter's own form."""
        filters = super().get_filters()
        filters["from"] = Day(field_name="date", lookup_expr="gte", label=_("Dated from"))
        return _Filters(
            ("form" if name == "form_" else name, value) for name, value in filters.items()
        )

    def filter_queryset(self, queryset):
        # As django-filter does, of whatever can be filtered: the explorer asks for the condition.
        for name, value in self.form.cleaned_data.items():
            queryset = self.filters[name].filter(queryset, value)
        outcome, article = (self.form.cleaned_data.get(name) for name in ("outcome", "article"))
        if outcome or article:
            queryset = queryset.filter(selections.with_case(outcome, article))
        return queryset


def query_string(parameters: Mapping[str, str]) -> str:
    """The parameters as a query string, without "?"."""
    query = QueryDict(mutable=True)
    query.update(parameters)
    return query.urlencode()
