"""``import_published FILE [--edition YEAR] [--dry-run]``."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cards.files.records import Unreadable
from cards.files.refusals import place_of, summary
from reports import importing


class Command(BaseCommand):
    help = "Load the printed figures of an earlier report from CSV or Excel: the whole or nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "file", type=Path, help=f".csv or .xlsx; columns {', '.join(importing.COLUMNS)}"
        )
        parser.add_argument(
            "--edition",
            default="",
            help="year of the report that printed them (default: the last period in the file)",
        )
        parser.add_argument(
            "--apart",
            action="store_true",
            help="not a report of the bureau: it is checked, but joins no table",
        )
        parser.add_argument("--dry-run", action="store_true", help="check only, write nothing")

    def handle(
        self,
        *args: Any,
        file: Path,
        edition: str,
        apart: bool,
        dry_run: bool,
        **options: Any,
    ) -> None:
        try:
            checked = importing.check(file.read_bytes(), edition, apart)
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from None
        except Unreadable as error:
            raise CommandError(str(error)) from None
        if not checked.refusals and not dry_run:
            importing.load(checked)
        self._tell(checked)
        if checked.refusals:
            raise SystemExit(1)

    def _tell(self, checked: importing.Checked) -> None:
        for notice in checked.notices:
            self.stderr.write(str(notice))
        for refusal in checked.refusals:
            self.stderr.write(f"{place_of(refusal)}: {refusal.message}")
        self.stdout.write(summary(checked, bool(checked.refusals)))
