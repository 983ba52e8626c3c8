"""Filling in a card: begin, save at any point, check, submit."""

from __future__ import annotations

import uuid as uuids

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cards import conflicts, review, services, submission, validators, workflow
from cards.desk import Thread, threads_of
from cards.forms.card import CardForm, CardReader
from cards.forms.review import MessageForm
from cards.lookup import card_for, card_or_new
from cards.models import Card
from cards.reading import returned_for
from cards.serialise import answers_of
from cards.vocabularies import QueryState
from monitoring.accounts.access import allowed
from monitoring.accounts.notices import Notice


@require_safe
def new(request):
    """An empty card with an identifier of its own, so that sending it twice makes no twin."""
    if not allowed(request.user, "card.create"):
        raise PermissionDenied
    form = CardForm(user=request.user, initial={"uuid": uuids.uuid4(), "version": 0})
    return _page(request, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request, uuid):
    """The card's form; a POST saves, and with ``action=submit`` checks and submits."""
    submits = request.method == "POST" and request.POST.get("action") == "submit"
    if submits and request.POST.get("version") == "0" and (new := _submit_new(request, uuid)):
        return redirect(new)
    card = card_or_new(request.user, uuid)
    _may_write(request.user, card)
    if request.method != "POST":
        if card is None:
            return redirect("cards:new")
        return _page(request, CardForm(user=request.user, card=card), card)
    form = CardReader(request.POST, user=request.user, card=card)
    looked = None
    try:
        # One transaction for all that is sent: each has to reach the disk.
        with transaction.atomic():
            if submits:
                form.is_valid()
                services.hold_numbers(form.answers())
            card = _store(request, form, uuid, card)
            refused = _answer_queries(request, card)
            _keep_version(form, card)
            if submits and not refused and form.is_valid():
                looked = submission.look(card, request.user)
                accepted = request.POST.getlist("accepted")
                card = submission.go_on(card, looked, accepted, actor=request.user)
    except services.StaleVersion as stale:
        return _conflict_page(request, form, stale.card)
    except ValidationError as refusal:
        form.take(refusal)
        # The address says which card it is, whatever the form says.
        return _page(request, form, card, status=422, uuid=uuid)
    if refused or not form.is_valid():
        return _page(request, form, card, status=422, saved=True, refused=refused)
    if looked is not None:
        return _looked_at(request, form, card, looked)
    messages.success(request, _("Saved."))
    return redirect(card if card.status == "submitted" else reverse("cards:edit", args=[uuid]))


@require_POST
def autosave(request, uuid):
    """Save what is typed so far; answers in JSON for ``static/js/autosave.js``."""
    card = card_or_new(request.user, uuid)
    _may_write(request.user, card)
    form = CardReader(request.POST, user=request.user, card=card)
    try:
        card = _store(request, form, uuid, card)
    except services.StaleVersion as stale:
        url = stale.card.get_absolute_url()
        return JsonResponse({"ok": False, "conflict": True, "url": url}, status=409)
    except ValidationError as refused:
        form.take(refused)
        return JsonResponse({"ok": False, "errors": _errors(form)}, status=422)
    now = timezone.localtime()
    return JsonResponse(
        {
            "ok": not form.errors,
            "version": card.version,
            "saved_at": formats.time_format(now, "H:i"),
            "errors": _errors(form),
            "url": reverse("cards:edit", args=[uuid]),
            "uuid": str(uuid),
        }
    )


def _errors(form: CardReader) -> dict[str, list[str]]:
    return {name: list(errors) for name, errors in form.errors.items()}


def _may_write(user, card: Card | None) -> None:
    if card is None:
        right = allowed(user, "card.create")
    else:
        right = allowed(user, "card.edit", card) or allowed(user, "card.edit_submitted", card)
    if not right:
        raise PermissionDenied


def _store(request, form: CardReader, uuid, card: Card | None) -> Card:
    """Save every answer that could be read. Raises StaleVersion, or ValidationError where the
    card is submitted already and must stay complete."""
    form.is_valid()
    answers = form.answers()
    if card is None:
        try:
            return services.create(actor=request.user, answers=answers, uuid=uuid)
        except IntegrityError:
            # The same card arrived twice at the same moment: the second is a change of the first.
            card = card_for(request.user, uuid)
    choices = {
        name.removeprefix("take_"): side
        for name, side in request.POST.items()
        if name.startswith("take_")
    }
    return services.save(
        card,
        actor=request.user,
        answers=conflicts.choose(card, answers, choices),
        expected_version=form.cleaned_data.get("version", 0),
    )


