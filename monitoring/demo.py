"""The demonstration: the reconstructed data of 2018 and one account for each role.

The accounts open nothing unless DEBUG is on (``accounts.backends``).
"""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction

from cards.files import applications, importing
from cards.models import Card, PermitApplication
from cards.models.reference import Region
from monitoring.accounts.models import Role

FIXTURES = settings.BASE_DIR / "fixtures" / "2018"
#: Printed by ``make run``; good enough where everybody may look at everything.
PASSWORD = "demonstration"  # noqa: S105  (public on purpose)


@dataclass(frozen=True, slots=True)
class Account:
    username: str
    role: Role
    alias: str
    regions: tuple[str, ...] = ()


ACCOUNTS = (
    Account("monitor", Role.MONITOR, "Монитор, Алматы", ("KZ-75", "KZ-19")),
    Account("editor", Role.EDITOR, "Редактор"),
    Account("analyst", Role.ANALYST, "Аналитик"),
    Account("administrator", Role.ADMINISTRATOR, "Администратор"),
)


@transaction.atomic
def prepare() -> tuple[int, int, int]:
    """Make the accounts, load cards and permit applications; returns how many were new of each."""
    return _accounts(), _cards(), _applications()


def _accounts() -> int:
    users = get_user_model().objects
    made = 0
    for account in ACCOUNTS:
        user, new = users.get_or_create(
            username=account.username,
            defaults={
                "role": account.role,
                "alias": account.alias,
                "demo": True,
                "all_regions": not account.regions and account.role != Role.ADMINISTRATOR,
            },
        )
        if new:
            user.set_password(PASSWORD)
            user.save()
            user.regions.set(Region.with_codes(account.regions))
            made += 1
    return made


def _cards() -> int:
    if Card.objects.filter(reconstruction=True).exists():
        return 0
    checked = importing.check(
        (FIXTURES / "cards.csv").read_bytes(), (FIXTURES / "outcomes.csv").read_bytes()
    )
    importing.load(checked, reconstruction=True)
    return checked.cards.new


def _applications() -> int:
    if PermitApplication.objects.filter(ref__startswith="2018-P").exists():
        return 0
    checked = applications.check((FIXTURES / "applications.csv").read_bytes())
    applications.load(checked)
    return checked.tally.new
