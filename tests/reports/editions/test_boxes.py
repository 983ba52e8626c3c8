"""Pages of case boxes and their pictures, as analysts use them without any script."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from cards import attachments, services
from cards.models import Event, EventKind
from reports.editions import blocking, drafting, freezing, pictures, reading
from reports.models import Box, BoxPicture, Freeze, PictureFile
from tests.reports.editions.test_blurring import noise
from tests.security.hostile import picture as hostile_picture

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def client(signed_in, analyst):
    return signed_in(analyst)


def photograph(size=(400, 300)) -> SimpleUploadedFile:
    out = io.BytesIO()
    noise(size).save(out, "JPEG")
    return SimpleUploadedFile("photo.jpg", out.getvalue())


@pytest.fixture
def picture(box, analyst):
    return pictures.add(box, photograph(), actor=analyst)


def at(name: str, edition, *more) -> str:
    return reverse(f"reports:{name}", args=[edition.code, *more])


def typed(box: Box | None = None, **changes) -> dict:
    values = {"version": box.version if box else 0, "chapter": "overall", "date": "2018-05-10",
              "act": "save"}  # fmt: skip
    for code in ("ru", "en"):
        values |= {
            f"title_{code}": f"Title {code}",
            f"where_{code}": "Almaty",
            f"text_{code}": "Text",
        }
    return values | changes


def described(picture: BoxPicture, areas=(), **changes) -> dict:
    values = {"version": pictures.version_of(picture), "alt_ru": "Площадь", "alt_en": "A square",
              "caption_ru": "", "caption_en": ""}  # fmt: skip
    for n, area in enumerate(areas):
        values |= {f"{side}_{n}": str(part) for side, part in
                   zip(("left", "top", "width", "height"), area, strict=True)}  # fmt: skip
    return values | changes


FACE = (25, 25, 50, 50)


def test_the_page_of_an_edition_lists_boxes_and_proposed_cards(client, edition, box, worthy):
    page = client.get(edition.get_absolute_url()).content.decode()
    assert "The square" in page
    assert at("edition_box", edition, box.pk) in page
    assert f"{at('edition_box_new', edition)}?card={worthy.uuid}" in page


def test_a_box_begins_with_its_card_and_with_nobodys_name(client, edition, worthy):
    address = f"{at('edition_box_new', edition)}?card={worthy.uuid}"
    page = client.get(address).content.decode()
    assert 'value="2018-05-10"' in page
    assert 'value="Алматы"' in page
    assert 'value="Almaty"' in page
    assert "They were asked to go home." in page
    assert "No names of people" in page
    assert worthy.monitor.username not in page
    assert client.post(address, typed()).status_code == 302
    assert Box.objects.get().card_id == worthy.pk
    assert "a box was made of it" in client.get(edition.get_absolute_url()).content.decode()


@pytest.mark.parametrize("card", ["nothing", "00000000-0000-4000-8000-000000000000"])
def test_only_proposed_cards_begin_a_box(client, edition, card):
    assert client.get(f"{at('edition_box_new', edition)}?card={card}").status_code == 404


def test_a_box_is_written_by_hand(client, edition):
    answer = client.post(at("edition_box_new", edition), typed(title_kk="x"))
    box = Box.objects.get()
    assert answer.url == at("edition_box", edition, box.pk)
    assert {row.language: row.text for row in box.texts.all()} == {"ru": "Text\n", "en": "Text\n"}
    entry = Event.objects.filter(kind=EventKind.CASE_BOX).last()
    assert entry.changes[f"box {box.pk} title.en"] == ["", "Title en"]
    assert client.get(answer.url).status_code == 200


def test_a_reference_that_says_nothing_is_told_at_its_field_and_nothing_is_lost(
    client, edition, box
):
    sent = typed(box, text_en="Seen:\n{{ 1/x/y }} here", title_ru="Новое")
    answer = client.post(at("edition_box", edition, box.pk), sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="id_text_en_error"' in page
    assert "Line 2" in page
    assert "{{ 1/x/y }} here" in page
    assert 'value="Новое"' in page
    box.refresh_from_db()
    assert box.version == 1


@pytest.mark.parametrize(
    ("field", "value"), [("date", "tomorrow"), ("chapter", "annex"), ("title_en", "x" * 201)]
)
def test_what_cannot_be_is_told_at_its_field(client, edition, box, field, value):
    answer = client.post(at("edition_box", edition, box.pk), typed(box, **{field: value}))
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in answer.content.decode()


def test_a_box_without_any_title_is_not_saved(client, edition):
    answer = client.post(at("edition_box_new", edition), typed(title_ru="", title_en=" "))
    assert answer.status_code == 422
    assert not Box.objects.exists()


def test_whoever_saves_second_sees_both(client, edition, box, analyst):
    texts = {"en": ("The square", "Almaty", "Somebody else wrote this.")}
    drafting.save_box(
        edition, box, actor=analyst, version=1, chapter="character", date=box.date, texts=texts
    )
    sent = typed(box, version=1, text_en="I wrote this.")
    answer = client.post(at("edition_box", edition, box.pk), sent)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Somebody else wrote this." in page
    assert "[en] I wrote this." in page
    assert 'name="version" value="2"' in page
    again = client.post(at("edition_box", edition, box.pk), sent | {"version": 2})
    assert again.status_code == 302
    assert box.texts.get(language="en").text == "I wrote this.\n"


def test_the_preview_shows_the_numbers_in_the_look_of_the_report(client, edition, box):
    sent = {"title": "<b>T</b>", "where": "Astana", "date": "2018-01-10", "box": box.pk,
            "text": "So *many*: {{ 1/TOTAL/assemblies }}. {{ 1/x/y }}"}  # fmt: skip
    answer = client.post(at("edition_box_preview", edition, "en"), sent).json()
    assert "&lt;b&gt;T&lt;/b&gt;" in answer["html"]
    assert "Astana, 10 January 2018" in answer["html"]
    assert "So <em>many</em>: 1." in answer["html"]
    assert "1/x/y" in answer["notes"]
    without_script = client.post(at("edition_box", edition, box.pk), typed(box, act="preview"))
    assert without_script.status_code == 200
    assert Box.objects.get().version == 1
    assert client.post(at("edition_box_preview", edition, "kk"), sent).status_code == 404


def test_a_box_moves_is_removed_and_put_back(client, edition, box):
    client.post(at("edition_box_move", edition, box.pk), {"chapter": "character"})
    box.refresh_from_db()
    assert box.chapter == "character"
    assert (
        client.post(at("edition_box_move", edition, box.pk), {"chapter": "annex"}).status_code
        == 404
    )
    client.post(at("edition_box_remove", edition, box.pk), {"removed": "yes"})
    assert drafting.texts_of(edition).boxes == ()
    assert "Put back" in client.get(edition.get_absolute_url()).content.decode()
    client.post(at("edition_box_remove", edition, box.pk), {"removed": "no"})
    assert [each.code for each in drafting.texts_of(edition).boxes] == [str(box.pk)]


def test_texts_in_languages_that_were_given_up_stay(client, edition, box, analyst):
    drafting.choose_languages(edition, ["en"], actor=analyst)
    client.post(at("edition_box", edition, box.pk), typed(box))
    assert box.texts.get(language="ru").title == "Площадь"


def test_who_may_not_write_reads(signed_in, editor, edition, box, picture):
    page = signed_in(editor).get(at("edition_box", edition, box.pk))
    assert page.status_code == 200
    assert 'name="act"' not in page.content.decode()
    assert signed_in(editor).get(at("edition_picture", edition, picture.pk)).status_code == 200
    assert signed_in(editor).get(at("edition_picture_file", edition, picture.pk)).status_code == 200
    assert (
        signed_in(editor).get(at("edition_picture_source", edition, picture.pk)).status_code == 403
    )


# Pictures


def test_a_picture_is_added_with_what_is_typed(client, edition, box):
    sent = typed(box, act="picture", picture=photograph(), title_en="Typed meanwhile")
    answer = client.post(at("edition_box", edition, box.pk), sent)
    picture = BoxPicture.objects.get()
    assert answer.url == at("edition_picture", edition, picture.pk)
    assert box.texts.get(language="en").title == "Typed meanwhile"
    assert not picture.checked
    assert client.get(answer.url).status_code == 200


@pytest.mark.parametrize("content", [b"", b"<svg onload=alert(1)>", hostile_picture()[:200]])
def test_a_file_that_is_no_picture_is_told_at_its_field(client, edition, box, content):
    sent = typed(box, act="picture", picture=SimpleUploadedFile("a.jpg", content), text_en="Kept")
    answer = client.post(at("edition_box", edition, box.pk), sent)
    assert answer.status_code == 422
    assert 'id="id_picture_error"' in answer.content.decode()
    assert ">\nKept" in answer.content.decode()
    assert not BoxPicture.objects.exists()


def test_no_file_is_told_too(client, edition, box):
    answer = client.post(at("edition_box", edition, box.pk), typed(box, act="picture"))
    assert answer.status_code == 422
    assert "Choose a file first." in answer.content.decode()


def test_an_approved_photograph_of_the_card_is_taken(client, edition, worthy, monitor, editor):
    box = _of_card(client, edition, worthy)
    approved = attachments.accept(worthy, actor=monitor, file=photograph())
    services.review_attachment(approved, actor=editor, accept=True)
    pending = attachments.accept(worthy, actor=monitor, file=photograph((300, 200)))
    page = client.get(at("edition_box", edition, box.pk)).content.decode()
    assert f"take:{approved.uuid}" in page
    assert f"take:{pending.uuid}" not in page
    address = at("edition_box", edition, box.pk)
    assert client.post(address, typed(box, act=f"take:{pending.uuid}")).status_code == 404
    box.refresh_from_db()
    answer = client.post(address, typed(box, act=f"take:{approved.uuid}"))
    assert answer.url == at("edition_picture", edition, BoxPicture.objects.get().pk)


def _of_card(client, edition, card) -> Box:
    client.post(f"{at('edition_box_new', edition)}?card={card.uuid}", typed())
    return Box.objects.get()


def test_areas_are_blurred_and_what_was_blurred_less_is_gone(client, edition, picture):
    address, first = at("edition_picture", edition, picture.pk), picture.file_id
    client.post(address, described(picture, [FACE]))
    picture.refresh_from_db()
    less = picture.file_id
    assert picture.areas == [[0.25, 0.25, 0.5, 0.5]]
    assert less != first
    assert picture.source_id == first
    client.post(address, described(picture, [FACE, (0, 0, 10, 10)]))
    picture.refresh_from_db()
    assert set(PictureFile.objects.values_list("pk", flat=True)) == {first, picture.file_id}
    client.post(address, described(picture))
    picture.refresh_from_db()
    assert picture.file_id == first
    assert picture.areas == []


def test_the_tick_falls_whenever_areas_change(client, edition, picture):
    address = at("edition_picture", edition, picture.pk)
    answer = client.post(address, described(picture, [FACE], checked="on"), follow=True)
    assert "look at the picture as it is now" in answer.content.decode()
    picture.refresh_from_db()
    assert not picture.checked
    client.post(address, described(picture, [FACE], checked="on"))
    picture.refresh_from_db()
    assert picture.checked
    client.post(address, described(picture, [(20, 25, 50, 50)], checked="on"))
    picture.refresh_from_db()
    assert not picture.checked
    assert picture.alt == {"ru": "Площадь", "en": "A square"}


def test_areas_that_are_none_are_told_and_everything_typed_stays(client, edition, picture):
    sent = described(picture, [(1, 2, "x", 4)], alt_en="Typed")
    answer = client.post(at("edition_picture", edition, picture.pk), sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Area 1" in page
    assert 'value="x"' in page
    assert "Typed" in page


def test_two_people_describe_one_picture(client, edition, picture, analyst):
    sent = described(picture, alt_en="Mine", checked="on")
    said = pictures.Described([], {"en": "Theirs"}, {}, False)
    pictures.save(picture, said, actor=analyst, version=pictures.version_of(picture))
    answer = client.post(at("edition_picture", edition, picture.pk), sent)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Theirs" in page
    assert "Mine" in page
    picture.refresh_from_db()
    sent["version"] = pictures.version_of(picture)
    assert client.post(at("edition_picture", edition, picture.pk), sent).status_code == 302


def test_the_preview_of_areas_keeps_nothing(client, edition, picture):
    answer = client.post(
        at("edition_picture_preview", edition, picture.pk), described(picture, [FACE])
    )
    assert answer.json()["picture"].startswith("data:image/jpeg;base64,")
    assert PictureFile.objects.count() == 1


def test_pictures_are_put_in_order_and_removed(client, edition, box, picture, analyst):
    second = pictures.add(box, photograph((300, 300)), actor=analyst)
    address = at("edition_box", edition, box.pk)
    for act, order in (
        (f"up:{second.pk}", [second, picture]),
        (f"down:{second.pk}", [picture, second]),
    ):
        box.refresh_from_db()
        client.post(address, typed(box, act=act))
        assert list(box.pictures.filter(removed=False)) == order
    box.refresh_from_db()
    client.post(address, typed(box, act=f"remove:{picture.pk}"))
    assert list(box.pictures.filter(removed=False)) == [second]
    box.refresh_from_db()
    client.post(address, typed(box, act=f"back:{picture.pk}"))
    assert box.pictures.filter(removed=False).count() == 2


def test_bytes_are_for_those_who_read_editions(client, edition, picture):
    for name in ("edition_picture_file", "edition_picture_source"):
        answer = client.get(at(name, edition, picture.pk))
        assert Image.open(io.BytesIO(answer.content)).size == (400, 300)
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert {"private", "no-cache"} <= set(answer.headers["Cache-Control"].split(", "))
        again = client.get(at(name, edition, picture.pk), HTTP_IF_NONE_MATCH=answer.headers["ETag"])
        assert again.status_code == 304


# Freezing


@pytest.fixture
def ready(edition, picture, analyst):
    """A picture with an area, described and looked at."""
    for checked in (False, True):
        said = pictures.Described([[0.25, 0.25, 0.5, 0.5]], {"ru": "а", "en": "a"}, {}, checked)
        pictures.save(picture, said, actor=analyst, version=pictures.version_of(picture))
        picture.refresh_from_db()
    return picture


@pytest.fixture
def no_files(monkeypatch):
    """Freezing without the files, which take long."""
    monkeypatch.setattr(freezing, "files_of", lambda *args: iter(()))


def codes(edition) -> list[str]:
    found = blocking.blockers(edition, reading.gathered(edition), drafting.texts_of(edition))
    return [each.code for each in found]


@pytest.mark.slow
def test_only_what_is_printed_outlives_the_freeze(
    client, edition, box, ready, analyst, monkeypatch
):
    monkeypatch.setattr(freezing, "files_of", lambda *args: iter(()))
    unused = pictures.add(box, photograph((320, 200)), actor=analyst)
    drafting.change_picture(unused, actor=analyst, removed=True)
    sources = [ready.source_id, unused.file_id]
    assert codes(edition) == []
    freezing.freeze(edition, actor=analyst, address="https://example.org/")
    ready.refresh_from_db()
    assert ready.source is None
    assert not PictureFile.objects.filter(pk__in=sources).exists()
    assert not BoxPicture.objects.filter(pk=unused.pk).exists()
    report = freezing.report_of(Freeze.objects.get(), edition, "en")
    [shown] = [b.box for c in report.chapters for b in c.blocks if b.box]
    assert shown.pictures[0].content == bytes(ready.file.content)
    page = client.get(at("edition_picture", edition, ready.pk)).content.decode()
    assert "data-surface" not in page


@pytest.mark.slow
def test_after_a_thaw_areas_are_added_and_never_taken_back(
    client, edition, ready, analyst, monkeypatch
):
    monkeypatch.setattr(freezing, "files_of", lambda *args: iter(()))
    freezing.freeze(edition, actor=analyst, address="https://example.org/")
    printed = BoxPicture.objects.get().file_id
    freezing.thaw(edition, actor=analyst, reason="A word")
    address = at("edition_picture", edition, ready.pk)
    assert "the unblurred picture is gone" in client.get(address).content.decode()
    ready.refresh_from_db()
    client.post(address, described(ready, checked="on"))
    ready.refresh_from_db()
    assert (ready.file_id, ready.checked) == (printed, True)
    client.post(address, described(ready, [(0, 0, 10, 10)], checked="on"))
    ready.refresh_from_db()
    assert ready.areas == [[0.25, 0.25, 0.5, 0.5], [0, 0, 0.1, 0.1]]
    assert not ready.checked
    assert PictureFile.objects.filter(pk=printed).exists(), "what was frozen stays on record"


def test_a_frozen_edition_takes_no_more(client, edition, box, ready, analyst, no_files):
    freezing.freeze(edition, actor=analyst, address="https://example.org/")
    ready.refresh_from_db()
    before = Event.objects.count()
    for name, arguments, sent in (
        ("edition_box", [box.pk], typed(box)),
        ("edition_box_new", [], typed()),
        ("edition_box_move", [box.pk], {"chapter": "character"}),
        ("edition_box_remove", [box.pk], {"removed": "yes"}),
        ("edition_picture", [ready.pk], described(ready)),
    ):
        assert client.post(at(name, edition, *arguments), sent).url == edition.get_absolute_url()
    assert Event.objects.count() == before


@pytest.mark.parametrize("boxes", [2, 6])
def test_a_list_asks_the_same_of_the_database_whatever_its_length(client, edition, analyst, boxes):
    for _ in range(boxes):
        box = drafting.save_box(edition, None, actor=analyst, version=0, chapter="overall",
                                date=None, texts={"en": ("T", "W", "X")})  # fmt: skip
        pictures.add(box, photograph(), actor=analyst)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(edition.get_absolute_url()).status_code == 200
    counted = [q for q in asked.captured_queries if "box" in q["sql"] or "picture" in q["sql"]]
    assert len(counted) == 8
    with CaptureQueriesContext(connection) as asked:
        assert client.get(at("edition_box", edition, Box.objects.first().pk)).status_code == 200
    counted = [q for q in asked.captured_queries if "box" in q["sql"] or "picture" in q["sql"]]
    assert len(counted) == 6
