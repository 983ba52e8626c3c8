"""Pages of the site as a whole: where each role begins, guides, health, and refused forms."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from monitoring import health
from monitoring.accounts.models import Role
from monitoring.guide import GUIDES, page_of, pdf_of, print_of

#: Where each role begins.
HOMES = {
    Role.MONITOR: "cards:list",
    Role.EDITOR: "cards:queue",
    Role.ANALYST: "reports:index",
    Role.ADMINISTRATOR: "people:list",
}


@require_safe
def home(request):
    return redirect(HOMES[request.user.role])


@require_safe
def guides(request):
    return render(request, "guide/index.html", {"guides": GUIDES})


@require_safe
def guide(request, name):
    """A guide in the language of the interface."""
    try:
        page = page_of(name, get_language())
    except KeyError:
        raise Http404(name) from None
    return render(request, "guide/page.html", {"guide": page, "name": name})


@require_safe
def guide_pdf(request, name):
    """The guide for the printer, in the language of the interface."""
    language = get_language()
    try:
        document = print_of(name, language)
    except KeyError:
        raise Http404(name) from None
    etag = f'"{document.version}"'
    response = get_conditional_response(request, etag=etag)
    if response is None:
        response = HttpResponse(pdf_of(document), content_type="application/pdf")
        response.headers["Content-Disposition"] = f'attachment; filename="{name}-{language}.pdf"'
    response.headers["ETag"] = etag
    patch_cache_control(response, private=True, no_cache=True)
    return response


@login_not_required
@require_safe
def healthz(request):
    """The process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
@require_safe
def readyz(request):
    """Database, migrations, storage, guards are in order; 503 with the names of those not.

    A replica is told of, too, and missed by nobody.
    """
    states = health.states()
    status = 200 if all(states.values()) else 503
    return JsonResponse(states | health.information(), status=status)


def csrf_failure(request, reason=""):
    """A form from a page that is too old: say so, and that going back keeps what was typed."""
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"ok": False, "error": _("This page is too old")}, status=403)
    context = {
        "title": _("This page is too old"),
        "text": _("Go back, reload the page and send it again. Nothing has been changed."),
    }
    return render(request, "403_csrf.html", context, status=403)
