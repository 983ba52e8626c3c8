"""Files of a card: types by content, limits, clean copies without metadata, who downloads what."""

import datetime
import hashlib
import io
import zoneinfo

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DataError, IntegrityError, transaction
from django.urls import reverse
from PIL import Image

from cards import attachments, services
from cards.models import Attachment, Event
from tests.factories import EditorFactory, MonitorFactory, make_card

pytestmark = pytest.mark.django_db
SECRET = "GPS 43.25 76.91 of a monitor's flat"
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
MP4 = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + b"\x00" * 64
MOV = b"\x00\x00\x00\x14ftypqt  \x00\x00\x00\x00qt  " + b"\x00" * 64
WEBM = (
    b"\x1a\x45\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\xf2\x81\x04B\xf3\x81\x08B\x82\x84webm"
    + bytes(64)
)


def photograph(kind="JPEG", size=(40, 30), mode="RGB", tail=b"") -> bytes:
    """A picture that tells where it was taken, in every way that its format offers."""
    image = Image.new(mode, size, (200, 30, 30, 128)[: len(mode)])
    image.putpixel((0, 0), (0, 0, 250, 255)[: len(mode)])
    exif = Image.Exif()
    exif[0x010E] = SECRET
    exif[0x0112] = 6  # turned by a quarter
    out = io.BytesIO()
    extra = {"comment": SECRET.encode()} if kind == "JPEG" else {}
    if kind == "PNG":
        from PIL.PngImagePlugin import PngInfo

        extra["pnginfo"] = PngInfo()
        extra["pnginfo"].add_itxt("Comment", SECRET)
    if kind == "WEBP":
        extra = {"lossless": True, "xmp": SECRET.encode()}
    image.save(out, kind, exif=exif, **extra)
    return out.getvalue() + tail


def upload(content: bytes, name="IMG_1.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="text/html")


def refusal(card, content, name="IMG_1.jpg") -> attachments.Refused:
    """The refusal that the content meets."""
    with pytest.raises(attachments.Refused) as caught:
        accept(card, content, name)
    return caught.value


def accept(card, content, name="IMG_1.jpg", **kwargs) -> Attachment:
    actor = kwargs.pop("actor", card.monitor)
    return attachments.accept(card, actor=actor, file=upload(content, name), **kwargs)


@pytest.mark.parametrize(
    ("content", "kind", "content_type"),
    [
        (photograph("JPEG"), "image", "image/jpeg"),
        (photograph("PNG"), "image", "image/png"),
        (photograph("WEBP"), "image", "image/webp"),
        (MP4, "video", "video/mp4"),
        (MOV, "video", "video/quicktime"),
        (WEBM, "video", "video/webm"),
        (PDF, "document", "application/pdf"),
    ],
)
def test_the_type_is_read_from_the_content(reference, content, kind, content_type):
    found = accept(make_card("draft"), content, "anything.exe")
    assert (found.kind, found.content_type) == (kind, content_type)
    assert found.size == len(content)
    assert found.sha256 == hashlib.sha256(content).hexdigest()
    assert found.original.open().read() == content
    assert bool(found.clean) == (kind == "image")
    assert (found.review, found.author) == ("pending", found.card.monitor)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"<html><script>alert(1)</script>", "type"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "type"),
        (b"GIF89a" + bytes(100), "type"),
        (b"MZ\x90\x00" + bytes(100), "type"),
        (b"PK\x03\x04" + bytes(100), "type"),
        (b"\x7fELF" + bytes(100), "type"),
        (b"#!/bin/sh\nrm -rf /", "type"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), "type"),
        (b"\x00\x00\x00\x18ftypheic" + bytes(100), "heif"),
        (b"\x00\x00\x00\x18ftypavif" + bytes(100), "heif"),
        (b"\x1a\x45\xdf\xa3matroska" + bytes(100), "type"),
        (b" %PDF-1.7", "type"),
        (b"II*\x00" + bytes(100), "type"),
        (b"BM" + bytes(100), "type"),
        (b"x", "type"),
        (b"", "empty"),
        # the beginning of a photograph and nothing that can be drawn
        (b"\xff\xd8\xff", "damaged"),
        (b"\xff\xd8\xff\xe0" + b"<?php system($_GET[0]); ?>" * 9, "damaged"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "damaged"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 " + bytes(100), "damaged"),
        (photograph("JPEG")[:-200], "damaged"),
        (photograph("PNG")[:60], "damaged"),
    ],
)
def test_whatever_is_none_of_these_is_refused_and_leaves_nothing(reference, content, code):
    card = make_card("draft")
    assert refusal(card, content).code == code
    assert not Attachment.objects.exists()
    assert not Event.objects.filter(kind="attachment").exists()
    assert not default_storage.exists(str(card.uuid)) or not any(
        default_storage.listdir(str(card.uuid))
    )


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_the_clean_copy_carries_pixels_only(reference, kind):
    hidden = b"<script>hidden</script>" + SECRET.encode()
    found = accept(make_card("draft"), photograph(kind, tail=hidden))
    copy = found.clean.open().read()
    for secret in (SECRET.encode(), b"<script>", b"Exif", b"GPS", b"iTXt", b"XMP "):
        assert secret not in copy
    with Image.open(io.BytesIO(copy)) as image:
        assert image.format == kind
        assert image.size == (30, 40)  # upright, as the camera held it
        assert not image.getexif()
        assert not {"comment", "exif", "xmp", "icc_profile", "Comment"} & set(image.info)
    assert SECRET.encode() in found.original.open().read()


