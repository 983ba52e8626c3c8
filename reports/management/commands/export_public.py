"""``export_public --out DIR [--address URL]``."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.http import Http404

from monitoring import replica
from reports.public import exporting


class Command(BaseCommand):
    help = (
        "Write the public pages of all published editions, with their files and pictures, as plain"
        " files with relative links, for any web server."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--out", type=Path, required=True, help="folder to write into")
        parser.add_argument(
            "--address",
            default="",
            help="where the folder will lie, such as https://example.org/reports/"
            " (default: the public pages of this site)",
        )

    @replica.reading_all()
    def handle(self, *args: Any, out: Path, address: str, **options: Any) -> None:
        if address and not address.startswith(("https://", "http://")):
            raise CommandError("--address begins with https:// or http://.")
        number = 0
        try:
            for path in exporting.write(out, address):
                number += 1
                self.stderr.write(str(path.relative_to(out)))
        except Http404:
            raise CommandError("The public pages are switched off: PUBLIC_EDITIONS.") from None
        except OSError as error:
            raise CommandError(f"{error.filename or out}: {error.strerror}") from None
        self.stderr.write(f"{number} files in {out}")
