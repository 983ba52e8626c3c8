"""``import_applications FILE [--status STATUS] [--user NAME] [--dry-run]``."""

from pathlib import Path

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from cards.files import applications
from cards.files.loading import Changed
from cards.files.records import Unreadable
from cards.files.refusals import place_of, summary
from cards.vocabularies import Review
from monitoring.accounts.access import allowed


class Command(BaseCommand):
    help = "Load permit applications from CSV or Excel: the whole file or nothing."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, help=".csv or .xlsx; the columns of the export")
        parser.add_argument(
            "--status",
            choices=[Review.PENDING.value, Review.APPROVED.value],
            help="review of new rows that do not say theirs (default: pending)",
        )
        parser.add_argument("--user", help="account on whose behalf the applications are loaded")
        parser.add_argument("--dry-run", action="store_true", help="check only, write nothing")

    def handle(self, *args, **options):
        user = self._user(options["user"])
        try:
            content = options["file"].read_bytes()
            checked = applications.check(content, status=options["status"], user=user)
            if not checked.refusals and not options["dry_run"]:
                applications.load(checked, user=user)
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}") from None
        except Unreadable as error:
            raise CommandError(str(error)) from None
        except Changed:
            raise CommandError("Applications were changed meanwhile; nothing was loaded.") from None
        self._tell(checked)
        if checked.refusals:
            raise SystemExit(1)

    def _user(self, name: str | None):
        if name is None:
            return None
        user = get_user_model().objects.filter(username=name, is_active=True).first()
        if user is None or not allowed(user, "application.import"):
            text = f"There is no account “{name}” with the right to load permit applications."
            raise CommandError(text)
        return user

    def _tell(self, checked: applications.Checked) -> None:
        for notice in checked.notices:
            self.stderr.write(str(notice))
        for refusal in checked.refusals:
            self.stderr.write(f"{place_of(refusal)}: {refusal.message}")
        self.stdout.write(summary(checked.tally, bool(checked.refusals)))
