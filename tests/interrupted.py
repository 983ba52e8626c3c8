"""A restore that dies: ``python -m tests.interrupted FILE N`` kills itself before statement N."""

import os
import signal
import sys
from pathlib import Path

import django


def main(file: str, last: int) -> None:
    """Restore; die by SIGKILL when ``last`` statements are through, at the latest when all are."""
    django.setup()
    from django.db import connection

    from monitoring.backup import files, restoring, sealing

    done = 0

    def count(execute, *args):
        nonlocal done
        done += 1
        if done > last:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(*args)

    # The last moment before the database says yes: all is loaded, the new files are in place.
    add = files.Stage.add

    def add_and_die(stage):
        add(stage)
        os.kill(os.getpid(), signal.SIGKILL)

    files.Stage.add = add_and_die
    with connection.execute_wrapper(count):
        restoring.restore(Path(file), sealing.Keys(), replace=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
