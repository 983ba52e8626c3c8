"""Spreadsheets to cards: every row checked by the form's rules, the whole file loaded or nothing.

``read`` a file, ``check`` its rows (nothing is written), ``load`` what was checked. The command
``import_cards`` and the page for editors use the same three steps.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cards import loading, validators
from cards.models import Card, City
from cards.parsing import BadCell, Parser, card_parsers, outcome_parsers
from cards.sections import OUTCOME_SECTION
from cards.serialise import KEPT, answers_of, differences
from cards.sheets import Line, Sheet, read_sheets
from cards.vocabularies import Status
from monitoring.accounts.access import allowed

#: Columns of a file of cards beside the answers.
CARD_COLUMNS = frozenset({*KEPT, "ref", "uuid", "status"})
#: Columns that the system keeps: a file written by the site has them, they are not read back.
KEPT_BY_SYSTEM = frozenset({"number", "monitor", "editor", "version", "attachments"})
OUTCOME_COLUMNS = frozenset({*OUTCOME_SECTION.fields, "card"})


@dataclass(frozen=True, slots=True, order=True)
class Refusal:
    """Why a row cannot be loaded: where it stands and what is wrong."""

    sheet: str
    line: int
    column: str
    message: str | Promise = field(compare=False)


@dataclass(slots=True)
class Row:
    """A row of the file as answers; ``card`` is what it updates, None for a new card."""

    line: int
    ref: str
    uuid: Any
    status: str
    answers: dict[str, Any]
    card: Card | None = None
    changes: dict[str, list[str]] = field(default_factory=dict)


@dataclass(slots=True)
class OutcomeRow:
    line: int
    ref: str
    values: dict[str, Any]


@dataclass(slots=True)
class Checked:
    """What a file would do. Nothing of it is loaded while ``refusals`` is not empty."""

    rows: list[Row] = field(default_factory=list)
    outcomes: list[OutcomeRow] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    notices: list[str | Promise] = field(default_factory=list)
    read: int = 0

    @property
    def new(self) -> int:
        return sum(row.card is None for row in self.rows)

    @property
    def updated(self) -> int:
        return sum(row.card is not None and bool(row.changes) for row in self.rows)

    @property
    def unchanged(self) -> int:
        return sum(row.card is not None and not row.changes for row in self.rows)

    @property
    def refused(self) -> int:
        """Rows refused (each may have several reasons)."""
        return len({(refusal.sheet, refusal.line) for refusal in self.refusals})


def check(
    cards: bytes,
    outcomes: bytes | None = None,
    *,
    status: str = Status.SUBMITTED,
    user=None,
) -> Checked:
    """Read and check everything; writes nothing. ``user`` None: the operator at the command line.

    Raises ``sheets.Unreadable`` for a file that cannot be read at all.
    """
    sheets = read_sheets(cards, {"cards": CARD_COLUMNS, "outcomes": OUTCOME_COLUMNS})
    if outcomes is not None:
        sheets |= read_sheets(outcomes, {"outcomes": OUTCOME_COLUMNS})
    checked = Checked()
    for name, known in (("cards", CARD_COLUMNS), ("outcomes", OUTCOME_COLUMNS)):
        if name in sheets:
            _notice_columns(checked, name, sheets[name], known)
    _CardChecker(checked, status, user).check(sheets["cards"])
    if "outcomes" in sheets:
        _check_outcomes(checked, sheets["outcomes"])
    checked.read = sum(len(sheet.lines) for sheet in sheets.values())
    checked.refusals.sort()
    return checked


@transaction.atomic
def load(checked: Checked, *, user=None, reconstruction: bool = False) -> None:
    """Write what was checked, in one transaction. Raises ValueError if anything was refused."""
    if checked.refusals:
        raise ValueError("a file with refused rows is never loaded")
    writer = loading.Writer(user, timezone.now(), reconstruction)
    writer.write_cards(checked.rows)
    writer.write_outcomes(checked.outcomes)
    writer.announce()


def _notice_columns(checked: Checked, name: str, sheet: Sheet, known: Iterable[str]) -> None:
    for column in sheet.columns:
        if column in known:
            continue
        if column in KEPT_BY_SYSTEM:
            text = _("%(sheet)s: the column “%(column)s” is kept by the site and was not read.")
        else:
            text = _("%(sheet)s: the column “%(column)s” is not known and was not read.")
        checked.notices.append(text % {"sheet": name, "column": column})


class _CardChecker:
    """Checks the rows of cards one after another, with what they share read once."""

    def __init__(self, checked: Checked, status: str, user):
        self.checked = checked
        self.status = status
        self.user = user
        self.parsers = card_parsers()
        self.cities = {city.pk: city for city in City.objects.all()}
        self.today = {city.time_zone: loading.today(city) for city in self.cities.values()}
        self.seen: dict[str, int] = {}
        self.stored: dict[Any, Card] = {}

    def check(self, sheet: Sheet) -> None:
        parsed = [(line, *self._parse(line)) for line in sheet.lines]
        self._find_stored([values for _line, values, _bad in parsed])
        for line, values, bad in parsed:
            row, problems = self._row(line, values)
            refusals = bad + problems
            if refusals:
                self.checked.refusals += refusals
            else:
                self.checked.rows.append(row)

    def _parse(self, line: Line) -> tuple[dict[str, Any], list[Refusal]]:
        return _parse(line, self.parsers, CARD_COLUMNS, "cards")

    def _find_stored(self, rows: list[dict[str, Any]]) -> None:
        for name in ("ref", "uuid"):
            keys = [row[name] for row in rows if row.get(name)]
            self.stored |= loading.stored_by(name, keys)

    def _row(self, line: Line, values: dict[str, Any]) -> tuple[Row, list[Refusal]]:
        ref, uuid = values.pop("ref", ""), values.pop("uuid", None)
        status = values.pop("status", "") or self.status
        card = self.stored.get(ref) or self.stored.get(uuid)
        before = answers_of(card) if card else answers_of(Card())
        answers = validators.tidy(_completed({**before, **values}))
        row = Row(line.number, ref, uuid, status, answers, card)
        problems = [
            Refusal("cards", line.number, problem.field, problem.message)
            for problem in self._problems(answers, status)
        ]
        problems += self._rights(row)
        for name, key in (("ref", ref), ("uuid", uuid)):
            if key and self.seen.setdefault(key, line.number) != line.number:
                text = _("The same as in line %(line)s.") % {"line": self.seen[key]}
                problems.append(Refusal("cards", line.number, name, text))
        if not problems and not answers["inclusion"]:
            answers["inclusion"] = validators.default_inclusion(answers)
        if card and not problems:
            row.changes = differences(before, answers)
            if status != card.status:
                row.changes["status"] = [card.status, status]
        return row, problems

    def _problems(self, answers: dict[str, Any], status: str) -> list[validators.Problem]:
        city = self.cities.get(answers["city"])
        today = self.today[city.time_zone] if city else loading.today(None)
        found = validators.impossible(answers, today)
        return found if status == Status.DRAFT else [*validators.missing(answers), *found]

    def _rights(self, row: Row) -> list[Refusal]:
        if self.user is None:
            return []
        found = []
        city = self.cities.get(row.answers["city"])
        if not self.user.all_regions and city and city.region_id not in self.user.region_codes():
            text = _("The city lies outside your regions.")
            found.append(Refusal("cards", row.line, "city", text))
        if row.status == Status.APPROVED and not allowed(self.user, "card.import_approved"):
            text = _("Only an editor may load approved cards.")
            found.append(Refusal("cards", row.line, "status", text))
        return found


def _check_outcomes(checked: Checked, sheet: Sheet) -> None:
    parsers = outcome_parsers()
    parsed = [(line, *_parse(line, parsers, OUTCOME_COLUMNS, "outcomes")) for line in sheet.lines]
    refs = {values.get("card", "") for _line, values, _bad in parsed}
    dates = loading.dates_by_ref(refs)
    dates |= {row.ref: row.answers["date"] for row in checked.rows if row.ref}
    refused = {refusal.line for refusal in checked.refusals if refusal.sheet == "cards"}
    today = loading.today(None)
    for line, values, bad in parsed:
        ref = values.pop("card", "")
        problems = bad + [
            Refusal("outcomes", line.number, problem.field, problem.message)
            for problem in validators.outcome_problems(values, dates.get(ref), today)
        ]
        if not ref or ref not in dates:
            # A card refused in the same file is told once, in its own line.
            if not (refused and ref):
                text = _("There is no card with this “ref”.")
                problems.append(Refusal("outcomes", line.number, "card", text))
            elif not bad:
                text = _("The card that this row belongs to was refused or is missing.")
                problems.append(Refusal("outcomes", line.number, "card", text))
        checked.refusals += problems
        if not problems:
            checked.outcomes.append(OutcomeRow(line.number, ref, values))


def _parse(
    line: Line, parsers: dict[str, Parser], known: Iterable[str], sheet: str
) -> tuple[dict[str, Any], list[Refusal]]:
    """The known cells of a row as values, and a refusal for each that cannot be read."""
    values, bad = {}, []
    for name, cell in line.cells.items():
        if name not in known:
            continue
        try:
            values[name] = parsers[name](cell)
        except BadCell as error:
            bad.append(Refusal(sheet, line.number, name, error.args[0]))
    return values, bad


def _completed(answers: dict[str, Any]) -> dict[str, Any]:
    """What a file leaves out although the card has a word for it."""
    completed = dict(answers)
    completed["date_precision"] = completed["date_precision"] or "exact"
    if completed["detained"] is None:
        # In files an empty number is the answer "not known".
        completed["detained_unknown"] = True
    return completed
