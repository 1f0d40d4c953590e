"""Colours as numbers, against values that the specifications give."""

import pytest

from mainstay.lib.colours import Oklch, contrast, linear_of, luminance, oklch_of, shown


@pytest.mark.parametrize(
    ("colour", "lightness", "chroma", "hue"),
    [  # CSS Color 4's conversion of the named colours
        ("#ffffff", 1.0, 0.0, None),
        ("#000000", 0.0, 0.0, None),
        ("#ff0000", 0.628, 0.2577, 29.23),
        ("#00ff00", 0.8664, 0.2948, 142.5),
        ("#0000ff", 0.452, 0.3132, 264.05),
        ("#663399", 0.4403, 0.1603, 303.37),
    ],
)
def test_srgb_becomes_oklch(colour: str, lightness: float, chroma: float, hue: float | None) -> None:
    found = oklch_of(colour)
    assert found.lightness == pytest.approx(lightness, abs=0.001)
    assert found.chroma == pytest.approx(chroma, abs=0.001)
    if hue is not None:
        assert found.hue == pytest.approx(hue, abs=0.1)


@pytest.mark.parametrize("colour", ["#ffffff", "#123456", "#ff8800", "#00697f", "#7f7f7f"])
def test_and_comes_back_as_it_was(colour: str) -> None:
    for way in shown(oklch_of(colour)):
        assert way == pytest.approx(linear_of(colour), abs=1e-4)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#ffffff", "#ffffff", 1.0),
        ("#767676", "#ffffff", 4.54),
        ("#ff0000", "#ffffff", 4.0),
    ],
)
def test_contrast_is_as_wcag_counts_it(one: str, other: str, expected: float) -> None:
    assert contrast(linear_of(one), linear_of(other)) == pytest.approx(expected, abs=0.01)
    assert contrast(linear_of(other), linear_of(one)) == pytest.approx(expected, abs=0.01)


def test_a_colour_outside_of_what_a_screen_shows_is_brought_home_in_both_ways() -> None:
    cut, reduced = shown(Oklch(0.7, 0.4, 142))
    assert all(0 <= part <= 1 for part in (*cut, *reduced))
    assert cut != reduced
    # With less chroma it is as light as it was asked for; cut off, it need not be.
    grey, _same = shown(Oklch(0.7, 0, 0))
    assert abs(luminance(reduced) - luminance(grey)) < 0.1