def test_transparency_is_kept(reference):
    found = accept(make_card("draft"), photograph("PNG", mode="RGBA"))
    with Image.open(found.clean.open()) as image:
        assert image.mode == "RGBA"
        assert image.getpixel((5, 5)) == (200, 30, 30, 128)


def test_a_file_over_the_limit_is_refused(reference, settings):
    content = photograph()
    settings.ATTACHMENT_MAX_BYTES = len(content)
    card = make_card("draft")
    accept(card, content)
    assert refusal(card, content + b"0").code == "too_large"


@pytest.mark.slow
def test_a_bomb_of_pixels_is_refused_unread(reference, monkeypatch):
    monkeypatch.setattr(attachments, "MAX_PIXELS", 40 * 30)
    card = make_card("draft")
    accept(card, photograph())
    assert refusal(card, photograph(size=(41, 30))).code == "pixels"
    assert refusal(card, photograph("PNG", size=(41, 30))).code == "pixels"


@pytest.mark.slow
def test_the_same_file_twice_is_refused_politely_on_this_card_only(reference):
    card, content = make_card("draft"), photograph()
    accept(card, content, "first.jpg")
    twice = refusal(card, content, "second.jpg")
    assert (twice.code, twice.params) == ("twice", {"name": "first.jpg"})
    accept(make_card("draft"), content)
    assert Attachment.objects.count() == 2


def test_a_row_that_fails_takes_its_files_with_it(reference, monkeypatch):
    card = make_card("draft")

    def fails(*args, **kwargs):
        raise RuntimeError("disk full")

    monkeypatch.setattr(services, "log_attachment", fails)
    with pytest.raises(RuntimeError):
        accept(card, photograph())
    assert not Attachment.objects.exists()
    assert default_storage.listdir(str(card.uuid))[1] == []


@pytest.mark.parametrize(
    ("sent", "kept", "downloaded"),
    [
        ("../../etc/passwd.jpg", "passwd.jpg", "passwd.jpg"),
        ("C:\\фото\\Алматы 1.JPG", "Алматы 1.JPG", "Алматы 1.jpg"),
        ("evil\u202egpj.exe", "evilgpj.exe", "evilgpj.jpg"),
        ("a\r\nSet-Cookie: x.jpg", "aSet-Cookie: x.jpg", "aSet-Cookie: x.jpg"),
        ("...", "file", "file.jpg"),
        ("", "file", "file.jpg"),
        ("x" * 300 + ".jpg", "x" * 196 + ".jpg", "x" * 196 + ".jpg"),
    ],
)
def test_names_are_cleaned_and_the_suffix_follows_the_content(sent, kept, downloaded):
    attachment = Attachment(name=attachments.clean_name(sent), content_type="image/jpeg")
    assert attachment.name == kept
    assert attachments.download_name(attachment) == downloaded


def test_paths_in_the_storage_tell_nothing(reference):
    found = accept(make_card("draft"), photograph(), "Almaty protest.jpg")
    for stored in (found.original.name, found.clean.name):
        assert "Almaty" not in stored
        assert "jpg" not in stored
        assert found.uuid.hex in stored


# Pages


@pytest.fixture
def approved(reference):
    """An approved card with a reviewed photograph of its monitor."""
    monitor = MonitorFactory()
    card = make_card("submitted", monitor=monitor)
    accept(card, photograph())
    from cards import workflow

    return workflow.apply(card, "approve", actor=EditorFactory())


