"""Administrators manage people here; cards are registered nowhere in the admin."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from monitoring.accounts.access import allowed
from monitoring.accounts.models import User


class SiteAdmin(admin.AdminSite):
    """The settings pages, opened by the right ``account.manage`` and nothing else."""

    site_header = _("People and settings")
    site_title = _("Zhinalys")
    index_title = _("People and settings")
    site_url = None

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


class Managed:
    """Whoever opens the settings may use all of them; nothing that cards point to is deleted."""

    def has_module_permission(self, request):
        return allowed(request.user, "account.manage")

    def has_view_permission(self, request, obj=None):
        return allowed(request.user, "account.manage")

    has_add_permission = has_module_permission
    has_change_permission = has_view_permission

    def has_delete_permission(self, request, obj=None):
        return False


site = SiteAdmin(name="admin")


@admin.register(User, site=site)
class AccountAdmin(Managed, UserAdmin):
    list_display = ("username", "alias", "role", "all_regions", "is_active", "last_login")
    list_filter = ("role", "is_active", "regions")
    filter_horizontal = ("regions",)
    search_fields = ("username", "alias")
    fieldsets = (
        (None, {"fields": ("username", "password", "alias")}),
        (_("Role"), {"fields": ("role", "regions", "all_regions", "language")}),
        (_("Access"), {"fields": ("is_active", "last_login", "date_joined")}),
    )
    readonly_fields = ("last_login", "date_joined")
    add_fieldsets = (
        (
            None,
            {
                "classes": ("wide",),
                "fields": (
                    "username",
                    "alias",
                    "role",
                    "regions",
                    "all_regions",
                    "usable_password",
                    "password1",
                    "password2",
                ),
            },
        ),
    )
