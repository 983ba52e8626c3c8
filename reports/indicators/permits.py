"""Permits: who had one, why others did not ask, and how the authorities answered."""

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from reports.indicators.formulas import of_share, ratio, split
from reports.indicators.texts import METHOD, OUTSIDE_LAW, as_table, as_text
from reports.legal import asked_a_permit, in_time
from reports.types import Facts, Indicator, Value

#: Neither permitted nor held without a permit: the law of the day says nothing of them.
OUTSIDE = frozenset({"", "unknown", "outside"})


def _by_permit(status: str) -> Callable[[Facts, str, str], Value]:
    """Number of cards of a status. Where the law says nothing of any card it is a true 0."""

    def compute(facts: Facts, place: str, category: str) -> Value:
        hits, known, outside = split(facts, place, "sanction", (status,), OUTSIDE)
        return Value(hits if known or outside else None, n=known, unknown=outside)

    return compute


def _mean_answer_days(facts: Facts, place: str, category: str) -> Value:
    days = facts.sum(place, "answer_days")
    return Value(ratio(days.total, days.n), days.total, days.n, n=days.n)


def _answers_late(facts: Facts, place: str, category: str) -> Value:
    late = facts.sum(place, "answered_late")
    return Value(late.total if late.n else None, n=late.n)


def _answers_late_share(facts: Facts, place: str, category: str) -> Value:
    late = facts.sum(place, "answered_late")
    return Value(ratio(late.total, late.n, 100), late.total, late.n, n=late.n)


UNSANCTIONED = Indicator(
    code="unsanctioned",
    name=_("Unsanctioned assemblies"),
    definition=_("Assemblies held otherwise than the law of the day asked."),
    formula=_("number of counted cards that are unsanctioned"),
    worded=asked_a_permit(
        definition=_("Assemblies held without the permit that the law of the day asked for.")
    ),
    unit="count",
    decimals=0,
    missing=OUTSIDE_LAW,
    source=as_table("11"),
    compute=_by_permit("unsanctioned"),
    tables=("11", "text"),
    drill={"sanction": "unsanctioned"},
)

SANCTIONED = Indicator(
    code="sanctioned",
    name=_("Sanctioned assemblies"),
    definition=_(
        "Assemblies held with a permit, or after a notification where the law of the day asks for"
        " one."
    ),
    formula=_("number of counted cards that are sanctioned"),
    unit="count",
    decimals=0,
    missing=OUTSIDE_LAW,
    source=as_table("11"),
    compute=_by_permit("sanctioned"),
    tables=("11",),
    drill={"sanction": "sanctioned"},
)

UNSANCTIONED_SHARE = Indicator(
    code="unsanctioned_share",
    name=_("Share of unsanctioned assemblies"),
    definition=_("What part of the assemblies was held otherwise than the law of the day asked."),
    worded=asked_a_permit(
        definition=_("What part of the assemblies was held without the permit that was asked for.")
    ),
    formula=_("unsanctioned assemblies / (sanctioned + unsanctioned assemblies) × 100 %"),
    unit="percent",
    decimals=1,
    missing=OUTSIDE_LAW,
    source=as_table("9"),
    compute=of_share("sanction", "unsanctioned", unknown=OUTSIDE),
    tables=("9",),
    drill={"sanction": "unsanctioned"},
)

LAW_ABIDANCE = Indicator(
    code="law_abidance",
    name=_("Law-abidance index"),
    definition=_(
        "What part of the assemblies was sanctioned. The index tells whether the assembly was held"
        " as the law asked, not whether what it asks is a fair condition."
    ),
    worded=asked_a_permit(
        definition=_(
            "What part of the assemblies was sanctioned. The index tells of the permit alone, not"
            " of whether asking for one is a fair condition."
        )
    ),
    formula=_("sanctioned assemblies / (sanctioned + unsanctioned assemblies) × 100 %"),
    unit="percent",
    decimals=1,
    missing=OUTSIDE_LAW,
    source=as_table("11"),
    compute=of_share("sanction", "sanctioned", unknown=OUTSIDE),
    tables=("11", "12"),
    drill={"sanction": "sanctioned"},
)

REASON_SHARE = Indicator(
    code="reason_share",
    name=_("Why nobody turned to the authorities"),
    definition=_("Which reason the participants gave for not turning to the authorities."),
    formula=_(
        "assemblies with that reason / assemblies for which nobody turned to the authorities"
        " × 100 %"
    ),
    worded=asked_a_permit(
        name=_("Why no permit was sought"),
        definition=_("Which reason the participants gave for not asking for a permit."),
        formula=_(
            "assemblies with that reason / assemblies for which no permit was sought × 100 %"
        ),
    ),
    unit="percent",
    decimals=1,
    missing=_("An unknown reason is a row of its own and stays in the denominator."),
    source=as_table("10"),
    compute=of_share("reason_not_requested", unknown=()),
    tables=("10",),
    category="reason",
)

MEAN_ANSWER_DAYS = Indicator(
    code="mean_answer_days",
    name=_("Mean days from application to answer"),
    definition=_("How long the authorities took to answer an application for an assembly."),
    formula=_("sum of days from application to answer / cards with both dates"),
    unit="days",
    decimals=1,
    missing=_("Only cards with the date of the application and of the answer count."),
    source=METHOD,
    compute=_mean_answer_days,
    tables=("text",),
    drill=None,
)

ANSWERS_LATE = Indicator(
    code="answers_late",
    name=_("Answers later than the law allows"),
    definition=_(
        "Applications that the authorities answered later than the law of the day allows."
    ),
    formula=_("number of cards with more days between application and answer than the law allows"),
    worded=in_time(
        name=_("Answers later than %(limit)s"),
        definition=_(
            "Applications that the authorities answered more than %(after)s after receiving."
        ),
        formula=_("number of cards with more than %(limit)s between application and answer"),
    ),
    unit="count",
    decimals=0,
    missing=_("Only cards with the date of the application and of the answer count."),
    source=METHOD,
    compute=_answers_late,
    tables=("text",),
    drill=None,
)

ANSWERS_LATE_SHARE = Indicator(
    code="answers_late_share",
    name=_("Share of answers later than the law allows"),
    definition=_("What part of the answers came later than the law of the day allows."),
    formula=_("answers later than the law allows / cards with both dates × 100 %"),
    worded=in_time(
        name=_("Share of answers later than %(limit)s"),
        definition=_("What part of the answers came more than %(after)s after the application."),
        formula=_("answers later than %(limit)s / cards with both dates × 100 %%"),
    ),
    unit="percent",
    decimals=1,
    missing=_("Only cards with the date of the application and of the answer count."),
    source=as_text("7"),
    compute=_answers_late_share,
    tables=("text",),
    drill=None,
)
