"""A card to read and to decide on: answers, history, counts, transitions."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cards import (
    attachments,
    counts,
    duplicates,
    permits,
    queue,
    review,
    services,
    validators,
    workflow,
)
from cards.desk import desk_of
from cards.forms.decisions import CountForm, InclusionForm, TransitionForm
from cards.forms.followups import FactsForm
from cards.lookup import applications_of, card_for, count_for, merges_of, numbered
from cards.models import Card
from cards.reading import (
    PAGE,
    hidden_from,
    history_of,
    page_of_history,
    questions_in_words,
    returned_for,
)
from cards.serialise import answers_of
from monitoring.accounts import access_log
from monitoring.accounts.access import allowed
from monitoring.accounts.models import Action


@require_safe
def detail(request, uuid):
    card = card_for(request.user, uuid, whole=True)
    _note(request.user, Action.CARD_VIEWED, card)
    seen = None
    if request.method == "GET" and allowed(request.user, "card.review", card):
        seen = review.see(card, request.user)
    return page(request, card, seen=_since(request, seen))


@require_safe
def history(request, uuid):
    """Every change of the card: who, when, why, from what to what."""
    card = card_for(request.user, uuid)
    _note(request.user, Action.HISTORY_VIEWED, card)
    hidden = hidden_from(request.user, card)
    page = page_of_history(card, request.GET.get("before", ""), hidden=hidden)
    return render(request, "cards/history.html", {"card": card, "page": page})


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
        return page(request, card, refused=form, status=422)
    messages.success(request, row.done)
    if not allowed(request.user, "card.queue"):
        return redirect(card)
    if queue.is_walk(request.GET):
        return redirect(_onward(queue.walk(request, card)))
    return redirect("cards:queue")


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
    return page(request, card, inclusion_form=form, status=422)


@require_POST
def count_add(request, uuid):
    """Keep another count of people, and use it if so wished."""
    card = card_for(request.user, uuid, "card.add_count", whole=True)
    form = CountForm(request.POST)
    if form.is_valid():
        services.add_count(card, actor=request.user, **form.cleaned_data)
        messages.success(request, _("The count has been kept."))
        return redirect(card.get_absolute_url() + "#counts")
    return page(request, card, count_form=form, status=422)


@require_POST
def count_use(request, uuid, pk):
    """Use another of the card's counts."""
    card = card_for(request.user, uuid, "card.add_count", whole=True)
    services.use_count(count_for(card, pk), actor=request.user)
    messages.success(request, _("The card now uses this count."))
    return redirect(card.get_absolute_url() + "#counts")


def _note(user, action: Action, card: Card) -> None:
    """Reading one's own card is nobody's business."""
    if card.monitor_id != user.pk:
        access_log.note(user, action, card.number or str(card.uuid))


def page(request, card: Card, status: int = 200, *, seen: int | None = None, **forms):
    """The card's page with the forms as they stand; ``seen``: entry of the history seen last."""
    user = request.user
    told = {"typed": forms.pop("typed", None), "errors": forms.pop("errors", None)}
    if seen is None:
        seen = _since(request, None)
    zone, files = services.zone_of(card.city), attachments.shown_to(user, card)
    on_the_way = card.status == "submitted" or queue.is_walk(request.GET)
    at_desk = on_the_way and allowed(user, "card.queue")
    context = {
        "card": card,
        "desk": desk_of(user, card, seen=seen, **told),
        "walk": queue.walk(request, card) if at_desk else None,
        "here": _here(request, seen),
        "entries": history_of(card, PAGE, hidden=hidden_from(user, card)),
        "missing": validators.missing(answers_of(card)) if card.is_open else [],
        "twins": _twins(user, card),
        "merges": merges_of(user, card),
        "returned_for": returned_for(card),
        "transitions": _transition_forms(user, card, forms.pop("refused", None)),
        "may_edit": allowed(user, "card.edit", card) or allowed(user, "card.edit_submitted", card),
        "attachments": files,
        "facts_forms": {row.pk: FactsForm.of(row, zone) for row in files},
        "zone": zone,
        "applications": applications_of(user, card),
        "may_record_application": allowed(user, "application.create")
        and permits.tells_of_one(card),
        "inclusion_form": InclusionForm(initial={"inclusion": card.inclusion}),
        "counts": counts.tables_of(card),
        "count_form": CountForm(),
        **{name: allowed(user, right, card) for name, right in _MAY.items()},
        **forms,
    }
    return render(request, "cards/detail.html", context, status=status)


def _twins(user, card: Card) -> list[tuple[duplicates.Candidate, bool]]:
    """Cards that may tell of the same assembly, each with whether the two may be merged."""
    if not allowed(user, "card.merge", card):
        return []
    found = duplicates.candidates(card, user)
    return [(each, allowed(user, "card.merge", each.card)) for each in found]


#: Name in the template -> right that is asked of the card.
_MAY = {
    "may_review": "card.review",
    "may_merge": "card.merge",
    "may_unmerge": "card.unmerge",
    "may_ask": "card.ask",
    "may_answer": "card.answer_query",
    "may_close": "card.close_query",
    "may_verify": "card.verify",
    "may_dismiss": "card.dismiss_check",
    "may_count": "card.add_count",
    "may_decide_inclusion": "card.decide_inclusion",
    "may_add_outcome": "card.add_outcome",
    "may_attach": "card.attach",
    "may_review_outcome": "card.review_outcome",
    "may_see_original": "card.see_original",
}


def _since(request, seen: int | None) -> int | None:
    """What was new when the card was opened stays new while one works on it: see ``_here``."""
    text = request.GET.get("since", "")
    if text.isascii() and text.isdigit() and len(text) < 19:
        return int(text)
    return seen


def _here(request, seen: int | None) -> str:
    """The query string that the forms of the page send along."""
    query = request.GET.copy()
    if seen is not None:
        query["since"] = str(seen)
    return f"?{query.urlencode()}" if query else ""


def _onward(walk: queue.Walk) -> str:
    """The next card of the walk, else one that was left behind, else the queue."""
    card = walk.next or walk.previous
    if card is None:
        return reverse("cards:queue") + walk.back
    return f"{card.get_absolute_url()}?{walk.query}"


def _transition_forms(user, card: Card, refused) -> list[TransitionForm]:
    """A form for every transition open to the person; submitting has its own page."""
    forms = []
    for row in workflow.open_to(user, card):
        if row.name == "submit":
            continue
        same = refused is not None and refused.row.name == row.name
        initial = {"reason": questions_in_words(card)} if row.name == "return" else None
        forms.append(refused if same else TransitionForm(row=row, initial=initial))
    return sorted(forms, key=lambda form: form.row.name != "approve")
