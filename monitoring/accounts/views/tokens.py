"""Tokens for programs: one's own, and those that an administrator takes away."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from monitoring.accounts import people, tokens
from monitoring.accounts.access import allowed, ask
from monitoring.accounts.forms import TokenForm
from monitoring.accounts.fresh import fresh_sign_in


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def own(request):
    """The person's tokens and a form for another one."""
    if request.method == "POST":
        return _issue(request)
    # Who may have none any more still sees and revokes what is left.
    if not allowed(request.user, "token.issue") and not tokens.of(request.user):
        raise PermissionDenied
    return _page(request, TokenForm(user=request.user))


@fresh_sign_in
def _issue(request):
    """Show the new token this once."""
    ask(request.user, "token.issue")
    form = TokenForm(request.POST, user=request.user)
    if form.is_valid():
        try:
            token, text = tokens.issue(request.user, **form.cleaned_data)
        except ValidationError as refused:
            form.take(refused)
        else:
            return render(request, "accounts/token.html", {"token": token, "text": text})
    return _page(request, form, status=422)


@require_POST
def revoke(request, pk):
    """One of the person's own tokens reads nothing any longer."""
    tokens.revoke_one(request.user, pk, actor=request.user)
    messages.success(request, _("The token reads nothing any longer."))
    left = allowed(request.user, "token.issue") or tokens.of(request.user)
    return redirect("account:tokens" if left else "account:index")


@require_POST
@fresh_sign_in
def take_away(request, pk, token):
    """An administrator revokes a token of somebody."""
    ask(request.user, "account.manage")
    tokens.revoke_one(people.account(pk), token, actor=request.user)
    messages.success(request, _("The token reads nothing any longer."))
    return redirect("people:person", pk)


def _page(request, form, status=200):
    context = {
        "form": form if allowed(request.user, "token.issue") else None,
        "tokens": tokens.of(request.user),
        "past": tokens.past(request.user),
    }
    return render(request, "accounts/tokens.html", context, status=status)
