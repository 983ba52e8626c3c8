"""``demo``: the data of 2018 and one account per role, for a demonstration."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from monitoring import demo


class Command(BaseCommand):
    help = "Load the reconstructed cards of 2018 and one demonstration account per role."

    def handle(self, *args, **options):
        if not settings.DEBUG:
            raise CommandError("Demonstration accounts are for DEBUG=true only.")
        accounts, cards, applications = demo.prepare()
        if accounts or cards or applications:
            self.stdout.write(
                f"Cards loaded: {cards}. Permit applications loaded: {applications}."
                f" Accounts made: {accounts}."
            )
        self.stdout.write(f"Sign in as (password for all: {demo.PASSWORD}):")
        for account in demo.ACCOUNTS:
            self.stdout.write(f"  {account.username:<14} {account.role.label}")
