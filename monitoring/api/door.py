"""Who is asking: the owner of a token, or who is signed in; and whether they may.

A token comes in the header Authorization and nowhere else, so that it stands in no address and no
log. It opens nothing but the API. Its owner's rights are asked anew at every request, and what the
token is good for narrows them.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from monitoring.accounts import second_factor, tokens
from monitoring.accounts.access import allowed
from monitoring.accounts.models import Token
from monitoring.api import problems, rate
from monitoring.api.records import Endpoint


def served(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """For views of the API: GET and HEAD only, problems as JSON, no detour to the sign-in page.

    Without the check of forms: nothing that changes anything is answered.
    """
    asked = require_safe(view)

    @login_not_required
    @csrf_exempt
    @wraps(asked)
    def wrapped(request, *args, **kwargs):
        try:
            _over_https(request)
            answer = asked(request, *args, **kwargs)
        except problems.Problem as problem:
            answer = problem.answer()
        except Http404:
            answer = problems.unknown().answer()
        if answer.status_code == 405:
            allow = {"Allow": answer.headers["Allow"]}
            answer = problems.Problem(
                405, _("Nothing can be changed here."), headers=allow
            ).answer()
        patch_vary_headers(answer, ("Authorization", "Cookie"))
        return answer

    return wrapped


def ask_right(request, endpoint: Endpoint) -> None:
    """Let in who may, as ``request.user``, with ``request.token`` where there is one.

    Raises Problem: 401, 403 or 429.
    """
    token = _token(request)
    if token is None and not _by_session(request, endpoint):
        raise problems.no_token()
    if token is not None and not good_for(token, endpoint):
        raise problems.refused(_("This token is not good for that."))
    if endpoint.right and not allowed(request.user, endpoint.right):
        raise problems.refused(_("Your role does not allow this."))
    who = f"token-{token.pk}" if token else f"person-{request.user.pk}"
    if seconds := rate.seconds_to_wait(who):
        raise problems.wait(seconds)
    if token is not None:
        tokens.used(token)


def good_for(token: Token, endpoint: Endpoint) -> bool:
    """Whether the token was issued for what the address gives."""
    return not endpoint.scope or endpoint.scope in token.scopes


def _over_https(request) -> None:
    """A token sent in the clear was read on the way: say so instead of leading to HTTPS."""
    if settings.HTTPS and not request.is_secure():
        raise problems.refused(
            _("Only over HTTPS. A token that was sent without it is to be revoked.")
        )


def _token(request) -> Token | None:
    """The token of the request, whose owner is the one asking from now on; None without one.

    One that reads nothing is refused even where a session would have been let in.
    """
    header = request.headers.get("Authorization")
    request.token = None
    if header is None:
        return None
    scheme, _space, text = header.partition(" ")
    token = tokens.find(text.strip()) if scheme.casefold() == "bearer" else None
    if token is None:
        raise problems.no_token()
    request.token, request.user = token, token.account
    return token


def _by_session(request, endpoint: Endpoint) -> bool:
    """Whether a browser in which somebody is signed in may ask."""
    if not endpoint.by_session or not request.user.is_authenticated:
        return False
    if second_factor.missing(request):
        raise problems.refused(_("Set up a second factor first."))
    return True
