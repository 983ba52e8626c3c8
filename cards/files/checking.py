"""Rows of cards against the rules of the form, the cards on the site and the person's rights."""

from __future__ import annotations

import itertools
import operator
import uuid as uuids
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.text import normalize_newlines
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from cards import selections, services, validators, workflow
from cards.files.columns import CARDS, OUTCOMES, card_parsers
from cards.files.parsing import BadCell, Parser, Remembering
from cards.files.refusals import Checked, Refusal, Row, Stored, Text
from cards.files.sheets import Sheet, clean
from cards.models import OPEN, Card, City
from cards.serialise import KEPT, REFERENCES, answers_of, differences
from cards.vocabularies import QueryState, Status
from monitoring.accounts.access import allowed
from monitoring.jobs.progress import tell

BATCH = 500
#: Beyond this a file is no file of cards; nobody reads on.
MOST_REFUSALS = 100_000
#: How far along its life a card is; a file never takes it back without changing an answer.
STAGE = {
    Status.DRAFT.value: 0,
    Status.SUBMITTED.value: 1,
    Status.RETURNED.value: 1,
    Status.APPROVED.value: 2,
    Status.REJECTED.value: 2,
    Status.DUPLICATE.value: 2,
}
_DATE = KEPT.index("date")
_IN_ORDER = operator.itemgetter(*KEPT)
#: Answers that ``validators.tidy`` takes out where nobody asked for them.
_UNASKED = ("reason_not_requested", "form_other")


def parse(
    sheet: Sheet, name: str, parsers: dict[str, Parser]
) -> Iterator[tuple[int, dict[str, Any], list[Refusal]]]:
    """Of each row its line, the known cells as values, and a refusal for each unreadable cell."""
    readers = [(at, column, parsers[column]) for at, column in sheet.fields if column in parsers]
    columns = [column for _at, column, _read in readers]
    known = [
        read if isinstance(read, Remembering) else Remembering(read, most=0)
        for _at, _column, read in readers
    ]
    for read in known:
        read[""] = read.parse("")
    # One more, which nothing reads: of a single place it would give no tuple.
    pick = operator.itemgetter(*(at for at, _column, _read in readers), 0)
    step = "outcomes" if name == OUTCOMES else "checking"
    for line, cells in sheet.records:
        if line % 100 == 0:
            tell(step, line)
        bad: list[Refusal] = []
        try:
            # A row without a fault: a cell after the other, without a step of Python for each.
            values = dict(zip(columns, map(operator.getitem, known, pick(cells)), strict=False))
        except BadCell:
            values = {}
            for at, column, read in readers:
                try:
                    values[column] = read(cells[at])
                except BadCell as error:
                    values[column] = read("")
                    bad.append(Refusal(name, line, column, error.args[0]))
        if sheet.broken:
            bad += [
                Refusal(name, line, column, sheet.broken[line, at])
                for at, column, _read in readers
                if (line, at) in sheet.broken
            ]
        if sheet.strays(cells):
            bad.append(Refusal(name, line, "", _("A cell stands under no heading.")))
        yield line, values, bad


def batches(rows: Iterable) -> Iterator[list]:
    """The rows in lists of at most ``BATCH``."""
    rows = iter(rows)
    while batch := list(itertools.islice(rows, BATCH)):
        yield batch


class StoredCards:
    """The cards on the site that rows may mean, by ``ref`` and by identifier."""

    def __init__(self, refs: Iterable[str], identifiers: Iterable[uuids.UUID]):
        self.by_ref: dict[str, Stored] = {}
        self.by_uuid: dict[uuids.UUID, Stored] = {}
        refs = [ref for ref in refs if ref]
        # A card without a ref is exported under its identifier.
        own = [identifier for identifier in map(as_uuid, refs) if identifier]
        self._find(ref__in=refs)
        self._find(uuid__in=[*own, *filter(None, identifiers)])

    def of(self, ref: str) -> Stored | None:
        """The card that ``ref`` names."""
        return self.by_ref.get(ref) or self.by_uuid.get(as_uuid(ref))

    def _find(self, **where) -> None:
        if not next(iter(where.values())):
            return
        names = [f"{name}_id" if name in REFERENCES else name for name in KEPT]
        rows = Card.objects.filter(**where).values_list(
            "id", "uuid", "ref", "version", "status", "number", "monitor_id", "city__region_id",
            *names,
        )  # fmt: skip
        for pk, uuid, ref, version, status, number, monitor, region, *answers in rows:
            card = Stored(
                pk, uuid, ref or "", version, status, number, monitor, region, tuple(answers)
            )
            self.by_uuid[uuid] = card
            if ref:
                self.by_ref[ref] = card


