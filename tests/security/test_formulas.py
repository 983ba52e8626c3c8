"""Formula payloads in every text of a card, in every file that leaves the site: none runs.

And the other way: a file that was made safe, loaded again, changes nothing.
"""

import csv
import io
import re
import zipfile
from dataclasses import replace

import openpyxl
import pytest
from django.db import models
from django.urls import reverse

from cards.files import export
from cards.files.fileformat import TEMPLATES, template
from cards.files.importing import check
from cards.models import Card, CaseUpdate, CourtCase
from reports.render import data_package, figure_csv, render_docx
from reports.render.csv import table_csv
from reports.render.xlsx import render_xlsx
from reports.types import Block, CaseBox, Label
from tests.cards.test_export import PAYLOADS, runs
from tests.factories import add_outcome, make_card
from tests.files import card_row, csv_of
from tests.reports.render import sample

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
#: Ways around a look at the first sign, beside those that the tests of the export try.
MORE = [
    "=HYPERLINK(\"javascript:alert(1)\",\"x\")", "=IMPORTDATA(1)", "=IMAGE(1)", "=RTD(1)", "=CALL(1)", "=REGISTER(1)",
    "=FILTERXML(1)", "=cmd|' /C calc'!A0", "=MSEXCEL|'\\..\\..\\calc.exe'!''", "=(1)", "=\"a\"&\"b\"", "={1}", "=-+1",
    "+(1)", "-(1)", "@(1)", "\u00a0\u00a0=1", "  \t =1", "'=1", "''''=1", "\"=1\"", "\"\"\"=1", "a;\"=1\"", "a,\u00a0=1", "a\t\t=1",
    "a\r=1", "a\n\n@x", "a|+1", "\uff1dA1\uff0bA2", "%3D1", "&equals;1", "=\0001", "=\u202e1", "1=1", "a=1",
]  # fmt: skip
ALL = [text.replace("\0", "") for text in (*PAYLOADS, *MORE)]
#: Every column of the files that holds what somebody typed, found from the models.
TYPED = [name for name in export.COLUMNS if (
    isinstance(column := Card._meta.get_field(name), models.CharField | models.TextField)
    and not column.choices and not hasattr(column, "vocabulary") and name not in ("uuid", "number"))]  # fmt: skip


def limited(model, name: str, text: str) -> str:
    return text[: getattr(model._meta.get_field(name), "max_length", None) or 40_000]


@pytest.fixture
def cards(reference):
    """A card for each payload, which stands in every text of it and of its court outcome."""
    made = []
    for number, payload in enumerate(ALL):
        card = make_card("submitted")
        values = {name: limited(Card, name, payload) for name in TYPED if name != "ref"}
        Card.objects.filter(pk=card.pk).update(ref=f"{payload[:40]}{number}", **values)
        update = add_outcome(card, review="pending")
        CourtCase.objects.filter(pk=update.case_id).update(case_code=payload[:40] or "x")
        CaseUpdate.objects.filter(pk=update.pk).update(court=payload[:200])
        made.append(card.pk)
    return Card.objects.filter(pk__in=made)


def test_there_are_enough_of_them():
    assert len(set(ALL)) >= 70
    assert {"place", "demands", "description", "organiser_name", "ref", "source_links"} <= set(
        TYPED
    )


def test_no_text_of_any_card_runs_in_any_file(cards):
    cells = texts = 0
    with export.written(cards, "csv") as stream:
        content = stream.read().decode("utf-8-sig")
    for separator in ",;\t|":
        for line in csv.reader(io.StringIO(content, newline=""), delimiter=separator):
            bad = [cell for cell in line if runs(cell)]
            assert bad == []
            cells += len(line)
    with export.written(cards, "xlsx") as stream:
        book = openpyxl.load_workbook(io.BytesIO(stream.read()))
    for sheet in book:
        for line in sheet.iter_rows():
            for cell in line:
                assert cell.data_type != "f"
                assert cell.hyperlink is None
                if isinstance(cell.value, str):
                    assert not runs(cell.value), cell.value
                    texts += 1
    assert cells > len(ALL) * len(TYPED) * 4
    assert texts > len(ALL) * len(TYPED)
    assert not book.defined_names


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_file_made_safe_and_loaded_again_changes_nothing(editor, kind):
    for number, payload in enumerate(ALL):
        # As the form keeps it: without spaces around, and within the column.
        text = payload.strip()[:200] or "x"
        kept = {
            name: limited(Card, name, text).strip()
            for name in TYPED
            if name not in ("ref", "source_links")
        }
        make_card("submitted", **kept | {"form_other": "", "inclusion_reason": ""})
        assert number < 100
    with export.written(Card.objects.all(), kind) as stream:
        checked = check(stream.read(), user=editor)
    assert [str(refusal.message) for refusal in checked.refusals] == []
    assert [row.changes for row in checked.rows] == []
    assert checked.cards.read == len(ALL)


