"""The one task of the queue: do a job."""

from django_tasks import task

from monitoring.jobs import running


@task()
def do(uuid: str) -> None:
    """Does the job unless somebody else has it."""
    running.run(uuid)
