"""What every page needs: the menu of the person's role and the demonstration strip."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from monitoring.accounts import second_factor
from monitoring.accounts.access import allowed
from monitoring.accounts.models import Role
from monitoring.jobs import asking


@dataclass(frozen=True, slots=True)
class NavItem:
    label: str | Promise
    url: str
    active: bool = False
    count: int | None = None


#: Menu: label, route, right that opens it.
MENU = (
    (_("My cards"), "cards:list", "card.create"),
    (_("Review queue"), "cards:queue", "card.queue"),
    (_("Awaiting a court"), "cards:awaiting", "card.queue"),
    (_("Cards"), "cards:all", "card.export"),
    (_("Applications"), "cards:applications", "application.list"),
    (_("Reports"), "reports:index", "report.view"),
    (_("Load files"), "cards:import", "card.import"),
    (_("People"), "people:list", "account.manage"),
    (_("Access log"), "access_log", "access_log.view"),
    (_("State of the site"), "status", "status.view"),
    (pgettext_lazy("vocabularies", "Settings"), "admin:index", "account.manage"),
)


def site(request) -> dict:
    """``demo``, ``organisation``; of the signed-in person ``nav_items`` and other links.

    ``field_url``: the field page, of whom it is made for. ``jobs_open``: how many jobs that were
    asked for in this session are not over.
    """
    user = getattr(request, "user", None)
    context = {"demo": settings.DEMO, "organisation": settings.ORGANISATION, "nav_items": ()}
    if user is None or not user.is_authenticated:
        return context
    context["account_items"] = [NavItem(_("Your account"), reverse("account:index"))]
    if second_factor.missing(request):
        # Everything leads to the set-up until there is one.
        return context
    if user.role == Role.MONITOR:
        context["field_url"] = reverse("field:shell", args=[get_language()[:2]])
    items = []
    for label, route, right in MENU:
        if allowed(user, right):
            url = reverse(route)
            # The list of cards is the beginning of every card's address, that of the settings of
            # people's; the others of their own.
            whole = route in ("cards:list", "admin:index")
            here = request.path == url or (not whole and request.path.startswith(url))
            waiting = _waiting(user) if route == "cards:list" else None
            items.append(NavItem(label, url, here, waiting))
    context["nav_items"] = items
    context["account_items"].append(NavItem(_("Long work"), reverse("jobs:list")))
    context["account_items"].append(NavItem(_("Guides"), reverse("guides")))
    context["jobs_open"] = asking.still_open(request)
    context["footer_items"] = [NavItem(_("Guides"), reverse("guides"))]
    return context


def _waiting(user) -> int:
    """Questions of the review about the person's own cards that wait for their answer."""
    asked = {"status__in": ("submitted", "returned"), "queries__state": "open"}
    return user.cards.filter(**asked).count()
