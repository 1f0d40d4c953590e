"""Whether a company's colour can be read where the design system uses it: the same sums that `tokens.css` gives the browser."""

from dataclasses import dataclass

from mainstay.lib.colours import Linear, Oklch, contrast, oklch_of, shown

READABLE = 4.5  # WCAG 2.2, 1.4.3: text of usual size


@dataclass(frozen=True)
class Theme:
    """Lightness and chroma of the accent's tones in one theme, and what stands beside them; see `tokens.css`."""

    name: str
    accent: float
    strong: float
    wash: tuple[float, float]  # lightness, and by how much of the colour's chroma
    on_accent: Oklch
    grounds: tuple[Oklch, ...]  # paper, canvas, sunk


THEMES = (
    Theme(
        "light",
        accent=0.45,
        strong=0.38,
        wash=(0.958, 0.17),
        on_accent=Oklch(0.99, 0, 0),
        grounds=(Oklch(0.996, 0.001, 225), Oklch(0.967, 0.004, 225), Oklch(0.956, 0.005, 225)),
    ),
    Theme(
        "dark",
        accent=0.79,
        strong=0.84,
        wash=(0.27, 0.4),
        on_accent=Oklch(0.18, 0.02, 222),
        grounds=(Oklch(0.202, 0.01, 235), Oklch(0.165, 0.009, 235), Oklch(0.242, 0.011, 235)),
    ),
)


@dataclass(frozen=True)
class Reading:
    """How well the colour is read in one theme where it is read worst, as a contrast to 1."""

    theme: str
    worst: float
    needed: float = READABLE

    @property
    def is_enough(self) -> bool:
        return self.worst >= self.needed


def readings_of(hex_colour: str, needed: float = READABLE) -> list[Reading]:
    """For a colour that is written `#rrggbb`: light, then dark."""
    brand = oklch_of(hex_colour)
    return [Reading(theme.name, min(_contrasts(theme, brand)), needed) for theme in THEMES]


def _contrasts(theme: Theme, brand: Oklch) -> list[float]:
    accent = Oklch(theme.accent, brand.chroma, brand.hue)
    strong = Oklch(theme.strong, brand.chroma, brand.hue)
    wash = Oklch(theme.wash[0], brand.chroma * theme.wash[1], brand.hue)
    pairs = [
        *((accent, ground) for ground in theme.grounds),
        (accent, wash),
        (strong, wash),
        (theme.on_accent, accent),
        (theme.on_accent, strong),
    ]
    return [contrast(*seen) for one, other in pairs for seen in _ways(one, other)]


def _ways(one: Oklch, other: Oklch) -> list[tuple[Linear, Linear]]:
    return list(zip(shown(one), shown(other), strict=True))
