"""A view of the explorer as a value: what is crossed, measured, drawn, and of which cards.

``serialise`` writes it as the query string of its page, in readable parameters; ``parse`` reads it
back. That string is what is shared, saved and put into a chapter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import ValidationError
from django.http import QueryDict

from cards.filters import query_string
from reports.explorer import measures, questions
from reports.explorer.filters import OF_TIME, ExplorerFilter
from reports.explorer.measures import Measure
from reports.explorer.questions import Question


@dataclass(frozen=True, slots=True)
class Spec:
    """rows, columns: codes of questions (columns "" for none). measure: code. chart: how it is
    drawn, "" as fits. order: "" as in the register, "size" by number. apart: "" leaves unknown
    answers out of shares, "with" counts them in. chosen: parameters of the card filter, sorted.
    """

    rows: str = "place"
    columns: str = ""
    measure: str = "count"
    chart: str = ""
    order: str = ""
    apart: str = ""
    chosen: tuple[tuple[str, str], ...] = ()

    @property
    def row_question(self) -> Question:
        return questions.get(self.rows)

    @property
    def column_question(self) -> Question | None:
        return questions.get(self.columns) if self.columns else None

    @property
    def measured(self) -> Measure:
        return measures.get(self.measure)

    def within(self, period: str | None, region: str | None = None) -> Spec:
        """The same of one period, unless it cuts out a time of its own or runs over the years; and
        of one region of today, whatever else it says of regions."""
        chosen = dict(self.chosen)
        own_time = any(name in chosen for name in OF_TIME)
        if period and not own_time and "year" not in (self.rows, self.columns):
            chosen["period"] = period
        if region:
            chosen["region"] = region
        return replace(self, chosen=tuple(sorted(chosen.items())))


#: Fields of a Spec that are parameters of their own, with the values that need not be said.
PARAMETERS = {
    "rows": "place",
    "columns": "",
    "measure": "count",
    "chart": "",
    "order": "",
    "apart": "",
}


def parse(query: str | Mapping[str, str]) -> Spec:
    """The spec of a query string; ValidationError if any part of it cannot be read."""
    from reports.explorer.forms import ExplorerForm

    data: Any = QueryDict(query.lstrip("?")) if isinstance(query, str) else query
    form = ExplorerForm(data)
    if not form.is_valid():
        raise ValidationError(form.errors.as_data())
    chosen = ExplorerFilter({name: data[name] for name in data if name not in PARAMETERS})
    if chosen.problems:
        raise ValidationError(chosen.problems)
    return form.spec(chosen.given)


def serialise(spec: Spec) -> str:
    """The query string of a spec, without "?"; equal specs give equal strings."""
    return query_string(parameters(spec))


def parameters(spec: Spec) -> dict[str, str]:
    """The same as a mapping, in a fixed order; what need not be said is left out."""
    said = {name: getattr(spec, name) for name in PARAMETERS}
    own = {name: value for name, value in said.items() if value != PARAMETERS[name]}
    if "columns" in own or own:
        own = {"rows": spec.rows, **own}
    return own | dict(spec.chosen)
