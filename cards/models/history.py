"""Every change of a card, an application, an account, an edition: who, when, why, what.

Rows are only ever added, by ``cards.history`` alone; the database refuses to change or delete them
(``cards.guards``). Each holds the hash of the one before it (``cards.chain``).
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cards.chain import GENESIS
from cards.models.card import Card
from cards.models.fields import choice_constraint
from cards.models.permits import PermitApplication
from cards.vocabularies import Status


class EventKind(models.TextChoices):
    CREATED = "created", _("Card begun")
    EDITED = "edited", _("Answers changed")
    STATUS = "status", _("Status changed")
    COUNT = "count", _("Count added")
    COUNT_USED = "count_used", _("Another count chosen")
    INCLUSION = "inclusion", _("Inclusion decided")
    OUTCOME = "outcome", _("Court outcome added")
    OUTCOME_REVIEW = "outcome_review", _("Court outcome reviewed")
    ATTACHMENT = "attachment", _("Attachment added")
    ATTACHMENT_REVIEW = "attachment_review", _("Attachment reviewed")
    IMPORTED = "imported", pgettext_lazy("history", "Loaded from a file")
    QUERY = "query", _("Question asked")
    QUERY_ANSWERED = "query_answered", _("Question answered")
    QUERY_CLOSED = "query_closed", _("Question closed")
    CHECK_DISMISSED = "check_dismissed", _("Check dismissed")
    VERIFIED = "verified", _("Answers verified")
    UNVERIFIED = "unverified", _("Verification taken back")
    MERGED = "merged", _("Cards merged")
    MERGE_UNDONE = "merge_undone", _("Merge undone")
    APPLICATION = "application", _("Permit application recorded")
    APPLICATION_EDITED = "application_edited", _("Permit application changed")
    APPLICATION_REVIEW = "application_review", _("Permit application reviewed")
    APPLICATION_LINKED = "application_linked", _("Permit application linked to a card")
    INVITED = "invited", _("Account invited")
    ACCOUNT = "account", _("Account changed")
    SIGN_IN_MEANS = "sign_in_means", _("Means of signing in changed")
    EDITION = "edition", _("Edition changed")
    PROSE = "prose", _("Text of an edition changed")
    CASE_BOX = "case_box", _("Case box changed")


#: Entries whose changes are answers of the card; the others tell of what belongs to it.
ANSWERING = frozenset(
    {
        EventKind.CREATED,
        EventKind.EDITED,
        EventKind.COUNT_USED,
        EventKind.INCLUSION,
        EventKind.IMPORTED,
        EventKind.MERGED,
        EventKind.MERGE_UNDONE,
    }
)


def _of(thing: str) -> Q:
    """The entry is about this kind of thing and no other."""
    keys = {f"{name}__isnull": name != thing for name in ("card", "application", "account")}
    return Q(**keys) & (~Q(subject="") if thing == "subject" else Q(subject=""))


class Event(models.Model):
    """One change of one thing: a card, a permit application, an account, or a ``subject``.

    A subject is named by who keeps it ("edition/2018-1"): cards know nothing of it.

    ``changes``: field -> [before, after], as text the way a card file writes it.
    ``seq``: its place in the one chain of all entries, from 1 without gaps; ``previous`` is the
    ``hash`` of the entry before.
    """

    card = models.ForeignKey(Card, models.PROTECT, null=True, related_name="events")
    application = models.ForeignKey(
        PermitApplication, models.PROTECT, null=True, related_name="events"
    )
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="events"
    )
    subject = models.CharField(max_length=80, blank=True, default="", db_default="", editable=False)
    kind = models.CharField(_("what"), max_length=20, choices=EventKind)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("who"),
    )
    at = models.DateTimeField(_("when"), default=timezone.now, editable=False)
    reason = models.TextField(_("why"), blank=True)
    from_status = models.CharField(max_length=10, choices=Status, blank=True)
    to_status = models.CharField(max_length=10, choices=Status, blank=True)
    version = models.PositiveIntegerField(_("version"), default=0)
    changes = models.JSONField(_("changes"), default=dict)
    seq = models.PositiveBigIntegerField(unique=True, editable=False)
    previous = models.CharField(max_length=64, editable=False)
    hash = models.CharField(max_length=64, editable=False)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("change")
        verbose_name_plural = _("history")
        constraints = [
            choice_constraint("event", "kind", EventKind),
            choice_constraint("event", "from_status", Status, blank=True),
            choice_constraint("event", "to_status", Status, blank=True),
            CheckConstraint(
                condition=_of("card") | _of("application") | _of("account") | _of("subject"),
                name="event_of_one_thing",
            ),
        ]
        indexes = [
            models.Index(fields=["subject", "-id"], name="event_subject", condition=~Q(subject="")),
            # What was decided lately, whosever cards it was about.
            models.Index(fields=["to_status", "at"], name="event_decisions"),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d %H:%M}"


class HistoryHead(models.Model):
    """Where the chain ends: one row, held while entries are added."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    seq = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, default=GENESIS)

    class Meta:
        constraints = [CheckConstraint(condition=Q(id=1), name="history_has_one_head")]

    def __str__(self):
        return f"{self.seq}:{self.hash}"
