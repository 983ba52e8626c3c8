"""The people of the bureau: one role each, and the regions whose cards they may work with.

Beside them what signing in needs: invitations, sessions, delays after failures. The access log
stands apart from the history of the cards: it may be purged, that one never.
"""

from __future__ import annotations

import uuid

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models import CheckConstraint, Q
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
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
    # What a device knows the account by: it says nothing, and stays when SECRET_KEY is changed.
    handle = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    objects = AccountManager()

    class Meta:
        ordering = ["username"]
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        constraints = [CheckConstraint(condition=Q(role__in=Role.values), name="user_role")]

    def __str__(self):
        """What others see; the name for signing in is nobody else's business."""
        return self.alias or gettext("%(role)s no. %(number)s") % {
            "role": self.get_role_display(),
            "number": self.pk,
        }

    def region_codes(self) -> frozenset[str]:
        """Codes of the regions in scope; asked of the database once for each request."""
        if not hasattr(self, "_region_codes"):
            self._region_codes = frozenset(self.regions.values_list("pk", flat=True))
        return self._region_codes

    @property
    def invited(self) -> bool:
        """No password has been chosen yet, or it was taken back with a new invitation."""
        return not self.has_usable_password()


class Invitation(models.Model):
    """A link with which a person chooses their password; only its hash is kept."""

    account = models.ForeignKey(User, models.CASCADE, related_name="invitations")
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    token_hash = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self):
        return f"{self.account_id} {self.made_at:%Y-%m-%d}"

    @property
    def state(self) -> str:
        """``used``, ``revoked``, ``expired`` or ``open``."""
        if self.used_at:
            return "used"
        if self.revoked_at:
            return "revoked"
        return "expired" if self.expires_at <= timezone.now() else "open"


class Means(models.TextChoices):
    """How somebody proved who they are."""

    PASSWORD = "password", pgettext_lazy("means", "password")
    APP = "app", pgettext_lazy("means", "password and code of an app")
    RECOVERY_CODE = "recovery_code", pgettext_lazy("means", "password and recovery code")
    PASSKEY = "passkey", pgettext_lazy("means", "passkey")
    INVITATION = "invitation", pgettext_lazy("means", "invitation")


class UserSession(models.Model):
    """Where somebody is signed in: the device in words, neither address nor user agent."""

    account = models.ForeignKey(User, models.CASCADE, related_name="sessions")
    key = models.CharField(max_length=40, unique=True)
    device = models.CharField(max_length=60, blank=True)
    means = models.CharField(max_length=13, choices=Means, default=Means.PASSWORD)
    begun_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField()

    class Meta:
        ordering = ["-seen_at", "-id"]
        constraints = [CheckConstraint(condition=Q(means__in=Means.values), name="session_means")]

    def __str__(self):
        return f"{self.account_id} {self.device}"


class Device(models.Model):
    """A device on which somebody works without a connection, and the key of its drafts.

    Forgetting it destroys the key: what the device kept sealed with it opens nowhere any more.
    """

    account = models.ForeignKey(User, models.CASCADE, related_name="devices")
    uuid = models.UUIDField()
    key = models.CharField(max_length=43, blank=True)
    label = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField(default=timezone.now)
    forgotten_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-seen_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["account", "uuid"], name="device_once"),
            CheckConstraint(
                condition=(Q(forgotten_at__isnull=True) & ~Q(key=""))
                | Q(forgotten_at__isnull=False, key=""),
                name="device_forgotten_has_no_key",
            ),
        ]

    def __str__(self):
        return f"{self.account_id} {self.label}"


class Token(models.Model):
    """What a program reads the site with, for an account; only the hash is kept.

    ``hint``: how it begins, by which its owner knows it again.
    """

    account = models.ForeignKey(User, models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=60)
    purpose = models.CharField(max_length=500)
    reads_values = models.BooleanField(default=False)
    reads_cards = models.BooleanField(default=False)
    hint = models.CharField(max_length=12)
    token_hash = models.CharField(max_length=64, unique=True)
    issued_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            CheckConstraint(
                condition=Q(reads_values=True) | Q(reads_cards=True), name="token_reads_something"
            ),
            CheckConstraint(condition=~Q(name="") & ~Q(purpose=""), name="token_has_purpose"),
            CheckConstraint(
                condition=Q(expires_at__gt=models.F("issued_at")), name="token_expires"
            ),
        ]

    def __str__(self):
        return f"{self.account_id} {self.hint}"

    @property
    def scopes(self) -> tuple[str, ...]:
        """What it reads: ``values``, ``cards``."""
        held = {"values": self.reads_values, "cards": self.reads_cards}
        return tuple(scope for scope, has in held.items() if has)

    @property
    def state(self) -> str:
        """``revoked``, ``expired`` or ``open``."""
        if self.revoked_at:
            return "revoked"
        return "expired" if self.expires_at <= timezone.now() else "open"


class Attempts(models.Model):
    """Failed attempts under one key: a name, an address, a device, all as keyed hashes."""

    key = models.CharField(max_length=64, unique=True)
    failures = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField()

    def __str__(self):
        return f"{self.failures}"


class LastWrite(models.Model):
    """When an account changed something last, by the database's clock and never backwards.

    Kept where there is a replica (``monitoring.replica``): one that holds this very moment holds
    what was written before it.
    """

    account = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="+")
    at = models.DateTimeField()

    def __str__(self):
        return f"{self.account_id} {self.at}"


class Action(models.TextChoices):
    """What the access log tells of."""

    CARD_VIEWED = "card_viewed", _("Card read")
    HISTORY_VIEWED = "history_viewed", _("History read")
    ATTACHMENT_DOWNLOADED = "attachment_downloaded", _("File downloaded")
    ORIGINAL_DOWNLOADED = "original_downloaded", _("Original downloaded")
    CARDS_EXPORTED = "cards_exported", _("Cards exported")
    CARDS_FETCHED = "cards_fetched", _("Cards read by a program")
    REPORT_DOWNLOADED = "report_downloaded", _("Report downloaded")
    LOG_VIEWED = "log_viewed", _("Access log read")


class AccessEntry(models.Model):
    """Somebody looked at or took away something sensitive. Neither address nor user agent."""

    user = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("who"))
    at = models.DateTimeField(_("when"), auto_now_add=True, db_index=True)
    action = models.CharField(_("what was done"), max_length=21, choices=Action)
    subject = models.CharField(_("of what"), max_length=80, blank=True)
    purpose = models.TextField(_("purpose"), blank=True)
    details = models.JSONField(default=dict)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("access")
        verbose_name_plural = _("access log")
        indexes = [
            models.Index(fields=["user", "action", "subject", "-at"], name="access_by_person"),
            models.Index(fields=["action", "-id"], name="access_by_action"),
        ]
        constraints = [CheckConstraint(condition=Q(action__in=Action.values), name="access_action")]

    def __str__(self):
        return f"{self.action} {self.subject}"