def test_the_list_of_refused_rows_runs_nothing(signed_in, editor):
    rows = [card_row(payload[:80], city=payload[:80], form=payload[:80]) for payload in ALL]
    client = signed_in(editor)
    file = io.BytesIO(csv_of(*rows))
    file.name = "cards.csv"
    seen = client.post(reverse("cards:import"), {"cards": file}).headers["Location"]
    content = client.get(f"{seen}refused.csv").content.decode("utf-8-sig")
    for separator in ",;\t":
        lines = list(csv.reader(io.StringIO(content, newline=""), delimiter=separator))
        assert [cell for line in lines for cell in line if runs(cell)] == []
    assert len(lines) >= len(ALL)


@pytest.mark.parametrize("name", TEMPLATES)
def test_the_empty_files_run_nothing(reference, name):
    _kind, content = template(name)
    if name.endswith(".csv"):
        cells = [
            cell for line in csv.reader(io.StringIO(content.decode("utf-8-sig"))) for cell in line
        ]
    else:
        book = openpyxl.load_workbook(io.BytesIO(content))
        found = [cell for sheet in book for line in sheet.iter_rows() for cell in line]
        assert not [cell for cell in found if cell.data_type == "f"]
        cells = [cell.value for cell in found if isinstance(cell.value, str)]
    assert cells
    assert not [cell for cell in cells if runs(cell)]


def test_no_label_of_a_report_runs(reference):
    """Names of places, topics and periods are people's to change, in the settings."""
    whole = sample.report()
    table = whole.tables[0]
    rows = tuple(replace(table.rows[0], code=text, label=text) for text in ALL)
    hostile = replace(table, title="=1+1", rows=rows, notes=("=cmd|'/C calc'!A0",))
    content = table_csv(hostile).decode("utf-8-sig")
    for separator in ",;\t":
        lines = csv.reader(io.StringIO(content, newline=""), delimiter=separator)
        assert [cell for line in lines for cell in line if runs(cell) and not number(cell)] == []
    made = render_xlsx(
        replace(whole, tables=(hostile,)), "en", [("=1", "=1", "+1", "@1", "-x", "=1")]
    )
    book = openpyxl.load_workbook(io.BytesIO(made))
    found = [cell for sheet in book for line in sheet.iter_rows() for cell in line]
    assert [cell.value for cell in found if cell.data_type == "f"] == []
    outside = [cell.hyperlink.target for cell in found if cell.hyperlink and cell.hyperlink.target]
    assert outside == []


def test_no_text_of_a_report_runs_in_its_package_or_in_word(reference):
    """What people name and write reaches every format: names, prose, cases, definitions."""
    whole = sample.edition()
    table = whole.tables[0]
    rows = tuple(replace(table.rows[0], code=text, label=text) for text in ALL)
    hostile = replace(table, title="=1+1", rows=rows, notes=("=cmd|'/C calc'!A0",))
    figure = replace(whole.figures[0], categories=tuple(ALL[:5]), title="=1", alt="=1")
    box = CaseBox("=1+1", "@SUM(1)", None, "\n\n".join(ALL), (sample.picture(),))
    blocks = [Block("table", table=hostile), Block("box", box=box), Block("figure", figure=figure)]
    blocks += [Block(kind, text) for text in ALL for kind in ("prose", "text", "heading")]
    report = replace(
        whole,
        tables=(hostile,),
        figures=(figure,),
        chapters=(replace(whole.chapters[0], title="=1", blocks=tuple(blocks)),),
        period=replace(whole.period, name=Label("=A1", "+A1", "@A1")),
    )
    book = [("=1", "=1", "+A1", "@1", "-x", "=1")]
    with zipfile.ZipFile(io.BytesIO(data_package(report, book))) as archive:
        files = {name: archive.read(name).decode() for name in archive.namelist()}
    files["figure.csv"] = figure_csv(figure).decode()
    for name in (name for name in files if name.endswith(".csv")):
        for separator in ",;\t":
            lines = csv.reader(io.StringIO(files[name], newline=""), delimiter=separator)
            bad = [cell for line in lines for cell in line if runs(cell) and not number(cell)]
            assert bad == [], name
    with zipfile.ZipFile(io.BytesIO(render_docx(report, "en"))) as archive:
        parts = {name: archive.read(name).decode("latin-1") for name in archive.namelist()}
    codes = {
        code.split()[0]
        for part in parts.values()
        for code in re.findall(r"<w:instrText[^>]*>([^<]*)", part)
    }
    assert codes <= {"TOC", "SEQ", "TC", "PAGE", "STYLEREF"}
    outside = [part for name, part in parts.items() if name.endswith(".rels")]
    targets = [each for part in outside for each in re.findall(r'Target="([^"]*)" TargetM', part)]
    assert targets == [report.imprint.address]
    assert not [name for name in parts if "vba" in name.lower() or "embeddings" in name]


def number(text: str) -> bool:
    return text.replace(".", "", 1).lstrip("-").isdigit()
