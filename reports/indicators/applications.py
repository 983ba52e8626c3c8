"""Applications for a permit that never became an assembly: how many, decided how, and how soon."""

from collections.abc import Callable, Collection

from django.utils.translation import gettext_lazy as _

from reports.indicators.formulas import ratio
from reports.indicators.texts import as_text
from reports.legal import in_time
from reports.types import Facts, Indicator, Text, Value

#: Decisions that are none yet, or none that is known.
OPEN = ("pending", "unknown")
#: Somebody went on: before a court or a higher authority, whatever came of it.
APPEALED = ("pending", "upheld", "changed", "overturned")
#: Only these applications are behind a figure: reviewed, and without a card.
NEVER_HELD = {"review": "approved", "linked": "no"}

_ONCE_APPROVED: Text = _("Only applications that a second person has approved count.")
_WITH_ANSWER: Text = _(
    "Only applications with the date of the answer count; the others are stated as unknown."
)
_BY_ITSELF: Text = _("Not known is an answer of its own and stays among the applications.")
_SOURCE = as_text("7")


def _number(facts: Facts, place: str) -> int:
    return facts.sum(place, "applications").n


def _applications(facts: Facts, place: str, category: str) -> Value:
    n = _number(facts, place)
    return Value(n or None, n=n)


def _decided(decisions: Collection[str] = ()) -> Callable[[Facts, str, str], Value]:
    """Number of applications with one of the decisions, or with that of the category."""

    def compute(facts: Facts, place: str, category: str) -> Value:
        n = _number(facts, place)
        chosen = decisions or ([category] if category else ())
        hits = sum(facts.count(place, "permit_decision", each) for each in chosen)
        return Value(hits if n else None, n=n)

    return compute


def _mean_days(facts: Facts, place: str, category: str) -> Value:
    days = facts.sum(place, "permit_days")
    unknown = _number(facts, place) - days.n
    return Value(ratio(days.total, days.n), days.total, days.n, n=days.n, unknown=unknown)


def _late(facts: Facts, place: str, category: str) -> Value:
    late = facts.sum(place, "permit_late")
    unknown = _number(facts, place) - late.n
    return Value(late.total if late.n else None, n=late.n, unknown=unknown)


def _appealed(facts: Facts, place: str, category: str) -> Value:
    unknown = facts.count(place, "permit_appeal", "unknown")
    known = _number(facts, place) - unknown
    hits = sum(facts.count(place, "permit_appeal", each) for each in APPEALED)
    return Value(hits if known else None, n=known, unknown=unknown)


APPLICATIONS = Indicator(
    code="applications",
    name=_("Applications that never became an assembly"),
    definition=_(
        "Applications to an akimat for a permit after which no assembly was recorded. They are in"
        " none of the numbered tables."
    ),
    formula=_("number of approved applications without a card, by the day of the application"),
    unit="count",
    decimals=0,
    missing=_ONCE_APPROVED,
    source=_SOURCE,
    compute=_applications,
    tables=("applications",),
    drill=NEVER_HELD,
)

APPLICATIONS_BY_DECISION = Indicator(
    code="applications_by_decision",
    name=_("Applications by decision"),
    definition=_("How many of these applications the authorities decided in that way."),
    formula=_("number of approved applications without a card that have the decision"),
    unit="count",
    decimals=0,
    missing=_BY_ITSELF,
    source=_SOURCE,
    compute=_decided(),
    tables=("applications",),
    category="decision",
    drill=NEVER_HELD,
)

APPLICATIONS_OPEN = Indicator(
    code="applications_open",
    name=_("Applications whose decision is pending or not known"),
    definition=_("How many of these applications still waited, or ended nobody knows how."),
    formula=_("number of approved applications without a card whose decision is one of the two"),
    unit="count",
    decimals=0,
    missing=_BY_ITSELF,
    source=_SOURCE,
    compute=_decided(OPEN),
    tables=("applications",),
    drill={**NEVER_HELD, "decision": "open"},
)

APPLICATIONS_MEAN_DAYS = Indicator(
    code="applications_mean_days",
    name=_("Mean days from such an application to its answer"),
    definition=_("How long the authorities took to answer these applications."),
    formula=_("sum of days from application to answer / applications with both dates"),
    unit="days",
    decimals=1,
    missing=_WITH_ANSWER,
    source=_SOURCE,
    compute=_mean_days,
    tables=("applications",),
    drill={**NEVER_HELD, "answered": "yes"},
)

APPLICATIONS_LATE = Indicator(
    code="applications_late",
    name=_("Such applications answered later than the law allows"),
    definition=_("How many of these answers came later than the law of the day allows."),
    formula=_("number of applications with more days to the answer than the law allows"),
    worded=in_time(
        name=_("Such applications answered later than after %(after)s"),
        definition=_("How many of these answers came more than %(after)s after the application."),
        formula=_("number of applications with more than %(limit)s to the answer"),
    ),
    unit="count",
    decimals=0,
    missing=_WITH_ANSWER,
    source=_SOURCE,
    compute=_late,
    tables=("applications",),
    drill={**NEVER_HELD, "answered": "late"},
)

APPLICATIONS_APPEALED = Indicator(
    code="applications_appealed",
    name=_("Such applications whose refusal was appealed"),
    definition=_("How many decisions or silences on these applications were appealed against."),
    formula=_("number of approved applications without a card with an appeal, whatever its end"),
    unit="count",
    decimals=0,
    missing=_("Applications of which no appeal is known either way are stated as unknown."),
    source=_SOURCE,
    compute=_appealed,
    tables=("applications",),
    drill={**NEVER_HELD, "appeal": "any"},
)
