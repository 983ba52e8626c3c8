"""Each kind of the site: what it does, what it says meanwhile, what stays when it is broken off."""

import contextlib
import io
import logging

import pytest
from django.urls import reverse
from django_tasks_db.management.commands import db_worker
from openpyxl import load_workbook

from cards.files import pending
from cards.files.columns import CARD_COLUMNS
from cards.jobs import lines_of
from cards.models import Card, Period
from monitoring.accounts.models import AccessEntry
from monitoring.backup import making
from monitoring.jobs import asking, kinds, progress, pulse, reading
from monitoring.jobs.models import Job
from monitoring.jobs.working import Look
from reports.editions import drafting, freezing
from reports.jobs import Printing
from reports.models import Edition
from tests.factories import AdministratorFactory, AnalystFactory, EditorFactory, make_card
from tests.files import card_row, csv_of, outcome_row

pytestmark = pytest.mark.usefixtures("reference")
PURPOSE = "For the yearly report"


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.JOBS_DIR = tmp_path / "jobs"
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.BACKUP_DIR = tmp_path / "backups"
    progress.STOPPING.clear()


@pytest.fixture
def said(monkeypatch):
    """Every word of the jobs: step, percent."""
    heard, told = [], progress.Report.__call__

    def note(self, step, done=0, total=None):
        told(self, step, done, total)
        step, done, total = self._now
        heard.append((step, reading._percent(kinds.get(self.job.kind), step, done, total)))

    monkeypatch.setattr(progress.Report, "__call__", note)
    return heard


@pytest.fixture
def later(settings, monkeypatch):
    """Jobs wait for a worker, as on the site; it leaves the connection of the test open."""
    monkeypatch.setattr(db_worker, "close_old_connections", lambda: None)
    settings.JOBS = "worker"


def steps(said) -> list[str]:
    return list(dict.fromkeys(step for step, _percent in said))


def goes_up(said) -> bool:
    percents = [percent for _step, percent in said if percent is not None]
    return percents == sorted(percents) and len(set(percents)) > 2


def upload(client, *rows, outcomes=()) -> str:
    files = {"cards": io.BytesIO(csv_of(*rows))}
    if outcomes:
        files["outcomes"] = io.BytesIO(csv_of(*outcomes))
    return client.post("/cards/import/", files).url


@pytest.mark.slow
def test_a_file_says_how_far_it_is(signed_in, said):
    client = signed_in(EditorFactory())
    rows = [card_row(f"A-{n}") for n in range(250)]
    url = upload(client, *rows, outcomes=[outcome_row("A-1")])
    assert steps(said) == ["reading", "checking", "preview"]
    assert goes_up(said)
    said.clear()
    client.post(f"{url}load/")
    assert Card.objects.count() == 250
    assert steps(said) == ["reading", "checking", "writing", "history"]
    assert goes_up(said)


def test_a_load_that_is_cancelled_while_it_writes_leaves_nothing(signed_in, monkeypatch):
    client = signed_in(EditorFactory())
    url = upload(client, *(card_row(f"A-{n}") for n in range(3)))
    told = progress.Report.__call__

    def cancel(self, step, done=0, total=None):
        if step == "history":
            asking.cancel(self.job)
        told(self, step, done, total)

    monkeypatch.setattr(progress.Report, "__call__", cancel)
    client.post(f"{url}load/")
    assert Job.objects.get(kind="load").state == "cancelled"
    assert Card.objects.count() == 0
    # The file is still there, to be loaded after all.
    monkeypatch.setattr(progress.Report, "__call__", told)
    assert client.get(url).status_code == 200
    client.post(f"{url}load/")
    assert Card.objects.count() == 3


def test_a_file_that_is_gone_meanwhile(signed_in, later, monkeypatch):
    monkeypatch.setattr("cards.views.importing.BYTES_AT_ONCE", 0)
    client = signed_in(EditorFactory())
    upload(client, card_row("A-1"))
    monkeypatch.setattr(pending, "of", lambda user, token: None)
    Look().turn()
    job = Job.objects.get()
    assert (job.error, job.told) == ("refused", "The file is no longer there: choose it again.")


