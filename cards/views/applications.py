"""The register of permit applications: list, form, page, review, link to a card."""

from __future__ import annotations

import uuid as uuids

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cards import paging, permit_rules, permits
from cards.files import applications as files
from cards.forms.followups import ReviewForm
from cards.forms.permits import ApplicationForm, LinkForm, UnlinkForm
from cards.lookup import (
    application_for,
    application_or_new,
    applications_for,
    cards_for,
    numbered,
)
from cards.models import Card, PermitApplication
from cards.permit_filters import ApplicationFilter
from cards.permit_reading import answers_in_words, chosen, conflicts_of
from cards.reading import history_of
from cards.views import exporting
from monitoring.accounts.access import allowed, ask
from monitoring.accounts.fresh import fresh_sign_in
from monitoring.accounts.models import Action


@require_safe
def register(request):
    """The applications that the person may see, the last one handed in first."""
    ask(request.user, "application.list")
    rows = applications_for(request.user)
    filtered = ApplicationFilter(request.GET, request=request, queryset=rows)
    page = paging.page_of(filtered.qs.with_labels(), paging.NEWEST_APPLICATIONS, request.GET)
    context = {
        "filter": filtered,
        "applications": page.rows,
        "empty": not page.rows and not request.GET,
        "previous_url": page.previous_url(request.GET),
        "next_url": page.next_url(request.GET),
        "may_create": allowed(request.user, "application.create"),
        "may_export": allowed(request.user, "application.export"),
        "may_import": allowed(request.user, "application.import"),
    }
    return render(request, "cards/applications.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@fresh_sign_in
def download(request):
    """The filtered applications as a file that can be loaded again; a POST says what for."""
    ask(request.user, "application.export")
    rows = applications_for(request.user)
    filtered = ApplicationFilter(request.GET, request=request, queryset=rows)
    return exporting.answer(request, filtered, APPLICATIONS)


APPLICATIONS = exporting.Export(
    title=gettext_lazy("Applications as a file"),
    back="cards:applications",
    back_title=gettext_lazy("Applications"),
    name="applications",
    action=Action.CARDS_EXPORTED,
    formats=(("xlsx", gettext_lazy("Excel")), ("csv", gettext_lazy("CSV"))),
    write=files.written,
)


@require_safe
def new(request):
    """An empty form, or with ``?card=NUMBER`` one that begins with what the card says."""
    ask(request.user, "application.create")
    card = numbered(request.user, request.GET.get("card", ""))
    if card is not None and not permits.tells_of_one(card):
        card = None
    initial = {"uuid": uuids.uuid4(), "version": 0}
    if card is not None:
        initial |= {"card": card.number, **permits.from_card(card)}
    form = ApplicationForm(user=request.user, initial=initial)
    return _form_page(request, form, None, card=card)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request, uuid):
    """The form of an application; a POST saves."""
    application = application_or_new(request.user, uuid)
    if application is None:
        ask(request.user, "application.create")
    elif not allowed(request.user, "application.edit", application):
        raise PermissionDenied
    if request.method != "POST":
        if application is None:
            return redirect("cards:application_new")
        form = ApplicationForm(user=request.user, application=application)
        return _form_page(request, form, application)
    form = ApplicationForm(request.POST, user=request.user, application=application)
    if form.is_valid():
        try:
            application = _store(request, form, uuid, application)
        except permits.StaleApplication as stale:
            return _conflict_page(request, form, stale.application)
        except ValidationError as refused:
            form.take(refused)
        else:
            messages.success(request, _("Saved."))
            return redirect(application)
    card = numbered(request.user, form.data.get("card", "")) if application is None else None
    # The address says which one it is, whatever the form says.
    return _form_page(request, form, application, card=card, status=422, uuid=uuid)


@require_safe
def detail(request, uuid):
    """An application to read and to decide on."""
    return _page(request, application_for(request.user, uuid))


