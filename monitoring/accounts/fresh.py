"""Asking again who somebody is before what is sensitive, without losing what they were sending."""

from __future__ import annotations

import time
from functools import wraps
from urllib.parse import urlencode

from django.conf import settings
from django.http import JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from monitoring.accounts import kept
from monitoring.accounts.sessions import FRESH


def is_fresh(request) -> bool:
    """Whether the person signed in or confirmed who they are a short while ago."""
    return time.time() - request.session.get(FRESH, 0) <= settings.FRESH_SIGN_IN_AGE


def mark(request) -> None:
    """The person has just shown who they are."""
    request.session[FRESH] = time.time()


def fresh_sign_in(view):
    """For views: opens after a sign-in, or a confirmation of it, within the last minutes.

    A GET is led to the confirmation and back. A POST is answered with the confirmation page,
    which carries what was typed and sends it on afterwards; a script gets 401 as JSON.
    """

    @wraps(view)
    def wrapped(request, *args, **kwargs):
        if is_fresh(request):
            return view(request, *args, **kwargs)
        if "application/json" in request.headers.get("Accept", ""):
            text = _("Confirm first that it is you.")
            url = reverse("account:confirm")
            return JsonResponse({"ok": False, "error": text, "confirm": url}, status=401)
        if request.method == "POST":
            from monitoring.accounts.views.own import confirm

            request.kept = kept.seal(request)
            return confirm(request)
        query = urlencode({"next": request.get_full_path()})
        return redirect(f"{reverse('account:confirm')}?{query}")

    return wrapped
