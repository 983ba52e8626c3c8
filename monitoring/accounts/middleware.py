"""Every page asks for a signed-in person unless its view says otherwise."""

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import JsonResponse
from django.utils.translation import gettext as _

from monitoring.accounts import kept


class SignInMiddleware(LoginRequiredMiddleware):
    """Sends people to sign in; what they were sending when the session ended is kept for them."""

    def handle_no_permission(self, request, view_func):
        if "application/json" in request.headers.get("Accept", ""):
            return JsonResponse({"ok": False, "error": _("Your session has ended.")}, status=401)
        if request.method == "POST":
            from monitoring.accounts.views import sign_in

            request.kept = kept.seal(request)
            return sign_in(request)
        return super().handle_no_permission(request, view_func)
