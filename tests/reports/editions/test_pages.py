"""The pages of editions: what they show, refuse and cost."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cards.models import Period
from reports.editions import drafting
from reports.models import ChapterText, Edition
from tests.factories import make_card

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition(analyst):
    return drafting.create(period=Period.objects.get(pk="2018"), actor=analyst, languages=["en"])


@pytest.fixture
def writer(signed_in, analyst):
    return signed_in(analyst)


def chapter(edition, what="overall", language="en", tail="") -> str:
    return f"/reports/editions/{edition.code}/chapters/{what}/{language}/{tail}"


def test_an_analyst_begins_an_edition(writer):
    answer = writer.post("/reports/editions/", {"period": "2018", "languages": ["ru", "en"]})
    assert answer.url == "/reports/editions/2018-1/"
    assert Edition.objects.get().languages == ["ru", "en"]


def test_without_a_language_nothing_begins_and_the_page_says_so(writer):
    answer = writer.post("/reports/editions/", {"period": "2018"})
    assert answer.status_code == 422
    assert b"Choose at least one language." in answer.content
    assert not Edition.objects.exists()


def test_an_editor_reads_and_does_not_write(signed_in, editor, edition):
    reader = signed_in(editor)
    page = reader.get(chapter(edition))
    assert page.status_code == 200
    assert b"readonly" in page.content
    assert reader.post(chapter(edition), {"text": "x", "version": 0}).status_code == 403
    assert not ChapterText.objects.exists()


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_line_ends_of_every_kind_place_tables(writer, edition, ends):
    text = f"One.{ends}{ends}{{{{ table 1 }}}}{ends}{ends}{{{{ standard }}}}{ends}"
    answer = writer.post(chapter(edition), {"text": text, "version": 0, "act": "save"})
    assert answer.status_code == 302
    assert ChapterText.objects.get().text == "One.\n\n{{ table 1 }}\n\n{{ standard }}\n"


def test_what_says_nothing_is_told_by_its_line_and_kept_typed(writer, edition):
    text = "Fine.\n\n{{ 1/TOTAL/nothing }}"
    page = writer.post(chapter(edition), {"text": text, "version": 0}).content.decode()
    assert "Line 3" in page
    assert "{{ 1/TOTAL/nothing }}</textarea>" in page
    assert not ChapterText.objects.exists()


def test_markdown_of_people_cannot_become_a_script(writer, edition):
    text = "<script>alert(1)</script> [x](javascript:alert(1)) **bold**"
    answer = writer.post(chapter(edition, tail="preview/"), {"text": text}).json()
    assert "<script" not in answer["html"]
    assert 'href="javascript' not in answer["html"]
    assert "<strong>bold</strong>" in answer["html"]


def test_values_are_found_by_words_in_the_language_of_the_text(writer, edition, monitor):
    make_card(monitor=monitor, status="approved")
    found = writer.get(chapter(edition, tail="values/"), {"q": "total assemblies"}).json()["values"]
    assert "{{ 1/TOTAL/assemblies }}" in [each["insert"] for each in found[:3]]
    russian = writer.get(chapter(edition, language="ru", tail="values/"), {"q": "всего"}).json()
    assert russian["values"]


@pytest.mark.slow
def test_a_page_costs_the_same_with_ten_times_the_texts(writer, edition, analyst):
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert writer.get(f"/reports/editions/{edition.code}/").status_code == 200
        return len(queries)

    cost()
    before = cost()
    for what in ("overall", "police", "forms", "detentions", "convictions"):
        for language in ("ru", "kk", "en"):
            ChapterText.objects.create(
                edition=edition, chapter=what, language=language, text="Words.", changed_by=analyst
            )
    assert cost() == before


def test_the_history_tells_what_was_written(writer, edition, analyst):
    drafting.save_text(edition, "overall", "en", "Words.", actor=analyst, version=0, bound={})
    page = writer.get(f"/reports/editions/{edition.code}/history/").content.decode()
    assert "Overall results of the monitoring (en)" in page
    assert "Words." in page


def test_an_edition_may_be_of_one_region(writer, analyst):
    chosen = {"period": "2018", "languages": ["en"], "region": "KZ-75"}
    answer = writer.post("/reports/editions/", chosen)
    assert answer.url == "/reports/editions/2018-kz-75-1/"
    assert writer.get(answer.url).status_code == 200
    assert Edition.objects.get().region_id == "KZ-75"


def test_a_frozen_edition_holds_its_period(analyst):
    from reports import periods
    from tests.editions import draft_and_frozen

    drafting.create(period=Period.objects.get(pk="2024"), actor=analyst)
    assert periods.held_by("2024") == []
    draft_and_frozen(analyst)
    assert len(periods.held_by("2018")) >= 1
