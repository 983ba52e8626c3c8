"""The day on which a monitor is reminded of a card whose people still lack an outcome."""

from __future__ import annotations

import datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cards.models import Card, Reminder
from cards.services import today_in

#: Courts decide on administrative cases within days; after two weeks there is news to ask for.
FIRST = datetime.timedelta(days=14)
#: "Remind me later": in so many days.
LATER = (7, 30)
#: Nobody means a day beyond this.
LONGEST = datetime.timedelta(days=366)


def day_of(card: Card, chosen: datetime.date | None) -> datetime.date | None:
    """The day chosen, else two weeks after the assembly; None while its date is not known."""
    if chosen is not None:
        return chosen
    return card.date + FIRST if card.date else None


def chosen_by(user) -> dict[int, datetime.date]:
    """Key of the card -> the day that the person chose for it; one query."""
    return dict(Reminder.objects.filter(user=user).values_list("card", "on"))


def remind(card: Card, *, user, on: datetime.date) -> Reminder:
    """Remind the person on that day instead of the one before; ValidationError if it is no day to
    come. Rights are the caller's."""
    today = today_in(card.city)
    if on <= today:
        raise ValidationError({"on": ValidationError(_("Choose a day to come."), code="past")})
    if on > today + LONGEST:
        raise ValidationError(
            {"on": ValidationError(_("Choose a day within a year."), code="too_far")}
        )
    reminder, _new = Reminder.objects.update_or_create(card=card, user=user, defaults={"on": on})
    return reminder


def later(card: Card, days: int) -> datetime.date:
    """The day that lies so many days ahead where the assembly was."""
    return today_in(card.city) + datetime.timedelta(days=days)
