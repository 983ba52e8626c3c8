"""Form fields that take what people type: 1 000, 12,5, 31.12.2018."""

from __future__ import annotations

import datetime
import re

from django import forms
from django.utils import timezone

from cards.models.card import MOST_PEOPLE

_DAY, _CLOCK = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII), re.compile(r"\d\d:\d\d", re.ASCII)
_SPACES = re.compile(r"[\s\u00a0\u202f]+")


class PeopleField(forms.IntegerField):
    """A number of people on the numeric keyboard; "1 000" is a thousand."""

    def __init__(self, **kwargs):
        kwargs.setdefault("min_value", 0)
        kwargs.setdefault("max_value", MOST_PEOPLE)
        kwargs["widget"] = forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": 12}
        )
        super().__init__(**kwargs)

    def to_python(self, value):
        return super().to_python(_SPACES.sub("", value) if isinstance(value, str) else value)


class PlainDecimalField(forms.DecimalField):
    """A decimal with a comma or a point."""

    def __init__(self, **kwargs):
        kwargs["widget"] = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(**kwargs)

    def to_python(self, value):
        if isinstance(value, str):
            value = _SPACES.sub("", value).replace(",", ".")
        return super().to_python(value)


class DayField(forms.DateField):
    """A date: the phone's own calendar, or typed as 2018-12-31 or 31.12.2018."""

    def __init__(self, **kwargs):
        kwargs["widget"] = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        kwargs["input_formats"] = ["%Y-%m-%d", "%d.%m.%Y"]
        super().__init__(**kwargs)

    def strptime(self, value, format):
        if format == "%Y-%m-%d" and _DAY.fullmatch(value):
            # As a browser sends it; a template is worked through ten times as long.
            return datetime.date.fromisoformat(value)
        return super().strptime(value, format)


class ClockField(forms.TimeField):
    """A time: the phone's own clock, or typed as 14:05 or 14.05."""

    def __init__(self, **kwargs):
        kwargs["widget"] = forms.TimeInput(format="%H:%M", attrs={"type": "time"})
        kwargs["input_formats"] = ["%H:%M", "%H:%M:%S", "%H.%M"]
        super().__init__(**kwargs)

    def strptime(self, value, format):
        if format == "%H:%M" and _CLOCK.fullmatch(value):
            return datetime.time.fromisoformat(value)
        return super().strptime(value, format)


class MomentField(forms.DateTimeField):
    """A day and time by the clock of ``zone``, that of a card's city; the value is aware."""

    def __init__(self, **kwargs):
        kwargs["widget"] = forms.DateTimeInput(
            format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}
        )
        kwargs["input_formats"] = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%d.%m.%Y %H:%M"]
        super().__init__(**kwargs)
        self.zone: datetime.tzinfo = timezone.get_default_timezone()

    def to_python(self, value):
        with timezone.override(self.zone):
            return super().to_python(value)

    def prepare_value(self, value):
        with timezone.override(self.zone):
            return super().prepare_value(value)


class LabelledChoiceField(forms.ModelChoiceField):
    """A choice from a reference table, named in the active language, grouped where it helps."""

    def __init__(self, queryset, *, group=None, **kwargs):
        self.group = group
        super().__init__(queryset, required=False, **kwargs)
        self.iterator = _Groups

    def label_from_instance(self, obj) -> str:
        return obj.label

    def _get_choices(self):
        return self.iterator(self)

    choices = property(_get_choices, forms.ModelChoiceField.choices.fset)


class RowField(forms.Field):
    """A row of a register by its code, without a list to choose from; its form looks it up."""

    def __init__(self, model):
        super().__init__(required=False)
        self.model = model

    @staticmethod
    def unknown() -> forms.ValidationError:
        """What a list to choose from says of a choice that it has not."""
        messages = forms.ModelChoiceField.default_error_messages
        return forms.ValidationError(messages["invalid_choice"], code="invalid_choice")


class _Groups(forms.models.ModelChoiceIterator):
    """The rows of the table, under the heading of their group where the field has one."""

    def __iter__(self):
        if self.field.empty_label is not None:
            yield "", self.field.empty_label
        if self.field.group is None:
            yield from (self.choice(row) for row in self.queryset)
            return
        groups: dict[str, list] = {}
        for row in self.queryset.select_related(self.field.group):
            groups.setdefault(getattr(row, self.field.group).label, []).append(self.choice(row))
        yield from groups.items()
