"""What every page needs: the menu of the person's role and the demonstration strip."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from monitoring.accounts.access import allowed


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
    (_("Reports"), "reports:index", "report.view"),
    (_("Load files"), "cards:import", "card.import"),
    (_("People and settings"), "admin:index", "account.manage"),
)


def site(request) -> dict:
    """``demo``, ``organisation``; of the signed-in person ``nav_items`` and other links."""
    user = getattr(request, "user", None)
    context = {"demo": settings.DEMO, "organisation": settings.ORGANISATION, "nav_items": ()}
    if user is None or not user.is_authenticated:
        return context
    items = []
    for label, route, right in MENU:
        if allowed(user, right):
            url = reverse(route)
            # The list of cards is the beginning of every card's address, the others of their own.
            here = request.path == url or (route != "cards:list" and request.path.startswith(url))
            items.append(NavItem(label, url, here))
    context["nav_items"] = items
    context["account_items"] = [NavItem(_("Guides"), reverse("guides"))]
    context["footer_items"] = [NavItem(_("Guides"), reverse("guides"))]
    return context
