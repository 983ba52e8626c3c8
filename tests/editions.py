"""Editions for tests that need one to be there, frozen without its big files."""

from __future__ import annotations

import hashlib
import io

from django.utils import timezone
from PIL import Image

from cards.models import Period
from reports import source
from reports.editions import dataset, drafting, freezing
from reports.editions.assembling import Texts, definitions
from reports.models import Box, BoxPicture, Edition, Freeze, State


def draft_and_frozen(analyst) -> tuple[Edition, Edition]:
    """Two editions of 2018: a draft (2018-1), and one that is frozen (2018-2) with a small file."""
    period = Period.objects.get(pk="2018")
    draft = drafting.create(period=period, actor=analyst, languages=["ru", "en"])
    frozen = drafting.create(period=period, actor=analyst, languages=["ru", "en"])
    made_from, content = source.gather("2018"), b"table,period\n"
    frozen.freeze = Freeze.objects.create(
        edition=frozen,
        at=timezone.now(),
        by=analyst,
        languages=frozen.languages,
        dataset=dataset.write(made_from),
        checksum=made_from.report.checksum,
        definitions=[],
        texts=Texts().as_json(),
        code_version="0" * 64,
        address="https://example.org/editions/2018-2/",
    )
    frozen.freeze.files.create(
        name="values.csv",
        content_type="text/csv",
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        content=content,
    )
    frozen.state = State.FROZEN
    frozen.save()
    return draft, frozen


def with_a_box(edition: Edition, actor) -> tuple[Box, BoxPicture]:
    """A case box of a draft, complete in Russian and English, with a picture of 40 × 30."""
    texts = {code: (f"Case {code}", "Almaty", "People came.") for code in ("ru", "en")}
    box = drafting.save_box(
        edition, None, actor=actor, version=0, chapter="overall", date=None, texts=texts
    )
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "#0b5560").save(out, "JPEG")
    return box, drafting.add_picture(box, out.getvalue(), "image/jpeg", (40, 30), actor=actor)


def on_the_public_page(actor, corrects: Edition | None = None, public: bool = True) -> Edition:
    """A published edition of 2018 with a case box and its picture, made without the big files."""
    period = Period.objects.get(pk="2018")
    edition = drafting.create(period=period, actor=actor, languages=["ru", "en"], corrects=corrects)
    if corrects is None:
        _box, picture = with_a_box(edition, actor)
        drafting.change_picture(
            picture, actor=actor, checked=True, alt={"ru": "Площадь", "en": "A square"}
        )
    made_from = source.gather("2018")
    edition.freeze = Freeze.objects.create(
        edition=edition,
        at=timezone.now(),
        by=actor,
        languages=edition.languages,
        dataset=dataset.write(made_from),
        checksum=made_from.report.checksum,
        definitions=definitions(made_from.report),
        texts=drafting.texts_of(edition).as_json(),
        code_version="0" * 64,
        address=f"https://example.org/editions/{edition.code}/",
    )
    for name, kind, content in (
        (f"report-{edition.code}-ru.pdf", "application/pdf", b"%PDF-1.7 ru"),
        (f"report-{edition.code}-en.pdf", "application/pdf", b"%PDF-1.7 en"),
        (f"report-{edition.code}.json", "application/json", b"{}"),
    ):
        edition.freeze.files.create(
            name=name,
            content_type=kind,
            sha256=hashlib.sha256(content).hexdigest(),
            size=len(content),
            content=content,
        )
    edition.state = State.FROZEN
    edition.save()
    freezing.publish(edition, actor=actor, public=public)
    return edition
