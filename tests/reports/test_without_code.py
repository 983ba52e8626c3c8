"""What an administrator enters in the settings is enough: a vocabulary, a law, another country."""

from __future__ import annotations

import csv
import datetime
import io

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils.translation import override
from lxml import html

from cards import reading
from cards.files import importing
from cards.filters import CardFilter
from cards.forms.card import CardForm
from cards.models import Card, City, Form, Law, Place, Provision, Topic
from cards.permit_filters import ApplicationFilter
from reports import facts, source
from reports.render.csv import values_csv
from reports.types import LANGUAGES, TOTAL
from tests.factories import MonitorFactory, card_answers, make_application, make_card
from tests.files import csv_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

NAMES = {"label_ru": "Сидячий протест", "label_kk": "Отырып наразылық", "label_en": "Sit-in"}


@pytest.fixture(autouse=True)
def empty_cache():
    cache.clear()


@pytest.fixture
def settings_pages(signed_in, administrator):
    """``save(model, pk or None, **values)``: through the settings pages, as an administrator."""
    client = signed_in(administrator)

    def save(model: str, pk: str | None = None, **values) -> None:
        name = "change" if pk else "add"
        address = reverse(f"admin:cards_{model}_{name}", args=[pk] if pk else [])
        answer = client.post(address, {name: v for name, v in values.items() if v is not None})
        refused = answer.context and answer.context["errors"]
        assert answer.status_code == 302, refused

    return save


def offered(form: CardForm, name: str) -> set[str]:
    return {str(row.pk) for row in form.fields[name].queryset}


def cells(code: str, table: str, row: str) -> list:
    """The values of a row of a table of the live report."""
    rows = {each.code: each for each in source.gather(code).report.table(table).rows}
    return [cell.value.value for cell in rows[row].cells if cell]


def test_a_new_form_topic_and_place_are_everywhere(settings_pages, rf, analyst, signed_in):
    settings_pages("form", code="sit_in", order=40, active="on", **NAMES)
    settings_pages(
        "topicgroup", code="climate", order=9, active="on",
        label_ru="Климат", label_kk="Климат", label_en="Climate",
    )  # fmt: skip
    settings_pages(
        "topic", code="clean_air", group="climate", order=40, active="on",
        label_ru="Чистый воздух", label_kk="Таза ауа", label_en="Clean air",
    )  # fmt: skip
    settings_pages(
        "place", code="ekibastuz", order=40, active="on",
        label_ru="Экибастуз", label_kk="Екібастұз", label_en="Ekibastuz (place)",
    )  # fmt: skip
    settings_pages(
        "city", code="new_town", place="ekibastuz", region="KZ-55", order=99, active="on",
        label_ru="Новый город", label_kk="Жаңа қала", label_en="New Town", kato="",
        latitude="51.7", longitude="75.3", time_zone="Asia/Almaty", aliases="",
    )  # fmt: skip
    monitor = MonitorFactory(all_regions=True)
    form = CardForm(user=monitor)
    assert "sit_in" in offered(form, "form")
    assert "clean_air" in offered(form, "topic")
    assert "new_town" in offered(form, "city")
    # A card, filled in and approved; and one from a file, by a label.
    make_card("approved", form="sit_in", topic="clean_air", city="new_town")
    line = {"date": "2018-03-01", "city": "Жаңа қала", "form": "Sit-in", "topic": "clean_air"}
    checked = importing.check(csv_of(line), user=monitor, status="draft")
    words = " ".join(f"{each.column} {each.reason}" for each in checked.refusals)
    assert not {"form", "city", "topic"} & {each.column for each in checked.refusals}, words
    # Lists, tables, the labels of each language, the page of a quantity.
    request = rf.get("/", {"form": "sit_in", "place": "ekibastuz", "topic_group": "climate"})
    request.user = analyst
    assert CardFilter(request.GET, request=request).qs.count() == 1
    assert cells("2018", "7", "sit_in") == [1, 100]
    assert cells("2018", "1", "ekibastuz") == [1, 100]
    assert cells("2018", "4", "climate") == [100]
    assert cells("2018", "topics", "climate/clean_air") == [1]
    for language in LANGUAGES:
        with override(language):
            rows = source.gather("2018").report.table("7").rows
            assert str(rows[0].label) == NAMES[f"label_{language}"]
    lines = csv.DictReader(io.StringIO(values_csv(source.gather("2018").report).decode()))
    assert any((line["table"], line["row"]) == ("7", "sit_in") for line in lines)
    page = signed_in(analyst).get(reverse("reports:indicator", args=["form_share"]))
    assert "Sit-in" in page.content.decode()