def address(name, card, **kwargs):
    return reverse(f"cards:{name}", kwargs={"uuid": card.uuid, **kwargs})


@pytest.mark.slow
def test_a_monitor_adds_several_files_at_once_and_keeps_the_good_ones(signed_in, reference):
    card = make_card("draft")
    client = signed_in(card.monitor)
    assert client.get(address("attach", card)).status_code == 200
    files = [upload(photograph()), upload(b"GIF89a" + bytes(9), "no.gif"), upload(PDF, "a.pdf")]
    response = client.post(address("attach", card), {"files": files, "caption": "Square"})
    assert response.status_code == 422
    assert "no.gif: Only photographs" in response.content.decode()
    kept = [(row.name, row.caption) for row in card.attachments.all()]
    assert kept == [("IMG_1.jpg", "Square"), ("a.pdf", "Square")]
    response = client.post(address("attach", card), {"files": upload(MP4, "v.mp4")})
    assert response.headers["Location"] == card.get_absolute_url() + "#attachments"
    page = client.get(card.get_absolute_url()).content.decode()
    for name in ("IMG_1.jpg", "a.pdf", "v.mp4"):
        assert name in page
    nothing = client.post(address("attach", card), {"caption": "x"})
    assert nothing.status_code == 422
    empty = client.post(address("attach", card), {"files": upload(b"", "empty.jpg")})
    assert "empty.jpg: The file is empty" in empty.content.decode()


DOWNLOADS = {
    # (who, what): what they are answered
    ("monitor", "attachment"): 200,
    ("monitor", "attachment_original"): 403,
    ("editor", "attachment"): 200,
    ("editor", "attachment_original"): 200,
    ("far editor", "attachment"): 404,
    ("far editor", "attachment_original"): 404,
    ("analyst", "attachment"): 200,
    ("analyst", "attachment_original"): 403,
    ("other monitor", "attachment"): 404,
    ("other monitor", "attachment_original"): 404,
    ("administrator", "attachment"): 404,
    ("administrator", "attachment_original"): 404,
}


@pytest.mark.parametrize(("who", "what"), DOWNLOADS)
def test_who_downloads_what(request, signed_in, approved, who, what):
    people = {
        "monitor": lambda: approved.monitor,
        "other monitor": MonitorFactory,
        "far editor": lambda: EditorFactory(all_regions=False, regions=["KZ-71"]),
    }
    user = people[who]() if who in people else request.getfixturevalue(who)
    file = approved.attachments.get()
    response = signed_in(user).get(address(what, approved, attachment=file.uuid))
    assert response.status_code == DOWNLOADS[who, what]
    if response.status_code != 200:
        return
    assert response["Content-Disposition"] == 'attachment; filename="IMG_1.jpg"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["Content-Type"] == "image/jpeg"
    assert response["Cache-Control"] == "private, no-store"
    assert (SECRET.encode() in response.getvalue()) == (what == "attachment_original")


@pytest.mark.slow
def test_a_video_has_no_copy_for_others(signed_in, approved, analyst):
    video = accept(approved, MP4, "v.mp4")
    client = signed_in(approved.monitor)
    assert client.get(address("attachment", approved, attachment=video.uuid)).status_code == 404
    assert "metadata cannot be removed" in client.get(approved.get_absolute_url()).content.decode()


def test_an_attachment_is_found_under_its_own_card_only(signed_in, approved, editor):
    other, file = make_card("submitted"), approved.attachments.get()
    for name in ("attachment", "attachment_original"):
        response = signed_in(editor).get(address(name, other, attachment=file.uuid))
        assert response.status_code == 404


@pytest.mark.slow
def test_analysts_see_what_has_been_reviewed(signed_in, approved, analyst, editor):
    late = accept(approved, photograph(size=(10, 10)), "late.jpg")
    client = signed_in(analyst)
    assert client.get(address("attachment", approved, attachment=late.uuid)).status_code == 404
    assert "late.jpg" not in client.get(approved.get_absolute_url()).content.decode()
    services.review_attachment(late, actor=editor, accept=True)
    assert client.get(address("attachment", approved, attachment=late.uuid)).status_code == 200
    assert "late.jpg" in client.get(approved.get_absolute_url()).content.decode()


