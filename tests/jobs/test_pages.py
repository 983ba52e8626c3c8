"""Pages of long work: one's own, how far it is, cancelling, its file; administrators' queue."""

import datetime
import io

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from monitoring.accounts.models import AccessEntry
from monitoring.jobs import asking, files, pulse, reading
from monitoring.jobs.models import Job
from monitoring.operations import record, states, thresholds
from monitoring.operations.models import Kind
from tests.factories import (
    AdministratorFactory,
    AnalystFactory,
    EditorFactory,
    MonitorFactory,
)
from tests.files import card_row, csv_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.JOBS_DIR = tmp_path / "jobs"
    settings.MEDIA_ROOT = tmp_path / "media"


def make(user, state="running", **fields) -> Job:
    """A job that was begun a minute ago."""
    now = timezone.now()
    known = {
        "kind": "load", "language": "en", "about": "cards.csv", "parameters": {"kind": "cards"},
        "started_at": now - datetime.timedelta(minutes=1), "beat_at": now, "attempts": 1,
        "ended_at": None if state in ("waiting", "running") else now,
        "error": "refused" if state == "failed" else "",
    }  # fmt: skip
    return Job.objects.create(asked_by=user, state=state, **(known | fields))


def moved(job: Job, step: str, done: int = 0, total: int | None = None) -> None:
    pulse.beat(job, pulse.Pulse(timezone.now(), job.attempts, step, done, total))


