"""``verify_facts [--rebuild]``: exit status 1 if the facts and the cards differ."""

import itertools
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import router

from monitoring.operations.models import Kind
from monitoring.operations.record import recorded
from reports import facts
from reports.columns import changes, keeping
from reports.models import ColumnChange


class Command(BaseCommand):
    help = (
        "Compare the facts that the reports are made from with a full recomputation from the cards,"
        " and the columns that the explorer reads."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--rebuild", action="store_true", help="derive every fact anew, then compare"
        )

    def handle(self, *args: Any, rebuild: bool, **options: Any) -> None:
        with recorded(Kind.VERIFY_FACTS) as noted:
            noted["differences"] = self._compare(rebuild, options["verbosity"])
            if noted["differences"]:
                raise SystemExit(1)

    def _compare(self, rebuild: bool, verbosity: int) -> int:
        if rebuild:
            written = facts.rebuild(self._progress if verbosity > 1 else None)
            self.stdout.write(f"rebuilt {written} months of places")
            changes.note_all(router.db_for_write(ColumnChange))
        # What changed since the columns were packed last is packed now: somebody does it each day.
        keeping.settle()
        found = 0
        for difference in itertools.chain(facts.verify(), keeping.verify()):
            found += 1
            self.stdout.write(str(difference))
        self.stdout.write(f"{found} differences")
        return found

    def _progress(self, place: str, months: int) -> None:
        self.stderr.write(f"{place}: {months}")