@pytest.mark.slow
def test_files_of_an_approved_card_are_reviewed_by_a_second_person(signed_in, approved, editor):
    late = accept(approved, PDF, "late.pdf")
    place = address("attachment_review", approved, attachment=late.uuid)
    client = signed_in(editor)
    refused = client.post(place, {"decision": "refuse"})
    assert refused.status_code == 422
    assert "Give a reason" in refused.content.decode()
    assert client.post(place, {"decision": "refuse", "reason": "Not this"}).status_code == 302
    late.refresh_from_db()
    assert (late.review, late.reviewer, late.review_reason) == ("rejected", editor, "Not this")
    event = approved.events.first()
    assert (event.kind, event.reason) == ("attachment_review", "Not this")
    assert event.changes == {"attachments": ["", "late.pdf"], "review": ["pending", "rejected"]}
    assert signed_in(approved.monitor).post(place, {"decision": "accept"}).status_code == 403
    mine = accept(approved, MOV, "mine.mov", actor=editor)
    place = address("attachment_review", approved, attachment=mine.uuid)
    assert client.post(place, {"decision": "accept"}).status_code == 403
    with pytest.raises(PermissionDenied):
        services.review_attachment(mine, actor=editor, accept=True)


def test_a_caption_is_changed_and_the_change_recorded(signed_in, approved):
    file = approved.attachments.get()
    place = address("attachment_caption", approved, attachment=file.uuid)
    assert signed_in(approved.monitor).post(place, {"caption": " People "}).status_code == 302
    file.refresh_from_db()
    assert file.caption == "People"
    event = approved.events.first()
    assert event.changes == {"attachments": ["", "IMG_1.jpg: People"]}
    signed_in(approved.monitor).post(place, {"caption": "People"})
    assert approved.events.count() == event.card.events.filter(pk__lte=event.pk).count()
    assert signed_in(approved.monitor).post(place, {"caption": "x" * 301}).status_code == 302
    file.refresh_from_db()
    assert file.caption == "People"


# What is said of a file

NOON = datetime.datetime(2018, 5, 10, 12, 30, tzinfo=zoneinfo.ZoneInfo("Asia/Almaty"))


def test_what_nobody_said_stays_unknown(signed_in, reference):
    card = make_card("draft")
    found = accept(card, photograph())
    assert (found.taken_at, found.taken_by, found.order) == (None, "", 0)
    assert set(card.events.first().changes) == {"attachments"}
    client = signed_in(card.monitor)
    assert not client.get(address("attach", card)).context["form"].initial
    page = client.get(card.get_absolute_url()).content.decode()
    assert "Taken at:" not in page
    assert 'type="datetime-local"' in page


@pytest.mark.slow
def test_when_and_by_whom_is_told_by_the_clock_of_the_place(signed_in, reference):
    card = make_card("draft")
    form = {"files": upload(photograph()), "taken_at": "2018-05-10T12:30", "taken_by": "observer"}
    client = signed_in(card.monitor)
    assert client.post(address("attach", card), form).status_code == 302
    found = card.attachments.get()
    assert (found.taken_at, found.taken_by) == (NOON, "observer")
    changes = card.events.first().changes
    assert changes["taken_at"] == ["", "2018-05-10T12:30+06:00"]
    assert changes["taken_by"] == ["", "observer"]
    page = client.get(card.get_absolute_url()).content.decode()
    assert 'datetime="2018-05-10T12:30:00+06:00"' in page
    assert 'value="2018-05-10T12:30"' in page
    history = client.get(address("history", card)).content.decode()
    assert "Another observer" in history
    assert "May 10, 2018, 12:30 p.m." in history or "10 May 2018, 12:30" in history


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"taken_at": "2999-01-01T10:00"}, "taken_at"),
        ({"taken_at": "at noon"}, "taken_at"),
        ({"taken_by": "a spy"}, "taken_by"),
    ],
)
def test_what_cannot_be_is_said_at_its_question(signed_in, reference, changes, field):
    card = make_card("draft")
    client = signed_in(card.monitor)
    refused = client.post(address("attach", card), {"files": upload(photograph()), **changes})
    assert refused.status_code == 422
    assert set(refused.context["form"].errors) == {field}
    found = accept(card, photograph())
    place = address("attachment_caption", card, attachment=found.uuid)
    assert client.post(place, {"caption": "People", **changes}).status_code == 302
    found.refresh_from_db()
    assert (found.caption, found.taken_at, found.taken_by) == ("", None, "")


