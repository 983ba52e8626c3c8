"""What the browser keeps of the field work: for anybody, since nothing of anybody is in it."""

from __future__ import annotations

import hashlib

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse, JsonResponse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from cards.field import shell as kept
from monitoring.headers import permissions


@login_not_required
@require_safe
def shell(request, language):
    """The whole field work in one page."""
    if language not in dict(settings.LANGUAGES):
        raise Http404(language)
    response = _plain(request, HttpResponse(kept.page(language)))
    # The one page that may ask the phone where it is; still only after a tap.
    response.headers["Permissions-Policy"] = permissions("geolocation")
    return response


@login_not_required
@require_safe
def calendar(request):
    """Where a quick exit leads."""
    return _plain(request, HttpResponse(kept.calendar(get_language())))


@login_not_required
@require_safe
def worker(request):
    """The service worker; of the whole site, so that any address leads on without a network."""
    response = HttpResponse(kept.worker(), content_type="text/javascript; charset=utf-8")
    response.headers["Cache-Control"] = "public, max-age=60"
    return response


@login_not_required
@require_safe
def manifest(request):
    """Name, icons and start of the installed page."""
    response = JsonResponse(kept.manifest(get_language()))
    response.headers["Content-Type"] = "application/manifest+json"
    return _plain(request, response)


def _plain(request, response: HttpResponse) -> HttpResponse:
    """For every cache to keep and to ask again; the same once more is not sent twice."""
    response.headers["Cache-Control"] = "public, no-cache"
    response.headers["Vary"] = "Accept-Language, Cookie"
    tag = quote_etag(hashlib.sha256(response.content).hexdigest()[:32])
    # Compression may have made the tag of what the browser holds a weak one.
    response.headers["ETag"] = f"W/{tag}"
    return get_conditional_response(request, etag=f"W/{tag}", response=response)
