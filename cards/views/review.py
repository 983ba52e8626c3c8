"""The desk's own acts: questions and answers, checks let stand, answers verified, many at once."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cards import at_once, checks, review, services
from cards.desk import desk_of
from cards.forms.review import DismissForm, MessageForm, ReturnForm
from cards.lookup import card_for, query_for
from cards.sections import ANSWERS, SECTIONS
from cards.views.detail import page
from cards.views.lists import ask_right


@require_POST
def ask(request, uuid):
    """A question about the answer named by ``field``, or about the card ("")."""
    card = card_for(request.user, uuid, "card.ask", whole=True)
    field = request.POST.get("field", "")
    if field and field not in ANSWERS:
        raise Http404
    name = f"text-{field}"
    form = MessageForm({"text": request.POST.get(name, "")})
    if not form.is_valid():
        return _refused(request, card, name, form.problem())
    review.ask(card, actor=request.user, field=field, text=form.cleaned_data["text"])
    messages.success(
        request, _("The question has been asked. It holds approval back until closed.")
    )
    return _back(request, card, f"answer-{field}" if field else "questions")


@require_POST
def answer(request, uuid, pk):
    """The author's answer to a question."""
    return _message(request, uuid, pk, "card.answer_query", review.answer, _("Answered."))


@require_POST
def again(request, uuid, pk):
    """Another word of an editor: the question is open again."""
    return _message(
        request, uuid, pk, "card.ask", review.ask_again, _("The question is open again.")
    )


@require_POST
def close(request, uuid, pk):
    """The question is settled."""
    card = card_for(request.user, uuid, "card.close_query")
    query = query_for(card, pk)
    review.close(query, actor=request.user)
    messages.success(request, _("The question is closed."))
    return _back(request, card, _place(query))


@require_POST
def dismiss(request, uuid, code):
    """Let a check stand, with a reason."""
    card = card_for(request.user, uuid, "card.dismiss_check", whole=True)
    if code not in checks.BY_CODE:
        raise Http404
    form = DismissForm(request.POST)
    if form.is_valid():
        try:
            review.dismiss(card, actor=request.user, code=code, **form.cleaned_data)
        except ValidationError as refused:
            form.take(refused)
        else:
            messages.success(request, _("The check is let stand."))
            return _back(request, card, "checks")
    return page(request, card, dismiss_form=form, dismiss_code=code, status=422)


@require_POST
def verify(request, uuid):
    """Verify answers (``field``, or all of a ``section``), or take a mark back (``undo``)."""
    card = card_for(request.user, uuid, "card.verify", whole=True)
    undo, section = request.POST.get("undo"), request.POST.get("section")
    names = [undo] if undo else request.POST.getlist("field")
    if section:
        names = _of_section(request.user, card, section)
    if not names or not set(names) <= set(ANSWERS):
        raise Http404
    if undo:
        review.unverify(card, actor=request.user, fields=names)
    else:
        try:
            version = int(request.POST.get("version", ""))
            review.verify(card, actor=request.user, fields=names, version=version)
        except (ValueError, services.StaleVersion):
            text = _("Nothing was verified: the card was changed meanwhile. Please look again.")
            messages.warning(request, text)
    return _back(request, card, f"part-{section}" if section else f"answer-{names[0]}")


@require_http_methods(["GET", "HEAD", "POST"])
def selected(request):
    """Cards chosen in the queue: what would become of each, and, once confirmed, what did."""
    ask_right(request.user, "card.queue")
    given = request.POST if request.method == "POST" else request.GET
    action = given.get("action", "")
    if action not in at_once.ACTIONS:
        raise Http404
    cards = at_once.chosen(request.user, given.getlist("card"))
    if not cards:
        messages.warning(request, _("No card was chosen."))
        return redirect("cards:queue")
    form = ReturnForm(request.POST or None) if action == "return" else None
    confirmed = request.method == "POST" and (form is None or form.is_valid())
    if confirmed:
        reason = form.cleaned_data["reason"] if form else ""
        done = at_once.carry_out(cards, action, actor=request.user, reason=reason)
        return render(request, "cards/selected_done.html", {"action": action, "results": done})
    plan = at_once.plan(cards, action, actor=request.user)
    possible = any(not row.against for row in plan)
    context = {"action": action, "form": form, "plan": plan, "possible": possible}
    status = 422 if request.method == "POST" else 200
    return render(request, "cards/selected.html", context, status=status)


def _message(request, uuid, pk, right, write, done):
    card = card_for(request.user, uuid, right, whole=True)
    query = query_for(card, pk)
    form = MessageForm(request.POST)
    if form.is_valid():
        try:
            write(query, actor=request.user, text=form.cleaned_data["text"])
        except ValidationError as refused:
            form.take(refused)
        else:
            messages.success(request, done)
            return _back(request, card, _place(query))
    return _refused(request, card, f"query-{pk}", form.problem(), request.POST.get("text", ""))


def _refused(request, card, name: str, problem: str, text: str = ""):
    """The card again, with everything typed where it was typed."""
    typed = {key: value for key, value in request.POST.items() if key.startswith("text-")}
    return page(
        request, card, typed={**typed, name: text or typed.get(name, "")},
        errors={name: problem}, status=422,
    )  # fmt: skip


def _of_section(user, card, code: str) -> list[str]:
    """The answers given in a section of the card."""
    if code not in {section.code for section in SECTIONS}:
        raise Http404
    part = next(part for part in desk_of(user, card).parts if part.section.code == code)
    return [row.answer.name for row in part.rows if not row.answer.open]


def _place(query) -> str:
    return f"answer-{query.field}" if query.field else "questions"


def _back(request, card, anchor: str):
    """To the card, at the place, on the same walk; what was new when it was opened stays new."""
    kept = request.GET.urlencode()
    return redirect(f"{card.get_absolute_url()}{'?' if kept else ''}{kept}#{anchor}")
