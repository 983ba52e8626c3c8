"""Lists of cards for each role: one's own, the queue, those that await a court, all in reach."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.core.exceptions import PermissionDenied
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cards import paging, reminders, validators
from cards import queue as desk_queue
from cards.files import export
from cards.filters import CardFilter
from cards.lookup import cards_for, merged_among
from cards.models import Card
from cards.serialise import answers_of
from cards.views import exporting
from cards.waiting import waiting_for
from monitoring.accounts.access import allowed
from monitoring.accounts.fresh import fresh_sign_in
from monitoring.accounts.models import Action


@dataclass(frozen=True, slots=True)
class Line:
    """A card in a list, with what the list says of it beside its answers."""

    card: Card
    open_questions: int = 0
    days: int = 0


@require_safe
def own(request):
    """The person's own cards: what is asked of them first, then everything, newest first."""
    ask_right(request.user, "card.create")
    cards = cards_for(request.user).filter(monitor=request.user)
    return _page(
        request,
        cards,
        paging.NEWEST,
        title=_("My cards"),
        own=True,
        line=_own_line,
        waiting=waiting_for(request.user),
        later_days=reminders.LATER,
    )


@require_safe
def queue(request):
    """Submitted cards, the longest waiting first, with what the desk says of each."""
    ask_right(request.user, "card.queue")
    cards = desk_queue.queue_of(request.user)
    chosen = desk_queue.QueueFilter(request.GET, request=request, queryset=cards)
    page, lines = desk_queue.page_of(request.user, chosen.qs, request.GET)
    first = next((line.card for line in lines if line.mine), None)
    return _render(
        request,
        chosen,
        page,
        lines,
        title=_("Review queue"),
        lead=_("Submitted cards, the longest waiting first. Nobody approves a card of their own."),
        kind="queue",
        facets=desk_queue.facets(request.user, chosen),
        step=desk_queue.step(chosen.given),
        first=first if not page.before else None,
    )


@require_safe
def awaiting(request):
    """Approved cards whose people have not been before a court yet, as far as is known."""
    ask_right(request.user, "card.create")
    return _page(
        request,
        cards_for(request.user).awaiting_outcome(),
        paging.OLDEST,
        title=_("Cards that await a court"),
        lead=_(
            "Approved cards with people detained of whom no case is known yet, or with a case that"
            " is still pending; the oldest first."
        ),
        kind="awaiting",
        line=_awaiting_line,
    )


@require_safe
def everything(request):
    """Every card that the person may see, newest first."""
    ask_right(request.user, "card.export")
    return _page(
        request, cards_for(request.user), paging.NEWEST, title=_("Cards"), kind="all", line=Line
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@fresh_sign_in
def download(request):
    """The filtered cards as a file, whole or what can be counted of them; a POST says what for."""
    ask_right(request.user, "card.export")
    chosen = CardFilter(request.GET, request=request, queryset=cards_for(request.user))
    whole = allowed(request.user, "card.export_whole")
    return exporting.answer(request, chosen, CARDS if whole else CARDS_FOR_ANALYSIS)


CARDS = exporting.Export(
    title=_("Cards as a file"),
    back="cards:all",
    back_title=_("Cards"),
    name="cards",
    action=Action.CARDS_EXPORTED,
    formats=(("xlsx", _("Excel, with the court outcomes")), ("csv", _("CSV, cards alone"))),
    write=export.written,
)
CARDS_FOR_ANALYSIS = replace(
    CARDS,
    write=export.written_for_analysis,
    note=_(
        "It holds what can be counted. Texts that somebody wrote, exact places and the codes of"
        " people are left out; court outcomes are those that an editor has approved."
    ),
)


def ask_right(user, right: str) -> None:
    """Refuse whoever does not have a right that is not asked of a card."""
    if not allowed(user, right):
        raise PermissionDenied


def _own_line(card: Card) -> Line:
    missing = validators.missing(validators.tidy(answers_of(card))) if card.is_open else ()
    return Line(card, open_questions=len(missing))


def _awaiting_line(card: Card) -> Line:
    return Line(card, days=(timezone.localdate() - card.date).days)


def _page(request, cards, order, *, line, **extra):
    chosen = CardFilter(request.GET, request=request, queryset=cards)
    page = paging.page_of(chosen.qs.with_labels(), order, request.GET)
    return _render(request, chosen, page, [line(card) for card in page.rows], **extra)


def _render(request, chosen, page, lines, *, title: str | Promise, **extra):
    context = {
        "title": title,
        "filter": chosen,
        "lines": lines,
        "merged": merged_among(page.rows),
        "empty": not page.rows and not request.GET,
        "previous_url": page.previous_url(request.GET),
        "next_url": page.next_url(request.GET),
        "may_export": allowed(request.user, "card.export"),
        "may_create": allowed(request.user, "card.create"),
        **extra,
    }
    return render(request, "cards/list.html", context)
