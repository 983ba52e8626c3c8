"""Court outcomes and files: added to a card without reopening it, each reviewed on its own."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import FileResponse, Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cards import attachments, reminders, services
from cards.followups import known_of, next_code, persons_of
from cards.forms.followups import AttachForm, FactsForm, OutcomeForm, RemindForm, ReviewForm
from cards.lookup import attachment_for, card_for, case_codes, outcome_for
from cards.models import Attachment, Card
from monitoring.accounts import access_log
from monitoring.accounts.access import allowed
from monitoring.accounts.fresh import fresh_sign_in
from monitoring.accounts.models import Action

#: What somebody else uploaded never runs in the page of the site.
SANDBOX = "default-src 'none'; sandbox"


@require_http_methods(["GET", "HEAD", "POST"])
def outcome_add(request, uuid):
    """Add what became known of a person's case."""
    card = card_for(request.user, uuid, "card.add_outcome", whole=True)
    codes = case_codes(card)
    if request.method != "POST":
        initial = known_of(card, request.GET.get("case", ""))
        return _outcome_page(request, card, OutcomeForm(initial=initial, codes=codes))
    form = OutcomeForm(request.POST, codes=codes)
    if form.is_valid():
        try:
            update = services.add_outcome(card, actor=request.user, outcome=form.values())
        except ValidationError as refused:
            form.take(refused)
        else:
            code = update.case.case_code
            messages.success(
                request, _("The outcome of case %(code)s has been added.") % {"code": code}
            )
            if request.POST.get("action") == "another":
                return redirect("cards:outcome_add", uuid)
            return redirect(card.get_absolute_url() + "#outcomes")
    return _outcome_page(request, card, form, status=422)


@require_POST
def outcome_review(request, uuid, pk):
    """An editor accepts or refuses a court outcome."""
    card = card_for(request.user, uuid, "card.review_outcome")
    update = outcome_for(card, pk)
    return _review(
        request, card, services.review_outcome, update, title=update.case.case_code, part="outcomes"
    )


@require_POST
def remind(request, uuid):
    """Remind the person of the card's people on another day."""
    card = card_for(request.user, uuid, "card.remind")
    form = RemindForm(request.POST)
    try:
        day = form.day(card)
        reminders.remind(card, user=request.user, on=day)
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    else:
        text = _("You will be reminded of %(card)s on %(day)s.")
        messages.success(request, text % {"card": card.title, "day": date_format(day)})
    return redirect(reverse("cards:list") + "#followups")


@require_http_methods(["GET", "HEAD", "POST"])
def attach(request, uuid):
    """Add files; those that can be taken are kept even if others are refused."""
    card = card_for(request.user, uuid, "card.attach")
    zone = services.zone_of(card.city)
    form = AttachForm(request.POST or None, request.FILES or None, zone=zone)
    if request.method != "POST":
        return _attach_page(request, card, form)
    if not form.is_valid():
        return _attach_page(request, card, form, status=422)
    kept = 0
    for file in form.cleaned_data["files"]:
        try:
            attachments.accept(card, actor=request.user, file=file, **form.facts())
            kept += 1
        except attachments.Refused as refused:
            name = attachments.clean_name(file.name)
            form.add_error("files", [f"{name}: {message}" for message in refused.messages])
    if kept:
        text = ngettext("%(n)s file has been added.", "%(n)s files have been added.", kept)
        messages.success(request, text % {"n": kept})
    if form.errors:
        return _attach_page(request, card, form, status=422)
    return redirect(card.get_absolute_url() + "#attachments")


@require_POST
def attachment_caption(request, uuid, attachment):
    """Change what is said of a file: its caption, when and by whom it was taken."""
    card = card_for(request.user, uuid, "card.attach")
    form = FactsForm(request.POST, zone=services.zone_of(card.city))
    row = attachment_for(card, attachment)
    if form.is_valid():
        attachments.describe(row, actor=request.user, **form.facts())
        messages.success(request, _("Saved."))
    else:
        for name, problems in form.errors.items():
            messages.error(request, f"{form.fields[name].label}: {' '.join(problems)}")
    return redirect(card.get_absolute_url() + "#attachments")


@require_POST
def attachment_review(request, uuid, attachment):
    """An editor accepts or refuses a file added to an approved card."""
    card = card_for(request.user, uuid, "card.review_outcome")
    row = attachment_for(card, attachment)
    return _review(
        request, card, services.review_attachment, row, title=row.name, part="attachments"
    )


@require_safe
def attachment_download(request, uuid, attachment):
    """The clean copy, for whoever may see the card."""
    card = card_for(request.user, uuid)
    row = _shown(request.user, card, attachment)
    if not row.clean:
        raise Http404
    _note(request.user, Action.ATTACHMENT_DOWNLOADED, row)
    return _file(row.clean, row)


@require_safe
@fresh_sign_in
def attachment_original(request, uuid, attachment):
    """The untouched original, for editors."""
    card = card_for(request.user, uuid, "card.see_original")
    row = attachment_for(card, attachment)
    _note(request.user, Action.ORIGINAL_DOWNLOADED, row)
    return _file(row.original, row)


def _note(user, action: Action, row: Attachment) -> None:
    access_log.note(user, action, row.card.number or str(row.card.uuid), file=str(row.uuid))


def _shown(user, card: Card, uuid) -> Attachment:
    row = attachment_for(card, uuid)
    if row not in attachments.shown_to(user, card):
        raise Http404
    return row


def _file(stored, row: Attachment) -> FileResponse:
    response = FileResponse(
        stored.open("rb"),
        as_attachment=True,
        filename=attachments.download_name(row),
        content_type=row.content_type,
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _review(request, card: Card, decide, row, *, title: str, part: str):
    """Carry out the decision; a missing reason is asked for on a page of its own."""
    if row.author_id == request.user.pk:
        raise PermissionDenied
    form = ReviewForm(request.POST)
    if form.is_valid():
        try:
            decide(
                row,
                actor=request.user,
                accept=form.cleaned_data["decision"] == "accept",
                reason=form.cleaned_data["reason"],
            )
        except ValidationError as refused:
            form.take(refused)
        else:
            messages.success(request, _("The decision has been recorded."))
            return redirect(f"{card.get_absolute_url()}#{part}")
    context = {"card": card, "form": form, "title": title}
    return render(request, "cards/review.html", context, status=422)


def _outcome_page(request, card: Card, form: OutcomeForm, status: int = 200):
    context = {
        "card": card,
        "form": form,
        "persons": persons_of(card),
        "chosen": form["case_code"].value() or "",
        "new_code": next_code(form.codes),
    }
    return render(request, "cards/outcome.html", context, status=status)


def _attach_page(request, card: Card, form: AttachForm, status: int = 200):
    may_review = allowed(request.user, "card.review_outcome", card)
    context = {"card": card, "form": form, "may_review": may_review}
    return render(request, "cards/attach.html", context, status=status)
