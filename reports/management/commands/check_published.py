"""``check_published [PERIOD]``: exit status 1 if anything is listed."""

import csv
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from reports import published, source
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
        "of all periods, or of one."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("period", nargs="?", help="code of the period (default: all)")

    def handle(self, *args: Any, period: str | None, **options: Any) -> None:
        codes = [each.code for each in source.periods()]
        if not codes:
            raise CommandError("There are no periods yet: run prepare.")
        if period is not None and period not in codes:
            raise CommandError(f"There is no period “{period}”. Known: {', '.join(codes)}.")
        # The report of the last period knows what was printed of all the earlier ones.
        findings = source.gather().report.findings
        if period is not None:
            labels = {
                (c.key.table, c.key.period) for c, code in published.cells() if code == period
            }
            findings = tuple(f for f in findings if (f.table, f.period) in labels)
        writer = csv.writer(self.stdout, lineterminator="\n")
        writer.writerow(HEADER)
        for finding in findings:
            writer.writerow(_line(finding))
        self.stderr.write(f"{len(findings)} listed")
        if findings:
            raise SystemExit(1)


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
