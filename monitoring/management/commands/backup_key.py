"""``backup_key``: a new pair of keys for backups, printed and kept nowhere."""

from django.core.management.base import BaseCommand

from monitoring.backup import sealing


class Command(BaseCommand):
    help = "Make a pair of age keys: one to seal backups with, one to open them."
    requires_system_checks = ()

    def handle(self, *args, **options):
        identity, recipient = sealing.new_pair()
        self.stdout.write("# To open backups. Never on the server: on paper, with two people.")
        self.stdout.write(identity)
        self.stdout.write("# To seal backups. For the server: BACKUP_KEY.")
        self.stdout.write(recipient)
