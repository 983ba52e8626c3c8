"""Spreadsheets to cards: every row checked by the form's rules, the whole file loaded or nothing.

``check`` a file (nothing is written), then ``load`` what was checked. The command
``import_cards`` and the page for editors use the same two steps.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cards import validators
from cards.files import loading
from cards.files.checking import CardChecker
from cards.files.checking_outcomes import OutcomeChecker
from cards.files.columns import CARDS, COLUMNS, KEPT_BY_SITE, OUTCOMES
from cards.files.loading import Changed
from cards.files.records import Unreadable
from cards.files.refusals import Checked, Refusal
from cards.files.sheets import Sheet, read_sheets


def check(
    cards: bytes,
    outcomes: bytes | None = None,
    *,
    status: str | None = None,
    user=None,
) -> Checked:
    """Read and check everything; writes nothing.

    ``status``: the state of rows that do not say theirs (default: new cards arrive submitted,
    stored ones keep theirs). ``user`` None: the operator at the command line.

    Raises ``Unreadable`` for a file that cannot be read at all.
    """
    sheets = read_sheets(cards, COLUMNS)
    if outcomes is not None:
        if OUTCOMES in sheets:
            raise Unreadable(_("The workbook has a sheet “outcomes”: leave out the second file."))
        with _about(OUTCOMES):
            sheets |= read_sheets(outcomes, {OUTCOMES: COLUMNS[OUTCOMES]})
    with _nothing_to_collect():
        return _check(sheets, status, user)


def _check(sheets: dict[str, Sheet], status: str | None, user) -> Checked:
    checked = Checked()
    for name, sheet in sheets.items():
        _notice_columns(checked, name, sheet)
    checker = CardChecker(checked, status, user)
    if CARDS in sheets:
        checker.check(sheets[CARDS])
        _notice_missing(checked, sheets[CARDS])
    if OUTCOMES in sheets:
        with _about(OUTCOMES):
            OutcomeChecker(checked, checker.refused, user).check(sheets[OUTCOMES])
    checked.refusals.sort()
    return checked


def load(checked: Checked, *, user=None, reconstruction: bool = False, reason: str = "") -> None:
    """Write what was checked, in one transaction; ``reason``: why approved cards change.

    Raises ValueError if anything was refused, and ``Changed``, with nothing written, if cards
    that the file speaks of were changed since they were checked. Either spoils a transaction
    around it, which has to be taken back as well.
    """
    if checked.refusals:
        raise ValueError("a file with refused rows is never loaded")
    try:
        # No savepoint within the transaction of a job: SQLite would keep, for every row that is
        # updated under a trigger, all pages that those before it have touched.
        with transaction.atomic(savepoint=False), _nothing_to_collect():
            called = (row.card for row in checked.outcomes)
            writer = loading.Writer(user, timezone.now(), reconstruction, reason, called)
            writer.write_cards(checked.rows)
            writer.write_outcomes(checked.outcomes)
            writer.record()
            writer.announce()
    except IntegrityError as error:
        # Another import brought the same ref or identifier at the same moment.
        raise Changed from error


@contextmanager
def _nothing_to_collect() -> Iterator[None]:
    """The rows of a file are kept until it is loaded, and nothing among them refers in a circle:
    looking at all of them again and again for what may be thrown away takes a quarter of the time.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


@contextmanager
def _about(name: str) -> Iterator[None]:
    """Says which of the two files it is that cannot be read."""
    try:
        yield
    except Unreadable as error:
        error.about = name
        raise


def _notice_columns(checked: Checked, name: str, sheet: Sheet) -> None:
    for column in sheet.columns:
        if column in COLUMNS[name]:
            continue
        if column in KEPT_BY_SITE:
            text = _("%(sheet)s: the column “%(column)s” is kept by the site and was not read.")
        else:
            text = _("%(sheet)s: the column “%(column)s” is not known and was not read.")
        checked.notices.append(text % {"sheet": name, "column": column})


def _notice_missing(checked: Checked, sheet: Sheet) -> None:
    """Columns that are not there although rows were refused for what should stand in them."""
    refused = {refusal.column for refusal in checked.refusals}
    for column in validators.REQUIRED:
        if column in refused and column not in sheet.columns:
            text = _("The file has no column “%(column)s”, which new cards need.")
            checked.notices.append(text % {"column": column})


__all__ = ["Changed", "Checked", "Refusal", "Unreadable", "check", "load"]
