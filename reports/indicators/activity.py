"""How many assemblies there were, where, and how many in a month."""

from django.utils.translation import gettext_lazy as _

from reports.indicators.formulas import everywhere, ratio
from reports.indicators.texts import ALWAYS_KNOWN, METHOD, as_table
from reports.types import TOTAL, Facts, Indicator, Value


def _assemblies(facts: Facts, place: str, category: str) -> Value:
    n = facts.assemblies(place)
    if place != TOTAL and not n and not facts.covered.get(place):
        # Nobody was there to see: that is not the same as no assembly.
        return Value()
    return Value(n, n=n, unknown=0)


def _assemblies_share(facts: Facts, place: str, category: str) -> Value:
    here, all_places = facts.assemblies(place), facts.assemblies()
    return Value(ratio(here, all_places, 100), here, all_places, n=all_places, unknown=0)


def _rally_activity(facts: Facts, place: str, category: str) -> Value:
    n = facts.assemblies(place)
    months = facts.covered_any if place == TOTAL else facts.covered.get(place, 0)
    return Value(ratio(n, months), n, months, n=n, unknown=0)


def _places_without_assemblies(facts: Facts) -> Value:
    monitored = {place for place, months in facts.covered.items() if months}
    n = facts.assemblies()
    return Value(len(monitored - facts.places()), denominator=len(monitored), n=n, unknown=0)


ASSEMBLIES = Indicator(
    code="assemblies",
    name=_("Assemblies"),
    definition=_(
        "Counted assemblies: those that were held, and those that were cut short before people"
        " could speak. Actions prevented before anybody gathered are not among them."
    ),
    formula=_("number of approved cards that are counted"),
    unit="count",
    decimals=0,
    missing=_("A place that was not monitored in the period and has no card has no value."),
    source=as_table("1"),
    compute=_assemblies,
    tables=("1", "2", "11"),
)

ASSEMBLIES_SHARE = Indicator(
    code="assemblies_share",
    name=_("Share of all assemblies"),
    definition=_("What part of all counted assemblies took place here."),
    formula=_("assemblies of the place / all assemblies × 100 %"),
    unit="percent",
    decimals=1,
    missing=ALWAYS_KNOWN,
    source=as_table("1"),
    compute=_assemblies_share,
    tables=("1",),
)

RALLY_ACTIVITY = Indicator(
    code="rally_activity",
    name=_("Rally activity index"),
    definition=_(
        "How many assemblies took place in a month of monitoring, in one place or in the country."
    ),
    formula=_("counted assemblies / months covered by the monitoring"),
    unit="assemblies per month",
    decimals=2,
    missing=_(
        "Months in which the place was not monitored are not in the denominator; half-covered ones"
        " count as half. Without a covered month there is no value."
    ),
    source=as_table("3"),
    compute=_rally_activity,
    tables=("3",),
)

PLACES_WITHOUT_ASSEMBLIES = Indicator(
    code="places_without_assemblies",
    name=_("Monitored places without a single assembly"),
    definition=_("Places that were monitored in the period and have no counted assembly."),
    formula=_("number of places covered for at least part of a month and without a counted card"),
    unit="count",
    decimals=0,
    missing=_("Places that were not monitored at all are not among them."),
    source=METHOD,
    compute=everywhere(_places_without_assemblies),
    tables=("text",),
    drill=None,
)