def _submit_new(request, uuid) -> Card | None:
    """A card that was never saved, submitted as it comes; None, with nothing written, where it has
    to be saved first or such a card is here."""
    form = CardReader(request.POST, user=request.user)
    if not allowed(request.user, "card.create") or not form.is_valid():
        return None
    card = services.compose(actor=request.user, answers=form.answers(), uuid=uuid)
    for name, row in form.references().items():
        setattr(card, name, row)
    looked = submission.look(card, request.user)
    if looked.problems or not set(looked.codes) <= set(request.POST.getlist("accepted")):
        return None
    notice = Notice(request, messages.SUCCESS)
    try:
        workflow.submit_new(
            card,
            actor=request.user,
            warnings=looked.codes,
            beside=lambda card: [notice.statement(_done(card))],
        )
    except (IntegrityError, PermissionDenied):
        # It was saved before, or lies elsewhere: nothing of what was typed may be lost.
        return None
    notice.stored()
    return card


def _done(card: Card) -> str:
    return _("Card %(number)s has been submitted.") % {"number": card.number}


def _looked_at(request, form: CardReader, card: Card, looked: submission.Looked):
    """What came of a stored card that was to be submitted."""
    if isinstance(looked.refusal, PermissionDenied):
        raise looked.refusal
    if looked.refusal is not None:
        form.add_error(None, looked.refusal)
        return _page(request, form, card, status=422)
    if looked.problems:
        form.add_problems(looked.problems)
        return _page(request, form, card, status=422)
    if card.is_open:
        return _page(request, form, card, warnings=looked.warnings, twins=looked.twins)
    return _submitted(request, card)


def _submitted(request, card: Card):
    messages.success(request, _done(card))
    if waiting := sum(thread.query.state == QueryState.OPEN for thread in threads_of(card)):
        text = ngettext(
            "%(n)s question of the editor still waits for your answer.",
            "%(n)s questions of the editor still wait for your answer.",
            waiting,
        )
        messages.warning(request, text % {"n": waiting})
    return redirect(card)


def _answer_queries(request, card: Card) -> dict[int, str]:
    """Send what was typed under the questions of the review; returns what could not be taken.

    Saving by itself leaves it alone, since a message once sent stays as it is.
    """
    refused = {}
    for thread in _unsettled(request.user, card):
        text = request.POST.get(f"answer-{thread.query.pk}", "")
        if not text.strip():
            continue
        form = MessageForm({"text": text})
        if form.is_valid():
            review.answer(thread.query, actor=request.user, text=form.cleaned_data["text"])
        else:
            refused[thread.query.pk] = form.problem()
    return refused


def _unsettled(user, card: Card | None) -> list[Thread]:
    """Questions to the person about the card that are not closed."""
    if card is None or not allowed(user, "card.answer_query", card):
        return []
    return [thread for thread in threads_of(card) if thread.query.state != QueryState.CLOSED]


def _keep_version(form: CardReader, card: Card) -> None:
    """The page shown again after saving goes on from the version just stored."""
    form.data = form.data.copy()
    form.data["version"] = card.version


def _conflict_page(request, form: CardReader, stored: Card):
    base = form.cleaned_data.get("version", 0)
    differing = conflicts.compare(stored, form.answers(), base)
    _keep_version(form, stored)
    return _page(request, form, stored, status=409, conflicts=differing)


def _page(request, form: CardReader, card: Card | None, status: int = 200, **extra):
    if not isinstance(form, CardForm):
        form = form.on_page()
    answers = answers_of(card) if card else {}
    uuid = card.uuid if card else form.initial.get("uuid") or form.data.get("uuid")
    threads = _unsettled(request.user, card)
    for thread in threads:
        typed = request.POST.get(f"answer-{thread.query.pk}", "")
        thread.typed = "" if typed.strip() == thread.messages[-1].text else typed
        thread.error = extra.get("refused", {}).get(thread.query.pk, "")
    context = {
        "form": form,
        "card": card,
        "uuid": uuid,
        "progress": form.progress(),
        "threads": threads,
        "loose_threads": form.show_threads(threads),
        "missing": validators.missing(validators.tidy(answers)) if card else [],
        "returned_for": returned_for(card) if card else "",
        "no_regions": not request.user.all_regions and not request.user.region_codes(),
        "may_submit": card is None or card.monitor_id == request.user.pk,
        **extra,
    }
    return render(request, "cards/form.html", context, status=status)
