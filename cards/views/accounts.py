"""The history of an account, for administrators."""

from __future__ import annotations

from django.shortcuts import render
from django.views.decorators.http import require_safe

from cards.lookup import account_for
from cards.reading import page_of_history


@require_safe
def history(request, pk):
    """Every change of the account: who, when, why, from what to what."""
    account = account_for(request.user, pk)
    page = page_of_history(account, request.GET.get("before", ""))
    return render(request, "cards/account_history.html", {"account": account, "page": page})
