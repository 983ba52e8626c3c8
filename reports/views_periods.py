"""Pages of the reporting periods: the list, a new one, a change of one that was not given out."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from monitoring.accounts.access import ask
from reports import periods
from reports.period_form import PartForm, PeriodForm


@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """Every period with its days, months, what it is compared with and what it rests on."""
    ask(request.user, "period.edit")
    return render(request, "reports/periods.html", {"periods": periods.listed()})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Add a period: a part of a year, or any first and last day."""
    ask(request.user, "period.edit")
    part = PartForm(request.GET if "part" in request.GET else None)
    form = PeriodForm(initial=part.proposal() if part.is_bound and part.is_valid() else {})
    if request.method == "POST":
        form = PeriodForm(request.POST)
        if "fill" in request.POST:
            form = form.filled()
        elif form.is_valid():
            try:
                period = periods.add(form.values(), actor=request.user)
            except IntegrityError:
                form.add_error("code", _("There is a period with this code already."))
            else:
                return _saved(request, period)
    if not part.is_bound:
        part = PartForm(initial={"part": "half_1", "year": timezone.localdate().year})
    return _page(request, form, {"part": part})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, code: str) -> HttpResponse:
    """Change a period; one that was given out is shown with the reason why it stays."""
    ask(request.user, "period.edit")
    try:
        period = periods.find(code)
    except ObjectDoesNotExist:
        raise Http404(code) from None
    held = periods.held_by(code)
    form = PeriodForm(request.POST if request.method == "POST" else None, period=period)
    if request.method == "POST" and "fill" in request.POST:
        form = form.filled()
    elif request.method == "POST" and not held and form.is_valid():
        try:
            seal = form.cleaned_data["seal"]
            period = periods.change(code, form.values(), actor=request.user, seal=seal)
            return _saved(request, period)
        except periods.Changed as changed:
            form = _now(request, changed.period)
        except periods.Held:
            held = periods.held_by(code)
    return _page(request, form, {"period": period, "held": held})


def _now(request: HttpRequest, period: Any) -> PeriodForm:
    """The form as it was typed, over the row as it is now; what differs is told at the field."""
    data = request.POST.copy()
    data["seal"] = periods.seal_of(period)
    form = PeriodForm(data, period=period)
    form.is_valid()
    form.add_error(None, _("Somebody else has changed this period. Save again to keep yours."))
    for name, value in list(form.cleaned_data.items()):
        stored = getattr(period, name, value)
        if stored != value:
            form.add_error(name, _("Now stored: %(value)s") % {"value": stored})
    return form


def _page(request: HttpRequest, form: PeriodForm, context: dict[str, Any]) -> HttpResponse:
    """The form; 422 where it was refused, or holds what is to be looked over."""
    status = 422 if form.is_bound else 200
    return render(request, "reports/period_form.html", {"form": form, **context}, status=status)


def _saved(request: HttpRequest, period: Any) -> HttpResponse:
    messages.success(request, _("The period is saved: %(name)s") % {"name": period.name})
    return redirect("reports:periods")
