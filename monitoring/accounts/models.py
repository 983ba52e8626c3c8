"""The people of the bureau: one role each, and the regions whose cards they may work with."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models import CheckConstraint, Q
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    MONITOR = "monitor", _("Monitor")
    EDITOR = "editor", _("Editor")
    ANALYST = "analyst", _("Analyst")
    ADMINISTRATOR = "administrator", _("Administrator")


class AccountManager(UserManager):
    use_in_migrations = False

    def create_superuser(self, username, email=None, password=None, **fields):
        """The first administrator: by role, since no account stands above the table of rights."""
        fields = {"role": Role.ADMINISTRATOR, **fields, "is_staff": False, "is_superuser": False}
        return self._create_user(username, email, password, **fields)


class User(AbstractUser):
    """An account. ``alias`` is what others see; the scope is regions, none by default."""

    role = models.CharField(_("role"), max_length=13, choices=Role, default=Role.MONITOR)
    alias = models.CharField(
        _("shown to others as"),
        max_length=60,
        blank=True,
        help_text=_("Names of monitors are not shown on cards."),
    )
    regions = models.ManyToManyField(
        "cards.Region", blank=True, related_name="+", verbose_name=_("regions")
    )
    all_regions = models.BooleanField(_("all regions"), default=False)
    language = models.CharField(_("language"), max_length=2, blank=True)
    demo = models.BooleanField(_("demonstration account"), default=False, editable=False)

    objects = AccountManager()

    class Meta:
        ordering = ["username"]
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        constraints = [CheckConstraint(condition=Q(role__in=Role.values), name="user_role")]

    def __str__(self):
        return self.alias or self.username

    def region_codes(self) -> frozenset[str]:
        """Codes of the regions in scope; asked of the database once for each request."""
        if not hasattr(self, "_region_codes"):
            self._region_codes = frozenset(self.regions.values_list("pk", flat=True))
        return self._region_codes
