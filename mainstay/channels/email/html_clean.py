"""Makes foreign HTML harmless: a short list of what may stay, everything else goes, in a time that no markup can stretch."""

from collections.abc import Callable
from html import escape

import nh3

from .html_text import feed, html_to_text, is_bearable

TAGS = {
    "a", "abbr", "b", "blockquote", "br", "caption", "center", "code", "col", "colgroup", "dd", "del", "div", "dl", "dt",
    "em", "font", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "li", "ol", "p", "pre", "q", "s", "small",
    "span", "strike", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "tt", "u", "ul",
}  # fmt: skip
INLINE = {
    "a", "abbr", "b", "br", "code", "del", "em", "font", "i", "img", "ins", "q", "s", "small", "span", "strike", "strong",
    "sub", "sup", "tt", "u",
}  # fmt: skip
WITHOUT_END = {"br", "col", "hr", "img"}
GONE_WITH_CONTENT = {
    "script", "style", "title", "template", "noscript", "svg", "math", "object", "iframe", "textarea", "xmp", "plaintext",
    "noembed", "noframes",
}  # fmt: skip
ATTRIBUTES = {
    "*": {"dir", "lang", "title"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start"},
    "td": {"colspan", "rowspan", "align", "valign"},
    "th": {"colspan", "rowspan", "align", "valign"},
}
FOLLOWED = ("http://", "https://", "mailto:", "tel:")
OPEN_MAX = 100
VALUE_MAX = 4_000
SHOWN_OF_TOO_MUCH = 500_000
TEXT_RUN_MAX = 20_000


# Told what an image had, says what it is to have; None when it is to be left away.
Pictures = Callable[[dict[str, str]], dict[str, str] | None]


def enclosed_only(attributes: dict[str, str]) -> dict[str, str]:
    """An image that came with the mail stays; one from elsewhere loses its source."""
    is_enclosed = attributes.get("src", "").strip().lower().startswith("cid:")
    return attributes if is_enclosed else {**attributes, "src": ""}


def clean_html(html: str, *, pictures: Pictures = enclosed_only) -> str:
    """`html` without anything that acts, loads or escapes: only formatting, links to follow by hand, and enclosed images.

    Images from elsewhere lose their source (they tell their sender who reads when); those inside the mail keep their `cid:`
    name. `pictures` decides otherwise: its word on a source is believed. Of HTML over the limits the beginning is
    given, as text. Cleaning twice gives the same as cleaning once.
    """
    if not is_bearable(html):
        return f"<pre>{escape(html_to_text(html[:SHOWN_OF_TOO_MUCH]), quote=False)}</pre>"
    return nh3.clean(
        _regular(html, pictures),
        tags=TAGS,
        attributes=ATTRIBUTES,
        clean_content_tags={"script", "style"},
        url_schemes={"http", "https", "mailto", "tel", "cid"},
        link_rel="noopener noreferrer",
        strip_comments=True,
    ).strip()


def _regular(html: str, pictures: Pictures) -> str:
    """The same content with every tag closed in order and no more than `OPEN_MAX` open.

    The sanitiser builds the tree a browser would build, and there 20 kB of open tags can become 20 MB of elements.
    """
    writer = _Writer(pictures)
    feed(html, writer)
    return writer.html()


class _Writer:
    """Receives the parser's events and writes the tags of the list, properly nested."""

    def __init__(self, pictures: Pictures) -> None:
        self.pictures = pictures
        self.pieces: list[str] = []
        self.open: list[str] = []
        self.gone = 0
        self.run = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if self.gone or tag in GONE_WITH_CONTENT:
            self.gone += 1
            return
        if tag not in TAGS or len(self.open) >= OPEN_MAX:
            return
        # A paragraph or link that is still open ends here, and with it what was opened inside.
        if tag not in INLINE and "p" in self.open:
            self._close("p")
        if tag == "a" and "a" in self.open:
            self._close("a")
        wanted = (
            self.pictures({name: value or "" for name, value in attributes.items()}) if tag == "img" else attributes
        )
        if wanted is None:
            return
        given = "".join(f' {name}="{escape(value)}"' for name, value in _kept(tag, wanted))
        self.pieces.append(f"<{tag}{given}>")
        self.run = 0
        if tag not in WITHOUT_END:
            self.open.append(tag)

    def end(self, tag: str) -> None:
        if self.gone:
            self.gone -= 1
        elif tag in self.open:
            self._close(tag)

    def data(self, text: str) -> None:
        if self.gone:
            return
        # One endless stretch of text would cost the sanitiser the square of its length.
        for start in range(0, len(text), TEXT_RUN_MAX):
            piece = text[start : start + TEXT_RUN_MAX]
            self.run += len(piece)
            if self.run > TEXT_RUN_MAX:
                self.pieces.append("<span></span>")
                self.run = len(piece)
            self.pieces.append(escape(piece, quote=False))

    def close(self) -> None:
        while self.open:
            self.pieces.append(f"</{self.open.pop()}>")

    def html(self) -> str:
        self.close()
        return "".join(self.pieces)

    def _close(self, tag: str) -> None:
        while (last := self.open.pop()) != tag:
            self.pieces.append(f"</{last}>")
        self.pieces.append(f"</{tag}>")
        self.run = 0


def _kept(tag: str, attributes: dict[str, str]) -> list[tuple[str, str]]:
    allowed = ATTRIBUTES["*"] | ATTRIBUTES.get(tag, set())
    kept = [(name, value or "") for name, value in attributes.items() if name in allowed]
    return [(name, value) for name, value in kept if len(value) <= VALUE_MAX and _is_harmless(name, value)]


def _is_harmless(name: str, value: str) -> bool:
    given = value.strip().lower()
    return given.startswith(FOLLOWED) if name == "href" else name != "src" or bool(given)
