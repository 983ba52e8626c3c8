"""Counts and sums of places, added up when somebody asks for them.

A report of many periods asks each of the earlier ones for a few measures: adding up everything that
is kept would take longer than reading it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any

TOTAL = "TOTAL"


@dataclass(frozen=True, slots=True)
class Sum:
    """``n`` cards on which the quantity is known, and their ``total``."""

    n: int = 0
    total: float = 0

    def __add__(self, other: Sum) -> Sum:
        return Sum(self.n + other.n, self.total + other.total)


NOTHING = Sum()
#: Dimension -> answer -> number of cards.
Answers = Mapping[str, Mapping[str, int]]
#: Measure -> cards on which it is known, and their total.
Amounts = Mapping[str, Sequence[float]]


class Told:
    """JSON that is read when something of it is asked for; a mapping of mappings."""

    __slots__ = ("_read", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        self._read: dict[str, Any] | None = None

    def __getitem__(self, part: str) -> dict[str, Any]:
        if self._read is None:
            self._read = json.loads(self._text)
        found: dict[str, Any] = self._read[part]
        return found


class Halves(Mapping[str, Any]):
    """Measures in two halves: those asked of every period of a report, and all others, which are
    read when one of them is asked for. names: the measures of the first half, kept or not."""

    __slots__ = ("_first", "_names", "_part", "_rest")

    def __init__(self, names: frozenset[str], first: dict[str, Any], rest: Told, part: str) -> None:
        self._names, self._first, self._rest, self._part = names, first, rest, part

    def get(self, name: str, default: Any = None) -> Any:
        """What is kept of a measure."""
        half = self._first if name in self._names else self._rest[self._part]
        return half.get(name, default)

    def __getitem__(self, name: str) -> Any:
        half = self._first if name in self._names else self._rest[self._part]
        return half[name]

    def __iter__(self) -> Iterator[str]:
        return chain(self._first, self._rest[self._part])

    def __len__(self) -> int:
        return len(self._first) + len(self._rest[self._part])


class Counts(Mapping[tuple[str, str, str], int]):
    """(place, dimension, answer) -> number of cards. parts: place -> what is kept of it."""

    def __init__(self, parts: Mapping[str, Sequence[Answers]]) -> None:
        self._parts = {place: parts[place] for place in sorted(parts)}
        self._found: dict[tuple[str, str], dict[str, int]] = {}

    @classmethod
    def of(cls, flat: Mapping[tuple[str, str, str], int]) -> Counts:
        """The same counts from a mapping of all of them."""
        if isinstance(flat, Counts):
            return flat
        parts: dict[str, dict[str, dict[str, int]]] = {}
        for (place, dimension, answer), n in flat.items():
            parts.setdefault(place, {}).setdefault(dimension, {})[answer] = n
        return cls({place: [part] for place, part in parts.items()})

    def answers(self, place: str, dimension: str) -> Mapping[str, int]:
        """Answer -> number of cards of a place, or of all of them (TOTAL)."""
        found = self._found.get((place, dimension))
        if found is None:
            found = self._found[place, dimension] = {}
            for each in self._parts if place == TOTAL else (place,):
                for part in self._parts.get(each, ()):
                    for answer, n in part.get(dimension, {}).items():
                        found[answer] = found.get(answer, 0) + n
        return found

    @cached_property
    def _flat(self) -> dict[tuple[str, str, str], int]:
        return {
            (place, dimension, answer): n
            for place, parts in self._parts.items()
            for dimension in dict.fromkeys(name for part in parts for name in part)
            for answer, n in self.answers(place, dimension).items()
        }

    def __getitem__(self, key: tuple[str, str, str]) -> int:
        return self._flat[key]

    def __iter__(self) -> Iterator[tuple[str, str, str]]:
        return iter(self._flat)

    def __len__(self) -> int:
        return len(self._flat)

    def __repr__(self) -> str:
        return repr(self._flat)


class Sums(Mapping[tuple[str, str], Sum]):
    """(place, measure) -> ``Sum``. parts: place -> what is kept of it."""

    def __init__(self, parts: Mapping[str, Sequence[Amounts]]) -> None:
        # In a fixed order, so that totals of fractions come out the same to the last bit.
        self._parts = {place: parts[place] for place in sorted(parts)}
        self._found: dict[tuple[str, str], Sum] = {}

    @classmethod
    def of(cls, flat: Mapping[tuple[str, str], Sum]) -> Sums:
        """The same sums from a mapping of all of them."""
        if isinstance(flat, Sums):
            return flat
        parts: dict[str, dict[str, tuple[float, float]]] = {}
        for (place, measure), each in flat.items():
            parts.setdefault(place, {})[measure] = (each.n, each.total)
        return cls({place: [part] for place, part in parts.items()})

    def amount(self, place: str, measure: str) -> Sum:
        """Known cards and total of a measure in a place, or in all of them (TOTAL)."""
        found = self._found.get((place, measure))
        if found is None:
            n: int = 0
            total: float = 0
            for each in self._parts if place == TOTAL else (place,):
                for part in self._parts.get(each, ()):
                    if pair := part.get(measure):
                        n += int(pair[0])
                        total += pair[1]
            found = self._found[place, measure] = Sum(n, total) if n else NOTHING
        return found

    @cached_property
    def places(self) -> frozenset[str]:
        """Places with at least one counted card."""
        return frozenset(place for place in self._parts if self.amount(place, "assemblies").n)

    @cached_property
    def _flat(self) -> dict[tuple[str, str], Sum]:
        return {
            (place, measure): self.amount(place, measure)
            for place, parts in self._parts.items()
            for measure in dict.fromkeys(name for part in parts for name in part)
        }

    def __getitem__(self, key: tuple[str, str]) -> Sum:
        return self._flat[key]

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self._flat)

    def __len__(self) -> int:
        return len(self._flat)

    def __repr__(self) -> str:
        return repr(self._flat)
