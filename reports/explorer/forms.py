"""What the explorer asks: two questions, a measure, a drawing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from reports.explorer.measures import MEASURES
from reports.explorer.questions import ON_THE_MAP, QUESTIONS, Question
from reports.explorer.questions import get as question
from reports.explorer.spec import PARAMETERS, Spec

CHARTS = (
    ("", pgettext_lazy("chart", "As fits")),
    ("bars", pgettext_lazy("chart", "Bars")),
    ("layers", pgettext_lazy("chart", "Stacked bars")),
    ("lines", pgettext_lazy("chart", "Lines")),
    ("multiples", pgettext_lazy("chart", "Small charts over the years")),
    ("heat", pgettext_lazy("chart", "Heat table")),
    ("map", pgettext_lazy("chart", "Map")),
)
ORDERS = (("", _("As in the register")), ("size", _("Largest first")))
APART = (("", _("Left out of shares")), ("with", _("Counted in shares")))


def _grouped(asked: Iterable[Question]) -> list[Any]:
    """Choices of a select, in its groups."""
    groups: dict[str, list[tuple[str, Any]]] = {}
    for each in asked:
        groups.setdefault(str(each.section), []).append((each.code, each.label))
    return list(groups.items())


def _questions() -> list[Any]:
    return _grouped(QUESTIONS)


def _second() -> list[Any]:
    return [("", _("None")), *_grouped(QUESTIONS)]


def _measures() -> list[Any]:
    names = {"mean": _("Means"), "sum": _("Sums")}
    groups: dict[Any, list[Any]] = {}
    for each in MEASURES:
        groups.setdefault(names.get(each.kind, _("Assemblies")), []).append((each.code, each.label))
    return list(groups.items())


class ExplorerForm(forms.Form):
    """The parameters of a Spec that are no conditions. What is not said is as usual."""

    rows = forms.ChoiceField(label=_("Question in the rows"), choices=_questions, required=False)
    columns = forms.ChoiceField(
        label=_("Second question, in the columns"), choices=_second, required=False
    )
    measure = forms.ChoiceField(label=_("What is shown"), choices=_measures, required=False)
    chart = forms.ChoiceField(label=_("Chart"), choices=CHARTS, required=False)
    order = forms.ChoiceField(label=_("Order of the rows"), choices=ORDERS, required=False)
    apart = forms.ChoiceField(label=_("Unknown answers"), choices=APART, required=False)

    def __init__(self, data: Mapping[str, str]) -> None:
        super().__init__(
            {**PARAMETERS, **{name: data[name] for name in data if name in PARAMETERS}}
        )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = self.cleaned_data
        for name, usual in PARAMETERS.items():
            if name in cleaned:
                cleaned[name] = cleaned[name] or usual
        rows, columns = cleaned.get("rows"), cleaned.get("columns")
        if rows and rows == columns:
            self.add_error("columns", _("Choose another question than the one in the rows."))
        elif rows and columns is not None:
            self._check_chart(rows, columns, cleaned.get("chart", ""))
        return cleaned

    def spec(self, chosen: Mapping[str, str]) -> Spec:
        """The spec of a valid form and the conditions in force."""
        return Spec(**self.cleaned_data, chosen=tuple(sorted(chosen.items())))

    def _check_chart(self, rows: str, columns: str, chart: str) -> None:
        needs_two = chart in ("layers", "lines", "multiples", "heat")
        if needs_two and not columns:
            self.add_error("chart", _("This chart needs a second question."))
        elif chart == "multiples" and columns != "year":
            self.add_error(
                "chart", _("Small charts run over the years: choose the year as second question.")
            )
        elif chart == "lines" and not question(columns).scale:
            self.add_error(
                "chart",
                _(
                    "Lines run over steps: choose the year, month, day of the week, hour"
                    " or classes as second question."
                ),
            )
        elif chart == "map" and rows not in ON_THE_MAP:
            self.add_error(
                "chart", _("The map shows places: choose a city, a place or a region in the rows.")
            )
