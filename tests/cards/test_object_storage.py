"""Attachments on a store that speaks S3: taken, handed out, backed up, restored as from a disk."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import subprocess
import sys
import time
import uuid as uuids

import pytest
from django.conf import settings as site_settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from cards import attachments, services
from cards.field import uploads
from cards.models import Attachment, Upload
from monitoring.backup import making, reading, restoring, sealing
from monitoring.unavailable import StorageUnavailable
from tests import field, objects
from tests.cards.test_attachments import PDF, photograph
from tests.factories import card_answers, make_card

pytestmark = [pytest.mark.slow, pytest.mark.once]
PLAIN = sealing.Keys()


@pytest.fixture(scope="module")
def running():
    with objects.store() as store:
        yield store


@pytest.fixture
def store(running, settings, tmp_path):
    """The site keeps its attachments there."""
    running.empty()
    settings.MEDIA_ROOT = tmp_path / "attachments"
    settings.STORAGES = {**settings.STORAGES, "default": backend(running)}
    return running


def backend(store, **options):
    return {
        "BACKEND": "monitoring.objects.AttachmentStorage",
        "OPTIONS": {
            "endpoint_url": store.url,
            "bucket_name": objects.BUCKET,
            "access_key": objects.KEY,
            "secret_key": objects.SECRET,
            "region_name": "us-east-1",
            **options,
        },
    }


def attach(card, content: bytes, name: str = "a.jpg") -> Attachment:
    return attachments.accept(card, actor=card.monitor, file=SimpleUploadedFile(name, content))


@pytest.mark.django_db
def test_a_file_is_stored_whole_and_handed_out_by_the_site_alone(store, reference, signed_in):
    card = make_card("submitted")
    content = photograph()
    row = attach(card, content)
    assert store.names() == sorted([row.original.name, row.clean.name])
    assert store.content(row.original.name) == content
    with pytest.raises(NotImplementedError):
        _address = row.original.url
    address = reverse("cards:attachment", args=[card.uuid, row.uuid])
    answer = signed_in(card.monitor).get(address)
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert b"".join(answer.streaming_content) == store.content(row.clean.name)
    assert store.url not in str(answer.headers)


@pytest.mark.django_db
def test_nothing_there_is_open_to_others(store, reference):
    row = attach(make_card("submitted"), PDF, "a.pdf")
    connection = http.client.HTTPConnection(store.url.removeprefix("http://"), timeout=30)
    with contextlib.closing(connection):
        connection.request("GET", f"/{objects.BUCKET}/{row.original.name}")
        assert connection.getresponse().status in (400, 401, 403)
    owner = {"Type": "CanonicalUser"}
    grants = store.client().get_object_acl(Bucket=objects.BUCKET, Key=row.original.name)["Grants"]
    assert {grant["Grantee"]["Type"] for grant in grants} == {owner["Type"]}


@pytest.mark.django_db
def test_a_row_that_did_not_come_about_leaves_no_object(store, reference, monkeypatch):
    card = make_card("submitted")

    def fails(*args, **kwargs):
        raise RuntimeError("the history does not take it")

    monkeypatch.setattr(attachments.services, "log_attachment", fails)
    with pytest.raises(RuntimeError):
        attach(card, photograph())
    assert store.names() == []
    assert not Attachment.objects.exists()


@pytest.mark.django_db
def test_the_same_name_is_never_written_over(store):
    first = default_storage.save("a/b", ContentFile(b"first"))
    second = default_storage.save("a/b", ContentFile(b"second"))
    assert first != second
    assert [store.content(name) for name in (first, second)] == [b"first", b"second"]


@pytest.mark.django_db
def test_a_file_from_the_field_waits_there_for_its_card(store, reference, monitor):
    """Sealed, whole, and found by whichever machine the device asks next."""
    uuid, card = uuids.uuid4(), uuids.uuid4()
    whole = field.file_of(str(card), PDF)
    answer = uploads.add(monitor, uuid, 0, len(whole), whole)
    assert answer["result"] == "early"
    upload = Upload.objects.get()
    assert store.content(upload.sealed.name) == whole
    assert uploads.content_of(upload) == whole
    assert uploads.progress(monitor, uuid) == {"offset": len(whole), "done": False}
    made = services.create(actor=monitor, answers=card_answers(), uuid=card)
    again = uploads.add(monitor, uuid, len(whole), len(whole), b"")
    assert again["result"] == "saved", again
    (row,) = Attachment.objects.all()
    assert (row.card, store.content(row.original.name)) == (made, PDF)
    assert store.names() == [row.original.name]


@pytest.mark.django_db(transaction=True)
def test_a_restored_site_has_its_files_again(store, tmp_path):
    from tests.factories import ensure_reference

    ensure_reference()
    card = make_card("submitted")
    kept, lost, altered = (attach(card, PDF + bytes([n]), f"{n}.pdf") for n in range(3))
    before = {name: store.content(name) for name in store.names()}
    assert making.write(tmp_path / "backup", PLAIN)["files"] == 3
    client = store.client()
    client.delete_object(Bucket=objects.BUCKET, Key=lost.original.name)
    client.put_object(Bucket=objects.BUCKET, Key=altered.original.name, Body=b"altered")
    attach(card, PDF + b"new", "new.pdf")
    assert making.write(tmp_path / "later", PLAIN)["missing"] == [lost.original.name]
    done = restoring.restore(tmp_path / "backup", PLAIN, replace=True)
    found = {name: store.content(name) for name in store.names()}
    aside = {name: found.pop(name) for name in list(found) if name.startswith(f"{done.aside}/")}
    assert found == before
    assert sorted(aside.values()) == sorted([b"altered", PDF + b"new"])
    assert kept.original.name in found
    assert reading.verify(tmp_path / "backup", PLAIN)["files"] == 3


# --- When it is not to be had ------------------------------------------------------------------


@pytest.mark.django_db
def test_wrong_keys_are_told_clearly_and_nothing_is_called_saved(
    store, reference, settings, signed_in, client, caplog
):
    card = make_card("draft")
    settings.STORAGES = {**settings.STORAGES, "default": backend(store, secret_key="wrong")}
    with pytest.raises(StorageUnavailable, match="the store refused: 403"):
        attach(card, photograph())
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json()["storage"]) == (503, False)
    address = reverse("cards:attach", args=[card.uuid])
    sent = {"files": SimpleUploadedFile("a.jpg", photograph())}
    answer = signed_in(card.monitor).post(address, sent)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "30"
    assert "The storage of files does not answer" in answer.content.decode()
    assert not Attachment.objects.exists()
    assert "wrong" not in caplog.text
    assert objects.KEY not in caplog.text


@pytest.mark.django_db
def test_a_store_that_is_not_there_or_has_no_such_bucket(store, settings, client):
    for options in ({"endpoint_url": "http://127.0.0.1:1"}, {"bucket_name": "another"}):
        settings.STORAGES = {**settings.STORAGES, "default": backend(store, **options)}
        assert client.get("/readyz").json()["storage"] is False
        with pytest.raises(StorageUnavailable):
            default_storage.save("a", ContentFile(b"a"))
    settings.STORAGES = {**settings.STORAGES, "default": backend(store)}
    assert client.get("/readyz").json()["storage"] is True


_KILLED = """
import django; django.setup()
from django.core.files import File
from django.core.files.storage import default_storage
import sys
class Slow:
    name, size, sent, closed = "a", 30_000_000, 0, False
    def seekable(self): return True
    def tell(self): return self.sent
    def seek(self, to, whence=0):
        self.sent = to if whence == 0 else (self.size if whence == 2 else self.sent + to)
        return self.sent
    def read(self, n=-1):
        import time
        n = min(self.size - self.sent if n is None or n < 0 else n, self.size - self.sent)
        self.sent += n
        if self.sent > 12_000_000:
            print("half", flush=True)
            time.sleep(60)
        return b"x" * n
