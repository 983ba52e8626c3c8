"""How the site is: a page for administrators, figures for a program that watches it."""

from __future__ import annotations

import hmac

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from monitoring.accounts.access import ask
from monitoring.operations import counting, gauges, page

#: What Prometheus reads.
FORMAT = "text/plain; version=0.0.4; charset=utf-8"


@never_cache
@require_safe
def status(request):
    """Each thing with its state, since when, and what to do."""
    ask(request.user, "status.view")
    return render(request, "operations/status.html", {"page": page.now()})


@login_not_required
@require_safe
def metrics(request):
    """Figures of the running site, for whoever has METRICS_TOKEN; without one there is nothing."""
    if not settings.METRICS_TOKEN:
        raise Http404
    if settings.HTTPS and not request.is_secure():
        # A token that was sent in the clear was read on the way.
        return HttpResponse("Only over HTTPS.\n", content_type="text/plain", status=403)
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    right = hmac.compare_digest(token.strip().encode(), settings.METRICS_TOKEN.encode())
    if scheme.casefold() != "bearer" or not right:
        headers = {"WWW-Authenticate": "Bearer"}
        return HttpResponse(status=401, content_type="text/plain", headers=headers)
    return HttpResponse(counting.text() + gauges.text(), content_type=FORMAT)
