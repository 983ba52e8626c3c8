"""Public pages: no sign-in, no session, no cookie; what is not public is not there."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response, patch_cache_control
from django.views.decorators.http import require_safe

from reports.public import making, shown
from reports.public.links import SiteLinks
from reports.types import LANGUAGES

#: Seconds that caches between may keep a page, and what a page loads.
PAGE, FILE = 300, 3600
View = Callable[..., HttpResponseBase]


def _open(view: View) -> View:
    """For everybody; every address without anything to show answers alike."""

    @login_not_required
    @require_safe
    @wraps(view)
    def opened(request: HttpRequest, **kwargs: str) -> HttpResponseBase:
        try:
            return view(request, **kwargs)
        except Http404:
            asked = kwargs.get("language", "")
            language = asked if asked in LANGUAGES else settings.LANGUAGE_CODE[:2]
            return HttpResponse(
                making.missing_page(language), status=404, headers={"Content-Language": language}
            )

    return opened


@_open
def index(request: HttpRequest, language: str = "") -> HttpResponseBase:
    """All public editions, and the indices over the years."""
    editions = shown.editions()
    language = language or settings.LANGUAGE_CODE[:2]
    absolute = making.root_of(editions[0]) if editions else ""
    return _answer(
        request,
        making.version_of_list(editions),
        language,
        lambda: making.list_page(editions, language, SiteLinks(), absolute).encode(),
    )


@_open
def edition(request: HttpRequest, code: str, language: str = "") -> HttpResponseBase:
    """One edition; without a language in the first one that it appeared in."""
    found = shown.edition(code)
    replaced = shown.replaced_by(found)
    spoken = language or found.languages[0]
    if spoken not in found.languages:
        raise Http404(language)
    return _answer(
        request,
        making.version_of(found, replaced),
        spoken,
        lambda: making.edition_page(found, spoken, SiteLinks(), replaced).encode(),
    )


@_open
def figure(request: HttpRequest, code: str, language: str, number: str) -> HttpResponseBase:
    """A drawing as SVG."""
    found = shown.edition(code)
    svg = making.figure(found, number, language)
    return _file(request, making.version_of(found, None), svg, "image/svg+xml")


@_open
def card(request: HttpRequest, code: str, language: str) -> HttpResponseBase:
    """The picture that other sites show beside a link."""
    found = shown.edition(code)
    png = making.card_of(found, language)
    return _file(request, making.version_of(found, None), png, "image/png")


@_open
def picture(request: HttpRequest, code: str, name: str) -> HttpResponseBase:
    """A picture of a case box, as it was printed."""
    found = shown.picture(shown.edition(code), name)
    return _file(request, found.pk, bytes(found.content), found.content_type)


@_open
def file(request: HttpRequest, code: str, name: str) -> HttpResponseBase:
    """A file of the edition, as it was made when it was frozen. Open data: any page may load it."""
    found = shown.file(shown.edition(code), name)
    response = _file(request, found.sha256, bytes(found.content), found.content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{found.name}"'
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _answer(
    request: HttpRequest, version: str, language: str, make: Callable[[], bytes]
) -> HttpResponseBase:
    """A page, or 304 if the browser has it."""
    etag = f'"{version}-{language}"'
    response: HttpResponseBase | None = get_conditional_response(request, etag=etag)
    if response is None:
        response = HttpResponse(make(), headers={"Content-Language": language})
    response.headers["ETag"] = etag
    patch_cache_control(response, public=True, max_age=PAGE)
    return response


def _file(
    request: HttpRequest, version: str, content: bytes, content_type: str
) -> HttpResponseBase:
    etag = f'"{version}"'
    response: HttpResponseBase | None = get_conditional_response(request, etag=etag)
    if response is None:
        response = HttpResponse(content, content_type=content_type)
    response.headers["ETag"] = etag
    # Others may show the pictures and read the data.
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    patch_cache_control(response, public=True, max_age=FILE)
    return response
