"""``migrate``: Django's own, which waits for a table for a moment only, and tries again."""

from django.core.management.commands import migrate

from monitoring import online


class Command(migrate.Command):
    def handle(self, *args, **options):
        work = super().handle
        return online.patient(
            options["database"], lambda: work(*args, **options), self.stderr.write
        )
