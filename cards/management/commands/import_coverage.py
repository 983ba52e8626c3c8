"""``import_coverage FILE``: which place was monitored in which month."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from cards.coverage import import_coverage
from cards.spreadsheets import Unreadable


class Command(BaseCommand):
    help = (
        "Load the coverage register from a CSV or XLSX file with the columns place, month "
        "(2018-03) and state (full, partly, none). The whole file loads, or nothing does."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="only check the file")

    def handle(self, *args, file: Path, dry_run: bool, **options):
        try:
            result = import_coverage(file.read_bytes(), dry_run=dry_run)
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from error
        except Unreadable as error:
            raise CommandError(f"{file}: {error}") from error
        for refusal in result.refusals:
            self.stderr.write(str(refusal))
        if result.unknown_columns:
            self.stderr.write(f"columns not read: {', '.join(result.unknown_columns)}")
        refused = len({refusal.line for refusal in result.refusals})
        self.stdout.write(
            f"rows read {result.read}, new {result.new}, updated {result.updated}, "
            f"unchanged {result.unchanged}, refused {refused}"
        )
        if result.refusals:
            raise CommandError(_("Nothing was loaded."))
