"""Rows of court outcomes against the rules and the cards that they belong to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from cards import services, validators
from cards.files.checking import StoredCards, batches, parse
from cards.files.columns import OUTCOMES, outcome_parsers
from cards.files.refusals import Checked, OutcomeRow, Refusal, Tally
from cards.files.sheets import Sheet
from cards.models import CaseUpdate, CourtCase
from cards.serialise import KEPT, as_text
from cards.vocabularies import Status

#: What makes an outcome; two that agree in all of it are the same news.
UPDATE_FIELDS = (
    "decided_on",
    "court",
    "article",
    "outcome",
    "fine_mci",
    "fine_kzt",
    "arrest_days",
    "observed_by_monitor",
    "appeal",
)
_DATE = KEPT.index("date")


def fingerprint(values: dict[str, Any]) -> tuple[str, ...]:
    """What an outcome says, to tell whether it is known already."""
    return tuple(as_text(values.get(name)) for name in UPDATE_FIELDS)


class OutcomeChecker:
    """Checks the rows of a sheet of court outcomes, after the cards, into ``checked``."""

    def __init__(self, checked: Checked, refused: Iterable[str], user):
        self.checked = checked
        self.tally = checked.court = Tally()
        #: Refs of the cards of this file that were refused: told in their own lines.
        self.refused = set(refused)
        self.user = user
        self.today = services.today_in(None)
        self.seen: dict[tuple, int] = {}
        #: Card and person code without capitals -> the code as it is first written.
        self.codes: dict[tuple[str, str], str] = {}

    def check(self, sheet: Sheet) -> None:
        for batch in batches(parse(sheet, OUTCOMES, outcome_parsers())):
            stored = StoredCards([values.get("card", "") for _line, values, _bad in batch], ())
            known = _Known(stored)
            for line, values, bad in batch:
                self._row(line, values, bad, stored, known)

    def _row(self, line: int, values: dict, bad: list[Refusal], stored, known: _Known) -> None:
        self.tally.read += 1
        ref = values.pop("card", "")
        unread = {refusal.column for refusal in bad}
        found = self._problems(line, ref, values, stored)
        problems = [*bad, *(refusal for refusal in found if refusal.column not in unread)]
        card = stored.of(ref)
        if not problems:
            values["case_code"] = self._code(ref, values["case_code"], card, known)
            problems += self._once(line, ref, values)
        if problems:
            self.checked.refusals += problems
            self.tally.refused += 1
            return
        case = known.cases.get((card.pk, values["case_code"])) if card else None
        if case is not None and fingerprint(values) in case:
            self.tally.unchanged += 1
            return
        self.tally.new += case is None
        self.tally.updated += case is not None
        self.checked.outcomes.append(OutcomeRow(line, ref, values))

    def _problems(self, line: int, ref: str, values: dict, stored: StoredCards) -> list[Refusal]:
        card = stored.of(ref) if ref else None
        date = None
        problems = []
        if ref in self.checked.refs:
            date = self.checked.refs[ref][0]
        elif card is not None:
            date = card.answers[_DATE]
            problems += self._rights(line, card)
        else:
            problems.append(Refusal(OUTCOMES, line, "card", self._no_card(ref)))
        return problems + [
            Refusal(OUTCOMES, line, problem.field, problem.message)
            for problem in validators.outcome_problems(values, date, self.today)
        ]

    def _no_card(self, ref: str):
        if not ref:
            return _("Say which card this belongs to.")
        if ref in self.refused:
            return _("The card that this row belongs to was refused.")
        return _("There is no card with this “ref”.")

    def _rights(self, line: int, card) -> list[Refusal]:
        user = self.user
        if user is None:
            return []
        in_reach = user.all_regions or card.region in user.region_codes()
        if not in_reach or card.status == Status.DRAFT:
            text = _("This card lies outside your regions, or is a draft.")
            return [Refusal(OUTCOMES, line, "card", text)]
        return []

    def _code(self, ref: str, code: str, card, known: _Known) -> str:
        """The person code as the card has it: capitals make no other person."""
        if card is not None:
            if (card.pk, code) in known.cases:
                return code
            if stored := known.spelled.get((card.pk, code.casefold())):
                return stored
        return self.codes.setdefault((ref, code.casefold()), code)

    def _once(self, line: int, ref: str, values: dict) -> list[Refusal]:
        key = (ref, values["case_code"], fingerprint(values))
        first = self.seen.setdefault(key, line)
        if first == line:
            return []
        text = _("The same as in line %(line)s.") % {"line": first}
        return [Refusal(OUTCOMES, line, "case_code", text)]


class _Known:
    """The outcomes that cards have already.

    ``cases``: card and person code -> what is known; ``spelled``: card and the code without
    capitals -> the code as it is stored.
    """

    def __init__(self, stored: StoredCards):
        self.cases: dict[tuple[int, str], set[tuple[str, ...]]] = {}
        self.spelled: dict[tuple[int, str], str] = {}
        cards = [card.pk for card in stored.by_uuid.values()]
        if not cards:
            return
        cases = CourtCase.objects.filter(card__in=cards).values_list("card_id", "case_code")
        for card, code in cases:
            self.cases[card, code] = set()
            self.spelled[card, code.casefold()] = code
        updates = CaseUpdate.objects.filter(case__card__in=cards)
        names = ("case__card_id", "case__case_code", *UPDATE_FIELDS)
        for card, code, *values in updates.values_list(*names):
            self.cases[card, code].add(tuple(map(as_text, values)))
