"""``import_coverage FILE [--dry-run]``."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from cards.files import coverage
from cards.files.records import Unreadable
from cards.files.refusals import place_of, summary


class Command(BaseCommand):
    help = "Load the coverage register from CSV or Excel: the whole file or nothing."

    def add_arguments(self, parser):
        parser.add_argument(
            "file", type=Path, help=".csv or .xlsx; columns place, month, state (full|partly|none)"
        )
        parser.add_argument("--dry-run", action="store_true", help="check only, write nothing")

    def handle(self, *args, file: Path, dry_run: bool, **options):
        try:
            checked = coverage.check(file.read_bytes())
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from None
        except Unreadable as error:
            raise CommandError(str(error)) from None
        if not checked.refusals and not dry_run:
            coverage.load(checked)
        self._tell(checked)
        if checked.refusals:
            raise SystemExit(1)

    def _tell(self, checked: coverage.Checked) -> None:
        for notice in checked.notices:
            self.stderr.write(str(notice))
        for refusal in checked.refusals:
            self.stderr.write(f"{place_of(refusal)}: {refusal.message}")
        self.stdout.write(summary(checked, bool(checked.refusals)))