@pytest.mark.slow
def test_the_files_stay_in_the_order_in_which_they_were_chosen(signed_in, reference):
    card = make_card("draft")
    names = ["c.png", "a.png", "b.png"]
    files = [upload(photograph(size=(9, 9 + n)), name) for n, name in enumerate(names)]
    signed_in(card.monitor).post(address("attach", card), {"files": files})
    accept(card, PDF, "last.pdf")
    attachments.accept(card, actor=card.monitor, file=upload(MP4, "first.mp4"), order=0)
    rows = list(card.attachments.values_list("name", "order"))
    assert rows == [
        ("c.png", 0), ("first.mp4", 0), ("a.png", 1), ("b.png", 2), ("last.pdf", 3),
    ]  # fmt: skip


def test_each_fact_is_changed_alone_and_recorded(signed_in, approved):
    file = approved.attachments.get()
    place = address("attachment_caption", approved, attachment=file.uuid)
    client = signed_in(approved.monitor)
    client.post(place, {"taken_at": "2018-05-10T12:30", "taken_by": "participant"})
    client.post(place, {"caption": "People"})
    file.refresh_from_db()
    assert (file.caption, file.taken_at, file.taken_by) == ("People", NOON, "participant")
    client.post(place, {"caption": "People", "taken_at": "", "taken_by": "unknown"})
    file.refresh_from_db()
    assert (file.caption, file.taken_at, file.taken_by) == ("People", None, "unknown")
    assert approved.events.first().changes == {
        "attachments": ["", "IMG_1.jpg"],
        "taken_at": ["2018-05-10T12:30+06:00", ""],
        "taken_by": ["participant", "unknown"],
    }
    with pytest.raises(TypeError):
        attachments.describe(file, actor=approved.monitor, sha256="0")


@pytest.mark.slow
def test_editors_read_the_checksum_of_the_original(signed_in, approved, editor):
    checksum = approved.attachments.get().sha256
    assert checksum in signed_in(editor).get(approved.get_absolute_url()).content.decode()
    page = signed_in(approved.monitor).get(approved.get_absolute_url()).content.decode()
    assert checksum not in page


@pytest.mark.slow
def test_editors_read_the_checksum_of_the_cameras_own_file_too(signed_in, reference, editor):
    card = make_card("submitted")
    own = hashlib.sha256(b"as the camera wrote it").hexdigest()
    found = attachments.accept(
        card, actor=card.monitor, file=upload(photograph()), camera_sha256=own
    )
    page = signed_in(editor).get(card.get_absolute_url()).content.decode()
    assert page.count(own) == page.count(found.sha256) == 1
    assert "SHA-256 of the camera" in page
    assert "converted copy" in page
    assert "SHA-256 of the original" not in page
    page = signed_in(card.monitor).get(card.get_absolute_url()).content.decode()
    assert own not in page
    assert found.sha256 not in page
    history = signed_in(card.monitor).get(address("history", card)).content.decode()
    assert own[:12] in history
    assert own not in history


def test_of_a_file_that_was_not_made_smaller_one_checksum_is_shown(signed_in, reference, editor):
    card = make_card("submitted")
    own = hashlib.sha256(PDF).hexdigest()
    attachments.accept(card, actor=card.monitor, file=upload(PDF), camera_sha256=own)
    page = signed_in(editor).get(card.get_absolute_url()).content.decode()
    assert page.count(own) == 1
    assert "SHA-256 of the original" in page


@pytest.mark.parametrize("text", ["0", "A" * 64, "g" * 64, "0" * 63, "0" * 64 + "\n", " " * 64])
def test_no_checksum_is_refused_by_the_site_and_by_the_database(reference, text):
    card = make_card("draft")
    with pytest.raises(attachments.Refused) as refused:
        attachments.accept(card, actor=card.monitor, file=upload(PDF), camera_sha256=text)
    assert refused.value.code == "checksum"
    assert not card.attachments.exists()
    found = accept(card, PDF)
    with pytest.raises((IntegrityError, DataError)), transaction.atomic():
        Attachment.objects.filter(pk=found.pk).update(camera_sha256=text)
    Attachment.objects.filter(pk=found.pk).update(camera_sha256="0123456789abcdef" * 4)


def test_the_database_knows_who_may_have_taken_it(reference):
    found = accept(make_card("draft"), PDF)
    with pytest.raises(IntegrityError), transaction.atomic():
        Attachment.objects.filter(pk=found.pk).update(taken_by="a spy")
