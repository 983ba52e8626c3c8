"""``verify_history [--expect SEQ:HASH] [--state]``: exit status 1 if anything is wrong."""

from argparse import ArgumentTypeError

from django.core.management.base import BaseCommand

from cards import proof, replay
from monitoring.operations.models import Kind
from monitoring.operations.record import recorded


class Command(BaseCommand):
    help = (
        "Prove the history: walk the chain of recorded changes, compute every hash anew, compare "
        "with the head, and see that the database's triggers are in place."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--expect",
            type=_mark,
            metavar="SEQ:HASH",
            help="a head printed before and kept elsewhere; it must still stand in the chain",
        )
        parser.add_argument(
            "--state",
            action="store_true",
            help="also replay the history of every card and compare it with what is stored",
        )

    def handle(self, *args, expect, state, **options):
        with recorded(Kind.VERIFY_HISTORY) as noted:
            self._prove(noted, expect, state)

    def _prove(self, noted, expect, state):
        found = proof.verify(expect)
        for fault in found.faults:
            self.stderr.write(fault.text)
        differences = 0
        if state:
            for difference in replay.verify():
                differences += 1
                self.stderr.write(str(difference))
            self.stdout.write(f"state: {differences} differences")
        self.stdout.write(f"history: {found.entries} entries, head {found.head}")
        noted |= {
            "entries": found.entries,
            "faults": len(found.faults),
            "differences": differences,
        }
        if found.faults or differences:
            raise SystemExit(1)


def _mark(text: str) -> proof.Mark:
    try:
        return proof.Mark.parse(text)
    except ValueError:
        raise ArgumentTypeError("give SEQ:HASH as verify_history printed it") from None
