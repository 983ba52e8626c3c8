"""What the report calls permits by what the law asked for: a permit, a notification, or either.

Everything else that is said of a law (its name, its days, what it asks) is a row of the settings.
Here are only the sentences that differ with the kind of act; where acts of several kinds were in
force, or none that is known, they speak of whatever the law of the day asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy, npgettext_lazy

from cards.vocabularies import Regime
from reports.types import Terms, Text
from reports.wording import count, say


@dataclass(frozen=True)
class Words:
    """Sentences of the chapter on law-abidance and headings of table 10, for one kind of act.

    Plurals go by ``count``; that of ``unsanctioned`` takes ``of``, ``n`` and ``share``.
    """

    not_known: Text
    unsanctioned_share: Text
    unsanctioned: Text
    outside: Text
    none_asked: Text
    asked_nobody: Text
    index: Text
    why: Text
    refused: Text
    did_not_know: Text


_PERMIT = Words(
    not_known=_("Of no assembly is it known whether it had the permit that the law asks for."),
    unsanctioned_share=_("Held without the permit that the law asks for: %(share)s."),
    unsanctioned=ngettext_lazy(
        "Of %(of)s assembly with a known legal status %(n)s (%(share)s) was held without"
        " the permit that the law asks for.",
        "Of %(of)s assemblies with a known legal status %(n)s (%(share)s) were held without"
        " the permit that the law asks for.",
        "count",
    ),
    outside=ngettext_lazy(
        "Of %(n)s assembly the status is not known, or the law asks for no permit.",
        "Of %(n)s assemblies the status is not known, or the law asks for no permit.",
        "count",
    ),
    none_asked=_("Of no assembly is it known that no permit was sought."),
    asked_nobody=ngettext_lazy(
        "For %(n)s assembly nobody asked for a permit.",
        "For %(n)s assemblies nobody asked for a permit.",
        "count",
    ),
    index=_(
        "The law-abidance index is the share of sanctioned assemblies among those of which it is"
        " known whether they were sanctioned. At %(all)s every assembly had a permit."
    ),
    why=_("Why no permit was sought, by period"),
    refused=_("Refused on principle to ask for a permit"),
    did_not_know=_("Did not know that a permit was needed"),
)
_NOTIFICATION = Words(
    not_known=_(
        "Of no assembly is it known whether the notification that the law asks for was given."
    ),
    unsanctioned_share=_("Held without the notification that the law asks for: %(share)s."),
    unsanctioned=ngettext_lazy(
        "Of %(of)s assembly with a known legal status %(n)s (%(share)s) was held without"
        " the notification that the law asks for.",
        "Of %(of)s assemblies with a known legal status %(n)s (%(share)s) were held without"
        " the notification that the law asks for.",
        "count",
    ),
    outside=ngettext_lazy(
        "Of %(n)s assembly the status is not known, or the law asks for no notification.",
        "Of %(n)s assemblies the status is not known, or the law asks for no notification.",
        "count",
    ),
    none_asked=_("Of no assembly is it known that no notification was given."),
    asked_nobody=ngettext_lazy(
        "For %(n)s assembly nobody gave notification.",
        "For %(n)s assemblies nobody gave notification.",
        "count",
    ),
    index=_(
        "The law-abidance index is the share of sanctioned assemblies among those of which it is"
        " known whether they were sanctioned. At %(all)s notification was given of every assembly."
    ),
    why=_("Why no notification was given, by period"),
    refused=_("Refused on principle to give notification"),
    did_not_know=_("Did not know that a notification was needed"),
)
_APPROVAL = Words(
    not_known=_(
        "Of no assembly is it known whether the notification or approval that the law asks for was"
        " there."
    ),
    unsanctioned_share=_(
        "Held without the notification or approval that the law asks for: %(share)s."
    ),
    unsanctioned=ngettext_lazy(
        "Of %(of)s assembly with a known legal status %(n)s (%(share)s) was held without"
        " the notification or approval that the law asks for.",
        "Of %(of)s assemblies with a known legal status %(n)s (%(share)s) were held without"
        " the notification or approval that the law asks for.",
        "count",
    ),
    outside=ngettext_lazy(
        "Of %(n)s assembly the status is not known, or the law asks for neither notification nor"
        " approval.",
        "Of %(n)s assemblies the status is not known, or the law asks for neither notification nor"
        " approval.",
        "count",
    ),
    none_asked=_(
        "Of no assembly is it known that neither notification was given nor approval sought."
    ),
    asked_nobody=ngettext_lazy(
        "For %(n)s assembly nobody gave notification or asked for approval.",
        "For %(n)s assemblies nobody gave notification or asked for approval.",
        "count",
    ),
    index=_(
        "The law-abidance index is the share of sanctioned assemblies among those of which it is"
        " known whether they were sanctioned. At %(all)s every assembly was notified or approved."
    ),
    why=_("Why neither notification was given nor approval sought, by period"),
    refused=_("Refused on principle to turn to the authorities"),
    did_not_know=_("Did not know that notification or approval was needed"),
)
_WHATEVER = Words(
    not_known=_("Of no assembly is it known whether it was held as the law of the day asked."),
    unsanctioned_share=_("Held otherwise than the law of the day asked: %(share)s."),
    unsanctioned=ngettext_lazy(
        "Of %(of)s assembly with a known legal status %(n)s (%(share)s) was held otherwise than the"
        " law of the day asked.",
        "Of %(of)s assemblies with a known legal status %(n)s (%(share)s) were held otherwise than"
        " the law of the day asked.",
        "count",
    ),
    outside=ngettext_lazy(
        "Of %(n)s assembly the status is not known, or the law of the day asked for nothing.",
        "Of %(n)s assemblies the status is not known, or the law of the day asked for nothing.",
        "count",
    ),
    none_asked=_("Of no assembly is it known that nobody turned to the authorities."),
    asked_nobody=ngettext_lazy(
        "For %(n)s assembly nobody turned to the authorities.",
        "For %(n)s assemblies nobody turned to the authorities.",
        "count",
    ),
    index=_(
        "The law-abidance index is the share of sanctioned assemblies among those of which it is"
        " known whether they were sanctioned. At %(all)s every assembly was held as the law of the"
        " day asked."
    ),
    why=_("Why nobody turned to the authorities, by period"),
    refused=_("Refused on principle to turn to the authorities"),
    did_not_know=_("Did not know that the law asked for it"),
)
_BY_REGIME = {
    Regime.PERMIT.value: _PERMIT,
    Regime.NOTIFICATION.value: _NOTIFICATION,
    Regime.NOTIFICATION_AND_APPROVAL.value: _APPROVAL,
}


def words(terms: Terms) -> Words:
    """What things are called under those terms."""
    return _BY_REGIME.get(terms.regime, _WHATEVER)


_LIMIT = npgettext_lazy("more or later than", "%(n)s day", "%(n)s days", "count")
_AFTER = npgettext_lazy("after", "%(n)s day", "%(n)s days", "count")


def time_for_an_answer(days: int) -> dict[str, Text]:
    """The time in words, such as "10 days": ``limit`` after "later than", ``after`` after "after".

    Other languages bend it by what stands before.
    """
    return {
        "limit": say(_LIMIT, count=days, n=count(days)),
        "after": say(_AFTER, count=days, n=count(days)),
    }


def asked_a_permit(**texts: Text) -> Callable[[Terms], Mapping[str, Any]]:
    """Words of an indicator for acts that ask for a permit; under others its own ones stand."""
    return lambda terms: texts if terms.regime == Regime.PERMIT.value else {}


def in_time(**texts: Text) -> Callable[[Terms], Mapping[str, Any]]:
    """Words of an indicator that name the time for an answer, where it is known."""

    def worded(terms: Terms) -> Mapping[str, Any]:
        if terms.days is None:
            return {}
        time = time_for_an_answer(terms.days)
        return {name: say(text, **time) for name, text in texts.items()}

    return worded
