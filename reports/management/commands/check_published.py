"""``check_published [PERIOD]``: exit status 1 if anything is listed."""

import csv
import io
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from monitoring import replica
from reports import source
from reports.printed import findings, store
from reports.printed.outputs import harmless
from reports.types import Finding

HEADER = (
    "table",
    "period",
    "row",
    "column",
    "printed",
    "expected",
    "difference",
    "rule",
    "kind",
)


class Command(BaseCommand):
    help = (
        "List, as CSV, every printed figure that other printed figures or the cards contradict: "
        "of all reports of the series and all periods, of one period, or of one printed report."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("period", nargs="?", help="code of the period (default: all)")
        parser.add_argument("--edition", help="one printed report, by its short name")
        parser.add_argument("--csv", type=Path, metavar="FILE", help="write the list there too")

    @replica.reading_all()
    def handle(
        self,
        *args: Any,
        period: str | None,
        edition: str | None,
        csv: Path | None,
        **options: Any,
    ) -> None:
        codes = [each.code for each in source.periods()]
        if not codes:
            raise CommandError("There are no periods yet: run prepare.")
        if period is not None and period not in codes:
            raise CommandError(f"There is no period “{period}”. Known: {', '.join(codes)}.")
        try:
            listed = findings.listed(edition, period)
        except KeyError:
            known = ", ".join(each.edition for each in store.reports()) or "–"
            raise CommandError(f"There is no report “{edition}”. Known: {known}.") from None
        text = _written(listed)
        self.stdout.write(text, ending="")
        if csv is not None:
            try:
                csv.write_text(text, encoding="utf-8")
            except OSError as error:
                raise CommandError(f"{csv}: {error.strerror}") from None
        self.stderr.write(f"{len(listed)} listed")
        if listed:
            raise SystemExit(1)


def _written(listed: Iterable[Finding]) -> str:
    output = io.StringIO()
    writer = csv.writer(output, lineterminator="\n")
    writer.writerow(HEADER)
    writer.writerows([harmless(part) for part in _line(each)] for each in listed)
    return output.getvalue()


def _line(finding: Finding) -> tuple[str, ...]:
    return (
        finding.table,
        finding.period,
        finding.row,
        finding.column,
        finding.printed,
        _number(finding.expected),
        _number(finding.difference),
        finding.rule,
        finding.kind,
    )


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.10g}"
