"""``purge_uploads``: files of devices that were begun and not gone on with."""

from __future__ import annotations

from django.conf import settings
from django.core.management.base import BaseCommand

from cards.field import uploads
from monitoring.operations.models import Kind
from monitoring.operations.record import recorded


class Command(BaseCommand):
    help = (
        "Remove unfinished files of devices of which nothing has come for FIELD_UPLOAD_DAYS. Whole "
        "files that wait for their card or for a key stay."
    )

    def handle(self, *args, **options) -> None:
        with recorded(Kind.PURGE_UPLOADS) as noted:
            number = noted["files"] = uploads.sweep()
        self.stdout.write(f"{number} unfinished files, {settings.FIELD_UPLOAD_DAYS} days and older")
