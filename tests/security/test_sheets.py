"""Hostile spreadsheets: refused with words or read as plain text; never run, never at length."""

import resource
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from cards.files.importing import check
from cards.files.records import Unreadable
from cards.models import Card
from tests.security.sheets import BOMBS, READ, REFUSED

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
#: Seconds that a file of this size may take on a busy machine.
PATIENCE = 20


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_must_not_be_opened_is_refused(editor, name):
    begun = time.monotonic()
    with pytest.raises(Unreadable):
        check(REFUSED[name], user=editor)
    assert time.monotonic() - begun < PATIENCE


def _told(content: bytes, user) -> list[str]:
    """What the person is told: of the file, or of its rows."""
    try:
        return [str(refusal.message) for refusal in check(content, user=user).refusals]
    except Unreadable as error:
        return [str(error)]


@pytest.mark.parametrize("name", READ)
def test_a_strange_file_is_read_or_refused_with_words(editor, name):
    begun = time.monotonic()
    told = _told(READ[name], editor)
    assert all(told)
    assert "root:" not in " ".join(told)
    assert time.monotonic() - begun < PATIENCE
    assert not Card.objects.exists()


@pytest.mark.parametrize("name", [*REFUSED, *READ])
def test_the_page_answers_each_of_them(signed_in, editor, name):
    content = {**REFUSED, **READ}[name]
    file = SimpleUploadedFile("../../cards.xlsm", content, content_type="text/html")
    client = signed_in(editor)
    answer = client.post(reverse("cards:import"), {"cards": file})
    assert answer.status_code in (302, 422)
    if answer.status_code == 302:
        page = client.get(answer.headers["Location"])
        assert page.status_code == 200
        assert "../" not in page.content.decode().split("<main")[1].split("</main>")[0]
        refused = client.get(answer.headers["Location"] + "refused.csv")
        assert refused.status_code == 200
        assert client.post(answer.headers["Location"] + "load/").status_code == 302


@pytest.mark.slow
def test_a_bomb_is_refused_before_it_goes_off(editor):
    for name, content in BOMBS().items():
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        with pytest.raises(Unreadable):
            check(content, user=editor)
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        assert grown < 200 * 1024, name


def test_no_name_of_a_sheet_leads_past_the_look_at_it():
    """Tried in a process of its own: where the look fails, the reader takes all memory."""
    script = (
        "import sys, resource; resource.setrlimit(resource.RLIMIT_AS, (2**31, 2**31))\n"
        "import django; django.setup()\n"
        "from cards.files.workbooks import read_workbook\n"
        "from cards.files.records import Unreadable\n"
        "from tests.security.sheets import REFUSED\n"
        "for name, content in REFUSED.items():\n"
        "    if name.startswith('cell'):\n"
        "        try: print(name, [len(list(rows)) for _n, rows, _b in read_workbook(content, ('cards',))])\n"
        "        except Unreadable: pass\n"
    )
    answer = subprocess.run(
        [sys.executable, "-c", script], cwd=Path(__file__).parents[2],
        env={"DJANGO_SETTINGS_MODULE": "tests.settings", "PATH": ""},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert (answer.returncode, answer.stdout) == (0, ""), answer.stderr[-2000:]
