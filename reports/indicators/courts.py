"""Court cases: who was convicted, of what, to what, and how many assemblies came to court."""

from django.utils.translation import gettext_lazy as _

from reports.indicators.formulas import known, ratio
from reports.indicators.permits import OUTSIDE
from reports.indicators.texts import LATEST_OUTCOME, OUTSIDE_LAW, as_table, as_text
from reports.types import Facts, Indicator, Value

CONVICTIONS = ("warning", "fine", "arrest", "community_work", "restriction", "imprisonment")


def _outcome_people(facts: Facts, place: str, category: str) -> Value:
    cases = facts.sum(place, "convicted").n
    people = facts.count(place, "outcome", category) if category else cases
    return Value(people, n=cases, unknown=0)


def _convicted(facts: Facts, place: str, category: str) -> Value:
    cases = facts.sum(place, "convicted")
    return Value(cases.total, n=cases.n, unknown=facts.count(place, "outcome", "pending"))


def _outcome_share(facts: Facts, place: str, category: str) -> Value:
    convicted = facts.sum(place, "convicted").total
    people = facts.count(place, "outcome", category) if category else convicted
    pending = facts.count(place, "outcome", "pending")
    return Value(ratio(people, convicted, 100), people, convicted, int(convicted), pending)


def _article_people(facts: Facts, place: str, category: str) -> Value:
    cases = facts.sum(place, "convicted").n
    people = facts.count(place, "article", category) if category else cases
    return Value(people, n=cases, unknown=0)


def _article_convicted(facts: Facts, place: str, category: str) -> Value:
    convicted = facts.sum(place, "convicted").total
    people = facts.count(place, "article_convicted", category) if category else convicted
    pending = facts.count(place, "outcome", "pending")
    return Value(people, n=int(convicted), unknown=pending)


def _outside(facts: Facts, place: str) -> int:
    return sum(facts.count(place, "sanction", answer) for answer in OUTSIDE)


def _reached_court(facts: Facts, place: str, category: str) -> Value:
    cards = facts.sum(place, "unsanctioned_in_court")
    return Value(cards.total if cards.n else None, n=cards.n, unknown=_outside(facts, place))


def _unsanctioned_reaching_court(facts: Facts, place: str, category: str) -> Value:
    cards = facts.sum(place, "unsanctioned_in_court")
    value = ratio(cards.total, cards.n, 100)
    return Value(value, cards.total, cards.n, n=cards.n, unknown=_outside(facts, place))


def _in_court(facts: Facts, place: str, category: str) -> Value:
    cards, unknown = known(facts, place, "in_court")
    return Value(cards.total if cards.n else None, n=cards.n, unknown=unknown)


CONVICTED = Indicator(
    code="convicted",
    name=_("People convicted"),
    definition=_(
        "People whom a court gave a warning, a fine, arrest, community work, restriction of liberty"
        " or imprisonment."
    ),
    formula=_("number of cases whose latest decision is one of these"),
    unit="people",
    decimals=0,
    missing=LATEST_OUTCOME,
    source=as_text("11"),
    compute=_convicted,
    tables=("court",),
    drill={"outcome": "convicted"},
)

OUTCOME_PEOPLE = Indicator(
    code="outcome_people",
    name=_("People by outcome in court"),
    definition=_("How many cases ended in that decision, or are still pending."),
    formula=_("number of cases with that latest decision"),
    unit="people",
    decimals=0,
    missing=LATEST_OUTCOME,
    source=as_text("11"),
    compute=_outcome_people,
    tables=("court",),
    category="outcome",
)

OUTCOME_SHARE = Indicator(
    code="outcome_share",
    name=_("Share of an outcome among the convicted"),
    definition=_("What part of the people convicted was given that penalty."),
    formula=_("people given the penalty / people convicted × 100 %"),
    unit="percent",
    decimals=1,
    missing=LATEST_OUTCOME,
    source=as_text("11"),
    compute=_outcome_share,
    tables=("text",),
    category="outcome",
)

ARTICLE_PEOPLE = Indicator(
    code="article_people",
    name=_("People by article applied"),
    definition=_("How many cases were brought under that article, whatever their outcome."),
    formula=_("number of cases under the article"),
    unit="people",
    decimals=0,
    missing=LATEST_OUTCOME,
    source=as_text("11"),
    compute=_article_people,
    tables=("text",),
    category="article",
)

ARTICLE_CONVICTED = Indicator(
    code="article_convicted",
    name=_("People convicted by article"),
    definition=_("How many people were convicted under that article."),
    formula=_("number of cases under the article that ended in a conviction"),
    unit="people",
    decimals=0,
    missing=LATEST_OUTCOME,
    source=as_text("11"),
    compute=_article_convicted,
    tables=("text",),
    category="article",
    drill={"outcome": "convicted"},
)

IN_COURT = Indicator(
    code="in_court",
    name=_("Assemblies that reached court"),
    definition=_("Assemblies after which at least one case came before a court."),
    formula=_("number of counted cards with at least one court case"),
    unit="count",
    decimals=0,
    missing=_("A card without a case counts as one that did not reach court."),
    source=as_text("11"),
    compute=_in_court,
    tables=("text",),
    drill={"court": "yes"},
)

REACHED_COURT = Indicator(
    code="reached_court",
    name=_("Unsanctioned assemblies that reached court"),
    definition=_("Unsanctioned assemblies after which at least one case came before a court."),
    formula=_("number of unsanctioned counted cards with at least one court case"),
    unit="count",
    decimals=0,
    missing=OUTSIDE_LAW,
    source=as_text("7"),
    compute=_reached_court,
    tables=("text",),
    drill={"sanction": "unsanctioned", "court": "yes"},
)

UNSANCTIONED_REACHING_COURT = Indicator(
    code="unsanctioned_reaching_court",
    name=_("Share of unsanctioned assemblies that reached court"),
    definition=_("After what part of the unsanctioned assemblies a case came before a court."),
    formula=_("unsanctioned assemblies with a court case / unsanctioned assemblies × 100 %"),
    unit="percent",
    decimals=1,
    missing=OUTSIDE_LAW,
    source=as_table("17"),
    compute=_unsanctioned_reaching_court,
    tables=("17",),
    drill={"sanction": "unsanctioned", "court": "yes"},
)
