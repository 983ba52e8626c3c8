"""Size and length of assemblies, and how they were observed."""

from django.utils.translation import gettext_lazy as _

from reports.indicators.formulas import known, of_mean, of_part, ratio
from reports.indicators.texts import ALWAYS_KNOWN, METHOD, SUM_OF_KNOWN, as_table
from reports.types import TOTAL, Facts, Indicator, Value


def _participants_share(facts: Facts, place: str, category: str) -> Value:
    here = facts.sum(place, "participants")
    everywhere, unknown = known(facts, TOTAL, "participants")
    if not here.n:
        return Value(denominator=everywhere.total, n=everywhere.n, unknown=unknown)
    value = ratio(here.total, everywhere.total, 100)
    return Value(value, here.total, everywhere.total, everywhere.n, unknown)


PARTICIPANTS_SHARE = Indicator(
    code="participants_share",
    name=_("Share of all participants"),
    definition=_("What part of all participants took part here."),
    formula=_("participants of the place / all participants × 100 %"),
    unit="percent",
    decimals=1,
    missing=SUM_OF_KNOWN,
    source=as_table("18"),
    compute=_participants_share,
    tables=("18",),
    drill={"participants": "known"},
)

MEAN_PARTICIPANTS = Indicator(
    code="mean_participants",
    name=_("Mean participants per assembly"),
    definition=_("How many people took part in an assembly on average."),
    formula=_("sum of participants / cards where they are known"),
    unit="people per assembly",
    decimals=1,
    missing=SUM_OF_KNOWN,
    source=as_table("18"),
    compute=of_mean("participants", ranged=True),
    tables=("18", "text"),
    drill={"participants": "known"},
)

MEAN_DURATION = Indicator(
    code="mean_duration",
    name=_("Mean duration of an assembly"),
    definition=_("How many minutes an assembly lasted on average."),
    formula=_("sum of durations / cards where the duration is known"),
    unit="minutes",
    decimals=0,
    missing=_(
        "Cards without a known duration are left out and their number is stated. An end before the"
        " start is on the next day."
    ),
    source=as_table("19"),
    compute=of_mean("duration"),
    tables=("19", "text"),
    drill={"duration": "known"},
)

DIRECT_SHARE = Indicator(
    code="direct_share",
    name=_("Share of direct observation"),
    definition=_("At what part of the assemblies a monitor was present."),
    formula=_("counted cards with direct observation among their sources / counted cards × 100 %"),
    unit="percent",
    decimals=1,
    missing=ALWAYS_KNOWN,
    source=METHOD,
    compute=of_part("direct"),
    tables=("text",),
    drill={"source": "direct"},
)
