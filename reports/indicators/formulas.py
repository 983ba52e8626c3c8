"""The arithmetic that indicators share: counts, shares, sums and means over the known cards.

Each returns a ``Value``: unknown answers leave numerator and denominator, nothing of nothing is
``None``, and none of the known ones is 0.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from reports.types import TOTAL, Facts, Sum, Value

#: Answers that say nothing: left out, and counted as unknown.
NOT_KNOWN = frozenset({"", "unknown"})


def ratio(numerator: float, denominator: float, scale: float = 1) -> float | None:
    """``scale * numerator / denominator``; nothing where there is nothing to divide by."""
    return scale * numerator / denominator if denominator else None


def split(
    facts: Facts,
    place: str,
    dimension: str,
    chosen: Collection[str],
    unknown: Collection[str] = NOT_KNOWN,
) -> tuple[int, int, int]:
    """Cards with a chosen answer, with any known answer, and without one.

    To choose none is to choose all that are known: a table's total.
    """
    answers = facts.values(place, dimension)
    missing = sum(n for answer, n in answers.items() if answer in unknown)
    known = sum(answers.values()) - missing
    hits = sum(n for answer, n in answers.items() if answer in chosen) if chosen else known
    return hits, known, missing


def share(
    facts: Facts,
    place: str,
    dimension: str,
    chosen: Collection[str],
    unknown: Collection[str] = NOT_KNOWN,
) -> Value:
    """Percent of the cards with a known answer that gave a chosen one."""
    hits, known, missing = split(facts, place, dimension, chosen, unknown)
    return Value(ratio(hits, known, 100), hits, known, n=known, unknown=missing)


def answers(
    facts: Facts,
    place: str,
    dimension: str,
    chosen: Collection[str],
    unknown: Collection[str] = NOT_KNOWN,
) -> Value:
    """Number of cards with a chosen answer; empty where no card knows any."""
    hits, known, missing = split(facts, place, dimension, chosen, unknown)
    return Value(hits if known else None, n=known, unknown=missing)


def known(facts: Facts, place: str, measure: str) -> tuple[Sum, int]:
    """The sum of a measure, and the number of counted cards on which it is unknown."""
    total = facts.sum(place, measure)
    return total, facts.assemblies(place) - total.n


def of_total(measure: str) -> Callable[[Facts, str, str], Value]:
    """The sum of a measure over the cards where it is known, without bounds."""

    def compute(facts: Facts, place: str, category: str) -> Value:
        total, unknown = known(facts, place, measure)
        return Value(total.total if total.n else None, n=total.n, unknown=unknown)

    return compute


def of_range(measure: str) -> Callable[[Facts, str, str], Value]:
    """The sum of a measure over the cards where it is known, with its low and high counts."""

    def compute(facts: Facts, place: str, category: str) -> Value:
        total, unknown = known(facts, place, measure)
        if not total.n:
            return Value(n=0, unknown=unknown)
        low, high = (facts.sum(place, f"{measure}_{bound}").total for bound in ("low", "high"))
        return Value(total.total, n=total.n, unknown=unknown, low=low, high=high)

    return compute


def of_mean(measure: str, ranged: bool = False) -> Callable[[Facts, str, str], Value]:
    """The mean of a measure over the cards where it is known, with its range if it has one."""

    def compute(facts: Facts, place: str, category: str) -> Value:
        total, unknown = known(facts, place, measure)
        low = high = None
        if ranged:
            low, high = (
                ratio(facts.sum(place, f"{measure}_{bound}").total, total.n)
                for bound in ("low", "high")
            )
        return Value(ratio(total.total, total.n), total.total, total.n, total.n, unknown, low, high)

    return compute


def of_part(measure: str) -> Callable[[Facts, str, str], Value]:
    """``total`` of the known cards of a measure as a percentage of them."""

    def compute(facts: Facts, place: str, category: str) -> Value:
        total, unknown = known(facts, place, measure)
        share_of_known = ratio(total.total, total.n, 100)
        return Value(share_of_known, total.total, total.n, total.n, unknown)

    return compute


def of_share(
    dimension: str, *chosen: str, unknown: Collection[str] = NOT_KNOWN
) -> Callable[[Facts, str, str], Value]:
    """``share`` of fixed answers, or of the category where none is fixed."""

    def compute(facts: Facts, place: str, category: str) -> Value:
        return share(facts, place, dimension, chosen or _one(category), unknown)

    return compute


def of_answers(
    dimension: str, *chosen: str, unknown: Collection[str] = NOT_KNOWN
) -> Callable[[Facts, str, str], Value]:
    """``answers`` of fixed answers, or of the category where none is fixed."""

    def compute(facts: Facts, place: str, category: str) -> Value:
        return answers(facts, place, dimension, chosen or _one(category), unknown)

    return compute


def everywhere(compute: Callable[[Facts], Value]) -> Callable[[Facts, str, str], Value]:
    """A quantity that exists for all places together only."""

    def only_total(facts: Facts, place: str, category: str) -> Value:
        return compute(facts) if place == TOTAL else Value()

    return only_total


def _one(category: str) -> tuple[str, ...]:
    return (category,) if category else ()