class UnderReview:
    """What holds the approval of stored cards back: ``asked``: those with questions that are not
    closed, ``written``: those whose answers ``user`` wrote since the last approval."""

    def __init__(self, stored: StoredCards, user):
        waiting = [card.pk for card in stored.by_uuid.values() if card.status != Status.APPROVED]
        cards = Card.objects.filter(pk__in=waiting).order_by()
        unsettled = selections.queried(QueryState.OPEN, QueryState.ANSWERED)
        self.asked: frozenset[int] = frozenset()
        self.written: frozenset[int] = frozenset()
        if waiting:
            self.asked = frozenset(cards.filter(unsettled).values_list("pk", flat=True))
        if waiting and user is not None:
            self.written = frozenset(cards.changed_by(user).values_list("pk", flat=True))


class CardChecker:
    """Checks the rows of a sheet of cards, a batch at a time, into ``checked``."""

    def __init__(self, checked: Checked, status: str | None, user):
        self.checked = checked
        self.status = status
        self.user = user
        self.parsers = card_parsers()
        self.empty = answers_of(Card())
        cities = City.objects.all()
        self.regions = {city.pk: city.region_id for city in cities}
        self.today = {city.pk: services.today_in(city) for city in cities}
        self.today[None] = services.today_in(None)
        self.seen: dict[Any, int] = {}
        #: Refs of refused rows, so that their outcomes are not told to have no card.
        self.refused: set[str] = set()
        self.noted: Counter[str] = Counter()

    def check(self, sheet: Sheet) -> None:
        for batch in batches(parse(sheet, CARDS, self.parsers)):
            refs = [values.get("ref", "") for _line, values, _bad in batch]
            stored = StoredCards(refs, [values.get("uuid") for _line, values, _bad in batch])
            self.review = UnderReview(stored, self.user)
            for line, values, bad in batch:
                self._row(line, values, bad, stored)
            if len(self.checked.refusals) > MOST_REFUSALS:
                self._refuse(line, "", _("Too many errors: the rest of the file was not checked."))
                break
        self._note()

    def _row(self, line: int, values: dict, bad: list[Refusal], known: StoredCards) -> None:
        tally = self.checked.cards
        tally.read += 1
        before = len(self.checked.refusals)
        self.checked.refusals += bad
        ref, uuid = values.pop("ref", ""), values.pop("uuid", None)
        named = values.pop("status", "") or self.status
        stored = self._stored(line, ref, uuid, known)
        if stored is not None and stored.ref == "" and as_uuid(ref) == stored.uuid:
            ref = ""
        self._once(line, ref, uuid, stored)
        row = None
        if self._reaches(stored):
            unread = {refusal.column for refusal in bad}
            row = self._judged(line, ref, uuid, named, values, stored, unread)
        else:
            self._refuse(line, "ref", _("This card lies outside your regions, or is a draft."))
        if len(self.checked.refusals) > before:
            tally.refused += 1
            self.refused.add(ref or str(uuid))
        else:
            self._take(row)

    def _take(self, row: Row) -> None:
        tally, stored = self.checked.cards, row.stored
        known = row.values[_DATE], row.status
        for name in row.names():
            self.checked.refs[name] = known
        if stored is None:
            tally.new += 1
            if not row.ref and row.uuid is None:
                self.noted["no_ref"] += 1
        elif row.changes:
            tally.updated += 1
        else:
            tally.unchanged += 1
            return
        self.checked.rows.append(row)

    def _judged(self, line, ref, uuid, named, values: dict, stored, unread: set[str]) -> Row:
        """The row as it would be written; what is wrong with it goes to the refusals.

        ``unread``: columns whose cell could not be read; that they are empty is no second fault.
        """
        before = dict(zip(KEPT, stored.answers, strict=True)) if stored else self.empty
        answers = self._answers(line, values, before, stored is None)
        changes = _changes(before, answers) if stored else {}
        status = self._second_person(self._status(named, stored, bool(changes)), stored, changes)
        row = Row(line, ref, uuid, status, _IN_ORDER(answers), stored, changes)
        if stored is None or changes or status != stored.status:
            for problem in self._problems(answers, row):
                if problem.field not in unread:
                    self._refuse(line, problem.field, problem.message)
            self._rights(row, answers["city"])
        if stored and ref and not stored.ref:
            row.changes["ref"] = ["", ref]
        if stored and status != stored.status:
            row.changes["status"] = [stored.status, status]
        return row

    def _answers(self, line: int, values: dict, before: dict, new: bool) -> dict[str, Any]:
        """All answers of the card once the row is loaded, tidied as the form does."""
        flag = values.pop("detained_unknown", None)
        answers = {**before, **values}
        for name in REFERENCES:
            answers[name] = answers[name] or None
        if not new:
            for name, value in values.items():
                if value != before[name] and same_text(before[name], value):
                    answers[name] = before[name]
        answers["date_precision"] = answers["date_precision"] or "exact"
        if answers["detained"] is not None:
            if flag:
                self._refuse(line, "detained", _("Give a number or “not known”, not both."))
        elif flag is not None:
            answers["detained_unknown"] = flag
        elif new or "detained" in values:
            # In files an empty number is the answer "not known".
            answers["detained_unknown"] = True
        tidied = validators.tidy(answers)
        if values.get("duration_minutes") not in (None, tidied["duration_minutes"]):
            self.noted["recomputed"] += 1
        for name in _UNASKED:
            if values.get(name) and not tidied[name]:
                self.noted["unasked"] += 1
                break
        if not values.get("inclusion") and (
            not tidied["inclusion_reason"] or tidied["course"] == "prevented"
        ):
            tidied["inclusion"] = services.inclusion_by_rule(tidied)
        return tidied

    def _status(self, named: str | None, stored: Stored | None, changed: bool) -> str:
        """The status after loading: files carry a card on, and back only with other answers."""
        if stored is None:
            return named or Status.SUBMITTED.value
        if changed:
            approved = stored.status == Status.APPROVED
            left = Status.SUBMITTED.value if approved else stored.status
            back = named == Status.DRAFT and stored.status != Status.DRAFT
            target = left if named is None or back else named
            if target == stored.status or not workflow.bound_by_merge(stored.pk):
                return target
            self.noted["kept"] += 1
            return stored.status
        if named is None or named == stored.status:
            return stored.status
        if STAGE[named] > STAGE[stored.status]:
            return named
        self.noted["kept"] += 1
        return stored.status

    def _second_person(self, status: str, stored: Stored | None, changes: dict) -> str:
        """What somebody's file changes in a card that is stored somebody else approves.

        The operator at the command line acts for the bureau, and stands in the history as such.
        """
        if self.user is None or stored is None or not changes or status != Status.APPROVED:
            return status
        self.noted["second"] += 1
        return Status.SUBMITTED.value

    def _problems(self, answers: dict, row: Row) -> Iterator[validators.Problem]:
        if row.status not in OPEN:
            yield from validators.missing(answers)
        elif row.status == Status.RETURNED and not (row.stored and row.stored.number):
            for name in ("date", "city"):
                if not answers[name]:
                    yield validators.Problem(name, "required", _("Answer this question."))
        yield from validators.impossible(answers, self.today[answers["city"]])

    def _reaches(self, stored: Stored | None) -> bool:
        """Whether the person may see the stored card that a row speaks of."""
        user = self.user
        if user is None or stored is None or stored.monitor == user.pk:
            return True
        in_scope = user.all_regions or stored.region in user.region_codes()
        return in_scope and stored.status != Status.DRAFT

    def _rights(self, row: Row, city: str | None) -> None:
        user = self.user
        self._review_rights(row)
        if user is None:
            return
        if city and not user.all_regions and self.regions[city] not in user.region_codes():
            self._refuse(row.line, "city", _("The city lies outside your regions."))
        if row.status == Status.APPROVED and not allowed(user, "card.import_approved"):
            self._refuse(row.line, "status", _("Only an editor may load approved cards."))
        own = row.stored is not None and row.stored.monitor == user.pk
        if own and STAGE[row.status] == 2:
            self._refuse(row.line, "status", _("Nobody decides on a card of their own."))

    def _review_rights(self, row: Row) -> None:
        """Carrying a stored card on to approved asks what approving it on its page asks."""
        stored = row.stored
        if stored is None or row.status != Status.APPROVED or stored.status == Status.APPROVED:
            return
        own = self.user is not None and stored.monitor == self.user.pk
        if stored.pk in self.review.written and not own:
            text = _("You changed the answers of this card: another editor approves it.")
            self._refuse(row.line, "status", text)
        if stored.pk in self.review.asked:
            text = _("Questions about this card are not closed: it cannot be approved.")
            self._refuse(row.line, "status", text)

    def _stored(self, line, ref: str, uuid, known: StoredCards) -> Stored | None:
        card, same = known.of(ref), known.by_uuid.get(uuid)
        if card is not None and uuid and card.uuid != uuid:
            self._refuse(line, "uuid", _("The card with this “ref” has another identifier."))
        elif card is None and same is not None:
            if ref and same.ref:
                text = _("The card with this identifier has another “ref”.")
                self._refuse(line, "ref", text)
            card = same
        return card

    def _once(self, line: int, ref: str, uuid, stored: Stored | None) -> None:
        """Refuse a card that the file has twice."""
        for column, key in (("ref", ref), ("uuid", uuid), ("ref", stored and stored.pk)):
            if key and self.seen.setdefault(key, line) != line:
                text = _("The same card as in line %(line)s.") % {"line": self.seen[key]}
                self._refuse(line, column, text)
                return

    def _refuse(self, line: int, column: str, message: Text) -> None:
        self.checked.refusals.append(Refusal(CARDS, line, column, message))

    def _note(self) -> None:
        for name, text in _NOTES.items():
            if self.noted[name]:
                self.checked.notices.append(text % {"count": self.noted[name]})


