"""Colours that can be told apart and read, and fonts with every letter that the product prints."""

import re

import pytest
from fontTools.ttLib import TTFont

from reports.render import style

STATES = ("draft", "submitted", "returned", "approved", "rejected", "duplicate")
LETTERS = (
    "АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ"
    "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"
    "ӘҒҚҢӨҰҮҺІәғқңөұүһі"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    "₸€%№§–—«»„“”’…·•×÷−±≥≤≈≠Σ†‡→←½©✓\u00a0\u202f\u2009\u2011"
)


def luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2.2, 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def sheet(name: str) -> dict[str, str]:
    css = (style.static_dir() / "css" / name).read_text(encoding="utf-8")
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6});", css))


@pytest.fixture(params=["tokens.css", "tokens-dark.css"])
def colours(request) -> dict[str, str]:
    return sheet(request.param)


@pytest.mark.parametrize("state", STATES)
def test_states_read_on_their_ground_and_on_paper(colours, state):
    assert contrast(colours[f"state-{state}"], colours[f"state-{state}-soft"]) >= 4.5
    assert contrast(colours[f"state-{state}"], colours["paper"]) >= 4.5


@pytest.mark.parametrize("ink", ["ink", "ink-2", "ink-3", "accent", "accent-strong"])
@pytest.mark.parametrize("ground", ["paper", "paper-2", "paper-3", "accent-soft"])
def test_texts_read_on_every_ground(colours, ink, ground):
    assert contrast(colours[ink], colours[ground]) >= 4.5


def test_controls_and_focus_stand_out(colours):
    assert contrast(colours["on-accent"], colours["accent"]) >= 4.5
    assert contrast(colours["focus"], colours["paper"]) >= 3
    assert contrast(colours["rule-strong"], colours["paper"]) >= 3


def test_neighbouring_series_differ_in_lightness_too():
    series = style.series_colours()
    assert len(set(series)) == 6
    first = zip(series[:4], series[1:4], strict=False)
    assert all(contrast(one, other) >= 1.5 for one, other in first)


def test_charts_take_their_colours_from_the_tokens():
    assert style.colour("accent") == sheet("tokens.css")["accent"]
    with pytest.raises(ValueError, match="not a plain colour"):
        style.colour("font")


def test_the_print_style_repeats_only_colours_of_the_tokens():
    css = (style.static_dir() / "css" / "print.css").read_text(encoding="utf-8")
    assert set(re.findall(r"#[0-9a-f]{6}", css)) <= set(sheet("tokens.css").values())


@pytest.mark.parametrize("suffix", ["ttf", "woff2"])
@pytest.mark.parametrize("weight", [400, 600])
def test_each_font_is_whole(weight, suffix):
    path = style.static_dir() / "fonts" / f"golos-text-{weight}.{suffix}"
    font = TTFont(path)
    assert [sign for sign in LETTERS if ord(sign) not in font.getBestCmap()] == []
    features = {record.FeatureTag for record in font["GSUB"].table.FeatureList.FeatureRecord}
    assert "tnum" in features
    if suffix == "woff2":
        assert path.stat().st_size < 25_000
