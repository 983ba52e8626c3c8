"""The form of a period: two days, and what they propose if nothing else is typed."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cards.forms.fields import DayField, PlainDecimalField
from cards.models import Period, PeriodSeries
from cards.validators import FIRST_YEAR
from reports import periods

#: Columns that the form writes, beside the code of a new period.
WRITTEN = ("start", "end", "series", "name_ru", "name_kk", "name_en", "months")
NAMES = ("name_ru", "name_kk", "name_en")
#: It begins with a digit: an address of the reports that is a word is a page.
_CODE = re.compile(r"\d[0-9a-z-]*")
_LAST_YEAR = 2100
#: Months that a year of monitoring may reach into: the first reports were not on calendar years.
_SHORTEST_YEAR, _LONGEST_YEAR = 7, 18


class PeriodForm(forms.Form):
    """A period; ``period`` is the one that is changed, its code stays."""

    start = DayField(label=gettext_lazy("First day"))
    end = DayField(label=gettext_lazy("Last day"))
    series = forms.ChoiceField(
        label=gettext_lazy("Compared with"),
        required=False,
        help_text=gettext_lazy(
            "The tables of its report list earlier periods of the same kind. Left open: by the"
            " days."
        ),
    )
    code = forms.CharField(
        label=gettext_lazy("Code"),
        required=False,
        max_length=20,
        help_text=gettext_lazy(
            "Part of the address, such as 2024-1; small Latin letters, digits and hyphens. It"
            " stays for good. Left empty: by the days."
        ),
    )
    name_ru = forms.CharField(
        label=gettext_lazy("Name in Russian"),
        required=False,
        max_length=100,
        help_text=gettext_lazy("Names that are left empty follow from the days."),
    )
    name_kk = forms.CharField(label=gettext_lazy("Name in Kazakh"), required=False, max_length=100)
    name_en = forms.CharField(label=gettext_lazy("Name in English"), required=False, max_length=100)
    months = PlainDecimalField(
        label=gettext_lazy("Months"),
        required=False,
        max_digits=4,
        decimal_places=1,
        help_text=gettext_lazy(
            "What the activity index divides by. Left empty: from the first to the last day, with"
            " one decimal place."
        ),
    )
    seal = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, period: Period | None = None, **kwargs: Any) -> None:
        if period is not None:
            stored = {name: getattr(period, name) for name in WRITTEN}
            kwargs["initial"] = {**stored, "seal": periods.seal_of(period)}
        super().__init__(*args, **kwargs)
        self.period = period
        choices = [("", gettext_lazy("By the days")), *PeriodSeries.choices]
        self.fields["series"].choices = choices  # type: ignore[attr-defined]
        if period is not None:
            del self.fields["code"]

    def clean_start(self) -> datetime.date:
        return self._year("start")

    def clean_end(self) -> datetime.date:
        return self._year("end")

    def _year(self, name: str) -> datetime.date:
        day: datetime.date = self.cleaned_data[name]
        if not FIRST_YEAR <= day.year <= _LAST_YEAR:
            raise ValidationError(_("Check the year of the date."))
        return day

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"].strip().lower()
        if code and not _CODE.fullmatch(code):
            raise ValidationError(
                _("The code begins with a digit and holds Latin letters, digits and hyphens only.")
            )
        return code

    def clean_months(self) -> Decimal | None:
        months: Decimal | None = self.cleaned_data["months"]
        if months is not None and months <= 0:
            raise ValidationError(_("A period has more than 0 months."))
        return months

    def clean(self) -> dict[str, Any]:
        """Fill in what the days propose, then look for what contradicts them or other periods."""
        data: dict[str, Any] = super().clean() or {}
        start, end = data.get("start"), data.get("end")
        if start is None or end is None:
            return data
        if end < start:
            self.add_error("end", _("The last day is before the first."))
            return data
        for name, proposed in periods.propose(start, end).as_dict().items():
            if name in self.fields and name not in self.errors and not data.get(name):
                data[name] = proposed
        self._check_series(data, start, end)
        self._check_months(data, start, end)
        apart = self.period.pk if self.period else ""
        names = {name: data.get(name, "") for name in NAMES}
        for name, message in periods.clashes(data.get("code", ""), names, apart).items():
            self.add_error(name, message)
        return data

    def _check_series(self, data: dict[str, Any], start: datetime.date, end: datetime.date) -> None:
        series = data.get("series")
        if not series:
            return
        if not _fits(series, start, end):
            self.add_error("series", _("The days are not those of such a period."))
            return
        other = periods.twin(start, end, series, self.period.pk if self.period else "")
        if other is not None:
            message = _(
                "The period %(code)s (%(name)s) has some of these days already; two periods of one"
                " kind share none."
            )
            self.add_error("start", message % {"code": other.pk, "name": other.name})

    def _check_months(self, data: dict[str, Any], start: datetime.date, end: datetime.date) -> None:
        most = periods.months_touched(start, end)
        if (data.get("months") or 0) > most:
            message = _("From the first to the last day there are no more than %(n)s months.")
            self.add_error("months", message % {"n": most})

    def values(self) -> dict[str, Any]:
        """What is to be written."""
        names = WRITTEN if self.period else (*WRITTEN, "code")
        return {name: self.cleaned_data[name] for name in names}

    def filled(self) -> PeriodForm:
        """The same with the empty fields filled in from the days, to look over before saving."""
        self.is_valid()
        data = QueryDict(mutable=True)
        for name in self.fields:
            data[name] = self.data.get(name) or self.cleaned_data.get(name) or ""
        return PeriodForm(data, period=self.period)


def _fits(series: str, start: datetime.date, end: datetime.date) -> bool:
    """Whether the days may be of that series: exactly its own, or most of a year."""
    if series == PeriodSeries.YEAR:
        return _SHORTEST_YEAR <= periods.months_touched(start, end) <= _LONGEST_YEAR
    return series in (periods.series_of(start, end), PeriodSeries.CUSTOM)


class PartForm(forms.Form):
    """A part of a year that fills the form of a new period in."""

    part = forms.ChoiceField(
        label=gettext_lazy("Kind of period"),
        choices=[choice for choice in PeriodSeries.choices if choice[0] in periods.PARTS],
    )
    year = forms.IntegerField(
        label=gettext_lazy("Year"), min_value=FIRST_YEAR, max_value=_LAST_YEAR
    )

    def proposal(self) -> dict[str, Any]:
        """Initial values of the form of a new period."""
        series, year = self.cleaned_data["part"], self.cleaned_data["year"]
        start, end = periods.days_of(series, year)
        return {"start": start, "end": end, **periods.propose(start, end).as_dict()}
