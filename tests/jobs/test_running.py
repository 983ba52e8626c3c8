"""Jobs in this process: asked for, done, refused, tried again, cancelled, removed in time."""

import datetime
import io

import pytest
from django.conf import settings as site_settings
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import IntegrityError, OperationalError, transaction
from django.utils import timezone
from django_tasks_db.management.commands import db_worker
from django_tasks_db.models import DBTaskResult

from monitoring import replica
from monitoring.accounts.models import AccessEntry
from monitoring.jobs import asking, files, kinds, progress, pulse, queue, running
from monitoring.jobs.kinds import Kind, Step, always
from monitoring.jobs.models import Job, State, Trouble
from monitoring.jobs.working import Look
from tests.factories import EditorFactory, MonitorFactory
from tests.jobs import slow

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.JOBS_DIR = tmp_path / "jobs"
    settings.MEDIA_ROOT = tmp_path / "media"
    progress.STOPPING.clear()


@pytest.fixture
def kind(monkeypatch):
    """``kind(run, …)``: a kind of job named "test" that does that."""

    def make(run, **changes) -> None:
        made = Kind(
            **{
                "name": "test",
                "words": "Test",
                "right": always("card.create"),
                "run": run,
                "steps": (Step("one", "one"), Step("two", "two", 3)),
                "back": lambda job: "/",
                **changes,
            }
        )
        monkeypatch.setattr(kinds, "kinds", lambda: {"test": made, "slow": slow.SLOW})

    return make


@pytest.fixture
def later(settings, monkeypatch):
    """Jobs wait for a worker, as on the site; it leaves the connection of the test open."""
    monkeypatch.setattr(db_worker, "close_old_connections", lambda: None)
    settings.JOBS = "worker"


def start(user=None, **more) -> Job:
    return asking.start("test", user or MonitorFactory(), **more)


def again(job: Job) -> Job:
    return Job.objects.get(pk=job.pk)


def work() -> int:
    """A worker does what waits now; how much there was."""
    look, done = Look(), 0
    while look.turn():
        done += 1
    return done


def test_every_kind_of_the_site_can_be_found():
    assert list(kinds.kinds()) == ["check", "load", "export", "pdf", "docx", "freeze", "backup"]
    assert len(site_settings.JOB_KINDS) == 7
    for kind in kinds.kinds().values():
        assert kind.steps
        assert len({step.code for step in kind.steps}) == len(kind.steps)
        assert all(len(step.code) <= 20 for step in kind.steps)


def test_a_job_is_done_by_a_worker_and_says_what_came_of_it(kind, later):
    kind(lambda job, report: progress.Outcome(result="/cards/", told="Three cards"))
    job = start(about="cards.csv", parameters={"n": 3})
    assert (job.state, job.attempts, DBTaskResult.objects.count()) == ("waiting", 0, 1)
    assert work() == 1
    job = again(job)
    assert (job.state, job.attempts, job.result, job.told) == ("done", 1, "/cards/", "Three cards")
    assert job.started_at <= job.ended_at
    assert work() == 0


def test_the_work_speaks_the_language_of_who_asked(kind, later):
    from django.utils import translation

    said = []
    kind(lambda job, report: said.append(translation.get_language()))
    with translation.override("kk"):
        start()
    with translation.override("ru"):
        work()
    assert said == ["kk"]


def test_who_may_not_ask_gets_no_job(kind):
    kind(lambda job, report: None, right=always("card.import"))
    with pytest.raises(PermissionDenied):
        start(MonitorFactory())
    assert Job.objects.count() == 0


def test_who_lost_the_right_meanwhile_gets_nothing_done(kind, later):
    done = []
    kind(lambda job, report: done.append(job), right=always("card.import"))
    editor = EditorFactory()
    job = start(editor)
    editor.role = "analyst"
    editor.save()
    work()
    assert (again(job).error, done) == (Trouble.NOT_ALLOWED, [])


def test_the_same_is_asked_for_once_while_it_is_open(kind, later):
    kind(lambda job, report: None)
    user = MonitorFactory()
    first = start(user, key="a")
    assert start(user, key="a") == first
    assert start(user, key="b") != first
    assert start(MonitorFactory(), key="a") != first
    work()
    assert start(user, key="a") != first


def test_an_error_is_told_as_a_code_and_nobody_reads_its_text(kind, later, caplog):
    def broken(job, report):
        raise ValueError("Saltanat of Almaty")

    kind(broken)
    job = start()
    work()
    job = again(job)
    assert (job.state, job.error, job.attempts) == ("failed", "unexpected", 1)
    kept = [job.told, job.result, *DBTaskResult.objects.values_list("traceback", flat=True)]
    assert "Saltanat" not in str(kept)
    assert "broken" in caplog.text


