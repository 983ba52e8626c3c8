"""A card to read and to decide on: answers, history, counts, transitions."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cards import attachments, services, validators, workflow
from cards.forms.decisions import CountForm, InclusionForm, TransitionForm
from cards.lookup import card_for, count_for, numbered
from cards.models import Card
from cards.reading import history_of, parts_of, returned_for
from cards.serialise import answers_of
from monitoring.accounts.access import allowed


@require_safe
def detail(request, uuid):
    return _page(request, card_for(request.user, uuid, whole=True))


@require_safe
def history(request, uuid):
    """Every change of the card: who, when, why, from what to what."""
    card = card_for(request.user, uuid)
    return render(request, "cards/history.html", {"card": card, "entries": history_of(card)})


@require_POST
def transition(request, uuid, name):
    """Move the card along a row of ``workflow.TRANSITIONS``."""
    card = card_for(request.user, uuid, whole=True)
    row = next((row for row in workflow.TRANSITIONS if row.name == name), None)
    if row is None:
        raise Http404
    form = TransitionForm(request.POST, row=row)
    form.is_valid()
    number = form.cleaned_data.get("duplicate_of", "")
    other = numbered(request.user, number) if number else None
    try:
        card = workflow.apply(
            card,
            name,
            actor=request.user,
            reason=form.cleaned_data.get("reason", ""),
            duplicate_of=other,
        )
    except workflow.NotPossible as late:
        # Somebody else decided first: show the card as it stands now.
        messages.error(request, late.message)
        return redirect(card)
    except ValidationError as refused:
        form.take(refused)
        return _page(request, card, refused=form, status=422)
    messages.success(request, row.done)
    return redirect("cards:queue" if allowed(request.user, "card.queue") else card)


@require_POST
def inclusion(request, uuid):
    """An editor decides, with a reason, whether the card counts."""
    card = card_for(request.user, uuid, "card.decide_inclusion", whole=True)
    form = InclusionForm(request.POST)
    if form.is_valid():
        try:
            services.decide_inclusion(card, actor=request.user, **form.cleaned_data)
        except ValidationError as refused:
            form.take(refused)
        else:
            messages.success(request, _("The decision has been recorded."))
            return redirect(card)
    return _page(request, card, inclusion_form=form, status=422)


@require_POST
def count_add(request, uuid):
    """Keep another count of people, and use it if so wished."""
    card = card_for(request.user, uuid, "card.add_count", whole=True)
    form = CountForm(request.POST)
    if form.is_valid():
        services.add_count(card, actor=request.user, **form.cleaned_data)
        messages.success(request, _("The count has been kept."))
        return redirect(card.get_absolute_url() + "#counts")
    return _page(request, card, count_form=form, status=422)


@require_POST
def count_use(request, uuid, pk):
    """Use another of the card's counts."""
    card = card_for(request.user, uuid, "card.add_count", whole=True)
    services.use_count(count_for(card, pk), actor=request.user)
    messages.success(request, _("The card now uses this count."))
    return redirect(card.get_absolute_url() + "#counts")


def _page(request, card: Card, status: int = 200, **forms):
    user = request.user
    answers = answers_of(card)
    context = {
        "card": card,
        "parts": parts_of(card),
        "entries": history_of(card)[:6],
        "missing": validators.missing(answers) if card.is_open else [],
        "warnings": validators.warnings(answers),
        "twins": services.likely_duplicates(card) if card.status == "submitted" else [],
        "returned_for": returned_for(card),
        "transitions": _transition_forms(user, card, forms.pop("refused", None)),
        "may_edit": allowed(user, "card.edit", card) or allowed(user, "card.edit_submitted", card),
        "may_count": allowed(user, "card.add_count", card),
        "may_decide_inclusion": allowed(user, "card.decide_inclusion", card),
        "may_add_outcome": allowed(user, "card.add_outcome", card),
        "may_attach": allowed(user, "card.attach", card),
        "may_review_outcome": allowed(user, "card.review_outcome", card),
        "may_see_original": allowed(user, "card.see_original", card),
        "attachments": attachments.shown_to(user, card),
        "inclusion_form": InclusionForm(initial={"inclusion": card.inclusion}),
        "count_form": CountForm(),
        **forms,
    }
    return render(request, "cards/detail.html", context, status=status)


def _transition_forms(user, card: Card, refused) -> list[TransitionForm]:
    """A form for every transition open to the person; submitting has its own page."""
    forms = []
    for row in workflow.open_to(user, card):
        if row.name == "submit":
            continue
        same = refused is not None and refused.row.name == row.name
        forms.append(refused if same else TransitionForm(row=row))
    return forms
