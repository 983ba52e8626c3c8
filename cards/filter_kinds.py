"""Kinds of filters: one answer, several answers, known or not, a condition with a name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.core.exceptions import ValidationError
from django.db.models import Q, TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy
from django_filters import CharFilter, ChoiceFilter
from django_filters.fields import ChoiceField

from cards import vocabularies as v
from cards.models import Card

ALL = pgettext_lazy("filter", "All")
YES = v.YesNoUnknown.YES.label
NO = v.YesNoUnknown.NO.label
NOT_KNOWN = v.YesNoUnknown.UNKNOWN.label
KNOWN = pgettext_lazy("filter", "Known")
Condition = Callable[[], Q]
Conditions = dict[str, tuple[str | Promise, Condition]]


class ConditionFilter(ChoiceFilter):
    """A choice whose codes stand for conditions: code -> (label, condition)."""

    def __init__(self, label, conditions: Mapping[str, tuple[str | Promise, Condition]]):
        self.conditions = {code: condition for code, (_label, condition) in conditions.items()}
        choices = [(code, name) for code, (name, _condition) in conditions.items()]
        super().__init__(label=label, choices=choices, empty_label=ALL)

    def filter(self, qs, value):
        return qs.filter(self.conditions[value]()) if value in self.conditions else qs


class SeveralField(ChoiceField):
    """One code, or several with commas between: each has to be one of the choices."""

    def valid_value(self, value):
        return all(super(SeveralField, self).valid_value(part) for part in value.split(","))


class SeveralFilter(ConditionFilter):
    """A question with several answers: the cards that gave every one of those asked for."""

    field_class = SeveralField

    def filter(self, qs, value):
        for code in value.split(",") if value else ():
            qs = super().filter(qs, code)
        return qs

    def words(self, value: str) -> str:
        """The answers asked for, in words."""
        labels = dict(self.extra["choices"])
        return ", ".join(str(labels[code]) for code in value.split(","))


#: Answers by which nobody learns what was the case: they leave every share.
APART = frozenset({"unknown", "not_observed", "not_applicable", "not_asked", "outside"})


def tells(filter_, queryset):
    """The cards of ``queryset`` whose answer tells something: none of ``APART``.

    ``filter_``: the filter of the question, one whose choices are codes.
    """
    for code in _apart(filter_):
        if isinstance(filter_, ConditionFilter):
            queryset = queryset.exclude(filter_.conditions[code]())
        else:
            queryset = queryset.exclude(**{filter_.field_name: code})
    return queryset


def _apart(filter_) -> list[str]:
    return [code for code, _label in filter_.extra.get("choices", ()) if code in APART]


class ToldFilter(CharFilter):
    """Names of other parameters, with commas between: the cards that answered those questions."""

    def filter(self, qs, value):
        for name in value.split(",") if value else ():
            qs = tells(self.parent.filters[name], qs)
        return qs

    @property
    def field(self):
        made = "_field" in self.__dict__
        field = super().field
        if not made:
            field.validators.append(self._check)
        return field

    def words(self, value: str) -> str:
        """The questions, in words."""
        return ", ".join(str(self.parent.filters[name].label) for name in value.split(","))

    def _check(self, value: str) -> None:
        for name in value.split(","):
            known = self.parent.filters.get(name)
            if known is None or not _apart(known):
                raise ValidationError(
                    gettext_lazy("“%(name)s” is no question that can be left unanswered."),
                    params={"name": name},
                )


class Deferred(ChoiceFilter):
    """A choice that ``CardFilter`` applies together with another one."""

    def filter(self, qs, value):
        return qs


def known(label, *columns: str) -> ConditionFilter:
    """Known: every column has a value. Not known: one of them has none."""
    all_known = {f"{name}__isnull": False for name in columns}
    return ConditionFilter(
        label,
        {"known": (KNOWN, lambda: Q(**all_known)), "unknown": (NOT_KNOWN, lambda: ~Q(**all_known))},
    )


def answer(name: str) -> ChoiceFilter:
    """One answer of the card, by its code."""
    column = Card._meta.get_field(name)
    return ChoiceFilter(
        field_name=name, label=column.verbose_name, choices=column.choices, empty_label=ALL
    )


def several(name: str, vocabulary: type[TextChoices]) -> Conditions:
    """Cards whose answers hold the code, for a question with several answers."""
    return {
        code: (label, lambda code=code: Q(**{f"{name}__has": code}))  # type: ignore[misc]
        for code, label in vocabulary.choices
    }


def blank_is_unknown(name: str, vocabulary: type[TextChoices]) -> Conditions:
    """One answer of a question that nobody has to answer: what is blank is not known."""
    return {
        code: (
            label,
            lambda code=code: Q(**{f"{name}__in": ["", code] if code == "unknown" else [code]}),  # type: ignore[misc]
        )
        for code, label in vocabulary.choices
    }
