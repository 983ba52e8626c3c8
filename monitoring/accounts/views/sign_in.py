"""Signing in and out: password, second factor, passkey, invitation.

What was being sent when a session ended travels through every step in the page itself (``kept``).
"""

from __future__ import annotations

import time

from django.conf import settings
from django.contrib.auth import load_backend, login, logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST
from django.views.i18n import set_language as django_set_language

from monitoring.accounts import delays, invitations, kept, passkeys, second_factor
from monitoring.accounts.forms import CodeForm, NewPasswordForm, SignInForm, waits
from monitoring.accounts.middleware import before_second_factor
from monitoring.accounts.models import Means

BACKEND = settings.AUTHENTICATION_BACKENDS[0]
#: In the session between the password and the second factor: who, since when.
PENDING = "pending_sign_in"
#: How long the second factor may take.
PENDING_AGE = 10 * 60


@method_decorator(
    [login_not_required, never_cache, sensitive_post_parameters("password")], name="dispatch"
)
class SignIn(View):
    """The sign-in page; carries on with what was being sent when a session ended."""

    def get(self, request):
        if request.user.is_authenticated:
            return redirect(next_of(request))
        return sign_in_page(request, SignInForm(request))

    def post(self, request):
        if hasattr(request, "kept"):
            return sign_in_page(request, SignInForm(request), request.kept, status=401)
        form = SignInForm(request, data=request.POST)
        if not form.is_valid():
            return sign_in_page(request, form, request.POST.get("kept", ""), status=422)
        user = form.get_user()
        if not second_factor.has(user):
            return signed_in(request, user, Means.PASSWORD)
        request.session[PENDING] = {"user": user.pk, "at": time.time()}
        return second_page(request, user, CodeForm(recovery=True))


sign_in = SignIn.as_view()


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("code")
def second(request):
    """The second factor after the password: a code, or a passkey of the person."""
    user = _pending(request)
    if user is None:
        if request.method != "POST":
            return redirect("sign_in")
        form = SignInForm(request)
        return sign_in_page(request, form, request.POST.get("kept", ""), status=401)
    if request.method != "POST":
        return second_page(request, user, CodeForm(recovery=True))
    if request.POST.get("credential"):
        try:
            passkeys.used(request.POST["credential"], user)
        except passkeys.Refused:
            form = CodeForm(recovery=True)
            return second_page(request, user, form, status=422, passkey_refused=True)
        return signed_in(request, user, Means.PASSKEY)
    form = CodeForm(request.POST, recovery=True)
    if form.is_valid():
        try:
            return signed_in(request, user, second_factor.check(user, form.cleaned_data["code"]))
        except delays.Wait as wait:
            form.refuse(wait)
        except ValueError:
            form.refuse()
    return second_page(request, user, form, status=422)


@login_not_required
@never_cache
@require_POST
def passkey_options(request):
    """What the browser needs to use a passkey, as JSON; of one person after their password."""
    return JsonResponse(passkeys.authentication(_pending(request)))


@login_not_required
@never_cache
@require_POST
def passkey(request):
    """Sign in with a passkey alone."""
    try:
        user = passkeys.used(request.POST.get("credential", ""))
    except passkeys.Refused:
        user = None
    if user is None or not load_backend(BACKEND).user_can_authenticate(user):
        sealed = request.POST.get("kept", "")
        return sign_in_page(request, SignInForm(request), sealed, status=422, passkey_refused=True)
    return signed_in(request, user, Means.PASSKEY)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("new_password1", "new_password2")
def invitation(request, token):
    """The invited person chooses a password and is signed in; the link is used up then."""
    try:
        account = invitations.account_of(token)
        form = NewPasswordForm(account, request.POST or None)
        if request.method == "POST" and form.is_valid():
            account = invitations.accept(token, form.cleaned_data["new_password1"])
            return signed_in(request, account, Means.INVITATION)
    except invitations.NotGood:
        return render(request, "accounts/invitation_over.html", status=410)
    context = {"form": form, "account": account, "required": second_factor.required(account)}
    status = 422 if form.is_bound else 200
    return render(request, "accounts/invitation.html", context, status=status)


@before_second_factor
@require_POST
def sign_out(request):
    logout(request)
    return redirect("sign_in")


@login_not_required
@require_POST
def set_language(request):
    """Switch the language, for this browser and for the account."""
    response = django_set_language(request)
    language = request.POST.get("language", "")
    if request.user.is_authenticated and check_for_language(language):
        request.user.language = language
        request.user.save(update_fields=["language"])
    return response


def sign_in_page(request, form, sealed="", status=200, **extra):
    """The page with name and password; ``sealed``: what goes on afterwards."""
    form.fields["username"].widget.attrs.update({"autocapitalize": "none", "autofocus": True})
    context = {
        "form": form,
        "kept": sealed,
        "next": request.GET.get("next", "") or request.POST.get("next", ""),
        "demo_accounts": _demo_accounts(),
        **extra,
    }
    return _asked(request, "registration/login.html", context, form, status)


def second_page(request, user, form, status=200, **extra):
    """The page with the code; carries on what the first step carried."""
    context = {
        "form": form,
        "kept": request.POST.get("kept", ""),
        "next": request.GET.get("next", "") or request.POST.get("next", ""),
        "state": second_factor.state_of(user),
        **extra,
    }
    return _asked(request, "registration/second_factor.html", context, form, status)


def signed_in(request, user, means: Means):
    """Begin the session and go where the person was going."""
    request.means = means
    request.session.pop(PENDING, None)
    login(request, user, backend=BACKEND)
    response = go_on(request)
    delays.remember_device(request, response, user.username)
    if user.language and check_for_language(user.language):
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, user.language, samesite="Lax")
    return response


def go_on(request, **extra):
    """To what was kept, if anything, else to the next address."""
    sealed = request.POST.get("kept", "")
    held = kept.unseal(sealed) if sealed else None
    if held:
        return render(request, "registration/kept.html", {"kept": held, **extra})
    return HttpResponseRedirect(next_of(request))


def next_of(request) -> str:
    """The address that was asked for, if it is one of this site."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    # A path, never a name that Django would look up among the addresses.
    safe = target.startswith("/") and url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if safe else resolve_url(settings.LOGIN_REDIRECT_URL)


def _asked(request, template, context, form, status):
    """A page with a form; a delay is told to programs too."""
    seconds = waits(form) if form.is_bound else 0
    response = render(request, template, context, status=429 if seconds else status)
    if seconds:
        response["Retry-After"] = seconds
    return response


def _pending(request):
    """Who has given their password in this session and may still sign in; None if nobody."""
    pending = request.session.get(PENDING)
    if pending is None or time.time() - pending["at"] > PENDING_AGE:
        return None
    return load_backend(BACKEND).get_user(pending["user"])


def _demo_accounts() -> list[dict]:
    """What to type in a demonstration; none on a real site."""
    if not (settings.DEMO and settings.DEBUG):
        return []
    from monitoring.demo import ACCOUNTS, PASSWORD

    return [
        {"role": account.role.label, "username": account.username, "password": PASSWORD}
        for account in ACCOUNTS
    ]
