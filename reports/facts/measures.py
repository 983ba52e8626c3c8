"""What the facts hold: one list, read by deriving, rebuilding and verifying alike.

A ``Dimension`` counts cards (or court cases) by an answer, a ``Quantity`` sums something over the
cards on which it is known. Both say in SQL how they come from one card (alias ``c``), from one
case (alias ``u``: its latest approved update) or from one application that never became an assembly
(alias ``a``), in words that SQLite and PostgreSQL share. ``reports.facts.derive`` fills in what
stands in braces: ``{days}`` from a card's application to its answer, ``{waited}`` the same of an
application, ``{sanction}``, the reading of the legal status by the law of the day, ``{allowed}``
and ``{permit_allowed}``, the days that it gives for an answer, ``{given}`` and ``{permit_given}``,
whether it gives any; and ``{has_case}``, whether a card has a court case.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Literal

from cards import vocabularies as v

Of = Literal["cards", "cases", "applications"]
Register = Literal["form", "topic", "topic_group"]

EVERY = "TRUE"
#: Readings of a legal status by the law in force on the card's date.
SANCTION = ("sanctioned", "unsanctioned", "outside")

# A case counts from its first approved update on.
HAS_CASE = "{has_case}"


@dataclass(frozen=True, slots=True)
class Dimension:
    """Number of cards (or cases, or applications) with each of ``values``.

    ``values`` are codes, or the name of a register whose codes are read when needed. ``several``:
    an answer may hold many codes and counts under each. ``among``: which cards are asked at all.
    """

    name: str
    values: tuple[str, ...] | Register
    column: str
    several: bool = False
    among: str = EVERY
    of: Of = "cards"
    prevented: ClassVar[bool] = False


@dataclass(frozen=True, slots=True)
class Quantity:
    """Number of cards (or cases, or applications) where ``known`` holds, and over these a sum.

    ``total`` is an amount, or with ``counted`` a condition whose cards are counted. ``prevented``:
    taken over prevented assemblies, which never count, instead of the counted ones.
    """

    name: str
    known: str
    total: str
    counted: bool = False
    of: Of = "cards"
    prevented: bool = False


Measure = Dimension | Quantity


def _answer(name: str, vocabulary: Iterable[str], among: str = EVERY) -> Dimension:
    return Dimension(name, tuple(vocabulary), f"c.{name}", among=among)


def _answers(name: str, vocabulary: Iterable[str]) -> Dimension:
    return Dimension(name, tuple(vocabulary), f"c.{name}", several=True)


def _people(name: str) -> Quantity:
    return Quantity(name, f"c.{name} IS NOT NULL", f"c.{name}")


def _bounds(prefix: str, name: str, known: str) -> tuple[Quantity, ...]:
    """The best estimate, and low and high ones; the best stands for a bound that is not known."""
    return (
        Quantity(f"{prefix}{name}", known, f"c.{name}"),
        Quantity(f"{prefix}{name}_low", known, f"COALESCE(c.{name}_low, c.{name})"),
        Quantity(f"{prefix}{name}_high", known, f"COALESCE(c.{name}_high, c.{name})"),
    )


def _one_of(column: str, codes: Iterable[str]) -> str:
    return f"{column} IN ({', '.join(quoted(code) for code in codes)})"


def has(column: str, code: str) -> str:
    """SQL: the answers stored as ``;a;b;`` hold the code."""
    return f"{column} LIKE '%%;{code};%%'"


def quoted(code: str) -> str:
    """A code as an SQL literal; ValueError for what cannot be a code."""
    if not code.replace("_", "").replace("-", "").isalnum():
        raise ValueError(f"not a code: {code!r}")
    return f"'{code}'"


_DETAINED = "c.detained IS NOT NULL"
_BOTH = "c.participants IS NOT NULL AND c.police IS NOT NULL"
#: Cards on which there are police officers per participant.
RATIO_KNOWN = "c.police IS NOT NULL AND c.participants > 0"
_DETAINED_AND_PEOPLE = "c.detained IS NOT NULL AND c.participants IS NOT NULL"
_ANSWERED = "c.application_date IS NOT NULL AND c.answer_date IS NOT NULL"
_ACTIONS_KNOWN = f"c.police_actions <> '' AND NOT {has('c.police_actions', 'not_observed')}"
_OBSTRUCTED = " OR ".join(has("c.police_actions", code) for code in v.OBSTRUCTION)
_WORDS_KNOWN = "c.detained > 0 AND c.in_the_name_of_the_law IN ('yes', 'no')"
_CONVICTED = _one_of("u.outcome", v.CONVICTIONS)
_REPLIED = "a.answered_on IS NOT NULL"
_UNSANCTIONED = "{sanction} = 'unsanctioned'"

MEASURES: tuple[Measure, ...] = (
    Quantity("assemblies", EVERY, EVERY, counted=True),
    # Cards made from published totals: a report that rests on them says so.
    Quantity("reconstructed", EVERY, "c.reconstruction", counted=True),
    # What it was
    _answer("course", v.Course.values),
    Dimension("form", "form", "c.form_id"),
    Dimension("topic", "topic", "c.topic_id"),
    Dimension("topic_group", "topic_group", "t.group_id"),
    _answer("organiser_type", v.OrganiserType.values),
    _answer("minors_present", v.YesNoUnknown.values),
    _answer("place_type", v.PlaceType.values),
    _answers("source", v.SourceKind.values),
    _answers("attributes", v.Attribute.values),
    Quantity("direct", EVERY, has("c.source", "direct"), counted=True),
    *_bounds("", "participants", "c.participants IS NOT NULL"),
    Quantity("duration", "c.duration_minutes IS NOT NULL", "c.duration_minutes"),
    # Permit
    _answer("legal_status", v.LegalStatus.values),
    Dimension("sanction", SANCTION, "{sanction}"),
    Dimension(
        "reason_not_requested",
        tuple(v.NoPermitReason.values),
        # A reason that nobody gave is an unknown one.
        "COALESCE(NULLIF(c.reason_not_requested, ''), 'unknown')",
        among="c.legal_status = 'not_requested'",
    ),
    Quantity("answer_days", _ANSWERED, "{days}"),
    Quantity("answered_late", f"{_ANSWERED} AND {{given}}", "{days} > {allowed}", counted=True),
    # Authorities
    _answer("prosecutor_present", v.YesNoUnknown.values),
    _answer("prosecutor_warned", v.YesNoUnknown.values),
    _answer("akimat_present", v.YesNoUnknown.values),
    _answer("akimat_warned", v.YesNoUnknown.values),
    _answer("police_present", v.YesNoUnknown.values),
    _answer("police_warned", v.YesNoUnknown.values),
    _answer("plain_clothes", v.YesNoUnknown.values),
    _answers("police_actions", v.PoliceAction.values),
    _answer("warned_before_dispersal", v.Applicable.values),
    Quantity("obstructed", _ACTIONS_KNOWN, _OBSTRUCTED, counted=True),
    *_bounds("", "police", "c.police IS NOT NULL"),
    *_bounds("both_", "participants", _BOTH),
    *_bounds("both_", "police", _BOTH),
    # Detentions
    _people("detained"),
    Quantity("with_detentions", _DETAINED, "c.detained > 0", counted=True),
    _people("detained_minors"),
    _people("detained_before"),
    _people("released_without_report"),
    _people("injured"),
    Quantity("detained_of_participants", _DETAINED_AND_PEOPLE, "c.detained"),
    Quantity("participants_of_detained", _DETAINED_AND_PEOPLE, "c.participants"),
    _answer("in_the_name_of_the_law", v.Applicable.values, among="c.detained > 0"),
    Quantity("arbitrary", _WORDS_KNOWN, "c.in_the_name_of_the_law = 'no'", counted=True),
    # Courts
    Quantity("in_court", EVERY, HAS_CASE, counted=True),
    Quantity("unsanctioned_in_court", _UNSANCTIONED, HAS_CASE, counted=True),
    Quantity("without_consequences", _DETAINED, f"c.detained = 0 AND NOT {HAS_CASE}", counted=True),
    Dimension("outcome", tuple(v.Outcome.values), "u.outcome", of="cases"),
    Dimension("article", tuple(v.Article.values), "u.article", of="cases"),
    Dimension(
        "article_convicted", tuple(v.Article.values), "u.article", among=_CONVICTED, of="cases"
    ),
    Quantity("convicted", EVERY, _CONVICTED, counted=True, of="cases"),
    # Prevented assemblies, reported apart
    Quantity("prevented", EVERY, EVERY, counted=True, prevented=True),
    Quantity("prevented_detained", _DETAINED, "c.detained", prevented=True),
    Quantity("prevented_convicted", EVERY, _CONVICTED, counted=True, of="cases", prevented=True),
    # Applications that never became an assembly, reported apart
    Quantity("applications", EVERY, EVERY, counted=True, of="applications"),
    Dimension("permit_decision", tuple(v.PermitDecision.values), "a.decision", of="applications"),
    Dimension("permit_appeal", tuple(v.Appeal.values), "a.appeal", of="applications"),
    Quantity("permit_days", _REPLIED, "{waited}", of="applications"),
    Quantity(
        "permit_late",
        f"{_REPLIED} AND {{permit_given}}",
        "{waited} > {permit_allowed}",
        counted=True,
        of="applications",
    ),
)
