"""A report as large as a real one, with all that an edition adds: prose, cases, an imprint."""

from __future__ import annotations

import dataclasses
import datetime
import io
from functools import cache

from reports.build import build
from reports.types import Block, CaseBox, Imprint, Label, Period, Picture, Report
from tests.reports.material import (
    VOCABULARY,
    Little,
    facts_of,
    periods_2018,
    published_2018,
)

CARDS = [
    *[Little(place="astana", detained=2, cases=("fine",), spread=2, police=12)] * 9,
    *[Little(place="almaty", form="picket", topic="eviction", police_present="no")] * 6,
    *[Little(place="uralsk", topic="free_education", participants=None)] * 4,
    Little(place="semey", sanction="sanctioned", organiser="public_organisation"),
]
PROSE = Label(
    "## Что изменилось\n\nСм. [таблицу 11](#table-11) и **число** собраний: 20.\n\n" * 3,
    "## Не өзгерді\n\n[11-кестені](#table-11) қараңыз: 20 жиналыс.\n\n" * 3,
    "## What changed\n\nSee [table 11](#table-11) and the **number** of assemblies: 20.\n\n" * 3,
)


def photograph(width: int = 1800, height: int = 1200) -> Picture:
    """A large picture with something in it."""
    from PIL import Image

    image = Image.effect_noise((width, height), 60).convert("RGB")
    file = io.BytesIO()
    image.save(file, "JPEG", quality=92)
    name = f"{width}x{height}.jpg"
    return Picture(name, file.getvalue(), "image/jpeg", width, height, "A crowd", "From the east")


@cache
def report() -> Report:
    """The report on 2018 of made-up cards beside all that was printed, as a corrected edition."""
    *earlier, last = periods_2018()
    own = Period(
        last.code,
        last.name,
        datetime.date(2018, 1, 1),
        datetime.date(2018, 12, 31),
        last.months,
        last.basis,
    )
    facts = {own.code: facts_of(CARDS, own)}
    built = build(own, facts, published_2018(), VOCABULARY, [*earlier, own], demonstration=True)
    box = CaseBox(
        Label("Случай в Астане", "Астанадағы оқиға", "What happened in Astana"),
        Label("Астана", "Астана", "Astana"),
        datetime.date(2018, 1, 10),
        PROSE,
        (photograph(), photograph(600, 900)),
    )
    chapters = tuple(
        dataclasses.replace(
            chapter,
            blocks=(Block("prose", text=PROSE), *chapter.blocks, Block("box", box=box)),
        )
        if chapter.code == "detentions"
        else chapter
        for chapter in built.chapters
    )
    imprint = Imprint(
        "2018-2",
        datetime.date(2019, 3, 1),
        "https://monitoring.example.org/editions/2018-2/",
        built.checksum,
        "Bureau: Freedom of peaceful assembly in Kazakhstan. 2018. Edition 2018-2.",
        corrects="2018-1",
        changes=("Table 1, Astana: 9 instead of 8", "Table 16, Total: 18 instead of 16"),
    )
    return dataclasses.replace(built, chapters=chapters, imprint=imprint)