def test_what_is_offered_no_more_stays_in_old_cards(settings_pages):
    old = make_card("approved", form="flash_mob", city="semey")
    form = Form.objects.get(pk="flash_mob")
    labels = {f"label_{language}": getattr(form, f"label_{language}") for language in LANGUAGES}
    settings_pages("form", "flash_mob", order=form.order, **labels)
    monitor = MonitorFactory(all_regions=True)
    assert "flash_mob" not in offered(CardForm(user=monitor), "form")
    assert "flash_mob" in offered(CardForm(user=monitor, card=old), "form")
    assert cells("2018", "7", "flash_mob") == [1, 100]
    parts = reading.parts_of(Card.objects.with_everything().get(pk=old.pk))
    answers = {answer.name: answer.text for part in parts for answer in part.answers}
    assert answers["form"] == str(form.label)


@pytest.fixture
def before_2020(reference):
    """An installation that knows of no law after the act of 1995."""
    Law.objects.filter(code="act_2020").delete()
    Law.objects.filter(code="act_1995").update(in_force_to=None)
    Provision.objects.filter(code="penalties").delete()


LAW = {
    "code": "new_act", "order": 5, "active": "on", "label_ru": "Закон 2020 года",
    "label_kk": "2020 жылғы заң", "label_en": "Act of 2020", "in_force_from": "2020-06-06",
    "in_force_to": "", "regime": "notification_and_approval", "answer_days": "3",
    "sanctioned_statuses": ["sanctioned", "notified"],
    "excluded_statuses": ["unknown", "not_required"], "summary_ru": "Уведомление или согласование.",
    "summary_kk": "Хабарлама немесе келісім.", "summary_en": "Notify, or ask for approval.",
}  # fmt: skip


def a_card(day: str, status: str, **more) -> Card:
    more = {"reason_not_requested": "", "application_date": None, "answer_date": None} | more
    return make_card(
        "approved", date=datetime.date.fromisoformat(day), legal_status=status, **more
    )  # fmt: skip


def said(code: str, chapter: str) -> str:
    """The paragraphs and lists of a chapter, in English."""
    report = source.gather(code).report
    with override("en"):
        blocks = next(each.blocks for each in report.chapters if each.code == chapter)
        return " ".join(str(t) for block in blocks for t in (block.text, *block.items))


def test_a_new_law_is_a_row(before_2020, settings_pages):
    a_card("2020-05-01", "notified")
    a_card("2021-05-01", "notified")
    a_card("2021-06-01", "not_requested", reason_not_requested="did_not_know")
    a_card(
        "2021-07-01", "requested_refused", refusal_ground="Works",
        application_date=datetime.date(2021, 6, 1), answer_date=datetime.date(2021, 6, 6),
    )  # fmt: skip
    assert source.gather("2021").facts["2021"].count(TOTAL, "sanction", "sanctioned") == 0
    assert "nobody asked for a permit" in said("2021", "law_abidance")
    settings_pages("law", **LAW)
    assert list(facts.verify()) == [], "what is kept was derived anew"
    found = source.gather("2021").facts["2021"]
    assert found.count(TOTAL, "sanction", "sanctioned") == 1
    assert source.gather("2020").facts["2020"].count(TOTAL, "sanction", "sanctioned") == 0
    assert (found.sum(TOTAL, "answered_late").n, found.sum(TOTAL, "answered_late").total) == (1, 1)
    text = said("2021", "law_abidance")
    assert "without the notification or approval that the law asks for" in text
    assert "nobody gave notification or asked for approval" in text
    assert "came later than after 3 days" in text
    assert "permit" not in text
    assert "Notify, or ask for approval." in said("2021", "legislation")
    assert "Notify, or ask for approval." not in said("2019", "legislation")
    report = source.gather("2021").report
    with override("en"):
        ten, text_table = report.table("10"), report.table("text")
        assert "neither notification was given nor approval sought" in str(ten.title)
        assert "notification or approval was needed" in " ".join(str(row.label) for row in ten.rows)
        assert "Answers later than 3 days" in {str(row.label) for row in text_table.rows}
        assert "permit" not in " ".join(
            str(words)
            for each, _value in report.indicators
            if each.code in ("unsanctioned", "reason_share", "law_abidance", "answers_late")
            for words in (each.name, each.definition, each.formula)
        )


def test_a_period_under_two_laws_speaks_of_the_law_of_the_day(before_2020, settings_pages):
    a_card("2019-05-01", "not_requested", reason_not_requested="unknown")
    a_card("2020-02-01", "sanctioned")
    a_card("2020-10-01", "not_requested", reason_not_requested="unknown")
    settings_pages("law", **LAW)
    text = said("2020", "law_abidance")
    assert "held otherwise than the law of the day asked" in text
    assert "nobody turned to the authorities" in text
    rules = said("2020", "legislation")
    assert "2126" in rules
    assert "Notify, or ask for approval." in rules
    with override("en"):
        notes = {
            code: [str(note) for note in source.gather(code).report.table("9").notes]
            for code in ("2019", "2020", "2021")
        }
    assert notes["2019"] == []
    assert "different things" in notes["2020"][0]
    assert "different things" in notes["2021"][0]


