"""Two cards side by side, made one; and the way back."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cards import merging, workflow
from cards.forms.merging import MergeForm, UnmergeForm
from cards.lookup import card_for, merge_of, numbered
from cards.models import Card
from cards.vocabularies import Status
from monitoring.accounts.access import allowed


@require_safe
def choose(request, uuid):
    """From a number typed on a card's page to the two cards side by side."""
    card = card_for(request.user, uuid, "card.merge")
    number = request.GET.get("number", "").strip()
    other = numbered(request.user, number) if number else None
    if other is None or other == card or not allowed(request.user, "card.merge", other):
        messages.error(
            request, _("There is no other card of that number that could be merged with this one.")
        )
        return redirect(card)
    return redirect("cards:merge", uuid, other.uuid)


@require_http_methods(["GET", "HEAD", "POST"])
def merge(request, uuid, other):
    """Choose for every difference which answer stands, and make a third card of the two."""
    first = card_for(request.user, uuid, "card.queue", whole=True)
    second = card_for(request.user, other, "card.queue", whole=True)
    if first == second:
        raise Http404
    if Status.DUPLICATE in (first.status, second.status):
        # Somebody else decided first: show what became of it.
        messages.error(request, _("One of the cards has been set aside meanwhile."))
        return redirect(first)
    if not all(allowed(request.user, "card.merge", card) for card in (first, second)):
        raise PermissionDenied
    if request.method != "POST":
        return _merge_page(request, MergeForm(first=first, second=second), first, second)
    form = MergeForm(request.POST, first=first, second=second)
    if not form.is_valid():
        return _merge_page(request, form, first, second, status=422)
    try:
        made = merging.merge(first, second, actor=request.user, **form.values())
    except merging.Changed as late:
        form.look_again()
        form.add_error(None, late)
        return _merge_page(request, form, first, second, status=409)
    except ValidationError as refused:
        form.take(refused)
        return _merge_page(request, form, first, second, status=422)
    text = _("Cards %(first)s and %(second)s are merged in this one. Another editor approves it.")
    messages.success(request, text % {"first": first, "second": second})
    return redirect(made.card)


@require_http_methods(["GET", "HEAD", "POST"])
def unmerge(request, uuid):
    """Take a merge back, with a reason; the page says first what was added since."""
    card = card_for(request.user, uuid, "card.unmerge")
    made = merge_of(card)
    if not all(allowed(request.user, "card.unmerge", each) for each in made.sides.values()):
        raise PermissionDenied
    added = merging.additions(made)
    if request.method != "POST":
        return _unmerge_page(request, UnmergeForm(made=made, added=added), made, added)
    form = UnmergeForm(request.POST, made=made, added=added)
    if not form.is_valid():
        return _unmerge_page(request, form, made, added, status=422)
    try:
        merging.unmerge(
            made,
            actor=request.user,
            reason=form.cleaned_data["reason"],
            receiver=form.cleaned_data.get("receiver", ""),
        )
    except workflow.NotPossible as late:
        messages.error(request, late.message)
        return redirect(card)
    except ValidationError as refused:
        form.take(refused)
        return _unmerge_page(request, form, made, added, status=422)
    text = _("The merge has been undone: cards %(first)s and %(second)s stand again.")
    messages.success(request, text % {"first": made.first, "second": made.second})
    return redirect(card)


def _merge_page(request, form: MergeForm, first: Card, second: Card, status: int = 200):
    context = {"form": form, "first": first, "second": second}
    return render(request, "cards/merge.html", context, status=status)


def _unmerge_page(request, form: UnmergeForm, made, added, status: int = 200):
    context = {
        "form": form,
        "card": made.card,
        "merge": made,
        "added": added,
        "obstacle": merging.obstacle_to_undoing(made),
    }
    return render(request, "cards/unmerge.html", context, status=status)
