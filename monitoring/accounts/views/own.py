"""Everybody's own account: password, second factor, sessions; and confirming who one is."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from monitoring.accounts import (
    delays,
    devices,
    fresh,
    passkeys,
    people,
    second_factor,
    sessions,
    tokens,
)
from monitoring.accounts.access import allowed
from monitoring.accounts.forms import CodeForm, ConfirmForm, NewPasswordForm, PasskeyForm, waits
from monitoring.accounts.fresh import fresh_sign_in
from monitoring.accounts.middleware import before_second_factor
from monitoring.accounts.views.sign_in import go_on, next_of


@never_cache
@require_safe
def index(request):
    """The person's account: what others see, what they reach, how and where they sign in."""
    user = request.user
    context = {
        "regions": user.regions.all(),
        "state": second_factor.state_of(user),
        "required": second_factor.required(user),
        "sessions": sessions.sessions_of(user),
        "this_session": request.session.session_key,
        "devices": devices.devices_of(user),
        "may_have_tokens": allowed(user, "token.issue"),
        "tokens": tokens.of(user),
    }
    return render(request, "accounts/index.html", context)


@before_second_factor
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("password")
def confirm(request):
    """Ask again who it is, by password or passkey, then go on with what was being done."""
    sealed = getattr(request, "kept", "")
    if sealed or request.method != "POST":
        return _confirm_page(request, ConfirmForm(request=request), sealed)
    if request.POST.get("credential"):
        try:
            passkeys.used(request.POST["credential"], request.user)
        except passkeys.Refused:
            form = ConfirmForm(request=request)
            return _confirm_page(request, form, status=422, passkey_refused=True)
    else:
        form = ConfirmForm(request.POST, request=request)
        if not form.is_valid():
            return _confirm_page(request, form, status=429 if waits(form) else 422)
    fresh.mark(request)
    return go_on(request, confirmed=True)


@before_second_factor
@never_cache
@require_POST
def passkey_options(request):
    """What the browser needs to confirm with one of the person's passkeys, as JSON."""
    return JsonResponse(passkeys.authentication(request.user))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("new_password1", "new_password2")
@fresh_sign_in
def password(request):
    """Choose another password; every other session ends."""
    form = NewPasswordForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        people.change_password(request.user, form.cleaned_data["new_password1"])
        former = request.session.session_key
        update_session_auth_hash(request, request.user)
        sessions.moved(former, request.session.session_key)
        sessions.end_others(request.user, request.session.session_key, actor=request.user)
        messages.success(request, _("The password has been changed."))
        return redirect("account:index")
    status = 422 if form.is_bound else 200
    return render(request, "accounts/password.html", {"form": form}, status=status)


@before_second_factor
@never_cache
@require_safe
@fresh_sign_in
def second_factor_page(request):
    """Set up a passkey or an app; the only page besides, while one is required and missing."""
    return _second_factor_page(request)


@before_second_factor
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("code")
@fresh_sign_in
def app(request):
    """Take an app that shows codes: its key as picture and text, then the first code."""
    first = not second_factor.has(request.user)
    if second_factor.state_of(request.user).app:
        return redirect("account:second_factor")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            if second_factor.confirm_app(request, form.cleaned_data["code"]):
                return _added(request, first, _("Codes of the app are asked for from now on."))
            form.refuse()
        except delays.Wait as wait:
            form.refuse(wait)
    context = {"form": form, "new": second_factor.begin_app(request)}
    return render(request, "accounts/app.html", context, status=422 if form.is_bound else 200)


@require_POST
@fresh_sign_in
def app_remove(request):
    """Codes of the app are not asked for any longer."""
    if _may_remove(request):
        second_factor.remove_app(request.user)
        _removed(request)
    return redirect("account:second_factor")


@before_second_factor
@never_cache
@require_POST
@fresh_sign_in
def passkey_new_options(request):
    """What the browser needs to make a passkey, as JSON."""
    return JsonResponse(passkeys.registration(request.user))


@before_second_factor
@require_POST
@fresh_sign_in
def passkey_add(request):
    """Keep the passkey that the browser made."""
    first = not second_factor.has(request.user)
    form = PasskeyForm(request.POST)
    if form.is_valid():
        try:
            passkeys.add(request.user, form.cleaned_data["name"], form.cleaned_data["credential"])
        except passkeys.Refused:
            form.add_error(None, _("The device did not make a passkey. Nothing was changed."))
        else:
            second_factor.mark(request)
            return _added(request, first, _("The passkey has been added."))
    return _second_factor_page(request, passkey_form=form, status=422)


@require_POST
@fresh_sign_in
def passkey_remove(request, pk):
    """Forget a passkey."""
    if _may_remove(request):
        passkeys.remove(request.user, pk)
        _removed(request)
    return redirect("account:second_factor")


@never_cache
@require_http_methods(["POST"])
@fresh_sign_in
def codes(request):
    """Make new recovery codes and show them this once."""
    if not second_factor.has(request.user):
        return redirect("account:second_factor")
    return _codes_page(request)


@require_POST
def session_end(request, pk):
    """End one of the person's sessions."""
    sessions.end_one(request.user, pk, actor=request.user)
    messages.success(request, _("That session has ended."))
    return redirect("account:index")


@require_POST
def sessions_end(request):
    """End all of the person's sessions but this one."""
    sessions.end_others(request.user, request.session.session_key, actor=request.user)
    messages.success(request, _("You are signed in on this device only."))
    return redirect("account:index")


@require_POST
def device_forget(request, pk):
    """Destroy the key of one of the person's devices."""
    devices.forget(request.user, pk, actor=request.user)
    messages.success(request, _("The device has been forgotten."))
    return redirect("account:index")


def _confirm_page(request, form, sealed="", status=200, **extra):
    context = {
        "form": form,
        "kept": sealed or request.POST.get("kept", ""),
        "next": next_of(request),
        "state": second_factor.state_of(request.user),
        **extra,
    }
    return render(request, "registration/confirm.html", context, status=status)


def _second_factor_page(request, status=200, **extra):
    context = {
        "passkey_form": PasskeyForm(),
        "state": second_factor.state_of(request.user),
        "required": second_factor.required(request.user),
        **extra,
    }
    return render(request, "accounts/second_factor.html", context, status=status)


def _added(request, first: bool, text: str):
    """After the first means come the recovery codes, after another the list of them."""
    messages.success(request, text)
    return _codes_page(request, first=True) if first else redirect("account:second_factor")


def _codes_page(request, first: bool = False):
    context = {"codes": second_factor.new_codes(request.user), "first": first}
    return render(request, "accounts/codes.html", context)


def _may_remove(request) -> bool:
    """The last means stays where the role asks for one: add another first."""
    state = second_factor.state_of(request.user)
    if state.only_one and second_factor.required(request.user):
        messages.error(request, _("Your role needs a second factor: add another one first."))
        return False
    return True


def _removed(request) -> None:
    second_factor.unmark(request)
    messages.success(request, _("It is not asked for any longer."))
