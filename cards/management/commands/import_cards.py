"""``import_cards CARDS [--outcomes FILE] [--status S] [--user NAME] [--dry-run]``."""

from pathlib import Path

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from cards.files import importing
from cards.files.refusals import place_of, summary
from cards.vocabularies import Status
from monitoring.accounts.access import allowed


class Command(BaseCommand):
    help = "Load cards (and court outcomes) from CSV or Excel: the whole file or nothing."

    def add_arguments(self, parser):
        parser.add_argument("cards", type=Path, help=".csv or .xlsx")
        parser.add_argument("--outcomes", type=Path, help="court outcomes, if not in the .xlsx")
        parser.add_argument(
            "--status",
            choices=Status.values,
            help="state of rows that do not say theirs (default: new cards arrive submitted)",
        )
        parser.add_argument("--user", help="account on whose behalf the cards are loaded")
        parser.add_argument(
            "--reason", default="", help="why approved cards change (default: the file's name)"
        )
        parser.add_argument("--dry-run", action="store_true", help="check only, write nothing")
        parser.add_argument(
            "--reconstruction",
            action="store_true",
            help="mark the cards as reconstructed from published totals",
        )

    def handle(self, *args, **options):
        user = self._user(options["user"])
        cards = _content(options["cards"])
        outcomes = _content(options["outcomes"]) if options["outcomes"] else None
        try:
            checked = importing.check(cards, outcomes, status=options["status"], user=user)
            if not checked.refusals and not options["dry_run"]:
                reason = options["reason"].strip() or options["cards"].name
                importing.load(
                    checked,
                    user=user,
                    reconstruction=options["reconstruction"],
                    reason=reason,
                )
        except importing.Unreadable as error:
            raise CommandError(str(error)) from None
        except importing.Changed:
            raise CommandError("Cards were changed meanwhile; nothing was loaded.") from None
        self._tell(checked)
        if checked.refusals:
            raise SystemExit(1)

    def _user(self, name: str | None):
        if name is None:
            return None
        user = get_user_model().objects.filter(username=name, is_active=True).first()
        if user is None or not allowed(user, "card.import"):
            raise CommandError(f"There is no account “{name}” with the right to load cards.")
        return user

    def _tell(self, checked: importing.Checked) -> None:
        for notice in checked.notices:
            self.stderr.write(str(notice))
        for refusal in checked.refusals:
            self.stderr.write(f"{refusal.sheet}, {place_of(refusal)}: {refusal.message}")
        for name, tally in (("cards", checked.cards), ("outcomes", checked.court)):
            if tally is None:
                continue
            counts = summary(tally, bool(checked.refusals))
            self.stdout.write(f"{name}: {counts}")


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}") from None
