"""``verify_backup FILE [--key-file FILE | --no-key]``: reads every byte, changes nothing."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from monitoring.backup import console, reading
from monitoring.backup.errors import Refused
from monitoring.operations.models import Kind
from monitoring.operations.record import recorded


class Command(BaseCommand):
    help = "Check that a backup is whole and can be opened with the key."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        console.add_key_arguments(parser)

    def handle(self, *args, file: Path, **options):
        if not file.exists():
            # A slip of the finger says nothing of any backup.
            raise CommandError(f"{file}: there is no such file")
        with recorded(Kind.VERIFY_BACKUP):
            self._read(file, **options)

    def _read(self, file: Path, *, key_file: Path | None, no_key: bool, **options):
        try:
            manifest = reading.verify(file, console.keys(key_file, no_key))
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from None
        except Refused as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"{file}: whole; {console.summary(manifest)}")