default_storage.save("half", File(Slow(), name="half"))
"""


def test_killed_in_the_middle_nothing_half_is_there(store, tmp_path):
    environment = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "tests.site_settings",
        "DATA_DIR": str(tmp_path),
        "SECRET_KEY": "only-for-tests-" * 4,
        "PYTHONPATH": str(site_settings.BASE_DIR),
        **store.environment,
    }
    process = subprocess.Popen(
        [sys.executable, "-c", _KILLED], env=environment, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "half\n"
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    time.sleep(1)
    assert store.names() == []
    assert not default_storage.exists("half")


@pytest.mark.django_db
def test_files_that_wait_for_a_confirmation_go_when_they_are_not_wanted(store, rf, editor):
    from cards.files import pending

    request = rf.post("/")
    request.user, request.session = editor, {}
    kept = pending.keep(request, {"cards.csv": b"a,b\n"}, {"kind": "cards"})
    assert len(store.names()) == 2
    assert pending.find(request, kept.token).contents() == {"cards.csv": b"a,b\n"}
    pending.renew(kept, {"kind": "cards", "rows": 1})
    pending.discard(request, kept)
    assert store.names() == []


def test_without_the_setting_nothing_of_it_is_imported():
    done = subprocess.run(
        [sys.executable, "-c", "import django, sys, json; django.setup();"
         "from django.core.files.storage import default_storage; default_storage.exists('a');"
         "print(json.dumps(sorted({'boto3', 'botocore', 'storages'} & set(sys.modules))))"],
        env={"DJANGO_SETTINGS_MODULE": "tests.settings", "PATH": "",
             "PYTHONPATH": str(site_settings.BASE_DIR)},
        capture_output=True, text=True,
    )  # fmt: skip
    assert json.loads(done.stdout) == [], done.stderr
