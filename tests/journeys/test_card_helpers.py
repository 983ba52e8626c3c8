"""What the card does for a thumb beyond HTML, and what it says when it cannot save."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import field
from tests.journeys.conftest import PHONE

pytestmark = [pytest.mark.journey, pytest.mark.once, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def card(person, visit) -> Page:
    """An empty card on a monitor's phone."""
    page = visit(person("monitor", ["KZ-75"]), PHONE)
    page.goto("/cards/new/")
    return page


def pick(page: Page, name: str, code: str) -> None:
    page.locator(f'label.pill:has([name="{name}"][value="{code}"])').click()


def question(page: Page, name: str):
    return page.locator(f'.question[data-field="{name}"]')


def says(page: Page, state: str) -> None:
    line = page.locator("#save-state")
    expect(line).to_have_attribute("data-state", state, timeout=15_000)


def section_state(page: Page, code: str) -> str:
    return page.get_attribute(f"[data-section-link={code}]", "data-state")


def test_today_is_one_tap(card):
    card.click("[data-fill=today][data-target=id_date]")
    today = card.evaluate("new Date().toLocaleDateString('sv')")
    assert card.input_value("#id_date") == today


def test_the_duration_is_shown_across_midnight(card):
    card.fill("#id_start_time", "22:30")
    card.fill("#id_end_time", "00:15")
    expect(card.locator("[data-duration] output")).to_contain_text(re.compile(r"1\D+45"))


def test_people_are_counted_by_taps_with_undo(card):
    counter = card.locator(".counter[data-target=id_participants]")
    for step in ("10", "5", "1", "1", "-1"):
        counter.locator(f"[data-step='{step}']").click()
    assert card.input_value("#id_participants") == "16"
    counter.locator("[data-undo]").click()
    counter.locator("[data-undo]").click()
    assert card.input_value("#id_participants") == "16"
    for _tap in range(3):
        counter.locator("[data-undo]").click()
    assert card.input_value("#id_participants") == ""
    expect(counter.locator("[data-undo]")).to_be_disabled()


def test_fewer_than_none_cannot_be_counted(card):
    card.locator(".counter[data-target=id_police] [data-step='-1']").click()
    assert card.input_value("#id_police") == ""


def test_none_stands_alone(card):
    pick(card, "attributes", "placards")
    pick(card, "attributes", "none")
    assert not card.is_checked("[name=attributes][value=placards]")
    pick(card, "attributes", "banners")
    assert not card.is_checked("[name=attributes][value=none]")
    assert card.is_checked("[name=attributes][value=banners]")


def test_a_question_appears_with_its_answer_and_keeps_what_was_given(card):
    reason = question(card, "reason_not_requested")
    expect(reason).to_be_hidden()
    pick(card, "legal_status", "not_requested")
    expect(reason).to_be_visible()
    pick(card, "reason_not_requested", "spontaneous")
    pick(card, "legal_status", "sanctioned")
    expect(reason).to_be_hidden()
    pick(card, "legal_status", "not_requested")
    assert card.is_checked("[name=reason_not_requested][value=spontaneous]")


def test_not_known_empties_the_number_and_gives_it_back(card):
    card.fill("#id_detained", "4")
    card.check("#id_detained_unknown")
    assert card.input_value("#id_detained") == ""
    assert not card.is_editable("#id_detained")
    card.uncheck("#id_detained_unknown")
    assert card.input_value("#id_detained") == "4"


def test_an_answer_can_be_taken_back(card):
    pick(card, "peaceful", "yes")
    card.locator("#id_peaceful [data-clear]").click()
    assert card.locator("[name=peaceful]:checked").count() == 0


def test_sections_tell_how_far_they_are(card):
    assert section_state(card, "permit") == "empty"
    pick(card, "legal_status", "not_requested")
    assert section_state(card, "permit") == "partial"
    pick(card, "reason_not_requested", "spontaneous")
    assert section_state(card, "permit") == "complete"


def test_a_slip_is_marked_and_everything_else_saved(card):
    card.fill("#id_place", "У фонтана")
    card.fill("#id_participants", "много")
    says(card, "partly")
    expect(question(card, "participants").locator(".question__error")).to_be_visible()
    card.fill("#id_participants", "12")
    says(card, "saved")
    expect(question(card, "participants").locator(".question__error")).to_have_count(0)
    card.reload()
    assert card.input_value("#id_place") == "У фонтана"
    assert card.input_value("#id_participants") == "12"


def test_without_a_connection_the_page_says_so_keeps_all_and_saves_later(card):
    card.context.set_offline(True)
    card.fill("#id_place", "Площадь")
    says(card, "offline")
    card.click(".card-bar button[value=submit]")
    says(card, "offline")
    assert card.input_value("#id_place") == "Площадь"
    card.context.set_offline(False)
    says(card, "saved")
    card.reload()
    assert card.input_value("#id_place") == "Площадь"


def test_leaving_with_unsaved_answers_asks_first(card):
    card.context.set_offline(True)
    card.fill("#id_place", "Площадь")
    asked = []
    card.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    card.evaluate("() => { location.href = '/cards/' }")
    card.wait_for_timeout(500)
    assert asked == ["beforeunload"]
    assert card.input_value("#id_place") == "Площадь"


def test_nothing_of_a_card_stays_in_the_browser_in_the_clear(card):
    card.fill("#id_place", field.WORD)
    says(card, "saved")
    kept = field.dump(card)
    assert len(kept) > 1000
    assert not field.answers_in(kept, field.WORD)


def test_what_takes_the_focus_is_never_under_a_bar(card):
    hidden = card.evaluate(
        """() => {
          const top = document.querySelector(".card-progress");
          const foot = document.querySelector(".card-bar");
          const fields = "input:not([type=hidden]), select, textarea";
          return [...document.querySelectorAll("#card-form .question")]
            .filter((question) => question.checkVisibility())
            .map((question) => question.querySelector(fields))
            .filter((field) => {
              field.focus();
              const box = field.getBoundingClientRect();
              const from = Math.max(box.top, top.getBoundingClientRect().bottom);
              const to = Math.min(box.bottom, foot.getBoundingClientRect().top);
              return to - from < Math.min(box.height, 44) - 1;
            })
            .map((field) => field.name);
        }"""
    )
    assert hidden == []


def test_targets_are_large_enough_for_a_thumb(card):
    small = card.evaluate(
        """() => [..."a button select summary .pill .tick .form-control".split(" ")]
          .flatMap((selector) => [...document.querySelectorAll(selector)])
          .filter((target) => target.checkVisibility() && !target.matches(".skip-link"))
          .map((target) => [target.outerHTML.slice(0, 80), target.getBoundingClientRect()])
          .filter(([, box]) => box.width < 44 || box.height < 44)
          .map(([name, box]) => `${name} ${box.width} x ${box.height}`)"""
    )
    assert small == []