def text_of(client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def editor():
    return EditorFactory()


@pytest.fixture
def client(signed_in, editor):
    return signed_in(editor)


def test_the_page_says_how_far_it_is(client, editor):
    job = make(editor)
    moved(job, "writing", 2000, 10_000)
    page = text_of(client, job.get_absolute_url())
    assert "Loading a file" in page
    assert "cards.csv" in page
    assert "Step 4 of 5: writing" in page
    assert "2,000 of 10,000" in page
    # 1 + 20 + 4 of 65 parts lie behind it, and a fifth of the next 30.
    assert 'max="100" value="47"' in page
    assert "about 2 minutes left" in page
    assert '<noscript><meta http-equiv="refresh" content="5;url=?then=go"></noscript>' in page
    assert 'http-equiv="refresh"' not in text_of(client, f"{job.get_absolute_url()}?refresh=no")


def test_nothing_is_claimed_of_what_nobody_knows(client, editor):
    job = make(editor)
    moved(job, "reading")
    state = client.get(reverse("jobs:state", args=[job.pk])).json()
    assert state | {"elapsed": ""} == {
        "over": False, "state": "under way", "step": "Step 1 of 5: reading the file", "count": "",
        "percent": 0, "elapsed": "", "left": "",
    }  # fmt: skip
    Job.objects.update(state="waiting", started_at=None)
    assert client.get(reverse("jobs:state", args=[job.pk])).json()["percent"] is None
    page = text_of(client, job.get_absolute_url())
    assert "<progress" in page
    assert "value=" not in page.partition("<progress")[2].partition(">")[0]


def test_what_goes_on_is_never_told_to_be_done(editor):
    job = make(editor)
    moved(job, "history", 10, 10)
    assert reading.show(Job.objects.get()).percent == 99
    moved(job, "history", 30, 10)
    assert reading.show(Job.objects.get()).percent == 99


@pytest.mark.parametrize(
    ("seconds", "percent", "said"),
    [
        (3, 50, ""),
        (60, 4, ""),
        (60, None, ""),
        (60, 95, "less than a minute left"),
        (60, 50, "about 1 minute left"),
        (61, 50, "about 2 minutes left"),
        (100, 25, "about 5 minutes left"),
    ],
)
def test_what_is_left_is_a_guess_from_what_was_done(seconds, percent, said):
    with translation.override("en"):
        assert reading._left(seconds, percent) == said


def test_a_job_that_is_done_leads_on(client, editor):
    job = make(editor, "done", result="/cards/import/", told="Cards loaded: new 3.")
    page = text_of(client, job.get_absolute_url())
    assert "Cards loaded: new 3." in page
    assert 'href="/cards/import/"' in page
    assert "refresh" not in page
    answer = client.get(f"{job.get_absolute_url()}?then=go", follow=True)
    assert answer.redirect_chain == [("/cards/import/", 302)]
    assert "Cards loaded: new 3." in answer.content.decode()


def test_a_job_that_failed_says_why_in_words(client, signed_in, editor):
    job = make(editor, "failed", error="stopped")
    page = text_of(client, job.get_absolute_url())
    assert "The program that did it was stopped several times." in page
    assert 'href="/cards/import/"' in page
    assert "Nothing of it was kept" in text_of(client, make(editor, "cancelled").get_absolute_url())


def test_cancelling(client, editor):
    job = make(editor)
    address = reverse("jobs:cancel", args=[job.pk])
    assert client.get(address).status_code == 405
    assert client.post(address).url == job.get_absolute_url()
    job.refresh_from_db()
    assert job.cancel_asked_at
    assert job.state == "running"
    page = text_of(client, job.get_absolute_url())
    assert "It is being cancelled." in page
    assert address not in page
    done = make(editor, "done")
    client.post(reverse("jobs:cancel", args=[done.pk]))
    done.refresh_from_db()
    assert (done.state, done.cancel_asked_at) == ("done", None)


def test_everybody_sees_their_own_and_nothing_of_others(client, signed_in, editor):
    mine, other = make(editor, about="mine.csv"), make(EditorFactory(), about="others.csv")
    page = text_of(client, reverse("jobs:list"))
    assert "mine.csv" in page
    assert "others.csv" not in page
    for name in ("job", "state", "file"):
        assert client.get(reverse(f"jobs:{name}", args=[other.pk])).status_code == 404
    assert client.post(reverse("jobs:cancel", args=[other.pk])).status_code == 404
    assert not Job.objects.get(pk=other.pk).cancel_asked_at
    assert mine.get_absolute_url() in page
    assert "have not asked" in text_of(signed_in(MonitorFactory()), reverse("jobs:list"))


def test_administrators_see_that_there_is_work_and_not_what_it_is_about(signed_in, editor):
    job = make(editor, about="secret.csv", told="said to the editor", parameters={"kind": "cards"})
    client = signed_in(AdministratorFactory())
    page = text_of(client, reverse("jobs:list"))
    assert "Loading a file" in page
    for hidden in ("secret.csv", "said to", str(job.pk), str(editor)):
        assert hidden not in page
    assert "none: the site does the work itself" in page
    assert client.get(job.get_absolute_url()).status_code == 404
    assert "The whole site" not in text_of(signed_in(AnalystFactory()), reverse("jobs:list"))


def test_its_file_is_for_who_asked_and_still_may(client, signed_in, editor):
    noted = {"action": "cards_exported", "entry": {"subject": "cards", "purpose": "The report",
             "rows": 3}}  # fmt: skip
    job = make(
        editor, "done", kind="export", parameters={"list": "cards", "noted": noted},
        file_name="cards.csv", content_type="text/csv",
    )  # fmt: skip
    Job.objects.update(stored=files.keep(job.pk, io.BytesIO(b"ref\r\n")))
    address = reverse("jobs:file", args=[job.pk])
    assert address in text_of(client, job.get_absolute_url())
    answer = client.get(address)
    assert b"".join(answer.streaming_content) == b"ref\r\n"
    assert answer["Content-Disposition"] == 'attachment; filename="cards.csv"'
    entry = AccessEntry.objects.get()
    assert (entry.user, entry.purpose, entry.details) == (editor, "The report", {"rows": 3})
    editor.role = "monitor"
    editor.save()
    assert client.get(address).status_code == 403
    editor.role = "editor"
    editor.save()
    default_storage.delete(Job.objects.get().stored)
    assert client.get(address).status_code == 404
    Job.objects.update(stored="")
    assert client.get(address).status_code == 404
    assert "has been removed" in text_of(client, job.get_absolute_url())
    assert AccessEntry.objects.count() == 1


def test_every_page_says_that_something_is_under_way(client, editor, settings):
    settings.JOBS = "worker"
    assert "is under way" not in text_of(client, "/cards/import/")
    row = csv_of(*(card_row(f"A-{n}", place="x" * 500) for n in range(300)))
    answer = client.post("/cards/import/", {"cards": io.BytesIO(row)})
    job = Job.objects.get()
    assert answer.url == job.get_absolute_url()
    assert "1 job is under way" in text_of(client, "/cards/import/")
    # A reload changes nothing, and the page of what is to come leads back.
    for _reload in range(2):
        assert "waiting" in text_of(client, job.get_absolute_url())
    token = job.parameters["token"]
    for address in (f"/cards/import/{token}/", f"/cards/import/{token}/refused.csv"):
        assert client.get(address).url == job.get_absolute_url()
    assert client.post(f"/cards/import/{token}/load/").url == job.get_absolute_url()
    asking.cancel(job)
    assert "is under way" not in text_of(client, "/cards/import/")


def test_pages_without_work_ask_the_database_nothing_more(client, django_assert_num_queries):
    client.get("/guide/")
    with django_assert_num_queries(3):  # session, account, when it was last in use
        client.get("/guide/")


def test_the_lists_ask_the_database_alike_for_one_and_for_many(signed_in, editor):
    client, counts = signed_in(AdministratorFactory()), []
    for number in (1, 20):
        for _each in range(number):
            make(editor, "done")
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("jobs:list"))
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_a_backup_stays_on_the_server(signed_in, settings, tmp_path, monkeypatch):
    from monitoring.backup import making
    from monitoring.backup.errors import Refused

    settings.BACKUP_DIR, settings.BACKUPS_KEPT = tmp_path / "backups", 2
    settings.BACKUP_DIR.mkdir()
    for day in (1, 2, 3):
        (settings.BACKUP_DIR / f"zhinalys-2026010{day}-030000.backup").write_bytes(b"old")
    (settings.BACKUP_DIR / "nightly.tar").write_bytes(b"of somebody else")

    def write(target, keys):
        target.write_bytes(b"whole")
        return {"missing": ["attachments/a.jpg"], "rows": {"cards.card": 3}, "files": 1}

    monkeypatch.setattr(making, "write", write)
    client = signed_in(AdministratorFactory())
    answer = client.post(reverse("jobs:backup"), follow=True)
    page = answer.content.decode()
    assert "NOT sealed" in page
    assert "Attachments missing in the storage: 1." in page
    job = Job.objects.get()
    assert (job.state, job.stored, job.result) == ("done", "", "")
    assert record.latest(Kind.BACKUP).details["rows"] == 3
    kept = sorted(path.name for path in settings.BACKUP_DIR.iterdir())
    assert kept[:2] == ["nightly.tar", "zhinalys-20260103-030000.backup"]
    assert len(kept) == 3

    def refuse(target, keys):
        raise Refused("The key is none.")

    monkeypatch.setattr(making, "write", refuse)
    assert "The key is none." in client.post(reverse("jobs:backup"), follow=True).content.decode()
    for person in (EditorFactory(), AnalystFactory(), MonitorFactory()):
        assert signed_in(person).post(reverse("jobs:backup")).status_code == 403


def test_the_status_page_says_when_nobody_takes_what_waits(editor):
    state = states.STATES["jobs"]
    assert state.find().level == states.Level.ORDER
    limits = thresholds.JOB_AGE
    for seconds, level in ((60, "ORDER"), (limits.look + 9, "LOOK"), (limits.act + 9, "ACT")):
        Job.objects.all().delete()
        since = timezone.now() - datetime.timedelta(seconds=seconds)
        make(editor, "waiting", run_after=since, started_at=None)
        found = state.find()
        assert (found.level.name, bool(found.advice)) == (level, level != "ORDER")
        assert (found.since is not None) == (level != "ORDER")
