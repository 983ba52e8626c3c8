"""Column types and constraint builders that the card's models share."""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterable

from django.core import checks
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import CheckConstraint, F, Func, Q, Value
from django.db.models.functions import Length, Replace
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _


class CodesField(models.TextField):
    """Several answers from one vocabulary: a tuple of codes, stored as ``;a;b;``.

    One column instead of a table of its own keeps a card one row, which is what makes submitting
    and counting fast; ``codes_constraint`` lets the database know the vocabulary all the same.
    """

    def __init__(self, *args, vocabulary: type[models.TextChoices] | None = None, **kwargs):
        self.vocabulary = vocabulary
        kwargs.setdefault("blank", True)
        kwargs.setdefault("default", tuple)
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs

    def check(self, **kwargs):
        errors = super().check(**kwargs)
        if self.vocabulary is None and self.model.__module__ != "__fake__":
            errors.append(checks.Error("CodesField needs a vocabulary.", obj=self))
        return errors

    def from_db_value(self, value, expression, connection):
        return self.to_python(value)

    def to_python(self, value) -> tuple[str, ...]:
        if value is None:
            return ()
        codes = value.split(";") if isinstance(value, str) else list(value)
        return self._ordered(code.strip() for code in codes if code.strip())

    def get_prep_value(self, value) -> str:
        codes = self.to_python(value)
        return f";{';'.join(codes)};" if codes else ""

    def value_to_string(self, obj) -> str:
        return ";".join(self.value_from_object(obj))

    def validate(self, value, model_instance):
        unknown = [code for code in value if code not in self.vocabulary.values]
        if unknown:
            raise ValidationError(
                _("“%(code)s” is not one of the answers."), params={"code": unknown[0]}
            )
        if not value and not self.blank:
            raise ValidationError(self.error_messages["blank"], code="blank")

    def formfield(self, **kwargs):
        from django import forms

        # Not super(): a TextField would bring a textarea.
        return models.Field.formfield(
            self,
            form_class=forms.MultipleChoiceField,
            choices_form_class=forms.MultipleChoiceField,
            **{
                "choices": self.vocabulary.choices,
                "widget": forms.CheckboxSelectMultiple,
                **kwargs,
            },
        )

    def _ordered(self, codes: Iterable[str]) -> tuple[str, ...]:
        found = dict.fromkeys(codes)
        if self.vocabulary is None:
            return tuple(found)
        order = self._places
        return tuple(sorted(found, key=lambda code: order.get(code, len(order))))

    @functools.cached_property
    def _places(self) -> dict[str, int]:
        """Code -> its place in the vocabulary; lists read thousands of values."""
        return {code: place for place, code in enumerate(self.vocabulary.values)}


@CodesField.register_lookup
class HasCode(models.Lookup):
    """``source__has="direct"``: the answers hold that code."""

    lookup_name = "has"
    prepare_rhs = False

    def as_sql(self, compiler, connection):
        lhs, lhs_params = self.process_lhs(compiler, connection)
        return f"{lhs} LIKE %s", [*lhs_params, f"%;{self.rhs};%"]


def codes_constraint(model: str, field: str, vocabulary: type[models.TextChoices]):
    """The column holds codes of the vocabulary only, each once, between semicolons.

    Taking every known code out of ``;a;b;`` must leave one semicolon (or nothing of nothing):
    plain text functions, so that SQLite and PostgreSQL hold the same rule.
    """
    rest = F(field)
    for code in vocabulary.values:
        rest = Replace(rest, Value(f";{code};"), Value(";"), output_field=models.TextField())
    return CheckConstraint(
        condition=Q(**{field: ""}) | Q(Exact(rest, Value(";"))),
        name=f"{model}_{field}_vocabulary",
    )


def alone_constraint(model: str, field: str, *codes: str):
    """Answers such as "none" and "not observed" exclude every other answer."""
    condition = Q()
    for code in codes:
        condition &= ~Q(**{f"{field}__contains": f";{code};"}) | Q(**{field: f";{code};"})
    return CheckConstraint(condition=condition, name=f"{model}_{field}_alone")


def choice_constraint(model: str, field: str, vocabulary: type[models.TextChoices], blank=False):
    """The column holds a code of the vocabulary (or "", not answered yet, where ``blank``).

    One alternative after the other: for a list of values SQLite makes an index of its own, anew for
    every row that is written, and a card's twenty-one lists took two thirds of the time of writing
    it (docs/decisions/029).
    """
    alternatives = [Q(**{field: code}) for code in ([""] if blank else [])]
    alternatives += [Q(**{field: code}) for code in vocabulary.values]
    return CheckConstraint(
        condition=functools.reduce(operator.or_, alternatives),
        name=f"{model}_{field}_vocabulary",
    )


def checksum_constraint(model: str, field: str):
    """The column holds a SHA-256 in 64 lowercase hexadecimal digits, or "" where there is none.

    Taking those digits off its left end must leave nothing: SQLite has no pattern of its own.
    """
    text = models.TextField()
    rest = Func(F(field), Value("0123456789abcdef"), function="LTRIM", output_field=text)
    whole = Q(Exact(Length(field), Value(64))) & Q(Exact(rest, Value("")))
    return CheckConstraint(condition=Q(**{field: ""}) | whole, name=f"{model}_{field}_shape")


def range_constraint(model: str, field: str, low=None, high=None):
    """The column, where known, lies between ``low`` and ``high``, both included."""
    bounds = {}
    if low is not None:
        bounds[f"{field}__gte"] = low
    if high is not None:
        bounds[f"{field}__lte"] = high
    return CheckConstraint(
        condition=Q(**{f"{field}__isnull": True}) | Q(**bounds), name=f"{model}_{field}_range"
    )


__all__ = [
    "CodesField",
    "alone_constraint",
    "checksum_constraint",
    "choice_constraint",
    "codes_constraint",
    "range_constraint",
]