def test_a_large_file_that_cannot_be_read_is_told_on_its_page(signed_in, later, monkeypatch):
    monkeypatch.setattr("cards.views.importing.BYTES_AT_ONCE", 0)
    client = signed_in(EditorFactory())
    page = client.post("/cards/import/", {"cards": io.BytesIO(b"Dear all")}).url
    Look().turn()
    text = client.get(page).content.decode()
    assert "No row of column names" in text
    assert 'href="/cards/import/"' in text


def test_loading_twice_is_one_job(signed_in, later, monkeypatch):
    client = signed_in(EditorFactory())
    url = upload(client, card_row("A-1"))
    monkeypatch.setattr("cards.views.importing.BYTES_AT_ONCE", 0)
    for token in [url.split("/")[-2]]:
        upload_ = pending.of(Job.objects.get().asked_by_id, token)
        pending.renew(upload_, {"at_once": False})
    assert client.post(f"{url}load/").url == client.post(f"{url}load/").url
    assert Job.objects.filter(kind="load").count() == 1
    Look().turn()
    assert Card.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "lines"),
    [(b"a\nb\nc\n", 3), (b"", None), (b"PK\x03\x04 no workbook", None)],
)
def test_about_how_many_lines_a_file_has(content, lines):
    assert lines_of(content) == lines


@pytest.fixture
def many(monkeypatch):
    """More than one row is made in the background."""
    monkeypatch.setattr("cards.views.exporting.ROWS_AT_ONCE", 1)


def taken(client, page: str) -> bytes:
    text = client.get(page).content.decode()
    job = Job.objects.get()
    assert reverse("jobs:file", args=[job.pk]) in text
    return b"".join(client.get(reverse("jobs:file", args=[job.pk])).streaming_content)


def test_many_cards_are_taken_out_in_the_background(signed_in, many, said):
    for _each in range(3):
        make_card("approved", city="almaty")
    make_card("approved", city="astana")
    client = signed_in(EditorFactory())
    answer = client.post("/cards/export/?city=almaty", {"purpose": PURPOSE, "format": "csv"})
    assert AccessEntry.objects.filter(action="cards_exported").count() == 0, "nothing left yet"
    lines = taken(client, answer.url).decode("utf-8-sig").splitlines()
    assert len(lines) == 4
    assert {line.count("almaty") > 0 for line in lines[1:]} == {True}
    entry = AccessEntry.objects.get(action="cards_exported")
    assert (entry.purpose, entry.details["filter"], entry.details["rows"]) == (
        PURPOSE, "city=almaty", 3,
    )  # fmt: skip
    assert steps(said) == ["rows", "keeping"]


def test_analysts_take_out_what_can_be_counted_in_the_background_too(signed_in, many):
    cards = [make_card("approved", description="A text that somebody wrote") for _ in range(2)]
    client = signed_in(AnalystFactory())
    page = client.post("/cards/export/", {"purpose": PURPOSE, "format": "xlsx"}).url
    book = load_workbook(io.BytesIO(taken(client, page)))
    rows = list(book["cards"].iter_rows(values_only=True))
    assert len(rows) == 1 + len(cards)
    assert "description" in CARD_COLUMNS
    assert "description" not in rows[0]


def test_many_applications_are_taken_out_in_the_background(signed_in, many):
    from tests.factories import make_application

    for _each in range(2):
        make_application()
    client = signed_in(EditorFactory())
    data = {"purpose": PURPOSE, "format": "csv"}
    page = client.post("/cards/applications/export/", data).url
    assert len(taken(client, page).decode("utf-8-sig").splitlines()) == 3


@pytest.mark.slow
def test_a_word_file_of_a_report_is_made_once_and_then_handed_out(signed_in, later):
    address = reverse("reports:download", args=["2018", "docx", "en"])
    client = signed_in(AnalystFactory())
    page = client.get(address).url
    assert client.get(address).url == page, "asked for again while it is made"
    Look().turn()
    job = Job.objects.get()
    assert (job.state, job.result, job.file_name) == ("done", address, "report-2018-en.docx")
    # A file is no page to be led to.
    assert client.get(f"{page}?then=go").status_code == 200
    answer = client.get(address)
    assert b"".join(answer.streaming_content)[:2] == b"PK"
    assert signed_in(EditorFactory()).get(address).status_code == 200
    assert Job.objects.count() == 1


