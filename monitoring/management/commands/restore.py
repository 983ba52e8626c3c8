"""``restore FILE [--replace] [--key-file FILE | --no-key]``: whole, or nothing has changed."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from monitoring.backup import console, restoring
from monitoring.backup.errors import Refused
from monitoring.operations.models import Kind
from monitoring.operations.record import recorded


class Command(BaseCommand):
    help = (
        "Make the site what it was when the backup was made: database and attachments. The "
        "database must be new or empty, unless --replace is given. Stop the site first."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--replace", action="store_true", help="put the backup in the place of what is there"
        )
        console.add_key_arguments(parser)

    def handle(self, *args, **options):
        with recorded(Kind.RESTORE):
            self._restore(**options)

    def _restore(
        self, *, file: Path, replace: bool, key_file: Path | None, no_key: bool, **options
    ):
        try:
            done = restoring.restore(file, console.keys(key_file, no_key), replace=replace)
        except OSError as error:
            raise CommandError(f"{error.filename or file}: {error.strerror or error}") from None
        except Refused as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"Restored: {console.summary(done.manifest)}")
        if done.aside:
            self.stdout.write(f"Attachments that the backup does not know are in {done.aside}")
        for name in done.manifest["missing"]:
            self.stderr.write(f"missing when the backup was made: {name}")
