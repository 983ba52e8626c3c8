"""Permit applications from and to files: the columns of the import are those of the export.

``check`` a file (nothing is written), then ``load`` what was checked, whole or not at all. What a
file changes awaits a second person's review, as a change on the site does.
"""

from __future__ import annotations

import uuid as uuids
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import IO, Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cards import history, permit_rules, permits, services
from cards.files import export, parsing
from cards.files.checking import as_uuid, batches, parse, same_text
from cards.files.columns import parser_of
from cards.files.loading import Changed
from cards.files.parsing import one_of, words_of, words_of_rows
from cards.files.refusals import Changes, Refusal, Tally, Text
from cards.files.sheets import Sheet, read_sheets
from cards.models import Card, City, EventKind, Form, PermitApplication, Topic
from cards.permits import FIELDS
from cards.querysets import ApplicationQuerySet
from cards.serialise import differences
from cards.vocabularies import Review
from monitoring.accounts.access import allowed
from monitoring.chunks import chunked
from monitoring.jobs.progress import tell

SHEET = "applications"
#: ``ref`` and ``uuid`` identify an application, ``status`` is its review, ``card`` its assembly.
COLUMNS: tuple[str, ...] = ("ref", "uuid", "status", *FIELDS, "card")
_TABLES = {"city": City, "form": Form, "topic": Topic}
#: An empty cell is the answer "not known".
_OPEN = ("applicant_type", "decision", "appeal")


@dataclass(slots=True)
class Row:
    """An application to write: new, or a change of ``stored``."""

    line: int
    ref: str
    uuid: uuids.UUID | None
    answers: dict[str, Any]
    review: str
    card: Card | None
    stored: PermitApplication | None = None
    changes: Changes = field(default_factory=dict)


@dataclass(slots=True)
class Checked:
    """What a file would do. Nothing of it is loaded while ``refusals`` is not empty."""

    rows: list[Row] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    notices: list[Text] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)


def check(content: bytes, *, status: str | None = None, user=None) -> Checked:
    """Read and check a CSV or XLSX file with ``COLUMNS`` in any order.

    ``status``: the review of new rows that do not say theirs (default: pending). ``user`` None: the
    operator at the command line. Raises ``Unreadable`` for a file that cannot be read at all.
    """
    checked = Checked()
    sheet = read_sheets(content, {SHEET: COLUMNS})[SHEET]
    for column in sheet.columns:
        if column not in COLUMNS:
            text = _("The column “%(column)s” is not known and was not read.")
            checked.notices.append(text % {"column": column})
    _Checker(checked, status, user).check(sheet)
    checked.refusals.sort()
    return checked


@transaction.atomic
def load(checked: Checked, *, user=None) -> None:
    """Write what was checked, in one transaction.

    Raises ValueError if anything was refused, and ``Changed``, with nothing written, if an
    application of the file was changed since it was checked.
    """
    if checked.refusals:
        raise ValueError("a file with refused rows is never loaded")
    months: list[services.Month] = []
    for row in checked.rows:
        months += _create(row, user) if row.stored is None else _update(row, user)
    services.announce(*months)


def written(applications: ApplicationQuerySet, kind: str) -> IO[bytes]:
    """The applications as ``csv`` or ``xlsx``, newest first; an open file at its beginning."""
    ordered = applications.select_related("card").order_by("-applied_on", "-id")
    return export.table_file(kind, SHEET, COLUMNS, _lines(ordered))


def _lines(applications: ApplicationQuerySet) -> Iterator[list[Any]]:
    for number, each in enumerate(chunked(applications, 2000)):
        if number % 100 == 0:
            tell("rows", number)
        known = permits.answers_of(each)
        known |= {"ref": each.ref or str(each.uuid), "uuid": each.uuid, "status": each.review}
        known["card"] = each.card.number or str(each.card.uuid) if each.card else ""
        yield [known[name] for name in COLUMNS]


