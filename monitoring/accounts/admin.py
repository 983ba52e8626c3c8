"""Vocabularies and places are managed here; people have pages of their own, cards none."""

from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from monitoring.accounts.access import allowed


class SiteAdmin(admin.AdminSite):
    """The settings pages, opened by the right ``account.manage`` and nothing else."""

    site_header = pgettext_lazy("vocabularies", "Settings")
    site_title = _("Zhinalys")
    index_title = pgettext_lazy("vocabularies", "Settings")
    site_url = "/"

    def has_permission(self, request) -> bool:
        return allowed(request.user, "account.manage")

    def get_urls(self):
        """Without Django's way from any row's number to its page: it tells addresses of cards."""
        return [url for url in super().get_urls() if getattr(url, "name", "") != "view_on_site"]

    def login(self, request, extra_context=None):
        """The site has one sign-in page; who is signed in and may not come here is refused."""
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(request.GET.get("next", reverse("admin:index")))

    def password_change(self, request, extra_context=None):
        """One's own password is changed on one's own page alone, after a fresh sign-in."""
        return redirect("account:password")

    password_change_done = password_change


class Managed:
    """Whoever opens the settings may use all of them; nothing that cards point to is deleted."""

    def has_module_permission(self, request):
        return allowed(request.user, "account.manage")

    def has_view_permission(self, request, obj=None):
        return allowed(request.user, "account.manage")

    def get_object(self, request, object_id, from_field=None):
        # Django looks an empty ``_to_field`` up among the columns and breaks.
        return super().get_object(request, object_id, from_field or None)

    has_add_permission = has_module_permission
    has_change_permission = has_view_permission

    def has_delete_permission(self, request, obj=None):
        return False


site = SiteAdmin(name="admin")
