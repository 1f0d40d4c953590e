"""Colours as numbers: sRGB and OKLCH, how light they are to the eye, and how well one is read on another (WCAG 2.2)."""

import math
import re
from dataclasses import dataclass

HEX = re.compile(r"#[0-9a-f]{6}", re.ASCII)
STEPS = 24  # halvings when chroma is reduced: finer than eight bits can show

Linear = tuple[float, float, float]  # red, green, blue as light, 0 to 1 inside of sRGB

# Björn Ottosson's matrices (https://bottosson.github.io/posts/oklab/), as in CSS Color 4.
_TO_LMS = (
    (0.4122214708, 0.5363325363, 0.0514459929),
    (0.2119034982, 0.6806995451, 0.1073969566),
    (0.0883024619, 0.2817188376, 0.6299787005),
)
_TO_LAB = (
    (0.2104542553, 0.7936177850, -0.0040720468),
    (1.9779984951, -2.4285922050, 0.4505937099),
    (0.0259040371, 0.7827717662, -0.8086757660),
)
_FROM_LAB = (
    (1.0, 0.3963377774, 0.2158037573),
    (1.0, -0.1055613458, -0.0638541728),
    (1.0, -0.0894841775, -1.2914855480),
)
_FROM_LMS = (
    (4.0767416621, -3.3077115913, 0.2309699292),
    (-1.2684380046, 2.6097574011, -0.3413193965),
    (-0.0041960863, -0.7034186147, 1.7076147010),
)


@dataclass(frozen=True)
class Oklch:
    """`lightness` 0 to 1, `chroma` 0 to about 0.37, `hue` in degrees."""

    lightness: float
    chroma: float
    hue: float


def oklch_of(hex_colour: str) -> Oklch:
    """The colour that is written `#rrggbb`, in small letters."""
    linear = linear_of(hex_colour)
    roots = [math.cbrt(value) for value in _times(_TO_LMS, linear)]
    lightness, a, b = _times(_TO_LAB, (roots[0], roots[1], roots[2]))
    return Oklch(lightness, math.hypot(a, b), math.degrees(math.atan2(b, a)) % 360)


def linear_of(hex_colour: str) -> Linear:
    red, green, blue = (int(hex_colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return _light(red), _light(green), _light(blue)


def shown(colour: Oklch) -> tuple[Linear, Linear]:
    """The colour on a screen that shows sRGB, both ways in which programs bring one home that lies outside of it.

    First with each part cut off where it ends, as browsers do; then with less chroma, as CSS Color 4 asks.
    """
    return _cut(_linear(colour)), _cut(_linear(_less_vivid(colour)))


def luminance(linear: Linear) -> float:
    """Relative luminance, 0 to 1."""
    red, green, blue = linear
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Linear, other: Linear) -> float:
    """1 to 21; text needs 4.5 (WCAG 2.2, 1.4.3), what is no text 3 (1.4.11)."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _linear(colour: Oklch) -> Linear:
    angle = math.radians(colour.hue)
    lab = (colour.lightness, colour.chroma * math.cos(angle), colour.chroma * math.sin(angle))
    long, middle, short = (value**3 for value in _times(_FROM_LAB, lab))
    return _times(_FROM_LMS, (long, middle, short))


def _less_vivid(colour: Oklch) -> Oklch:
    if _is_inside(_linear(colour)):
        return colour
    low, high = 0.0, colour.chroma
    for _step in range(STEPS):
        middle = (low + high) / 2
        inside = _is_inside(_linear(Oklch(colour.lightness, middle, colour.hue)))
        low, high = (middle, high) if inside else (low, middle)
    return Oklch(colour.lightness, low, colour.hue)


def _is_inside(linear: Linear) -> bool:
    return all(-1e-6 <= part <= 1 + 1e-6 for part in linear)


def _cut(linear: Linear) -> Linear:
    red, green, blue = (min(1.0, max(0.0, part)) for part in linear)
    return red, green, blue


def _light(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)


def _times(matrix: tuple[Linear, Linear, Linear], values: Linear) -> Linear:
    one, two, three = (sum(a * b for a, b in zip(row, values, strict=True)) for row in matrix)
    return one, two, three
