"""``python -m tests.jobs.seen JOB``: what its page is told of a job, as JSON."""

import json
import sys

import django


def main(job: str) -> dict:
    django.setup()
    from monitoring.jobs import reading
    from monitoring.jobs.models import Job

    return reading.as_json(reading.show(Job.objects.get(pk=job)))


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1])))  # noqa: T201