def test_a_refusal_says_why_and_is_not_tried_again(kind, later):
    def refuse(job, report):
        raise progress.Refused("No such file.", result="/cards/import/")

    kind(refuse)
    job = start()
    work()
    job = again(job)
    assert (job.error, job.told, job.result) == ("refused", "No such file.", "/cards/import/")


def test_what_may_pass_is_tried_again_after_growing_waits_and_not_for_ever(kind, later):
    def busy(job, report):
        raise OperationalError("database is locked")

    kind(busy)
    job = start()
    waits = []
    for _try in range(2):
        assert work() == 1
        job = again(job)
        assert job.state == State.WAITING
        waits.append(round((job.run_after - timezone.now()).total_seconds()))
        assert work() == 0, "its time has not come"
        _its_time_has_come(job)
    assert waits == [10, 60]
    work()
    job = again(job)
    assert (job.state, job.error, job.attempts) == ("failed", "busy", 3)


def _its_time_has_come(job: Job) -> None:
    now = timezone.now() - datetime.timedelta(seconds=1)
    Job.objects.filter(pk=job.pk).update(run_after=now)
    DBTaskResult.objects.filter(pk=job.task).update(run_after=now)


def test_what_may_not_be_repeated_fails_at_once(kind, later):
    def busy(job, report):
        raise OSError("disk full")

    kind(busy, retry=False)
    job = start()
    work()
    assert (again(job).state, again(job).error) == ("failed", "busy")


def test_one_that_waits_is_cancelled_at_once(kind, later):
    done = []
    kind(lambda job, report: done.append(job))
    job = start()
    asking.cancel(job)
    work()
    assert (again(job).state, done) == ("cancelled", [])


def test_one_under_way_stops_at_its_next_word_and_nothing_of_it_stays():
    user = EditorFactory()

    def cancel_now(seconds):
        asking.cancel(Job.objects.get())

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kinds, "kinds", lambda: {"slow": slow.SLOW})
        patch.setattr(slow.time, "sleep", cancel_now)
        job = asking.start("slow", user, parameters={"units": 4, "seconds": 0})
    assert (job.state, job.error, AccessEntry.objects.count()) == ("cancelled", "", 0)


def test_cancelled_in_the_last_moment_before_it_is_whole(kind):
    def work(job, report):
        with transaction.atomic():
            AccessEntry.objects.create(user=job.asked_by, action="cards_exported")
            pulse.ask_to_stop(job)
            report.settle()

    kind(work)
    assert start().state == "cancelled"
    assert AccessEntry.objects.count() == 0


def test_who_was_taken_for_dead_writes_nothing(kind, later):
    """The other try is under way when the first wakes up again."""

    def slept(job, report):
        Job.objects.filter(pk=job.pk).update(attempts=job.attempts + 1)
        with transaction.atomic():
            AccessEntry.objects.create(user=job.asked_by, action="cards_exported")
            report.settle()

    kind(slept)
    job = start()
    work()
    job = again(job)
    assert (job.state, job.attempts, AccessEntry.objects.count()) == ("running", 2, 0)


def test_a_job_of_a_dead_worker_is_taken_up_again_and_given_up_in_the_end(kind, later):
    kind(lambda job, report: None)
    job = start()
    for attempt in (1, 2, 3):
        _its_time_has_come(again(job))
        running._take(job.pk)  # a worker takes it and dies
        DBTaskResult.objects.filter(pk=again(job).task).update(status="RUNNING")
        assert queue.recover() == 0, "it lives, as far as is known"
        _silent(job)
        assert queue.recover() == 1
        expected = State.WAITING if attempt < 3 else State.FAILED
        assert (again(job).state, again(job).attempts) == (expected, attempt)
    assert again(job).error == Trouble.STOPPED
    assert not DBTaskResult.objects.filter(status="RUNNING").exists()


def _silent(job: Job) -> None:
    long_ago = timezone.now() - datetime.timedelta(seconds=site_settings.JOBS_DEAD_AFTER + 5)
    Job.objects.filter(pk=job.pk).update(beat_at=long_ago, run_after=long_ago)
    pulse.forget(job.pk)


def test_a_sign_of_life_counts_for_the_try_that_gave_it(kind, later):
    kind(lambda job, report: None)
    job = start()
    running._take(job.pk)
    _silent(job)
    pulse.beat(again(job), pulse.Pulse(timezone.now(), attempt=7))
    assert queue.recover() == 1


