"""``python -m tests.jobs.asked JOBS UNITS SECONDS NOTE``: asks for slow work; the jobs as JSON."""

import json
import sys

import django


def main(jobs: int, units: int, seconds: float, note: str) -> list[str]:
    """Numbers of that many jobs of one person."""
    django.setup()
    from monitoring.accounts.models import User
    from monitoring.jobs import asking

    user, _new = User.objects.get_or_create(username="asks", role="analyst")
    asked = {"units": units, "seconds": seconds, "note": note}
    return [str(asking.start("slow", user, parameters=asked).pk) for _each in range(jobs)]


if __name__ == "__main__":
    number, units, seconds, note = sys.argv[1:]
    print(json.dumps(main(int(number), int(units), float(seconds), note)))  # noqa: T201
