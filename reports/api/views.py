"""Figures for programs: registers, tables, values. They read facts, never cards."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.translation import gettext as _

from monitoring.api import answers, problems, reading
from monitoring.api.door import ask_right, served
from monitoring.api.reading import Asked
from monitoring.api.records import Column, Endpoint
from reports import artefacts, pages, source
from reports.api import rows
from reports.api.records import INDICATORS, PERIODS, PLACES, TABLES, VALUES
from reports.api.rows import Row
from reports.source import Source


@served
def periods(request: HttpRequest) -> HttpResponseBase:
    """Every period, whatever its figures rest on."""
    ask_right(request, PERIODS)
    asked = reading.read(request, PERIODS)
    return _whole(request, PERIODS, asked, rows.of_periods(source.periods()))


@served
def places(request: HttpRequest) -> HttpResponseBase:
    """The register of reporting places."""
    ask_right(request, PLACES)
    asked = reading.read(request, PLACES)
    return _whole(request, PLACES, asked, rows.of_places(source.vocabulary()))


@served
def indicators(request: HttpRequest) -> HttpResponseBase:
    """The paper of every quantity."""
    ask_right(request, INDICATORS)
    asked = reading.read(request, INDICATORS)
    return _whole(request, INDICATORS, asked, rows.of_indicators())


@served
def tables(request: HttpRequest) -> HttpResponseBase:
    """The tables of one report."""
    ask_right(request, TABLES)
    asked = reading.read(request, TABLES)
    made_from = _source(asked)

    def answer() -> HttpResponseBase:
        found = artefacts.kept(
            artefacts.version(made_from), "api-tables", lambda: rows.of_tables(made_from.report)
        )
        return _whole(request, TABLES, asked, found, period=made_from.period.code)

    return _conditional(request, made_from, answer)


@served
def values(request: HttpRequest) -> HttpResponseBase:
    """The values of one report, page by page; all pages are of the same figures."""
    ask_right(request, VALUES)
    asked = reading.read(request, VALUES)
    made_from = _source(asked)
    found = _values(made_from, asked)
    kind = artefacts.digest((artefacts.version(made_from), repr(sorted(asked.values.items()))))
    begin = reading.place_of(asked.after, kind)
    assert VALUES.pages is not None  # noqa: S101  (for the types)
    end = begin + (asked.limit or VALUES.pages.usual)
    after = reading.cursor(kind, end) if end < len(found) else ""
    columns = (*VALUES.columns, *VALUES.extra) if "language" in asked.values else VALUES.columns

    def answer() -> HttpResponseBase:
        period = made_from.period.code
        return _answer(request, columns, asked, found[begin:end], "values", after, period=period)

    return _conditional(request, made_from, answer)


def _source(asked: Asked) -> Source:
    """What the report is made from; Problem for a period that does not exist."""
    code = asked.values.get("period")
    if code is None:
        latest = source.gather()
        known = pages.with_cards(latest)
        code = known[-1].code if known else latest.period.code
        if code == latest.period.code:
            return latest
    try:
        return source.gather(code)
    except KeyError:
        raise problems.wrong({"period": _("There is no period with this code.")}) from None


def _values(made_from: Source, asked: Asked) -> Sequence[Row]:
    """The values that were asked for; Problem for a table that does not exist."""
    language, table = asked.values.get("language", ""), asked.values.get("table")
    found: list[Row] = artefacts.kept(
        artefacts.version(made_from),
        f"api-values-{language}",
        lambda: rows.of_values(made_from.report, language),
    )
    if table is not None:
        if table not in {row[0] for row in found}:
            raise problems.wrong({"table": _("There is no table with this code.")})
        found = [row for row in found if row[0] == table]
    if origin := asked.values.get("source"):
        at = [column.name for column in VALUES.columns].index("source")
        found = [row for row in found if row[at] == origin]
    return found


def _whole(
    request: HttpRequest, endpoint: Endpoint, asked: Asked, found: Iterable[Row], **about: Any
) -> HttpResponse | HttpResponseBase:
    return _answer(request, endpoint.columns, asked, found, endpoint.name, **about)


def _answer(
    request: HttpRequest,
    columns: Sequence[Column],
    asked: Asked,
    found: Iterable[Row],
    name: str,
    after: str = "",
    **about: Any,
) -> HttpResponseBase:
    if asked.format == "csv":
        whose = "-".join([name, *about.values()])
        return answers.table(request, columns, whose, map(rows.texts, found), after)
    names = [column.name for column in columns]
    records = (dict(zip(names, row, strict=True)) for row in found)
    return answers.listed(request, records, after, **about)


def _conditional(
    request: HttpRequest, made_from: Source, make: Callable[[], HttpResponseBase]
) -> HttpResponseBase:
    """What ``make`` gives, or 304 if the caller has it already."""
    asked = sorted(request.GET.items())
    etag = f'"{artefacts.digest((artefacts.version(made_from), request.path, repr(asked)))}"'
    response: HttpResponseBase | None = get_conditional_response(request, etag=etag)
    if response is None:
        response = make()
    response.headers["ETag"] = etag
    patch_cache_control(response, private=True, no_cache=True)
    return response
