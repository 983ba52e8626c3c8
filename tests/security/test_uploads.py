"""Hostile files: none is executed, none leaks, none hangs or breaks the site."""

import io
import os
import subprocess
import sys
import time

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.urls import reverse

from cards import attachments, drawing
from cards.models import Attachment
from tests.factories import make_card
from tests.security.hostile import NAMES, PICTURES, SCRIPT, SECRET, picture
from tests.security.pixels import is_bare

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
#: Files that are in order or can be mended: these are taken, or the test would prove nothing.
TAKEN = {
    name
    for name in PICTURES
    if name.startswith(("JPEG and ", "PNG and ", "WebP and ", "JPEG with EXIF", "JPEG in ", "PNG of 16"))
    or name
    in ("JPEG with comment", "JPEG with XMP", "PNG with text", "PNG animated", "WebP animated",
        "WebP with EXIF and XMP", "JPEG with several pictures", "PNG with palette", "WebP lossless")
}  # fmt: skip
#: These would be a disaster if they were taken.
REFUSED = {
    name
    for name in PICTURES
    if name.startswith(("SVG", "HTML", "GIF", "BMP", "TIFF", "EPS", "PostScript", "PNG of 60", "PNG of 2³",
                        "JPEG of 65", "shell", "Windows", "Java", "nothing", "zeros", "ImageMagick",
                        "JPEG magic", "PNG magic", "WebP magic"))
}  # fmt: skip


def test_there_are_more_than_sixty_of_them():
    assert len(PICTURES) >= 100
    assert len(TAKEN) >= 15
    assert len(REFUSED) >= 15


def _accepted(card, file) -> tuple[Attachment | None, list[str]]:
    """The attachment, or why there is none."""
    try:
        return attachments.accept(card, actor=card.monitor, file=file), []
    except attachments.Refused as refused:
        return None, refused.messages


@pytest.mark.parametrize("name", PICTURES)
def test_a_hostile_file_is_refused_or_comes_out_as_bare_pixels(reference, name):
    card, content = make_card("draft"), PICTURES[name]
    file = SimpleUploadedFile("photo.jpg", content, content_type="text/html")
    begun = time.monotonic()
    found, refusal = _accepted(card, file)
    if found is None:
        assert name not in TAKEN, refusal
        assert refusal
        assert not Attachment.objects.exists()
    else:
        assert name not in REFUSED
        assert found.original.open().read() == content
        if found.clean:
            copy = found.clean.open().read()
            assert is_bare(copy)
            for hidden in (SECRET, SCRIPT, b"<script", b"<?php", b"Exif", b"PK\x03\x04", b"%PDF"):
                assert hidden not in copy
        else:
            assert found.kind != "image"
    assert time.monotonic() - begun < drawing.SECONDS


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_name_stays_a_name(signed_in, editor, name):
    card = make_card("submitted")
    page = reverse("cards:attach", args=[card.uuid])
    file = SimpleUploadedFile("photo.jpg", picture())
    file._name = name  # as it came over the wire: Django's own setter already cuts folders off
    found = attachments.accept(card, actor=card.monitor, file=file)
    assert not set(found.name) & set("/\\\r\n\0\u202e\u2066\u2069")
    assert 0 < len(found.name) <= 200
    assert found.original.name == f"{card.uuid}/{found.uuid.hex}"
    client = signed_in(editor)
    sent = client.get(reverse("cards:attachment", args=[card.uuid, found.uuid]))
    assert sent.status_code == 200
    assert sent["Content-Disposition"].startswith("attachment")
    assert sent["Content-Type"] == "image/jpeg"
    assert "\n" not in sent["Content-Disposition"]
    for address in (page, card.get_absolute_url()):
        shown = client.get(address).content.decode()
        assert "<img src=x" not in shown
        assert "<script>." not in shown


def test_what_is_no_picture_is_a_download_that_cannot_run(signed_in, editor):
    card = make_card("submitted")
    for name in ("MP4 magic and HTML", "WebM magic and HTML", "PDF with JavaScript"):
        file = SimpleUploadedFile("page.html", PICTURES[name], content_type="text/html")
        found = attachments.accept(card, actor=card.monitor, file=file)
        place = reverse("cards:attachment_original", args=[card.uuid, found.uuid])
        answer = signed_in(editor).get(place)
        assert answer["Content-Disposition"].startswith("attachment;")
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert "html" not in answer["Content-Type"]
        assert ".html" not in answer["Content-Disposition"]
        assert signed_in(card.monitor).get(place).status_code == 403


def test_a_whole_heap_of_them_in_one_form(signed_in, reference):
    card = make_card("draft")
    files = [SimpleUploadedFile(f"{n}.jpg", content) for n, content in enumerate(PICTURES.values())]
    answer = signed_in(card.monitor).post(
        reverse("cards:attach", args=[card.uuid]), {"files": files[:40], "caption": "\x00" * 3}
    )
    assert answer.status_code == 422
    assert not Attachment.objects.exists() or default_storage.exists(str(card.uuid))


