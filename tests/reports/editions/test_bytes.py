"""A frozen edition made again in five processes with different hash seeds: the same bytes."""

from __future__ import annotations

import datetime
import json
import os
import subprocess
import sys

import pytest
from django.conf import settings

from cards.models import Period
from reports.editions import drafting, freezing
from tests.factories import make_card

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.once]
SEEDS = ("0", "1", "2", "3", "4")
#: Makes the files from what was stored, as another process does that knows nothing else.
AGAIN = """
import datetime, hashlib, json, sys
import django
django.setup()
from reports.editions import dataset, freezing
from reports.models import Edition, Freeze
known = json.load(open(sys.argv[1]))
record = Freeze(**known["freeze"], at=datetime.datetime.fromisoformat(known["at"]))
edition = Edition(code=known["code"])
for name, _type, data in freezing.files_of(record, edition, dataset.read(record.dataset)):
    print(name, hashlib.sha256(data).hexdigest())
"""


def test_five_processes_give_the_bytes_that_were_frozen(analyst, monitor, tmp_path):
    for day in (10, 11, 12):
        make_card("approved", monitor=monitor, date=datetime.date(2018, 5, day))
    edition = drafting.create(period=Period.objects.get(pk="2018"), actor=analyst, languages=["en"])
    text = "Seen: {{ 1/TOTAL/assemblies | assemblies }}.\n\n{{ standard }}\n"
    drafting.save_text(edition, "overall", "en", text, actor=analyst, version=0, bound={})
    record = freezing.freeze(edition, actor=analyst, address="https://example.org/editions/2018-1/")
    columns = (
        *("languages", "dataset", "checksum", "definitions", "texts"),
        *("code_version", "address", "changes"),
    )
    kept = tmp_path / "freeze.json"
    kept.write_text(
        json.dumps(
            {
                "freeze": {name: getattr(record, name) for name in columns},
                "at": record.at.isoformat(),
                "code": edition.code,
            }
        )
    )
    frozen = {file.name: file.sha256 for file in record.files.all()}
    made = [_again(kept, seed) for seed in SEEDS]
    assert made == [frozen] * len(SEEDS)


def _again(kept, seed: str) -> dict[str, str]:
    answer = subprocess.run(
        [sys.executable, "-c", AGAIN, kept],
        cwd=settings.BASE_DIR,
        env={**os.environ, "PYTHONHASHSEED": seed, "DJANGO_SETTINGS_MODULE": "tests.settings"},
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(line.split() for line in answer.stdout.splitlines())