class _Stored:
    """The applications on the site that rows may mean, by ``ref`` and by identifier."""

    def __init__(self, rows: Iterable[dict[str, Any]]):
        refs, identifiers = set(), set()
        for values in rows:
            refs.add(values.get("ref", ""))
            identifiers |= {values.get("uuid"), as_uuid(values.get("ref", ""))}
        known = PermitApplication.objects.select_related("city", "card")
        self.by_ref = {each.ref: each for each in known.filter(ref__in=refs - {""})}
        self.by_uuid = {each.uuid: each for each in known.filter(uuid__in=identifiers - {None})}

    def of(self, ref: str, uuid: uuids.UUID | None) -> PermitApplication | None:
        """The application that a row names."""
        return self.by_ref.get(ref) or self.by_uuid.get(uuid or as_uuid(ref))


class _Checker:
    """Checks the rows of a sheet against the rules of the form, the register and the rights."""

    def __init__(self, checked: Checked, status: str | None, user):
        self.checked = checked
        self.status = status or Review.PENDING.value
        self.user = user
        self.cities = {city.pk: city for city in City.objects.all()}
        self.seen: dict[Any, int] = {}

    def check(self, sheet: Sheet) -> None:
        for batch in batches(parse(sheet, SHEET, _parsers())):
            known = _Stored(values for _line, values, _bad in batch)
            for line, values, bad in batch:
                self._line(line, values, bad, known)

    def _line(self, line: int, values: dict, bad: list[Refusal], known: _Stored) -> None:
        self.checked.tally.read += 1
        before = len(self.checked.refusals)
        self.checked.refusals += bad
        row = self._row(line, values, {refusal.column for refusal in bad}, known)
        if len(self.checked.refusals) > before:
            self.checked.tally.refused += 1
        elif row is not None:
            self._take(row)

    def _take(self, row: Row) -> None:
        tally = self.checked.tally
        if row.stored is not None and not row.changes:
            tally.unchanged += 1
            return
        tally.new += row.stored is None
        tally.updated += row.stored is not None
        self.checked.rows.append(row)

    def _row(
        self, line: int, values: dict[str, Any], unread: set[str], known: _Stored
    ) -> Row | None:
        ref, uuid = values.pop("ref", ""), values.pop("uuid", None)
        named, card = values.pop("status", ""), values.pop("card", "")
        stored = known.of(ref, uuid)
        if stored is not None and ref == str(stored.uuid):
            ref = ""
        if not self._once(line, ref, uuid, stored):
            return None
        if stored is not None and not self._in_scope(stored.city):
            self._refuse(line, "ref", _("This application lies outside your regions."))
            return None
        answers = self._answers(values, stored)
        row = Row(line, ref, uuid, answers, "", stored.card if stored else None, stored)
        for problem in permit_rules.problems(
            answers, services.today_in(self.cities.get(answers["city"]))
        ):
            if problem.field not in unread:
                self._refuse(line, problem.field, problem.message)
        city = self.cities.get(answers["city"])
        if city is not None and not self._in_scope(city):
            self._refuse(line, "city", _("The city lies outside your regions."))
        self._link(row, card)
        self._settle(row, named)
        return row

    def _answers(self, values: dict[str, Any], stored: PermitApplication | None) -> dict[str, Any]:
        """All answers once the row is loaded, tidied as the form does."""
        before = permits.answers_of(stored or PermitApplication())
        # Line ends, which files do not keep, are no change.
        kept = {name: before[name] for name in values if same_text(before[name], values[name])}
        answers = before | values | kept
        for name in _OPEN:
            answers[name] = str(answers[name] or "unknown")
        for name in _TABLES:
            answers[name] = answers[name] or None
        return permit_rules.tidy(answers)

    def _link(self, row: Row, card: str) -> None:
        """The card that the row names; an empty cell leaves the link as it is."""
        if not card:
            return
        cards = Card.objects.all() if self.user is None else Card.objects.visible_to(self.user)
        identifier = as_uuid(card)
        same = {"uuid": identifier} if identifier else {"number__iexact": card}
        found = cards.filter(**same).first() or cards.filter(ref=card).first()
        if found is None:
            self._refuse(row.line, "card", _("There is no such card in your regions."))
        elif found.city_id != row.answers["city"]:
            self._refuse(row.line, "card", _("The card is of another city."))
        elif found.status in permits.DROPPED:
            text = _("The card was rejected or repeats another one.")
            self._refuse(row.line, "card", text)
        else:
            row.card = found

    def _settle(self, row: Row, named: str) -> None:
        """What the row changes, and the review that it leaves the application in."""
        stored = row.stored
        if stored is None:
            row.review = named or self.status
            if row.review == Review.REJECTED:
                self._refuse(row.line, "status", _("A refusal needs a reason: refuse on the site."))
            elif row.review == Review.APPROVED and not self._may_approve():
                text = _("Only an editor may load approved applications.")
                self._refuse(row.line, "status", text)
            return
        row.changes = differences(permits.answers_of(stored), row.answers)
        if row.card != stored.card:
            row.changes["card"] = [str(stored.card or ""), str(row.card)]
        if row.ref and not stored.ref:
            row.changes["ref"] = ["", row.ref]
        answered = row.changes.keys() & set(FIELDS)
        row.review = Review.PENDING.value if answered else stored.review
        wished = named == Review.APPROVED and stored.review == Review.PENDING
        if wished and not answered:
            if self.user is None or allowed(self.user, "application.review", stored):
                row.review = Review.APPROVED.value
            else:
                text = _("Nobody decides on an application of their own.")
                self._refuse(row.line, "status", text)
        elif answered and named == Review.APPROVED and self.user is None:
            row.review = Review.APPROVED.value
        if row.review != stored.review:
            row.changes["review"] = [stored.review, row.review]

    def _may_approve(self) -> bool:
        return self.user is None or allowed(self.user, "application.import_approved")

    def _in_scope(self, city: City) -> bool:
        user = self.user
        return user is None or user.all_regions or city.region_id in user.region_codes()

    def _once(self, line: int, ref: str, uuid, stored: PermitApplication | None) -> bool:
        """Refuse an application that the file has twice."""
        for column, key in (("ref", ref), ("uuid", uuid), ("ref", stored and stored.pk)):
            if key and self.seen.setdefault(key, line) != line:
                text = _("The same as in line %(line)s.") % {"line": self.seen[key]}
                self._refuse(line, column, text)
                return False
        return True

    def _refuse(self, line: int, column: str, message: Text) -> None:
        self.checked.refusals.append(Refusal(SHEET, line, column, message))


