"""The whole PDF of the report of 2018 beside what WeasyPrint alone takes for the same HTML.

Processor time, calls in turns. The baseline is WeasyPrint as one calls it: the finished HTML with
its drawings and pictures in it, the same options.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from tests.bench import pages
from tests.bench.child import Child
from tests.bench.rows import Row

SECTION = "printing"


def run(
    sizes: Sequence[int] = (), databases: Sequence[str] = ("sqlite",), *, rounds: int = 5
) -> Iterator[Row]:
    """From facts to the bytes of the PDF, in Russian."""
    with tempfile.TemporaryDirectory(prefix="zhinalys-bench-") as folder:
        environment = pages.environment_of(Path(folder))
        with Child(environment, before="tests.bench.pages:start") as maker:
            cards = maker.call("tests.bench.printing:prepare")
            found = maker.call("tests.bench.printing:measured", rounds)
    alone = "WeasyPrint for the same HTML"
    for name, what in (
        ("whole", "the whole PDF, from facts to bytes"),
        ("pages", "its pages alone, no garbage collected meanwhile"),
    ):
        yield Row(
            SECTION, what, cards, "Zhinalys, SQLite", found[name],
            ratio=found[name] / found["alone"], limit=1.3 if name == "whole" else None,
            against=alone,
        )  # fmt: skip
    yield Row(SECTION, "the whole PDF, from facts to bytes", cards, alone, found["alone"])


def prepare() -> int:
    import io

    from django.core.management import call_command

    from cards.models import Card
    from monitoring import demo

    call_command("prepare", verbosity=0, stdout=io.StringIO())
    demo.prepare()
    return Card.objects.count()


def measured(rounds: int) -> dict[str, float]:
    """Name -> median seconds; the bytes are the same each time. AssertionError if they are not."""
    from weasyprint import HTML

    from reports import source
    from reports.render import pdf, tagging

    html = pdf.print_html(source.gather("2018").report, "ru")
    base = f"{pdf.static_dir().as_uri()}/"

    def whole() -> bytes:
        # Gathered and built anew: nothing of an earlier call helps.
        made: Any = source._gather("2018", False, None)
        return pdf.render_pdf(made.report, "ru")

    def pages_alone() -> bytes:
        return pdf.set_in_pages(HTML(string=html, base_url=base))

    def alone() -> bytes:
        document = HTML(string=html, base_url=base)
        return bytes(document.write_pdf(finisher=tagging.finish, **pdf.OPTIONS) or b"")

    calls: dict[str, Callable[[], bytes]] = {"whole": whole, "pages": pages_alone, "alone": alone}
    taken: dict[str, list[float]] = {name: [] for name in calls}
    for turn in range(rounds + 1):
        made = {}
        for name, call in calls.items():
            began = time.process_time()
            made[name] = call()
            if turn:
                taken[name].append(time.process_time() - began)
        if len(set(made.values())) != 1:
            raise AssertionError({name: len(each) for name, each in made.items()})
    return {name: statistics.median(each) for name, each in taken.items()}
