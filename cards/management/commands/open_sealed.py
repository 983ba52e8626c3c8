"""``open_sealed``: what came sealed to a key that the site did not have."""

from __future__ import annotations

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cards.field import held, sealing


class Command(BaseCommand):
    help = (
        "Open parcels and files of devices that wait: sealed to a key that was not here, or for a "
        "card that was not. Each is taken in the name of the account that sent it. Exit status 1 "
        "if anything still waits."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--key",
            type=Path,
            action="append",
            default=[],
            help="file with a private key, such as the recovery key's; read, never kept",
        )

    def handle(self, *args, **options) -> None:
        done = waiting = 0
        for row in held.open_all([_key(path) for path in options["key"]]):
            self.stdout.write(f"{row.what}: {row.result}")
            done, waiting = done + (not row.stays), waiting + row.stays
        self.stdout.write(f"{done} opened, {waiting} still waiting")
        if waiting:
            raise SystemExit(1)


def _key(path: Path):
    try:
        key = sealing.read_key(path.read_text(errors="replace"))
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}") from None
    except sealing.Refused as refused:
        raise CommandError(f"{path}: {refused}") from None
    if not key.is_private:
        raise CommandError(f"{path} holds a public key; the private half opens.")
    return key
