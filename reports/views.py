"""Pages of the reports: values come from facts, never from cards; what was made once is kept."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.messages import get_messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from cards.views.importing import choose
from monitoring import packing
from monitoring.accounts import access_log
from monitoring.accounts.access import allowed, ask
from monitoring.accounts.models import Action
from monitoring.jobs import asking
from reports import artefacts, indicators, pages, source
from reports.importing import SHEET
from reports.links import address, downloads, drill, figure_files
from reports.render import CONTENT_TYPES
from reports.source import Source
from reports.types import Indicator
from reports.uploads import PublishedForm


@require_safe
def index(request: HttpRequest) -> HttpResponseBase:
    """All periods with their basis, assemblies, the three indices, and the downloads."""
    ask(request.user, "report.view")
    latest = _source()
    glances = pages.glances(latest, _language())
    context: dict[str, Any] = {
        "glances": glances,
        "may_edit_periods": allowed(request.user, "period.edit"),
        "may_load_published": allowed(request.user, "published.import"),
        "may_load_coverage": allowed(request.user, "coverage.edit"),
    }
    if glances.newest:
        newest = latest.of(glances.newest.period.code)
        context |= downloads(request.user, newest, _language())
    return render(request, "reports/index.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def import_published(request: HttpRequest) -> HttpResponseBase:
    """Choose a file of printed figures; the preview is that of all files."""
    return choose(request, SHEET, PublishedForm, "reports/import_published.html")


@require_safe
def period(request: HttpRequest, period: str, region: str | None = None) -> HttpResponseBase:
    """The whole report as a page, on the country or on one region."""
    ask(request.user, "report.view")
    made_from = _source(period, region)

    def page() -> HttpResponse:
        article = artefacts.article(
            made_from,
            _language(),
            drill(request.user, made_from.region),
            figure_files(request.user, made_from, _language()),
            downloads(request.user, made_from, _language()),
        )
        context = {
            "article": article,
            "place_of_the_article": packing.PLACE,
            "period_code": period,
            "region": made_from.region,
        }
        text = render_to_string("reports/period.html", context, request)
        return packing.answer(request, text, article.piece)

    return _conditional(request, made_from, page)


@require_safe
def table(
    request: HttpRequest, period: str, table: str, region: str | None = None
) -> HttpResponseBase:
    """One table, and every cell of it with all that its value carries."""
    ask(request.user, "report.view")
    made_from = _source(period, region)
    try:
        chosen = made_from.report.table(table)
    except KeyError:
        raise Http404(table) from None
    drill_to = drill(request.user, made_from.region)
    previous, following = pages.neighbours(made_from.report, chosen)
    context = {
        "report": made_from.report,
        "report_at": address(made_from, "period"),
        "table": chosen,
        "indicators": pages.behind(chosen),
        "previous": previous,
        "next": following,
        "numbers": pages.of_table(chosen, _language(), drill_to),
        "drill_base": drill_to,
    }
    return render(request, "reports/table.html", context)


@require_safe
def indicator_list(request: HttpRequest) -> HttpResponseBase:
    """Every quantity with its definition and its value in the last period that has cards."""
    ask(request.user, "report.view")
    latest = _source()
    made_from = latest.read_again(_chosen(request, latest))
    facts = made_from.facts[made_from.period.code]
    lines = [
        (
            each.under(made_from.context.terms),
            pages.by_place(each, facts, made_from, "", _language(), None)[-1],
        )
        for each in indicators.INDICATORS
    ]
    context = {"lines": lines, "chosen": facts.period, "periods": pages.with_cards(latest)}
    return render(request, "reports/indicators.html", context)


@require_safe
def indicator(request: HttpRequest, code: str) -> HttpResponseBase:
    """Definition, formula, unit, missing rule and source of a quantity; its values."""
    ask(request.user, "report.view")
    try:
        one = indicators.get(code)
    except KeyError:
        raise Http404(code) from None
    latest = _source(every_median=one.code in pages.FROM_CARDS)
    return render(request, "reports/indicator.html", _values(request, one, latest))


@require_safe
def method(request: HttpRequest) -> HttpResponseBase:
    """What is observed, what counts, and how every quantity is computed."""
    ask(request.user, "report.view")
    return render(request, "reports/method.html", {"indicators": indicators.INDICATORS})


@require_safe
def figure(
    request: HttpRequest, period: str, number: str, language: str, region: str | None = None
) -> HttpResponseBase:
    """A drawing as SVG. Its address on a page holds the version, so that it never has to be
    asked for twice."""
    ask(request.user, "report.view")
    if language not in dict(settings.LANGUAGES):
        raise Http404(language)
    wanted = request.GET.get("v", "")
    svg = artefacts.look_up(wanted, artefacts.figure_name(number, language)) if wanted else None
    if svg is None:
        made_from = _source(period, region)
        try:
            svg = artefacts.figure(made_from, number, language)
        except KeyError:
            raise Http404(number) from None
        wanted = wanted if wanted == artefacts.version(made_from) else ""
    response = HttpResponse(svg, content_type="image/svg+xml")
    if wanted:
        patch_cache_control(response, private=True, max_age=365 * 24 * 3600, immutable=True)
    else:
        patch_cache_control(response, private=True, no_cache=True)
    return response


@require_safe
def figure_file(
    request: HttpRequest,
    period: str,
    number: str,
    language: str,
    form: str,
    region: str | None = None,
) -> HttpResponseBase:
    """A figure to take away: as a drawing, as a picture with title and source, or its data."""
    ask(request.user, "report.download")
    if form not in artefacts.FIGURE_FORMS or language not in dict(settings.LANGUAGES):
        raise Http404(form)
    made_from = _source(period, region)
    stem = f"{period}-{region}" if region else period
    name = f"figure-{number}" if form == "csv" else f"figure-{number}-{language}"

    def file() -> FileResponse:
        content = artefacts.figure_file(made_from, number, form, language)
        access_log.note(request.user, Action.REPORT_DOWNLOADED, stem, file=f"{name}.{form}")
        return FileResponse(
            io.BytesIO(content),
            as_attachment=True,
            filename=f"{stem}-{name}.{form}",
            content_type=CONTENT_TYPES[form],
        )

    try:
        return _conditional(request, made_from, file, f"{name}.{form}")
    except KeyError:
        raise Http404(number) from None


@require_safe
def download(
    request: HttpRequest, period: str, form: str, language: str, region: str | None = None
) -> HttpResponseBase:
    """The report as a file."""
    ask(request.user, "report.download")
    if form not in artefacts.FORMS or language not in dict(settings.LANGUAGES):
        raise Http404(form)
    made_from = _source(period, region)
    if form in artefacts.SLOW and not artefacts.is_kept(made_from, form, language):
        job = asking.start(
            form,
            request.user,
            about=artefacts.file_name(made_from, form, language),
            parameters={
                "period": period, "region": region or "", "form": form, "language": language
            },
            key=f"{artefacts.version(made_from)} {form} {language}",
        )  # fmt: skip
        if not artefacts.is_kept(made_from, form, language):
            return asking.follow(request, job)

    def file() -> FileResponse:
        what = f"{period} {region}" if region else period
        access_log.note(request.user, Action.REPORT_DOWNLOADED, what, file=f"{form}-{language}")
        return FileResponse(
            artefacts.document(made_from, form, language),
            as_attachment=True,
            filename=artefacts.file_name(made_from, form, language),
            content_type=artefacts.FORMS[form][1],
        )

    return _conditional(request, made_from, file, f"{form}-{language}")


def _language() -> str:
    return (get_language() or settings.LANGUAGE_CODE)[:2]


def _source(
    period: str | None = None, region: str | None = None, every_median: bool = False
) -> Source:
    """What a report is made from, by default that of the last year with all other periods."""
    try:
        return source.gather(period, every_median, region)
    except KeyError:
        raise Http404(period) from None


def _chosen(request: HttpRequest, latest: Source) -> str:
    """Code of the period that a page of values is about: as asked, else the last with cards."""
    asked = request.GET.get("period")
    if asked:
        if asked not in latest.facts:
            raise Http404(asked)
        return asked
    return pages.last_with_cards(latest).code


def _values(request: HttpRequest, one: Indicator, latest: Source) -> dict[str, Any]:
    """What the page of an indicator shows, for the period and the answer that are asked for."""
    language, drill_to = _language(), drill(request.user)
    chosen, category = _chosen(request, latest), request.GET.get("answer", "")
    made_from = latest.of(chosen)
    facts, names = latest.facts[chosen], pages.categories(one, latest)
    if category and category not in names:
        raise Http404(category)
    context = {
        "indicator": one.under(made_from.context.terms),
        "unit": pages.unit_of(one),
        "tables": pages.printed_in(one, made_from.report),
        "table_period": chosen,
        "chosen": facts.period,
        "periods": pages.with_cards(latest),
        "answer": names.get(category, ""),
        "answer_code": category,
    }
    if one.category and not category:

        def link(code: str) -> str:
            return f"?{urlencode({'period': chosen, 'answer': code})}"

        numbers = pages.by_category(one, facts, latest, language, drill_to, link)
        return context | {"by_category": numbers}
    return context | {
        "by_period": pages.by_period(one, made_from, category, language, drill_to),
        "by_place": pages.by_place(one, facts, latest, category, language, drill_to),
    }


def _conditional(
    request: HttpRequest,
    made_from: Source,
    make: Callable[[], HttpResponseBase],
    name: str = "page",
) -> HttpResponseBase:
    """What ``make`` gives, or 304 if the browser has it: same report, person, language, session."""
    token = ""
    if name == "page":
        get_token(request)  # the forms of the page need one; asking for it makes it
        token = request.META["CSRF_COOKIE"]
    user: Any = request.user
    person = f"{user.pk} {user} {user.role}"
    parts = (artefacts.version(made_from), name, _language(), person, token)
    etag = f'"{artefacts.digest(parts)}"'
    response: HttpResponseBase | None = None
    if name != "page" or not _has_messages(request):
        response = get_conditional_response(request, etag=etag)
    if response is None:
        response = make()
    # What is packed is not the same bytes, and the page otherwise the same.
    packed = response.has_header("Content-Encoding")
    response.headers["ETag"] = f"W/{etag}" if packed else etag
    patch_cache_control(response, private=True, no_cache=True)
    return response


def _has_messages(request: HttpRequest) -> bool:
    """Whether a notice waits to be shown: then the page has to be made."""
    return len(get_messages(request)) > 0
