"""Detentions, how they went, and the actions prevented before anybody gathered."""

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from reports.indicators.formulas import known, of_part, of_total, ratio
from reports.indicators.texts import BOTH_KNOWN, LEFT_OUT, METHOD, SUM_OF_KNOWN, as_table, as_text
from reports.types import Facts, Indicator, Value


def _cards_with(measure: str) -> Callable[[Facts, str, str], Value]:
    """Number of cards of which the measure holds, out of those where it is known."""

    def compute(facts: Facts, place: str, category: str) -> Value:
        seen, unknown = known(facts, place, measure)
        return Value(seen.total if seen.n else None, n=seen.n, unknown=unknown)

    return compute


def _detained_share(facts: Facts, place: str, category: str) -> Value:
    taken = facts.sum(place, "detained_of_participants")
    people = facts.sum(place, "participants_of_detained")
    unknown = facts.assemblies(place) - people.n
    return Value(
        ratio(taken.total, people.total, 100),
        taken.total if taken.n else None,
        people.total if people.n else None,
        people.n,
        unknown,
    )


def _arbitrary_share(facts: Facts, place: str, category: str) -> Value:
    said = facts.sum(place, "arbitrary")
    unknown = int(facts.sum(place, "with_detentions").total) - said.n
    return Value(ratio(said.total, said.n, 100), said.total, said.n, n=said.n, unknown=unknown)


def _prevented(measure: str) -> Callable[[Facts, str, str], Value]:
    """Of the prevented actions, which are recorded and not counted."""

    def compute(facts: Facts, place: str, category: str) -> Value:
        actions, seen = facts.sum(place, "prevented"), facts.sum(place, measure)
        if actions.n and not seen.n and measure == "prevented_detained":
            return Value(n=0, unknown=actions.n)
        return Value(seen.total, n=seen.n)

    return compute


ASSEMBLIES_WITH_DETENTIONS = Indicator(
    code="assemblies_with_detentions",
    name=_("Assemblies with detentions"),
    definition=_("Assemblies at, before or after which at least one person was detained."),
    formula=_("number of counted cards with more than 0 people detained"),
    unit="count",
    decimals=0,
    missing=LEFT_OUT,
    source=as_table("16"),
    compute=_cards_with("with_detentions"),
    tables=("16", "text"),
    drill={"detentions": "yes"},
)

ASSEMBLIES_ENDING_IN_DETENTION = Indicator(
    code="assemblies_ending_in_detention",
    name=_("Share of assemblies that ended in detentions"),
    definition=_("In what part of the assemblies at least one person was detained."),
    formula=_("assemblies with detentions / assemblies where detentions are known × 100 %"),
    unit="percent",
    decimals=1,
    missing=LEFT_OUT,
    source=as_text("10"),
    compute=of_part("with_detentions"),
    tables=("text",),
    drill={"detentions": "yes"},
)

DETAINED = Indicator(
    code="detained",
    name=_("People detained"),
    definition=_("People taken by the police in connection with the assemblies."),
    formula=_("sum of people detained over the cards where it is known"),
    unit="people",
    decimals=0,
    missing=SUM_OF_KNOWN,
    source=as_table("16"),
    compute=of_total("detained"),
    tables=("16", "text"),
    drill={"detentions": "yes"},
)

DETAINED_SHARE_OF_PARTICIPANTS = Indicator(
    code="detained_share_of_participants",
    name=_("People detained as a share of participants"),
    definition=_(
        "How many of a hundred participants were detained. Bystanders who were taken count as"
        " detained, so that the share may pass 100 %."
    ),
    formula=_("sum of people detained / sum of participants × 100 %"),
    unit="percent",
    decimals=1,
    missing=BOTH_KNOWN,
    source=as_text("10"),
    compute=_detained_share,
    tables=("text",),
    drill={"participants": "known", "detentions": "yes"},
)

DETAINED_BEFORE = Indicator(
    code="detained_before",
    name=_("People detained before the assembly"),
    definition=_("People detained on the way to the assembly or at home."),
    formula=_("sum over the cards where it is known"),
    unit="people",
    decimals=0,
    missing=SUM_OF_KNOWN,
    source=as_text("8"),
    compute=of_total("detained_before"),
    tables=("text",),
    drill=None,
)

