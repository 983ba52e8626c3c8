"""``prune_jobs``: removes old jobs and their files; workers do it each hour by themselves."""

from django.core.management.base import BaseCommand

from monitoring.jobs import queue


class Command(BaseCommand):
    help = "Remove jobs older than JOBS_DAYS, and their files after JOB_FILES_HOURS."

    def handle(self, *args, **options):
        self.stdout.write(f"{queue.prune()} jobs removed")
