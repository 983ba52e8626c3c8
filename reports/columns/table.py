"""Columns of many months, laid side by side."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from cards.models import Card

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """A column of a month as it is kept (``reports.models.MonthColumn``)."""

    answers: str
    width: int
    codes: Any

    def read(self) -> Array:
        import numpy as np

        return np.frombuffer(self.codes, dtype=f"<u{self.width}")


@dataclass(frozen=True, slots=True)
class Coded:
    """values: the different answers. codes: for each card the place of its answer in them."""

    values: Sequence[Any]
    codes: Array

    def where(self, test: Callable[[Any], bool]) -> Array | bool:
        """On which cards the answer passes the test."""
        import numpy as np

        passed = np.fromiter(map(test, self.values), bool, len(self.values))
        if passed.all() or not passed.any():
            return bool(passed.all())
        return passed.take(self.codes)

    def mapped(self, read: Callable[[Any], Any]) -> Coded:
        """The same cards by what ``read`` makes of their answers."""
        import numpy as np

        places: dict[Any, int] = {}
        places_of = [places.setdefault(read(value), len(places)) for value in self.values]
        lookup = np.array(places_of, dtype=np.min_scalar_type(max(len(places) - 1, 0)))
        return Coded(list(places), lookup.take(self.codes))


class Table:
    """The cards of some months, in the same order in each column; read when asked for.

    parts: name -> a part for each month, all in the same order of months.
    """

    def __init__(self, parts: dict[str, list[Part]]) -> None:
        self._parts = parts
        self._coded: dict[str, Coded] = {}
        self._numbers: dict[str, Array] = {}

    @cached_property
    def size(self) -> int:
        """How many cards."""
        some: list[Part] = next(iter(self._parts.values()), [])
        return sum(len(part.codes) // part.width for part in some)

    def coded(self, name: str) -> Coded:
        """A column of ``keeping.CODED``; values as the model has them."""
        if name not in self._coded:
            self._coded[name] = _joined(self._parts[name], reader(name))
        return self._coded[name]

    def numbers(self, name: str) -> Array:
        """A column of ``keeping.NUMBERS``; -1 where it is not known."""
        import numpy as np

        if name not in self._numbers:
            parts = [part.read() for part in self._parts[name]]
            joined = np.concatenate(parts) if parts else np.zeros(0, np.uint8)
            self._numbers[name] = joined.astype(np.int64) - 1
        return self._numbers[name]


def _joined(parts: list[Part], read: Callable[[Any], Any]) -> Coded:
    """Months know their own answers each: their codes become places in one list."""
    import numpy as np

    places: dict[Any, int] = {}
    lookups: dict[str, list[int]] = {}
    for part in parts:
        # Months that give the same answers in the same order are read once.
        if part.answers not in lookups:
            answers = json.loads(part.answers)
            lookups[part.answers] = [places.setdefault(said, len(places)) for said in answers]
    kind = np.min_scalar_type(max(len(places) - 1, 0))
    arrays = {answers: np.array(lookup, dtype=kind) for answers, lookup in lookups.items()}
    codes = [arrays[part.answers].take(part.read()) for part in parts]
    return Coded(
        [None if said is None else read(said) for said in places],
        np.concatenate(codes) if codes else np.zeros(0, kind),
    )


def reader(name: str) -> Callable[[Any], Any]:
    """From what the database holds to what the model gives."""
    field: Any = Card._meta.get_field(name)
    field = getattr(field, "target_field", field)
    read: Callable[[Any], Any] = field.to_python
    return read