DETAINED_MINORS = Indicator(
    code="detained_minors",
    name=_("Minors detained"),
    definition=_("People under 18 among the detained."),
    formula=_("sum over the cards where it is known"),
    unit="people",
    decimals=0,
    missing=SUM_OF_KNOWN,
    source=as_text("10"),
    compute=of_total("detained_minors"),
    tables=("text",),
    drill=None,
)

RELEASED_WITHOUT_REPORT = Indicator(
    code="released_without_report",
    name=_("Released without a report"),
    definition=_("People who were detained and let go without a report of an offence."),
    formula=_("sum over the cards where it is known"),
    unit="people",
    decimals=0,
    missing=SUM_OF_KNOWN,
    source=as_text("10"),
    compute=of_total("released_without_report"),
    tables=("text",),
    drill=None,
)

INJURED = Indicator(
    code="injured",
    name=_("People injured"),
    definition=_("People hurt by officers."),
    formula=_("sum over the cards where it is known"),
    unit="people",
    decimals=0,
    missing=SUM_OF_KNOWN,
    source=as_text("10"),
    compute=of_total("injured"),
    tables=("text",),
    drill=None,
)

ARBITRARY_SHARE = Indicator(
    code="arbitrary_share",
    name=_("Share of arbitrary detentions"),
    definition=_(
        "In what part of the assemblies with detentions the officers did not say “in the name of"
        " the law”, the words that the law on the bodies of internal affairs asks for."
    ),
    formula=_("assemblies where the words were not said / those where it is known × 100 %"),
    unit="percent",
    decimals=1,
    missing=_(
        "Only assemblies with detentions count; those where it is not known whether the words were"
        " said are left out and their number is stated."
    ),
    source=as_text("10"),
    compute=_arbitrary_share,
    tables=("text",),
    drill=None,
)

ASSEMBLIES_WITHOUT_CONSEQUENCES = Indicator(
    code="assemblies_without_consequences",
    name=_("Assemblies without consequences"),
    definition=_("Assemblies after which nobody was detained and nobody came before a court."),
    formula=_("number of counted cards with neither detentions nor a court case"),
    unit="count",
    decimals=0,
    missing=LEFT_OUT,
    source=as_text("7"),
    compute=_cards_with("without_consequences"),
    tables=("text",),
    drill={"consequences": "none"},
)

PREVENTED_ASSEMBLIES = Indicator(
    code="prevented_assemblies",
    name=_("Prevented actions"),
    definition=_(
        "Actions that did not come about because people were detained on the way or at home. They"
        " are recorded apart and are in no table of assemblies."
    ),
    formula=_("number of approved cards on prevented actions"),
    unit="count",
    decimals=0,
    missing=_("Only actions that the monitors learned of are known."),
    source=METHOD,
    compute=_prevented("prevented"),
    tables=("text",),
    drill={"course": "prevented", "status": "approved"},
)

PREVENTED_DETAINED = Indicator(
    code="prevented_detained",
    name=_("People detained to prevent an action"),
    definition=_("People detained in connection with actions that did not come about."),
    formula=_("sum of people detained over the cards on prevented actions"),
    unit="people",
    decimals=0,
    missing=SUM_OF_KNOWN,
    source=METHOD,
    compute=_prevented("prevented_detained"),
    tables=("text",),
    drill={"course": "prevented", "status": "approved"},
)

PREVENTED_CONVICTED = Indicator(
    code="prevented_convicted",
    name=_("People convicted over prevented actions"),
    definition=_("People convicted in connection with actions that did not come about."),
    formula=_("number of cases of the cards on prevented actions that ended in a conviction"),
    unit="people",
    decimals=0,
    missing=_("Cases without a decision are not convictions."),
    source=METHOD,
    compute=_prevented("prevented_convicted"),
    tables=("text",),
    drill={"course": "prevented", "status": "approved"},
)
