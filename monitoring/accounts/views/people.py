"""People: administrators invite, change, close accounts, and read the access log."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from monitoring.accounts import (
    access_log,
    devices,
    invitations,
    people,
    second_factor,
    sessions,
    tokens,
)
from monitoring.accounts.access import ask
from monitoring.accounts.forms import AccountForm, EndForm, InviteForm, LogFilter, ReasonForm
from monitoring.accounts.fresh import fresh_sign_in
from monitoring.accounts.models import Action


@require_safe
def listed(request):
    """Everybody: role, regions, state, second factor."""
    ask(request.user, "account.manage")
    page = people.page(request.GET.get("after", ""), request.GET.get("before", ""))
    return render(request, "accounts/people.html", {"page": page})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@fresh_sign_in
def invite(request):
    """Make an account and a link with which the person chooses their password."""
    ask(request.user, "account.manage")
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        account, token = invitations.invite(
            actor=request.user, username=form.cleaned_data["username"], values=form.values()
        )
        return _link_page(request, account, token, form.cleaned_data.get("email", ""))
    status = 422 if form.is_bound else 200
    return render(request, "accounts/invite.html", {"form": form}, status=status)


@never_cache
@require_safe
def person(request, pk):
    """One account: what it may do, its links, where it is signed in."""
    ask(request.user, "account.manage")
    return _page(request, people.account(pk))


@require_POST
@fresh_sign_in
def change(request, pk):
    """Change role, regions, alias or language, with the reason."""
    ask(request.user, "account.manage")
    form = AccountForm(request.POST, instance=people.account(pk))
    if form.is_valid():
        try:
            people.change(
                people.account(pk),
                actor=request.user,
                values=form.values(),
                reason=form.cleaned_data["reason"],
            )
        except ValidationError as refused:
            form.take(refused)
        else:
            messages.success(request, _("The account has been changed."))
            return redirect("people:person", pk)
    return _page(request, people.account(pk), form=form, status=422)


@never_cache
@require_POST
@fresh_sign_in
def link(request, pk):
    """A new link: password and second factor are void from now on."""
    ask(request.user, "account.manage")
    account = people.account(pk)
    form = ReasonForm(request.POST, what="link")
    if form.is_valid():
        try:
            token = invitations.invite_again(
                account, actor=request.user, reason=form.cleaned_data["reason"]
            )
        except ValidationError as refused:
            form.take(refused)
        else:
            return _link_page(request, account, token)
    return _page(request, account, link_form=form, status=422)


@require_POST
@fresh_sign_in
def close(request, pk):
    """Nobody signs in with the account any more; what it wrote keeps its author."""
    return _decide(request, pk, "close", people.close, _("The account has been closed."))


@require_POST
@fresh_sign_in
def reopen(request, pk):
    """A closed account may sign in again."""
    return _decide(request, pk, "reopen", people.reopen, _("The account is open again."))


@require_POST
@fresh_sign_in
def end_sessions(request, pk):
    """End every session of an account, and forget its devices if so wished."""
    done = _("All its sessions have ended.")
    return _decide(request, pk, "end", people.end_sessions, done, EndForm)


@require_POST
@fresh_sign_in
def revoke(request, pk, invitation):
    """A link opens nothing from now on."""
    ask(request.user, "account.manage")
    invitations.revoke(people.account(pk), invitation, actor=request.user)
    messages.success(request, _("The link opens nothing any longer."))
    return redirect("people:person", pk)


@never_cache
@require_safe
def log(request):
    """Who looked at or took away what is sensitive. Subjects are numbers, never links."""
    ask(request.user, "access_log.view")
    form = LogFilter(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    after, before = (_id(request.GET.get(name, "")) for name in ("after", "before"))
    page = access_log.page(chosen, after, before)
    access_log.note(request.user, Action.LOG_VIEWED)
    context = {"form": form, "page": page, "chosen": any(chosen.values())}
    return render(request, "accounts/log.html", context)


def _id(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _decide(request, pk, what: str, service, done: str, asks=ReasonForm):
    """Carry out what needs a reason; without one the page asks for it."""
    ask(request.user, "account.manage")
    account = people.account(pk)
    form = asks(request.POST, what=what)
    if form.is_valid():
        try:
            service(account, actor=request.user, **form.cleaned_data)
        except ValidationError as refused:
            form.take(refused)
        else:
            messages.success(request, done)
            return redirect("people:person", pk)
    return _page(request, account, status=422, **{f"{what}_form": form})


def _page(request, account, status: int = 200, **forms):
    context = {
        "account": account,
        "itself": account == request.user,
        "state": second_factor.state_of(account),
        "required": second_factor.required(account),
        "sessions": sessions.sessions_of(account),
        "devices": devices.devices_of(account),
        "tokens": tokens.of(account),
        "invitations": [(row, invitations.word(row)) for row in invitations.of(account)],
        "form": AccountForm(instance=account),
        **{f"{what}_form": ReasonForm(what=what) for what in ("link", "close", "reopen")},
        "end_form": EndForm(what="end"),
        **forms,
    }
    return render(request, "accounts/person.html", context, status=status)


def _link_page(request, account, token: str, email: str = ""):
    """Show the link this once, and mail it where an address was given."""
    url = request.build_absolute_uri(reverse("invitation", args=[token]))
    if email:
        invitations.send(account, email, url)
    context = {"account": account, "url": url, "email": email, "days": settings.INVITATION_DAYS}
    return render(request, "accounts/link.html", context)
