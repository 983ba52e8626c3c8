"""``work [--once]``: does what people asked for in the background."""

import signal
import threading
import time

from django.conf import settings
from django.core.management.base import BaseCommand

from monitoring.jobs.progress import STOPPING
from monitoring.jobs.working import Look, be_seen

#: Seconds between two looks while nothing is to be done.
EVERY = 1.0


class Command(BaseCommand):
    help = (
        "Do long work (imports, report files, frozen editions, exports, backups), one after the "
        "other, until SIGTERM or SIGINT: then what may be begun anew is given back, the rest is "
        "finished. A second signal ends it at once; its work is taken up again by another worker."
    )

    def add_arguments(self, parser):
        parser.add_argument("--once", action="store_true", help="do what waits now, then end")

    def handle(self, *args, once: bool, verbosity: int, **options):
        look, over = Look(), threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        every = min(5.0, settings.JOBS_DEAD_AFTER / 4)
        life = threading.Thread(target=be_seen, args=(look.name, over, every), daemon=True)
        life.start()
        if verbosity:
            self.stdout.write(f"worker {look.name} looks for work")
        try:
            while not STOPPING.is_set():
                if look.turn():
                    continue
                if once:
                    break
                # Not an event's wait: a signal's handler that sets it could wait for itself.
                time.sleep(EVERY)
        finally:
            over.set()
            life.join()

    def _stop(self, number, frame):
        again = STOPPING.is_set()
        STOPPING.set()
        if again:
            raise SystemExit(1)
        self.stderr.write("stopping: what is under way is given back or finished")