@pytest.mark.parametrize(
    ("regime", "words"),
    [
        ("permit", "without the permit that the law asks for"),
        ("notification", "without the notification that the law asks for"),
        ("none", "otherwise than the law of the day asked"),
    ],
)
def test_each_regime_has_its_words(before_2020, settings_pages, regime, words):
    a_card("2021-05-01", "sanctioned")
    settings_pages("law", **{**LAW, "regime": regime, "answer_days": ""})
    assert words in said("2021", "law_abidance")


def test_a_law_that_ended_without_another_reads_nothing(before_2020, settings_pages, rf, analyst):
    card = a_card("2021-05-01", "sanctioned")
    settings_pages("law", **{**LAW, "in_force_to": "2020-12-31"})
    assert Law.on(card.date) is None
    assert source.gather("2021").facts["2021"].count(TOTAL, "sanction", "outside") == 1
    request = rf.get("/", {"sanction": "outside"})
    request.user = analyst
    assert list(CardFilter(request.GET, request=request).qs) == [card]
    assert list(facts.verify()) == []


def test_a_law_cannot_end_before_it_begins(before_2020, signed_in, administrator):
    wrong = {**LAW, "in_force_to": "2019-01-01"}
    answer = signed_in(administrator).post(reverse("admin:cards_law_add"), wrong)
    assert "The last day is before the first." in answer.content.decode()
    assert not Law.objects.filter(code="new_act").exists()


def test_the_card_asks_in_the_words_of_the_law_of_its_day(before_2020, settings_pages, signed_in):
    settings_pages("law", **LAW)
    monitor = MonitorFactory(all_regions=True)

    def question(**more) -> tuple[dict[str, str], str]:
        with override("en"):
            form = CardForm(user=monitor, **more)
            field = form.fields["legal_status"]
            return {code: str(label) for code, label in field.choices}, field.help_text

    new, help_text = question()
    assert new["not_requested"] == "Neither notification given nor approval sought"
    assert "Act of 2020" in help_text
    old, help_text = question(card=a_card("2018-05-01", "notified"))
    assert old["not_requested"] == "No permit was sought"
    assert "Act of 1995" in help_text
    assert set(old) == set(new), "what may be answered stays the same"
    typed = {name: value for name, value in card_answers().items() if isinstance(value, str)}
    assert question(data={**typed, "date": "2018-05-01"})[0] == old
    card = a_card("2021-05-01", "sanctioned")
    client = signed_in(card.monitor)
    page = html.fromstring(client.get(card.get_absolute_url()).content.decode())
    assert "Approved by the akimat" in page.text_content()


def test_answers_to_applications_are_late_by_the_law_of_their_day(
    before_2020, settings_pages, rf, analyst
):
    for applied, answered in (("2019-05-01", "2019-05-08"), ("2021-05-01", "2021-05-08")):
        make_application(
            applied_on=datetime.date.fromisoformat(applied),
            answered_on=datetime.date.fromisoformat(answered),
        )
    settings_pages("law", **LAW)
    late = {
        code: source.gather(code).facts[code].sum(TOTAL, "permit_late").total
        for code in ("2019", "2021")
    }
    assert late == {"2019": 0, "2021": 1}
    request = rf.get("/", {"answered": "late"})
    request.user = analyst
    from cards.models import PermitApplication

    found = ApplicationFilter(
        request.GET, queryset=PermitApplication.objects.all(), request=request
    ).qs
    assert [each.applied_on.year for each in found] == [2021]


def test_moving_a_topic_or_a_city_moves_what_is_kept(reference):
    make_card("approved", topic="gas_price", city="semey")
    topic, city = Topic.objects.get(pk="gas_price"), City.objects.get(pk="semey")
    topic.group_id = "social"
    topic.save()
    city.place = Place.objects.get(pk="pavlodar")
    city.save()
    assert list(facts.verify()) == []
    assert cells("2018", "1", "pavlodar") == [1, 100]


def test_what_is_said_of_a_law_is_not_put_back_by_the_next_start(reference):
    from cards.reference import load_reference

    Law.objects.filter(code="act_2020").update(summary_en="Ours", regime="notification")
    Law.objects.filter(code="act_1995").update(summary_en="", answer_days=None)
    load_reference()
    mine, empty = Law.objects.get(code="act_2020"), Law.objects.get(code="act_1995")
    assert (mine.summary_en, mine.regime) == ("Ours", "notification")
    assert empty.answer_days == 10
    assert "2126" in empty.summary_en
