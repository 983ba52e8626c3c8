"""The people detained at an assembly as a list: each by their code, with what is known last."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from cards.models import Card, CaseUpdate
from cards.vocabularies import DECIDED, Review

#: The code of the first person of a card.
FIRST_CODE = "A-01"
_NUMBERED = re.compile(r"(?P<name>.*?)(?P<number>\d{1,6})", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Person:
    """``latest``: what became known last, as the tables take it; None where nothing stands."""

    code: str
    latest: CaseUpdate | None

    @property
    def decided(self) -> bool:
        """Whether nothing more is waited for."""
        return self.latest is not None and self.latest.outcome in DECIDED


def persons_of(card: Card) -> list[Person]:
    """The people of the card by their codes; no query where ``cases__updates`` were fetched."""
    persons = []
    for case in card.cases.all():
        # Updates come in the order of their decisions: the last one counts.
        known = [update for update in case.updates.all() if update.review != Review.REJECTED]
        persons.append(Person(case.case_code, known[-1] if known else None))
    return persons


def known_of(card: Card, code: str) -> dict[str, str]:
    """What another outcome of that person begins with: the code, and the article of their case."""
    latest = {person.code: person.latest for person in persons_of(card)}.get(code)
    return {"case_code": code} | ({"article": latest.article} if latest else {})


def next_code(codes: Iterable[str]) -> str:
    """A code for somebody who has none yet: after ``A-01`` and ``A-02`` comes ``A-03``."""
    codes = list(codes)
    found = [match for match in map(_NUMBERED.fullmatch, codes) if match]
    if not found:
        return FIRST_CODE
    # The highest number of all, so that no code under another name is met either.
    last = max(found, key=lambda match: int(match["number"]))
    return f"{last['name']}{int(last['number']) + 1:0{len(last['number'])}}"
