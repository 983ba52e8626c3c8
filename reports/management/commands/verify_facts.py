"""``verify_facts [--rebuild]``: exit status 1 if the facts and the cards differ."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from reports import facts


class Command(BaseCommand):
    help = (
        "Compare the facts that the reports are made from with a full recomputation from the cards."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--rebuild", action="store_true", help="derive every fact anew, then compare"
        )

    def handle(self, *args: Any, rebuild: bool, **options: Any) -> None:
        if rebuild:
            written = facts.rebuild(self._progress if options["verbosity"] > 1 else None)
            self.stdout.write(f"rebuilt {written} months of places")
        found = 0
        for difference in facts.verify():
            found += 1
            self.stdout.write(str(difference))
        self.stdout.write(f"{found} differences")
        if found:
            raise SystemExit(1)

    def _progress(self, place: str, months: int) -> None:
        self.stderr.write(f"{place}: {months}")
