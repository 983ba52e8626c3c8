"""``backup FILE [--key-file FILE | --no-key]``: exit status 1 if an attachment was missing."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from monitoring.backup import console, making
from monitoring.backup.errors import Refused
from monitoring.operations.models import Kind
from monitoring.operations.record import recorded


class Command(BaseCommand):
    help = (
        "Write database and attachments to one file, sealed if there is a key (BACKUP_KEY or "
        "--key-file), and check it. The site may go on working."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        console.add_key_arguments(parser)

    def handle(self, *args, **options):
        with recorded(Kind.BACKUP) as noted:
            self._make(noted, **options)

    def _make(self, noted, *, file: Path, key_file: Path | None, no_key: bool, **options):
        keys = console.keys(key_file, no_key)
        try:
            manifest = making.write(file, keys)
        except OSError as error:
            raise CommandError(f"{error.filename or file}: {error.strerror or error}") from None
        except Refused as error:
            raise CommandError(str(error)) from None
        noted |= making.amounts(manifest, file)
        sealed = "sealed" if keys else "NOT sealed: keep it where nobody else can read it"
        self.stdout.write(f"{file}: {console.summary(manifest)}, {sealed}")
        for name in manifest["missing"]:
            self.stderr.write(f"missing in the storage: {name}")
        if manifest["missing"]:
            raise SystemExit(1)
