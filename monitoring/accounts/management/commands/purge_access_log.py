"""``purge_access_log [--older-than DAYS]``: deletes old entries of the access log."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from monitoring.accounts import access_log, delays
from monitoring.operations.models import Kind
from monitoring.operations.record import recorded


class Command(BaseCommand):
    help = "Delete entries of the access log that are older than so many days (ACCESS_LOG_DAYS)."

    def add_arguments(self, parser):
        parser.add_argument("--older-than", type=int, metavar="DAYS", help="instead of the setting")

    def handle(self, *args, older_than, **options):
        days = settings.ACCESS_LOG_DAYS if older_than is None else older_than
        if days < 0:
            raise CommandError("days cannot be negative")
        with recorded(Kind.PURGE_ACCESS_LOG) as noted:
            number = noted["entries"] = access_log.purge(days)
            delays.sweep()
        self.stdout.write(f"{number} entries deleted")