@require_POST
def review(request, uuid):
    """An editor accepts or refuses an application."""
    application = application_for(request.user, uuid, "application.review")
    form = ReviewForm(request.POST)
    if form.is_valid():
        accept = form.cleaned_data["decision"] == "accept"
        try:
            permits.review(
                application,
                actor=request.user,
                accept=accept,
                reason=form.cleaned_data["reason"],
            )
        except ValidationError as refused:
            form.take(refused)
        else:
            messages.success(request, _("The decision has been recorded."))
            return redirect(application)
    return _page(request, application, review_form=form, status=422)


@require_POST
def link(request, uuid):
    """Link the application to the card of the assembly that came of it."""
    application = application_for(request.user, uuid, "application.link")
    form = LinkForm(request.POST)
    number = form.cleaned_data["card"] if form.is_valid() else ""
    card = numbered(request.user, number) if number else None
    if card is None:
        form.add_error("card", _("There is no such card in your regions."))
        return _page(request, application, link_form=form, status=422)
    try:
        permits.link(application, actor=request.user, card=card)
    except ValidationError as refused:
        form.take(refused)
        return _page(request, application, link_form=form, status=422)
    messages.success(request, _("The application is linked to card %(card)s.") % {"card": card})
    return redirect(application)


@require_POST
def unlink(request, uuid):
    """Take the link to a card back, with a reason."""
    application = application_for(request.user, uuid, "application.link")
    form = UnlinkForm(request.POST)
    if form.is_valid():
        try:
            permits.unlink(application, actor=request.user, reason=form.cleaned_data["reason"])
        except ValidationError as refused:
            form.take(refused)
        else:
            messages.success(request, _("The link has been taken back."))
            return redirect(application)
    return _page(request, application, unlink_form=form, status=422)


def _store(
    request, form: ApplicationForm, uuid, application: PermitApplication | None
) -> PermitApplication:
    """Save what was typed. Raises StaleApplication, or ValidationError by field."""
    answers = form.answers()
    if application is None:
        number = form.cleaned_data["card"]
        card = numbered(request.user, number) if number else None
        try:
            return permits.create(actor=request.user, answers=answers, uuid=uuid, card=card)
        except IntegrityError:
            # The same application arrived twice at the same moment.
            application = application_for(request.user, uuid)
    sides = {
        name.removeprefix("take_"): side
        for name, side in request.POST.items()
        if name.startswith("take_")
    }
    return permits.change(
        application,
        actor=request.user,
        answers=chosen(application, answers, sides),
        expected_version=form.cleaned_data["version"],
        reason=form.cleaned_data.get("reason", ""),
    )


def _conflict_page(request, form: ApplicationForm, stored: PermitApplication):
    differing = conflicts_of(stored, form.answers(), form.cleaned_data["version"])
    # The page shown again goes on from the version just read.
    form.data = form.data.copy()
    form.data["version"] = stored.version
    return _form_page(request, form, stored, status=409, conflicts=differing)


def _form_page(
    request,
    form: ApplicationForm,
    application: PermitApplication | None,
    *,
    card: Card | None = None,
    status: int = 200,
    **extra,
):
    user = request.user
    context = {
        "form": form,
        "application": application,
        "card": card,
        "uuid": application.uuid if application else form["uuid"].value(),
        "no_regions": not user.all_regions and not user.region_codes(),
        **extra,
    }
    return render(request, "cards/application_form.html", context, status=status)


def _page(request, application: PermitApplication, status: int = 200, **forms):
    user = request.user
    may_link = allowed(user, "application.link", application)
    near: list[Card] = []
    if may_link and application.card_id is None:
        near = permits.candidates(application, cards_for(user))
    context = {
        "application": application,
        "answers": answers_in_words(application),
        "warnings": permit_rules.warnings(permits.answers_of(application)),
        "entries": history_of(application),
        "may_edit": allowed(user, "application.edit", application),
        "may_review": allowed(user, "application.review", application),
        "may_link": may_link,
        "candidates": near,
        "linked": numbered(user, application.card.number or "") if application.card else None,
        "review_form": ReviewForm(),
        "link_form": LinkForm(),
        "unlink_form": UnlinkForm(),
        **forms,
    }
    return render(request, "cards/application.html", context, status=status)
