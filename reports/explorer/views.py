"""Pages of the explorer: everything that is shown stands in the address."""

from __future__ import annotations

import io
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from monitoring.accounts import access_log
from monitoring.accounts.access import ask
from monitoring.accounts.models import Action
from reports.explorer import files, pages, saved
from reports.explorer.pages import View


@require_safe
def page(request: HttpRequest) -> HttpResponseBase:
    """The questions, the chart and the table; the person's own views."""
    ask(request.user, "explore.view")
    return _page(request, _view(request, request.GET), saved.SaveForm())


@require_safe
def file(request: HttpRequest, form: str) -> HttpResponseBase:
    """What the page shows as a file."""
    ask(request.user, "explore.view")
    view = _view(request, request.GET)
    if view.spec is None or view.filter.problems:
        return redirect(f"{reverse('reports:explore')}?{request.GET.urlencode()}")
    try:
        content = files.written(view, form, request.build_absolute_uri(pages.address(view)))
    except KeyError:
        raise Http404(form) from None
    access_log.note(
        request.user, Action.REPORT_DOWNLOADED, "explorer", file=form, filter=view.query
    )
    name = f"zhinalys-{timezone.localdate().isoformat()}.{form}"
    return FileResponse(
        io.BytesIO(content),
        as_attachment=True,
        filename=name,
        content_type=files.CONTENT_TYPES[form],
    )


@require_POST
def save(request: HttpRequest) -> HttpResponseBase:
    """Keep the view of an address under a name."""
    ask(request.user, "explore.view")
    view = _view(request, QueryDict(request.POST.get("query", "")))
    form = saved.SaveForm(request.POST)
    if view.spec is None or not saved.save(form, request.user, view.query):
        return _page(request, view, form, status=422)
    messages.success(request, _("The view is saved."))
    return redirect(pages.address(view))


@require_safe
def kept(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The address of a saved view: anybody who may explore may open it."""
    ask(request.user, "explore.view")
    try:
        query = saved.query_of(pk)
    except KeyError:
        raise Http404(str(pk)) from None
    return redirect(pages.address(_view(request, QueryDict(query))))


@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Take one of one's own views off the list."""
    ask(request.user, "explore.view")
    view = saved.own(request.user, pk)
    if view is None:
        raise Http404(str(pk))
    view.delete()
    messages.success(request, _("The view “%(name)s” is deleted.") % {"name": view.name})
    return redirect("reports:explore")


def _view(request: HttpRequest, data: QueryDict) -> View:
    language = (get_language() or settings.LANGUAGE_CODE)[:2]
    return View(request.user, data, language)


def _page(
    request: HttpRequest, view: View, form: saved.SaveForm, status: int = 200
) -> HttpResponseBase:
    views = saved.of(request.user)
    context: dict[str, Any] = pages.context(view) | {
        "saved": views,
        "save_form": form,
        "this": next((each for each in views if each.query == view.query), None),
    }
    return render(request, "reports/explore.html", context, status=status)
