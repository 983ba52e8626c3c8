"""Who came on behalf of the authorities, who warned, and how many police there were."""

from django.utils.translation import gettext_lazy as _

from reports.indicators.formulas import (
    NOT_KNOWN,
    known,
    of_answers,
    of_mean,
    of_range,
    ratio,
)
from reports.indicators.texts import BOTH_KNOWN, LEFT_OUT, SUM_OF_KNOWN, as_table, as_text
from reports.types import Facts, Indicator, Text, Value


def _police_control(facts: Facts, place: str, category: str) -> Value:
    police, people = (facts.sum(place, f"both_{who}") for who in ("police", "participants"))
    fewest, most = (facts.sum(place, f"both_police_{bound}").total for bound in ("low", "high"))
    small, large = (
        facts.sum(place, f"both_participants_{bound}").total for bound in ("low", "high")
    )
    return Value(
        ratio(police.total, people.total),
        police.total if police.n else None,
        people.total if people.n else None,
        n=people.n,
        unknown=facts.assemblies(place) - people.n,
        low=ratio(fewest, large),
        high=ratio(most, small),
    )


def _median_police_per_participant(facts: Facts, place: str, category: str) -> Value:
    n = facts.sum(place, "both_participants").n
    median = facts.medians.get((place, "police_per_participant"))
    return Value(median, n=n, unknown=facts.assemblies(place) - n)


def _obstructed(facts: Facts, place: str, category: str) -> Value:
    seen, unknown = known(facts, place, "obstructed")
    return Value(seen.total if seen.n else None, n=seen.n, unknown=unknown)


def _acted(code: str, name: Text, definition: Text) -> Indicator:
    """A row and column of table 13: in how many assemblies the answer was yes."""
    return Indicator(
        code=code,
        name=name,
        definition=definition,
        formula=_("number of counted cards answered yes"),
        unit="assemblies",
        decimals=0,
        missing=LEFT_OUT,
        source=as_table("13"),
        compute=of_answers(code, "yes", unknown=NOT_KNOWN),
        tables=("13",),
        drill={code: "yes"},
    )


PROSECUTOR_PRESENT = _acted(
    "prosecutor_present",
    _("Presence of the prosecutor's office"),
    _("Assemblies at which somebody from the prosecutor's office was seen."),
)
PROSECUTOR_WARNED = _acted(
    "prosecutor_warned",
    _("Warnings by the prosecutor's office"),
    _("Assemblies at which somebody from the prosecutor's office warned the participants."),
)
AKIMAT_PRESENT = _acted(
    "akimat_present",
    _("Presence of the akimat"),
    _("Assemblies at which somebody from the akimat was seen."),
)
AKIMAT_WARNED = _acted(
    "akimat_warned",
    _("Warnings by the akimat"),
    _("Assemblies at which somebody from the akimat warned the participants."),
)
POLICE_PRESENT = _acted(
    "police_present",
    _("Presence of the police"),
    _("Assemblies at which police were seen."),
)
POLICE_WARNED = _acted(
    "police_warned",
    _("Warnings by the police"),
    _("Assemblies at which the police warned the participants."),
)

PARTICIPANTS = Indicator(
    code="participants",
    name=_("Participants"),
    definition=_("People who took part, as the monitors counted or estimated them."),
    formula=_("sum of participants over the cards where they are known"),
    unit="people",
    decimals=0,
    missing=SUM_OF_KNOWN,
    source=as_table("14"),
    compute=of_range("participants"),
    tables=("14", "18", "text"),
    drill={"participants": "known"},
)

POLICE = Indicator(
    code="police",
    name=_("Police officers"),
    definition=_("Police officers at the assemblies, as the monitors counted or estimated them."),
    formula=_("sum of police officers over the cards where they are known"),
    unit="officers",
    decimals=0,
    missing=SUM_OF_KNOWN,
    source=as_table("14"),
    compute=of_range("police"),
    tables=("14", "text"),
    drill={"police": "known"},
)

POLICE_CONTROL = Indicator(
    code="police_control",
    name=_("Police-control index"),
    definition=_("How many police officers there were for each participant."),
    formula=_(
        "sum of police officers / sum of participants; low: fewest officers / most participants,"
        " high: most officers / fewest participants"
    ),
    unit="officers per participant",
    decimals=2,
    missing=BOTH_KNOWN,
    source=as_table("14"),
    compute=_police_control,
    tables=("14", "15"),
    drill={"both": "known"},
)

MEDIAN_POLICE_PER_PARTICIPANT = Indicator(
    code="median_police_per_participant",
    name=_("Median of police officers per participant"),
    definition=_(
        "The middle one of the ratios of single assemblies: half of them had fewer officers for"
        " each participant, half had more."
    ),
    formula=_("median of police officers / participants over single assemblies"),
    unit="officers per participant",
    decimals=2,
    missing=BOTH_KNOWN,
    source=as_table("14"),
    compute=_median_police_per_participant,
    tables=("14", "text"),
    drill={"both": "known"},
)

MEAN_POLICE = Indicator(
    code="mean_police",
    name=_("Mean police officers per assembly"),
    definition=_("How many police officers there were at an assembly on average."),
    formula=_("sum of police officers / cards where they are known"),
    unit="officers per assembly",
    decimals=1,
    missing=SUM_OF_KNOWN,
    source=as_text("9"),
    compute=of_mean("police", ranged=True),
    tables=("text",),
    drill={"police": "known"},
)

POLICE_OBSTRUCTED = Indicator(
    code="police_obstructed",
    name=_("Assemblies obstructed by the police"),
    definition=_("Assemblies at which the police blocked access, dispersed people or used force."),
    formula=_("number of counted cards with at least one of these actions"),
    unit="count",
    decimals=0,
    missing=LEFT_OUT,
    source=as_text("7"),
    compute=_obstructed,
    tables=("text",),
    drill={"obstructed": "yes"},
)