_NOTES = {
    "no_ref": ngettext_lazy(
        "%(count)s row has no “ref”: loading the file again would add the card again.",
        "%(count)s rows have no “ref”: loading the file again would add the cards again.",
        "count",
    ),
    "kept": ngettext_lazy(
        "%(count)s card keeps its status, which is further on than the file says.",
        "%(count)s cards keep their status, which is further on than the file says.",
        "count",
    ),
    "second": ngettext_lazy(
        "%(count)s card changes and was to be approved: it awaits another editor instead.",
        "%(count)s cards change and were to be approved: they await another editor instead.",
        "count",
    ),
    "recomputed": ngettext_lazy(
        "%(count)s row gives a duration that start and end contradict; the times were taken.",
        "%(count)s rows give a duration that start and end contradict; the times were taken.",
        "count",
    ),
    "unasked": ngettext_lazy(
        "%(count)s row answers a question that its other answers do not ask; this was left out.",
        "%(count)s rows answer a question that their other answers do not ask; this was left out.",
        "count",
    ),
}


def as_uuid(text: str) -> uuids.UUID | None:
    """A ``ref`` that is the identifier of a card."""
    if len(text) != 36:
        return None
    try:
        return uuids.UUID(text)
    except ValueError:
        return None


def same_text(before: Any, value: Any) -> bool:
    """Whether only line ends and outer spaces differ, which files do not keep."""
    if type(before) is not str or type(value) is not str:
        return False
    return clean(normalize_newlines(before)) == value


def _changes(before: dict[str, Any], answers: dict[str, Any]) -> dict[str, list[str]]:
    """As ``serialise.differences``; most answers are the same and cost one comparison."""
    other = {name: answers[name] for name in KEPT if before[name] != answers[name]}
    return differences(before, other) if other else {}
