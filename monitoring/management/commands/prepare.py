"""``prepare``: the database as the product needs it, before anybody has typed anything."""

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from cards.field import sealing, uploads
from cards.reference import load_reference
from monitoring.operations.models import Kind
from monitoring.operations.record import recorded

#: Printed series of earlier reports, each file under the year of the report that printed it.
PUBLISHED = (settings.BASE_DIR / "fixtures" / "2018" / "published.csv",)


class Command(BaseCommand):
    help = (
        "Bring the database up to date: migrations, vocabularies, places, regions, periods, "
        "published series, the first key that devices seal to. Safe to repeat; makes no cards and "
        "no people."
    )

    def handle(self, *args, **options):
        with recorded(Kind.PREPARE):
            self._prepare()

    def _prepare(self):
        call_command("migrate", interactive=False, verbosity=0, stdout=self.stdout)
        for name, loaded in load_reference().items():
            if loaded.new or loaded.updated:
                self.stdout.write(f"{name}: {loaded.new} new, {loaded.updated} updated")
        for path in PUBLISHED:
            self.stdout.write(f"Published figures of {path.parent.name}: ", ending="")
            call_command("import_published", str(path), stdout=self.stdout, stderr=self.stderr)
        if kid := sealing.ensure():
            self.stdout.write(f"A key that devices seal to has been made: {kid}")
        if number := uploads.sweep():
            self.stdout.write(f"{number} unfinished uploads of devices have been removed")