def test_a_large_file_goes_the_same_way(reference):
    """Large uploads lie in a file on the disk, not in memory."""
    card = make_card("draft")
    file = TemporaryUploadedFile("a.jpg", "image/jpeg", 0, None)
    file.write(picture(size=(64, 64)) + SECRET * 200_000)
    file.size = file.tell()
    found = attachments.accept(card, actor=card.monitor, file=file)
    file.close()
    assert is_bare(found.clean.open().read())


# The process that decodes


def _in_the_process(code: str) -> subprocess.CompletedProcess:
    """Run code as the decoder runs, once it has shut itself in."""
    script = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "import drawing, os, socket, subprocess\n"
        "drawing._shut_in()\n"
        f"{code}\n"
    )
    folder = os.path.dirname(drawing.__file__)
    return subprocess.run(
        [sys.executable, "-I", "-B", "-c", script, folder],
        env={}, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("attempt", "refusal"),
    [
        ("open('/etc/passwd')", "OSError"),
        ("open('/tmp/written', 'w')", "OSError"),
        ("socket.socket()", "OSError"),
        ("os.fork()", "BlockingIOError"),
        ("os.pipe()", "OSError"),
        ("bytearray(3 * 2**30)", "MemoryError"),
        ("os.setuid(0)", "PermissionError"),
        ("import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (99, 99))", "ValueError"),
    ],
)
def test_the_process_can_do_nothing_else(attempt, refusal):
    answer = _in_the_process(
        f"try:\n    {attempt}\nexcept BaseException as error:\n    print(type(error).__name__)\n"
        "else:\n    print('done')"
    )
    if attempt == "os.setuid(0)" and os.geteuid() != 0:
        assert answer.stdout.strip() == "PermissionError"
    assert answer.stdout.strip() == refusal, answer.stderr


def test_the_process_knows_no_environment_and_no_product():
    answer = _in_the_process("print(sorted(os.environ), 'django' in sys.modules, os.geteuid())")
    known, product, user = answer.stdout.strip().rsplit(" ", 2)
    assert set(known) <= set("[]'LC_CTYPE, ")
    assert product == "False"
    assert user != "0"


def _answering(monkeypatch, tmp_path, code: str) -> None:
    """Put a decoder in the place of ours that has fallen to the enemy."""
    script = tmp_path / "fallen.py"
    script.write_text(f"import os, struct, sys, time\nwrite = sys.stdout.buffer.write\n{code}\n")
    monkeypatch.setattr(drawing, "__file__", str(script))


@pytest.mark.parametrize(
    "code",
    [
        "write(b'')",
        "write(b'\\xff' * 9)",
        "write(struct.pack('<IIB', 2, 2, 3) + bytes(11))",
        "write(struct.pack('<IIB', 2, 2, 3) + bytes(13))",
        "write(struct.pack('<IIB', 2, 2, 3) + bytes(12)); sys.stdout.flush(); os._exit(1)",
        "write(struct.pack('<IIB', 2, 2, 9) + bytes(36))",
        "write(struct.pack('<IIB', 0, 9, 3))",
        "write(struct.pack('<IIB', 60000, 60000, 3) + bytes(99))",
        "os.kill(os.getpid(), 11)",
        "raise SystemExit(7)",
    ],
)
def test_a_decoder_that_has_fallen_brings_nothing_in(monkeypatch, tmp_path, code):
    _answering(monkeypatch, tmp_path, code)
    with open(os.devnull, "rb") as nothing, pytest.raises(drawing.NoPixels):
        drawing.pixels_of(nothing, "JPEG", 1000)


@pytest.mark.parametrize(
    "code", ["time.sleep(60)", "while True: write(bytes(2**16))", "while True: pass"]
)
def test_a_decoder_that_does_not_end_is_ended(monkeypatch, tmp_path, code):
    _answering(monkeypatch, tmp_path, code)
    monkeypatch.setattr(drawing, "SECONDS", 1)
    begun = time.monotonic()
    with open(os.devnull, "rb") as nothing, pytest.raises(drawing.NoPixels):
        drawing.pixels_of(nothing, "JPEG", 1000)
    assert time.monotonic() - begun < 10


def test_the_reader_of_this_test_finds_what_is_hidden():
    """The judge is tried first: whatever is not bare pixels it must notice."""
    for name in ("JPEG with comment", "JPEG with EXIF", "PNG with text", "WebP with EXIF and XMP"):
        assert not is_bare(PICTURES[name]), name
    for name in ("JPEG and HTML", "PNG and zip", "WebP and script", "JPEG with thumbnail"):
        with pytest.raises(ValueError, match="more"):
            is_bare(PICTURES[name])
    assert io.BytesIO(picture()).read()[:2] == b"\xff\xd8"