def test_a_job_whose_worker_died_between_two_steps_of_taking_it(kind, later):
    kind(lambda job, report: None)
    job = start()
    DBTaskResult.objects.update(status="RUNNING")
    assert (queue.recover(), work()) == (0, 0)
    _silent(job)
    assert queue.recover() == 1
    assert work() == 1
    assert again(job).state == "done"


def test_one_that_was_cancelled_when_its_worker_died_is_not_begun_again(kind, later):
    kind(lambda job, report: None)
    job = start()
    running._take(job.pk)
    asking.cancel(again(job))
    _silent(job)
    queue.recover()
    assert again(job).state == "cancelled"


def test_a_process_that_ends_gives_its_work_back(kind, later):
    def work(job, report):
        progress.STOPPING.set()
        report("one")
        raise AssertionError("it goes on")

    kind(work)
    job = start()
    assert Look().turn()
    job = again(job)
    assert (job.state, job.attempts) == ("waiting", 0)
    progress.STOPPING.clear()
    kind(lambda job, report: None)
    assert Look().turn()
    assert again(job).state == "done"


def test_what_may_not_be_repeated_is_finished_first(kind, later):
    def work(job, report):
        progress.STOPPING.set()
        report("one")

    kind(work, retry=False)
    job = start()
    Look().turn()
    assert again(job).state == "done"


def test_a_kind_of_another_version(kind, later):
    kind(lambda job, report: None)
    job = start()
    Job.objects.update(kind="poetry")
    work()
    assert again(job).error == Trouble.UNKNOWN


def test_the_site_works_only_while_there_is_no_worker(kind, later):
    kind(lambda job, report: None)
    job = start()
    pulse.worker_seen("there")
    assert pulse.workers() == 1
    assert not Look(embedded=True).turn()
    pulse.worker_left("there")
    assert Look(embedded=True).turn()
    assert again(job).state == "done"


def test_workers_are_dead_when_nothing_is_heard(settings):
    pulse.worker_seen("there")
    settings.JOBS_DEAD_AFTER = -1
    assert pulse.workers() == 0


def test_deep_inside_words_reach_the_job_and_nobody_without_one(kind):
    progress.tell("one", 1, 2)
    progress.go_on()
    seen = []

    def work(job, report):
        progress.tell("two", 3, 4)
        seen.append(pulse.of(Job.objects.get()))

    kind(work)
    start()
    assert [(each.step, each.done, each.total) for each in seen] == [("two", 3, 4)]


def test_old_jobs_and_their_files_go(kind, settings):
    def work(job, report):
        name = files.keep(job.pk, io.BytesIO(b"of cards"))
        return progress.Outcome(stored=name, file_name="cards.csv", content_type="text/csv")

    kind(work)
    young, old, open_ = start(), start(), start()
    ended = timezone.now() - datetime.timedelta(hours=settings.JOB_FILES_HOURS + 1)
    Job.objects.filter(pk=young.pk).update(ended_at=ended)
    ended = timezone.now() - datetime.timedelta(days=settings.JOBS_DAYS + 1)
    Job.objects.filter(pk=old.pk).update(ended_at=ended, asked_at=ended)
    Job.objects.filter(pk=open_.pk).update(state="waiting", ended_at=None)
    files.keep(young.pk, io.BytesIO(b"of a try that was broken off"))
    call_command("prune_jobs", stdout=io.StringIO())
    assert {job.pk: bool(job.stored) for job in Job.objects.all()} == {
        young.pk: False,
        open_.pk: True,
    }
    assert default_storage.listdir(files.FOLDER)[0] == [str(open_.pk)]


def test_the_database_holds_to_its_vocabulary(kind):
    kind(lambda job, report: None)
    job = start()
    for wrong in ({"state": "asleep"}, {"error": "x"}, {"state": "failed"}, {"ended_at": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Job.objects.filter(pk=job.pk).update(**wrong)


def test_the_queue_in_numbers(kind, later):
    kind(lambda job, report: None)
    assert queue.summary()["oldest"] == 0
    job = start()
    _silent(job)
    pulse.worker_seen("there")
    found = queue.summary()
    assert found | {"oldest": found["oldest"] > 60} == {
        "waiting": 1, "running": 0, "failed": 0, "workers": 1, "oldest": True,
    }  # fmt: skip


def test_what_is_written_for_somebody_is_marked_with_it(kind, monkeypatch):
    """Whoever sees that their job is done reads what it wrote, from a replica as well."""
    marked = []
    monkeypatch.setattr(replica, "mark_within", marked.append)
    kind(lambda job, report: None)
    job = start()
    assert marked == [job.asked_by_id]
    # Inside of the work's own transaction nothing may make it less durable.
    assert "synchronous_commit" not in replica._MARK_WITHIN
    assert replica._MARK_WITHIN in replica._MARK