def _parsers() -> dict[str, parsing.Parser]:
    parsers = {name: parser_of(PermitApplication._meta.get_field(name)) for name in FIELDS}
    words = {name: words_of_rows(model.objects.all()) for name, model in _TABLES.items()}
    words["status"] = words_of(Review)
    return {
        **parsers,
        **{name: one_of(known) for name, known in words.items()},
        "source_links": parsing.links,
        "ref": parsing.text_of(PermitApplication._meta.get_field("ref").max_length),
        "uuid": parsing.identifier,
        "card": parsing.text_of(100),
    }


def _create(row: Row, user) -> list[services.Month]:
    application = PermitApplication(
        uuid=row.uuid or uuids.uuid4(), ref=row.ref or None, author=user, card=row.card
    )
    permits.write_answers(application, row.answers)
    _reviewed(application, row.review, None)
    try:
        with transaction.atomic():
            application.save(force_insert=True)
    except IntegrityError as error:
        # Another import brought the same ref or identifier at the same moment.
        raise Changed from error
    changes = differences({}, row.answers)
    if row.card is not None:
        changes["card"] = ["", str(row.card)]
    if row.review != Review.PENDING:
        changes["review"] = ["", row.review]
    history.record(EventKind.IMPORTED, application=application, actor=user, changes=changes)
    return [permits.counted_month(application)]


def _update(row: Row, user) -> list[services.Month]:
    application = permits.locked(row.stored)
    if (application.version, application.review) != (row.stored.version, row.stored.review):
        raise Changed
    before = permits.counted_month(application)
    permits.write_answers(application, row.answers)
    application.card = row.card
    application.ref = application.ref or row.ref or None
    application.version += 1
    if row.review != application.review:
        _reviewed(application, row.review, user)
    application.save()
    answered = row.changes.keys() & {*FIELDS, "ref"}
    kind = EventKind.IMPORTED
    if not answered:
        linked = "card" in row.changes
        kind = EventKind.APPLICATION_LINKED if linked else EventKind.APPLICATION_REVIEW
    history.record(kind, application=application, actor=user, changes=row.changes)
    return [before, permits.counted_month(application)]


def _reviewed(application: PermitApplication, review: str, reviewer) -> None:
    permits.await_review(application)
    application.review = review
    if review == Review.APPROVED:
        application.reviewer = reviewer
        application.reviewed_at = timezone.now()
