"""Signing in and out."""

from django.conf import settings
from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.http import HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST
from django.views.i18n import set_language as django_set_language

from monitoring.accounts import kept


@method_decorator(
    [login_not_required, never_cache, sensitive_post_parameters("password")], name="dispatch"
)
class SignIn(View):
    """The sign-in page; carries on with what was being sent when a session ended."""

    template = "registration/login.html"

    def get(self, request):
        if request.user.is_authenticated:
            return redirect(self._next(request))
        return self._page(request, AuthenticationForm(request))

    def post(self, request):
        if hasattr(request, "kept"):
            return self._page(request, AuthenticationForm(request), request.kept, status=401)
        sealed = request.POST.get("kept", "")
        form = AuthenticationForm(request, data=request.POST)
        if not form.is_valid():
            return self._page(request, form, sealed, status=422)
        user = form.get_user()
        login(request, user)
        held = kept.unseal(sealed) if sealed else None
        if held:
            response = render(request, "registration/kept.html", {"kept": held})
        else:
            response = HttpResponseRedirect(self._next(request))
        if user.language and check_for_language(user.language):
            response.set_cookie(settings.LANGUAGE_COOKIE_NAME, user.language, samesite="Lax")
        return response

    def _page(self, request, form, sealed="", status=200):
        form.fields["username"].widget.attrs.update({"autocapitalize": "none", "autofocus": True})
        context = {
            "form": form,
            "kept": sealed,
            "next": request.GET.get("next", "") or request.POST.get("next", ""),
            "demo_accounts": _demo_accounts(),
        }
        return render(request, self.template, context, status=status)

    def _next(self, request) -> str:
        target = request.POST.get("next") or request.GET.get("next") or ""
        # A path, never a name that Django would look up among the addresses.
        safe = target.startswith("/") and url_has_allowed_host_and_scheme(
            target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        )
        return target if safe else resolve_url(settings.LOGIN_REDIRECT_URL)


sign_in = SignIn.as_view()


def _demo_accounts() -> list[dict]:
    """What to type in a demonstration; none on a real site."""
    if not (settings.DEMO and settings.DEBUG):
        return []
    from monitoring.demo import ACCOUNTS, PASSWORD

    return [
        {"role": account.role.label, "username": account.username, "password": PASSWORD}
        for account in ACCOUNTS
    ]


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
