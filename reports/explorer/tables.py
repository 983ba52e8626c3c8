"""A cross table as a table of the reports: values, what they rest on, and where they lead."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from reports.explorer.cross import KNOWN, Cross
from reports.explorer.filters import merged
from reports.explorer.measures import COUNT
from reports.explorer.spec import Spec
from reports.types import TOTAL, Cell, Column, Key, Row, Table, Text, Unit, Value
from reports.wording import count, inside, say, together

CODE = "view"
ALL_CARDS = _("All assemblies")
NUMBER, SHARE = _("Assemblies"), pgettext_lazy("column of a table", "Share")
UNKNOWN = pgettext_lazy("number of cards", "Unknown")
VALUE, N, REST = "value", "n", "unknown"
"""Columns of a table without a second question, beside or instead of the number."""


@dataclass(frozen=True)
class Cells:
    """What stands at a row and column of a cross table, each of which may be TOTAL."""

    spec: Spec
    cross: Cross
    code: str = CODE

    def rows(self) -> list[tuple[str, Text]]:
        """Codes and names in the order asked for; what tells nothing stays last."""
        rows = list(self.cross.rows.items())
        if self.spec.order == "size":
            apart = self.cross.apart_rows
            rows.sort(key=lambda row: (row[0] in apart, -self.cross.at(row[0]).n))
        return rows

    def single(self, row: str) -> tuple[Cell | None, ...]:
        """The cells of a row without a second question: number and share, or value, n, unknown."""
        if self.spec.measured.quantity is None:
            share = None if row == TOTAL or row in self._apart_rows else self._share(row, TOTAL)
            return self._count(row, TOTAL), share
        return self._quantity(row, TOTAL), *self._rests_on(row)

    def crossed(self, row: str, column: str) -> Cell:
        """The cell of two questions.

        An answer that leaves the shares shows its number of assemblies instead of one, and so does
        the margin that the shares are of.
        """
        kind = self.spec.measured.kind
        if self.spec.measured.quantity is not None:
            return self._quantity(row, column)
        if kind == "count":
            return self._count(row, column)
        across, down = kind in ("row", "all"), kind in ("column", "all")
        if (across and column in self._apart_columns) or (down and row in self._apart_rows):
            return self._count(row, column)
        if kind == "all" and (row, column) != (TOTAL, TOTAL):
            return self._share(self._told(row), self._told(column))
        if (across and column == TOTAL) or (down and row == TOTAL):
            return self._count(
                self._told(row) if down else row, self._told(column) if across else column
            )
        return self._share(row, column)

    @property
    def _apart_rows(self) -> frozenset[str]:
        return frozenset() if self.spec.apart else self.cross.apart_rows

    @property
    def _apart_columns(self) -> frozenset[str]:
        return frozenset() if self.spec.apart else self.cross.apart_columns

    def _told(self, answer: str) -> str:
        """The margin of those that answered, instead of that of all, where it is one of less."""
        return KNOWN if answer == TOTAL and not self.spec.apart else answer

    def _share(self, row: str, column: str) -> Cell:
        kind = self.spec.measured.kind if self.cross.columns else "column"
        whole = self.cross.at(
            self._told(TOTAL) if kind in ("column", "all") else row,
            self._told(TOTAL) if kind in ("row", "all") else column,
        )
        part = self.cross.at(row, column).n
        share = part / whole.n * 100 if whole.n else None
        value = Value(share, numerator=part, denominator=whole.n, n=whole.n)
        return self._made(row, column, "percent", 1, value)

    def _count(self, row: str, column: str) -> Cell:
        n = self.cross.at(row, column).n
        return self._made(row, column, "count", 0, Value(n, n=n))

    def _quantity(self, row: str, column: str) -> Cell:
        measure, tally = self.spec.measured, self.cross.at(row, column)
        mean = measure.kind == "mean"
        total = tally.total if tally.known else None
        value = Value(
            total / tally.known if mean and total is not None else total,
            numerator=total,
            denominator=tally.known if mean else None,
            n=tally.known,
            unknown=tally.n - tally.known,
        )
        return self._made(row, column, measure.unit, measure.decimals, value, "known")

    def _rests_on(self, row: str) -> tuple[Cell, Cell]:
        tally = self.cross.at(row)
        known, rest = tally.known, tally.n - tally.known
        return (
            self._made(row, TOTAL, "count", 0, Value(known, n=known), "known", N),
            self._made(row, TOTAL, "count", 0, Value(rest, n=rest), "unknown", REST),
        )

    def _made(
        self,
        row: str,
        column: str,
        unit: Unit,
        decimals: int,
        value: Value,
        known: str = "",
        name: str = "",
    ) -> Cell:
        behind: dict[str, str] = {}
        told = []
        asked = ((self.spec.rows, row, self.cross.apart_rows),
                 (self.spec.columns, column, self.cross.apart_columns))  # fmt: skip
        for question, answer, apart in asked:
            if answer == KNOWN and apart:
                told.append(question)
            elif answer not in (TOTAL, KNOWN):
                behind[question] = answer
        if told:
            behind["told"] = ",".join(told)
        if known and self.spec.measured.quantity:
            behind[self.spec.measured.quantity.known] = known
        chosen = dict(self.spec.chosen)
        place = (TOTAL if each == KNOWN else each for each in (row, name or column))
        key = Key(self.code, chosen.get("period", ""), *place)
        return Cell(key, unit, value, decimals, drill=merged(chosen, behind))


def table(spec: Spec, cross: Cross, code: str = CODE) -> Table:
    """The cross table with its totals; empty if there is no card."""
    cells = Cells(spec, cross, code)
    listed = [*cells.rows(), (TOTAL, _margin(spec, down=True))] if cross.rows else []
    if cross.columns:
        columns = [Column(code, label) for code, label in cross.columns.items()]
        columns.append(Column(TOTAL, _margin(spec, down=False)))
        codes = [column.code for column in columns]
        rows = [
            Row(code, label, tuple(cells.crossed(code, each) for each in codes), code == TOTAL)
            for code, label in listed
        ]
    else:
        columns = list(_single_columns(spec))
        rows = [Row(code, label, cells.single(code), code == TOTAL) for code, label in listed]
    return Table(
        code,
        "",
        title(spec),
        spec.row_question.label,
        tuple(columns),
        tuple(rows),
        tuple(notes(spec, cross)),
    )


def _margin(spec: Spec, down: bool) -> Text:
    """What the last row (``down``) or column holds: all cards, or how many the shares are of."""
    kind = spec.measured.kind
    if spec.columns and kind == ("column" if down else "row"):
        return "n"
    return ALL_CARDS


def _single_columns(spec: Spec) -> Iterator[Column]:
    if spec.measured.quantity is None:
        yield from (Column(TOTAL, NUMBER), Column("share", SHARE))
    else:
        yield from (Column(VALUE, spec.measured.label), Column(N, "n"), Column(REST, UNKNOWN))


def title(spec: Spec) -> Text:
    """What the table shows, in one line."""
    measure = COUNT if not spec.columns and spec.measured.share else spec.measured
    crossed = [spec.row_question.label]
    if spec.column_question:
        crossed.append(inside(spec.column_question.label))
    return say(
        _("%(questions)s. %(measure)s"),
        questions=together(crossed, " × "),
        measure=measure.label,
    )


def notes(spec: Spec, cross: Cross) -> Iterator[Text]:
    """n, unknown answers of each question, and what several answers do to the sums."""
    whole = cross.at()
    if spec.measured.quantity:
        known, left = count(whole.known), count(whole.n - whole.known)
        yield say(
            _("n = %(known)s of %(n)s assemblies; not known on %(rest)s."),
            known=known, n=count(whole.n), rest=left,
        )  # fmt: skip
    else:
        yield say(_("n = %(n)s assemblies."), n=count(whole.n))
    asked = [(spec.row_question, whole.n - cross.at(KNOWN).n)]
    if spec.column_question:
        asked.append((spec.column_question, whole.n - cross.at(TOTAL, KNOWN).n))
    for question, rest in asked:
        if rest:
            yield say(
                _("%(question)s: not known or not applicable on %(rest)s."),
                question=question.label, rest=count(rest),
            )  # fmt: skip
    apart = any(rest for _question, rest in asked)
    if apart and (spec.measured.share or not (spec.columns or spec.measured.quantity)):
        yield (
            _("These are counted in the shares.")
            if spec.apart
            else _("These leave the shares; the table shows their number of assemblies.")
        )
    for question, _rest in asked:
        if question.several:
            yield say(
                _(
                    "%(question)s: an assembly may have several answers and counts at each of them,"
                    " but once in every total."
                ),
                question=question.label,
            )