def test_a_printing_goes_forwards_only():
    heard = []
    printing = Printing(lambda step, done: heard.append((step, done)))
    for text in (
        "Step 2 - Fetching and parsing CSS - CSS string",
        "Step 1 - Fetching and parsing HTML - HTML string",
        "Step 3 - Applying CSS",
        "Step 5 - Creating layout - Page 1",
        "Step 5 - Creating layout - Page 2",
        "Step 5 - Creating layout - Repagination #1",
        "Step 5 - Creating layout - Page 1 (up-to-date)",
        "Step 5 - Creating layout - Page 3",
        "Step 6 - Creating PDF",
        "nothing that is known",
    ):
        printing.emit(logging.LogRecord("x", logging.INFO, "", 0, text, (), None))
    assert heard == [
        ("styles", 0), ("styles", 0), ("pages", 1), ("pages", 2), ("again", 0), ("again", 0),
        ("again", 0), ("writing", 0),
    ]  # fmt: skip


@pytest.mark.slow
def test_weasyprint_tells_what_is_read_of_it(said):
    """Its log is no interface that anybody promised: a new version that says it otherwise fails."""
    from weasyprint import HTML

    from reports.jobs import printing

    heard = []
    with printing(lambda step, done: heard.append((step, done))) as printed:
        HTML(string="<p>one<p style='break-before: page'>two").write_pdf()
    assert printed.pages == 2
    assert list(dict.fromkeys(step for step, _done in heard)) == ["styles", "pages", "writing"]


def test_cancelling_ends_a_printing_in_the_middle():
    from weasyprint import HTML

    from reports.jobs import printing

    def stop(step, done):
        if done == 2:
            raise progress.Cancelled

    pages = "<p style='break-after: page'>one" * 5
    with pytest.raises(progress.Cancelled), printing(stop) as printed:
        HTML(string=pages).write_pdf()
    assert printed.pages == 2


@pytest.fixture
def draft(monkeypatch):
    """A draft that nothing stands in the way of, of one small file."""
    analyst = AnalystFactory()
    period = Period.objects.get(pk="2018")
    edition = drafting.create(period=period, actor=analyst, languages=["en"])
    monkeypatch.setattr(freezing, "blockers", lambda *known: iter(()))
    one = [("report.csv", "text/csv", b"values")]
    monkeypatch.setattr(freezing, "files_of", lambda *known: iter(one))
    return edition, analyst


def freeze(client, edition):
    return client.post(reverse("reports:edition_freeze", args=[edition.code]))


@pytest.mark.slow
def test_an_edition_is_frozen_in_the_background_once(signed_in, later, draft):
    edition, analyst = draft
    client = signed_in(analyst)
    page = freeze(client, edition).url
    assert freeze(client, edition).url == page
    assert Edition.objects.get(pk=edition.pk).state == "draft"
    Look().turn()
    found = Edition.objects.get(pk=edition.pk)
    assert (found.state, found.freeze.files.count()) == ("frozen", 1)
    answer = client.get(f"{page}?then=go", follow=True)
    assert "The edition is frozen." in answer.content.decode()
    # What is frozen cannot be frozen: it says so on its page, and at the edition.
    page = freeze(client, edition).url
    Look().turn()
    assert "cannot be frozen yet" in client.get(page).content.decode()


def test_a_freeze_that_is_cancelled_in_the_last_moment_leaves_a_draft(
    signed_in, draft, monkeypatch
):
    edition, analyst = draft
    monkeypatch.setattr(pulse, "asked_to_stop", lambda job: True)
    freeze(signed_in(analyst), edition)
    assert Job.objects.get().state == "cancelled"
    found = Edition.objects.get(pk=edition.pk)
    assert (found.state, found.freeze) == ("draft", None)


@pytest.mark.slow
def test_a_backup_says_how_far_it_is(signed_in, said, monkeypatch):
    monkeypatch.setattr(making, "_check", lambda *known: None)
    # The test's own transaction is one picture already.
    monkeypatch.setattr(making, "snapshot", lambda using: contextlib.nullcontext())
    signed_in(AdministratorFactory()).post(reverse("jobs:backup"))
    assert Job.objects.get().state == "done"
    assert steps(said) == ["tables", "checking"]
    assert goes_up(said)
