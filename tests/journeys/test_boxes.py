"""A case box from a card, with a picture: blurred, described, looked at, then frozen."""

from __future__ import annotations

import io
import re

import pytest

from tests.journeys.conftest import PHONE
from tests.journeys.test_accessibility import violations

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def draft(site, person):
    """A draft of 2018 in English by an analyst, and a card that was proposed for it."""
    from cards.models import Card, Period
    from reports.editions import drafting

    analyst = person("analyst")
    analyst.language = "en"
    analyst.save()
    period = Period.objects.get(pk="2018")
    edition = drafting.create(period=period, actor=analyst, languages=["en"])
    card = Card.objects.counted().filter(date__year=2018).order_by("date").first()
    Card.objects.filter(pk=card.pk).update(report_worthy=True)
    return analyst, edition, card


def photograph() -> dict:
    """A drawing of a person before a building, as a file of a form."""
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (900, 600), "#9fb7c4")
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 420, 900, 600), fill="#6b6f66")
    pen.rectangle((520, 120, 860, 430), fill="#c9b28a", outline="#5c4a2e", width=6)
    pen.ellipse((240, 130, 400, 310), fill="#e0b79a", outline="#3b2a20", width=5)
    for x in (285, 345):
        pen.ellipse((x - 12, 195, x + 12, 219), fill="#1d2a33")
    pen.arc((275, 220, 365, 280), 20, 160, fill="#7a2e2a", width=7)
    pen.polygon([(200, 560), (240, 330), (400, 330), (440, 560)], fill="#334f70")
    out = io.BytesIO()
    image.save(out, "JPEG", quality=92)
    return {"name": "square.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def _drag(page, start, end) -> None:
    """Draw over the picture from one place to another, in parts of it."""
    box = page.locator("[data-surface]").bounding_box()
    x, y = (
        [box["x"] + box["width"] * at[0] for at in (start, end)],
        [box["y"] + box["height"] * at[1] for at in (start, end)],
    )
    page.mouse.move(x[0], y[0])
    page.mouse.down()
    page.mouse.move((x[0] + x[1]) / 2, (y[0] + y[1]) / 2)
    page.mouse.move(x[1], y[1])
    page.mouse.up()


def test_from_a_card_to_a_box_that_can_be_frozen(draft, visit):
    from reports.editions import blocking, drafting, reading
    from reports.models import BoxPicture, PictureFile

    def blockers() -> set[str]:
        found = blocking.blockers(edition, reading.gathered(edition), drafting.texts_of(edition))
        return {each.code for each in found}

    analyst, edition, card = draft
    page = visit(analyst)
    page.goto(edition.get_absolute_url())
    page.locator(f"a[href*='card={card.uuid}']").click()
    assert page.locator("[name=text_en]").input_value().strip() == card.description.strip()
    assert page.locator("[name=date]").input_value() == card.date.isoformat()

    # Text with a value found by words, and the box as it will look.
    page.fill("[name=title_en]", "On the square")
    page.fill("[name=text_en]", "One of {{ assembl")
    page.locator("#id_text_en").press("End")
    page.locator("#id_text_en").press("i")
    page.locator("#found-en [role=option]").first.wait_for()
    page.keyboard.press("Enter")
    assert "}}" in page.locator("[name=text_en]").input_value()
    page.locator("[data-shown] .report-box-title", has_text="On the square").wait_for()
    page.locator("[data-shown]:not(.is-old)").wait_for()
    page.locator("[data-shown] .report-prose", has_text=re.compile(r"One of \d")).wait_for()
    assert violations(page) == []

    # The picture comes with what is typed.
    page.set_input_files("[name=picture]", files=[photograph()])
    page.locator("button[value=picture]").click()
    page.wait_for_url("**/pictures/*/")
    assert violations(page) == []
    assert blockers() == {"pictures"}
    before = page.locator("[data-result]").get_attribute("src")

    # A rectangle by the pointer, moved and made larger by the keyboard.
    _drag(page, (0.3, 0.25), (0.42, 0.48))
    area = page.locator(".areas__area")
    area.wait_for()
    assert area.count() == 1
    area.focus()
    for key in ("ArrowLeft", "ArrowLeft", "ArrowUp", "Shift+ArrowRight", "Shift+ArrowDown"):
        page.keyboard.press(key)
    left, top, width, height = (
        float(page.locator(f"[name={side}_0]").input_value())
        for side in ("left", "top", "width", "height")
    )
    assert (round(left), round(top)) == (28, 24)
    assert (round(width), round(height)) == (13, 24)
    page.locator("[data-result][src^='data:image/jpeg']").wait_for()
    assert page.locator("[name=checked]").is_disabled()
    page.locator("[data-add]").click()
    assert area.count() == 2
    page.keyboard.press("Delete")
    assert area.count() == 1

    page.fill("[name=alt_en]", "A person before a building")
    page.locator("button.btn-primary").click()
    page.wait_for_load_state()
    picture = BoxPicture.objects.get()
    assert len(picture.areas) == 1
    assert not picture.checked
    assert page.locator("[data-result]").get_attribute("src") != before
    assert blockers() == {"pictures"}, "nobody has looked at it yet"

    page.check("[name=checked]")
    page.locator("button.btn-primary").click()
    page.wait_for_load_state()
    picture.refresh_from_db()
    assert picture.checked
    assert blockers() == set()
    assert PictureFile.objects.count() == 2

    # In the chapter, with its picture.
    page.goto(f"{edition.get_absolute_url()}read/en/")
    shown = page.locator(".report-box img")
    assert shown.get_attribute("alt") == "A person before a building"
    assert shown.evaluate("image => image.complete && image.naturalWidth") == 900
    assert page.foreign == []
    assert page.broken == []


@pytest.mark.parametrize("light", ["light", "dark"])
def test_pages_of_boxes_stand_in_nobodys_way(draft, visit, light):
    from django.core.files.uploadedfile import SimpleUploadedFile

    from reports.editions import drafting, pictures

    analyst, edition, card = draft
    box = drafting.save_box(edition, None, actor=analyst, version=0, chapter="overall", card=card,
                            date=card.date, texts={"en": ("Title", "Astana", "Text")})  # fmt: skip
    file = photograph()
    picture = pictures.add(box, SimpleUploadedFile(file["name"], file["buffer"]), actor=analyst)
    said = pictures.Described([[0.2, 0.2, 0.3, 0.3]], {"en": "A square"}, {"en": "Noon"}, False)
    pictures.save(picture, said, actor=analyst, version=pictures.version_of(picture))
    here = edition.get_absolute_url()
    for viewport in (PHONE, None):
        page = visit(analyst, **({"viewport": viewport} if viewport else {}), color_scheme=light)
        for address in (here, f"{here}boxes/new/", f"{here}boxes/{box.pk}/",
                        f"{here}pictures/{picture.pk}/"):  # fmt: skip
            assert page.goto(address).status == 200
            assert violations(page) == []
            width = page.viewport_size["width"]
            assert page.evaluate("document.documentElement.scrollWidth") <= width, address


def test_a_picture_is_blurred_without_any_script(draft, browser, site):
    from django.core.files.uploadedfile import SimpleUploadedFile

    from reports.editions import drafting, pictures
    from reports.models import BoxPicture
    from tests.journeys.conftest import PASSWORD

    analyst, edition, _card = draft
    box = drafting.save_box(edition, None, actor=analyst, version=0, chapter="overall",
                            date=None, texts={"en": ("Title", "Astana", "Text")})  # fmt: skip
    file = photograph()
    picture = pictures.add(box, SimpleUploadedFile(file["name"], file["buffer"]), actor=analyst)
    context = browser.new_context(base_url=site, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"/sign-in/?next={edition.get_absolute_url()}pictures/{picture.pk}/")
    page.fill("[name=username]", analyst.username)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    for side, number in {"left": "27", "top": "22", "width": "18", "height": "30"}.items():
        page.fill(f"[name={side}_0]", number)
    page.locator("button.btn-primary").click()
    assert BoxPicture.objects.get().areas == [[0.27, 0.22, 0.18, 0.3]]
    page.check("[name=checked]")
    page.locator("button.btn-primary").click()
    assert BoxPicture.objects.get().checked
    context.close()
