"""What is blurred cannot be told any more, and hostile files are refused like everywhere."""

from __future__ import annotations

import io
import random

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from cards.attachments import Refused
from reports.editions import blurring
from reports.editions.box_forms import PictureForm
from tests.security import hostile, pixels

PART = st.floats(0, 1, allow_nan=False)


def noise(size=(200, 150), seed=1) -> Image.Image:
    """A picture in which every pixel differs from its neighbours."""
    source = random.Random(seed)
    return Image.frombytes("RGB", size, source.randbytes(size[0] * size[1] * 3))


def shuffled(image: Image.Image, box, cells, seed=2) -> Image.Image:
    """The same picture with the pixels inside each cell of an area in another order."""
    changed = image.copy()
    left, top, right, bottom = box
    across, down = (right - left) // cells[0], (bottom - top) // cells[1]
    for row in range(cells[1]):
        for column in range(cells[0]):
            x, y = left + column * across, top + row * down
            part = image.crop((x, y, x + across, y + down))
            data = part.tobytes()
            points = [data[at : at + 3] for at in range(0, len(data), 3)]
            random.Random(seed).shuffle(points)
            changed.paste(Image.frombytes("RGB", part.size, b"".join(points)), (x, y))
    return changed


def test_two_faces_of_the_same_averages_give_the_same_pixels():
    """All that is left of an area are the averages of its cells: 4 × 3 for one of 100 × 75."""
    area, box, cells = (0.25, 0.2, 0.5, 0.5), (50, 30, 150, 105), (4, 3)
    one = noise()
    other = shuffled(one, box, cells)
    assert one.tobytes() != other.tobytes()
    for image in (one, other):
        blurring.blur(image, [area])
    assert one.tobytes() == other.tobytes()


def test_nothing_outside_an_area_is_touched():
    before, after = noise(), noise()
    blurring.blur(after, [(0.25, 0.2, 0.5, 0.5)])
    outside = [
        (x, y) for x in range(200) for y in range(150) if not (50 <= x < 150 and 30 <= y < 105)
    ]
    assert all(before.getpixel(at) == after.getpixel(at) for at in outside)
    assert before.crop((50, 30, 150, 105)).tobytes() != after.crop((50, 30, 150, 105)).tobytes()


@pytest.mark.parametrize("area", [(0, 0, 0.02, 0.02), (0.99, 0.99, 0.01, 0.01), (0, 0, 1, 1)])
def test_a_small_area_has_few_cells_and_a_large_one_large_cells(area):
    part = blurring.pixels_of(area, (2000, 1500))
    width, height = part[2] - part[0], part[3] - part[1]
    across, down = blurring._cells((width, height), (2000, 1500))
    assert max(across, down) <= blurring.CELLS
    assert width / across >= min(width, blurring.SMALLEST_PART * 2000 * 0.66)
    assert height / down >= min(height, blurring.SMALLEST_PART * 2000 * 0.66)


@given(st.tuples(PART, PART, PART, PART), st.tuples(st.integers(1, 900), st.integers(1, 900)))
def test_an_area_covers_every_pixel_that_it_touches(area, size):
    left, top, right, bottom = blurring.pixels_of(area, size)
    assert 0 <= left < right <= size[0]
    assert 0 <= top < bottom <= size[1]
    if area[0] < 1 and area[0] * size[0] < size[0] - 1:
        assert left <= area[0] * size[0] + 1e-5
        assert right >= min(size[0], (area[0] + area[2]) * size[0]) - 1e-5


@pytest.mark.slow
def test_what_is_kept_is_small_upright_opaque_and_bare():
    image = noise((3000, 900)).convert("RGBA")
    out = io.BytesIO()
    image.save(out, "PNG")
    content, content_type, size = blurring.drawn_anew(SimpleUploadedFile("a.png", out.getvalue()))
    assert size == (2000, 600)
    assert content_type == "image/jpeg", "noise is smaller so"
    assert pixels.is_bare(content)


def test_a_drawing_stays_sharp():
    out = io.BytesIO()
    Image.new("RGB", (400, 300), "white").save(out, "PNG")
    _content, content_type, _size = blurring.drawn_anew(SimpleUploadedFile("a.png", out.getvalue()))
    assert content_type == "image/png"


@pytest.mark.slow
@pytest.mark.parametrize("name", hostile.PICTURES)
def test_hostile_pictures_are_refused_or_come_out_bare(name):
    file = SimpleUploadedFile("photo.jpg", hostile.PICTURES[name])
    try:
        content, content_type, size = blurring.drawn_anew(file)
    except Refused:
        return
    assert pixels.is_bare(content)
    assert hostile.SECRET not in content
    assert b"<script" not in content
    assert content_type in ("image/jpeg", "image/png")
    assert max(size) <= blurring.LONGEST


def test_video_and_documents_are_no_pictures():
    with pytest.raises(Refused, match="JPEG, PNG"):
        blurring.drawn_anew(SimpleUploadedFile("a.pdf", b"%PDF-1.7\n"))


# Areas as they are typed


def form_of(**typed) -> PictureForm:
    return PictureForm(typed, languages=["en"], areas=[])


def test_areas_are_read_in_percent():
    form = form_of(left_0="10", top_0="20,5", width_0="30", height_0="95", left_3="1", top_3="1",
                   width_3="2", height_3="2", left_4="", top_4="")  # fmt: skip
    assert form.is_valid()
    assert form.areas == [[0.1, 0.205, 0.3, 0.795], [0.01, 0.01, 0.02, 0.02]]


@pytest.mark.parametrize(
    "row",
    [("10", "", "10", "10"), ("a", "1", "1", "1"), ("1", "1", "0", "1"), ("100", "1", "1", "1"),
     ("-1", "1", "1", "1"), ("nan", "1", "1", "1"), ("1e9", "1", "1", "1")],
)  # fmt: skip
def test_what_is_no_area_is_told_and_kept(row):
    typed = dict(zip(("left_0", "top_0", "width_0", "height_0"), row, strict=True))
    form = form_of(**typed)
    assert not form.is_valid()
    assert form.rows[0].error
    assert [text for _name, text in form.rows[0].sides] == list(row)


def test_more_areas_than_anybody_needs_are_refused():
    typed = {f"{side}_{n}": "2" for n in range(41) for side in ("left", "top", "width", "height")}
    assert not form_of(**typed).is_valid()
