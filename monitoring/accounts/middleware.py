"""Every page asks for a signed-in person unless its view says otherwise."""

from django.contrib.auth import SESSION_KEY
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.models import AnonymousUser
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from monitoring.accounts import kept, second_factor, sessions


class SessionLimitsMiddleware:
    """Ends sessions that have lasted or rested too long. What was being sent then is kept: the
    next in line takes the person for a stranger and carries the form through sign-in."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if SESSION_KEY in request.session:
            if sessions.over(request.session):
                sessions.left(None, request, None)
                request.session.flush()
                request.user = AnonymousUser()
            else:
                sessions.seen(request.session)
        return self.get_response(request)


def before_second_factor(view):
    """For views that somebody reaches who still has to set up their second factor."""
    view.before_second_factor = True
    return view


class SignInMiddleware(LoginRequiredMiddleware):
    """Sends people to sign in; what they were sending when the session ended is kept for them."""

    def process_view(self, request, view_func, view_args, view_kwargs):
        answer = super().process_view(request, view_func, view_args, view_kwargs)
        if answer is not None or not request.user.is_authenticated:
            return answer
        if not getattr(view_func, "login_required", True):
            return None
        if getattr(view_func, "before_second_factor", False) or not second_factor.missing(request):
            return None
        return self.handle_no_second_factor(request)

    def handle_no_second_factor(self, request):
        """Lead to the set-up; a form stays in the page until there is a second factor."""
        if "application/json" in request.headers.get("Accept", ""):
            text = _("Set up a second factor first.")
            return JsonResponse({"ok": False, "error": text}, status=403)
        if request.method == "POST":
            context = {"kept": kept.unseal(kept.seal(request)), "second_factor_missing": True}
            return render(request, "registration/kept.html", context, status=403)
        return redirect("account:second_factor")

    def handle_no_permission(self, request, view_func):
        if "application/json" in request.headers.get("Accept", ""):
            return JsonResponse({"ok": False, "error": _("Your session has ended.")}, status=401)
        if request.method == "POST":
            from monitoring.accounts.views.sign_in import sign_in

            request.kept = kept.seal(request)
            return sign_in(request)
        return super().handle_no_permission(request, view_func)
