"""The API described: for people as a page, for programs as an OpenAPI document."""

from __future__ import annotations

from django.http import JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from monitoring.accounts.access import allowed
from monitoring.api import examples, openapi, problems, rate
from monitoring.api.door import ask_right, served
from monitoring.api.records import Endpoint

#: Whoever has a token, or is signed in, may read what there is to ask for.
SCHEMA = Endpoint("schema", "schema/", _("This description, as an OpenAPI document"), right="")


@require_safe
def page(request, endpoints):
    """Every address with its parameters and columns, and examples, in the person's language."""
    context = {
        "endpoints": endpoints,
        "examples": examples.both(),
        "prefix": openapi.PREFIX,
        "may_have_tokens": allowed(request.user, "token.issue"),
        "rate": {"most": rate.MOST, "seconds": rate.SECONDS, "longest": rate.LONGEST // 60},
    }
    return render(request, "api/page.html", context)


@served
def nothing(request, anything):
    """There is no such address, whoever asks."""
    raise problems.unknown()


@served
def schema(request, endpoints):
    """The OpenAPI document."""
    ask_right(request, SCHEMA)
    content_type = "application/vnd.oai.openapi+json;version=3.1"
    if "application/json" in request.headers.get("Accept", ""):
        content_type = "application/json"
    return JsonResponse(
        openapi.document(endpoints),
        content_type=content_type,
        json_dumps_params={"ensure_ascii": False, "indent": 1},
    )
