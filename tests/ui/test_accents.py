"""Any colour a company may choose is read where it is used: in both themes, by the same numbers as the style sheet's."""

import re
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

import mainstay.ui
from mainstay.ui.accents import READABLE, THEMES, readings_of

TOKENS = (Path(mainstay.ui.__file__).parent / "static/ui/css/tokens.css").read_text(encoding="utf-8")
NUMBER = r"([\d.]+)"


def both(name: str) -> list[str]:
    """What a token is in the light and in the dark theme."""
    found = re.search(rf"--{name}: light-dark\((oklch\(.*?\)), (oklch\(.*?\))\);", TOKENS)
    assert found, name
    return [found[1], found[2]]


def plain(name: str) -> list[tuple[float, float, float]]:
    parts = [re.fullmatch(rf"oklch\({NUMBER}% {NUMBER} {NUMBER}\)", one) for one in both(name)]
    return [(round(float(one[1]) / 100, 6), float(one[2]), float(one[3])) for one in parts if one]


def test_the_numbers_are_those_of_the_style_sheet() -> None:
    for place, theme in enumerate(THEMES):
        for name, lightness in (("accent", theme.accent), ("accent-strong", theme.strong)):
            found = re.fullmatch(rf"oklch\(from var\(--brand\) {NUMBER}% c h\)", both(name)[place])
            assert found and float(found[1]) / 100 == lightness, (theme.name, name)
        wash = re.fullmatch(
            rf"oklch\(from var\(--brand\) {NUMBER}% calc\(c \* {NUMBER}\) h\)", both("accent-wash")[place]
        )
        assert wash and (float(wash[1]) / 100, float(wash[2])) == theme.wash
        on = theme.on_accent
        assert plain("on-accent")[place] == (on.lightness, on.chroma, on.hue)
        grounds = [plain(name)[place] for name in ("paper", "canvas", "sunk")]
        assert grounds == [(one.lightness, one.chroma, one.hue) for one in theme.grounds]


@given(st.integers(0, 0xFFFFFF))
def test_every_colour_is_read_in_both_themes(number: int) -> None:
    light, dark = readings_of(f"#{number:06x}")
    assert (light.theme, dark.theme) == ("light", "dark")
    assert light.is_enough and dark.is_enough
    assert min(light.worst, dark.worst) >= READABLE


def test_where_more_is_needed_it_is_told_which_theme_fails() -> None:
    light, dark = readings_of("#ffff00", needed=7.5)
    assert (light.is_enough, dark.is_enough) == (False, True)
