"""Renders foreign HTML as plain text: what a person would see, in one pass, whatever the markup does."""

import re
from typing import Protocol

from lxml import etree

from . import limits

BLOCKS = {
    "address", "article", "aside", "blockquote", "center", "dd", "div", "dl", "dt", "fieldset", "figcaption", "figure",
    "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre",
    "section", "table", "tr", "ul",
}  # fmt: skip
PARAGRAPHS = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "table", "ul", "ol", "blockquote", "pre", "dl"}
UNSEEN = {"script", "style", "title", "template"}
BLANKS = re.compile(r"[ \t\r\n\f\u200b]+")
MANY_EMPTY = re.compile(r"\n{3,}")
TAGS = re.compile(r"<[^<>]*>")
FOLLOWED = ("http://", "https://", "mailto:", "tel:")
QUOTES_MAX = 20


def html_to_text(html: str) -> str:
    """The visible text: paragraphs, lists and table rows on lines, quotes marked with `>`, links with their address."""
    text = _rendered(html)
    if not text and html.count("<!--") > html.count("-->"):
        # A comment that never closes hides everything from a browser: then the bare words are better than none.
        return BLANKS.sub(" ", TAGS.sub(" ", html.replace("<!--", " "))).strip()
    return text


def is_bearable(html: str) -> bool:
    """Whether it is within the limits for HTML; time goes by its tags more than by its letters."""
    return len(html) <= limits.HTML_MAX_CHARACTERS and html.count("<") <= limits.HTML_MAX_TAGS


def _rendered(html: str) -> str:
    page = _Page()
    feed(html, page)
    return page.text()


class Reader(Protocol):
    """Whoever is told the events of an HTML document in order."""

    def start(self, tag: str, attributes: dict[str, str]) -> None: ...
    def end(self, tag: str) -> None: ...
    def data(self, text: str) -> None: ...
    def close(self) -> None: ...


def feed(html: str, reader: Reader) -> None:
    """Tell `reader` the tags and texts of `html`: tags balanced, nothing fetched, time in proportion to the length."""
    parser = etree.HTMLParser(target=reader, recover=True, huge_tree=True, no_network=True, encoding="utf-8")
    try:
        parser.feed(html.encode("utf-8", "replace"))
        parser.close()
    except etree.XMLSyntaxError:
        pass  # an empty document; what was read until then counts


class _Page:
    """Receives the parser's events and writes lines."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.line: list[str] = []
        self.unseen = 0
        self.quotes = 0
        self.preformatted = 0
        self.lists: list[int | None] = []
        self.link = ""
        self.link_text: list[str] = []
        self.has_blank = True

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if self.unseen or tag in UNSEEN:
            self.unseen += 1
            return
        if tag in BLOCKS:
            self._break(paragraph=self._is_paragraph(tag))
        if tag == "br":
            self._write_line()
        elif tag == "li":
            self.line.append(self._bullet())
        elif tag in {"td", "th"} and self.line:
            self._write(" | ")
        elif tag == "a":
            self.link, self.link_text = (attributes.get("href") or "").strip(), []
        elif tag == "img" and (label := (attributes.get("alt") or "").strip()):
            self._write(f"[{label}]")
        elif tag in {"ul", "ol"}:
            self.lists.append(0 if tag == "ol" else None)
        elif tag == "blockquote":
            self.quotes += 1
        elif tag == "pre":
            self.preformatted += 1

    def end(self, tag: str) -> None:
        if self.unseen:
            self.unseen -= 1  # the parser closes what it opened, in order, whatever the markup does
            return
        if tag == "a":
            self._end_link()
        elif tag in {"ul", "ol"} and self.lists:
            self.lists.pop()
        if tag in BLOCKS:
            self._break(paragraph=self._is_paragraph(tag))
        if tag == "blockquote":
            self.quotes = max(0, self.quotes - 1)
            self._break(paragraph=True)
        elif tag == "pre":
            self.preformatted = max(0, self.preformatted - 1)

    def data(self, text: str) -> None:
        if not self.unseen:
            self._write(text)

    def close(self) -> None:
        self._end_link()
        self._break(paragraph=False)

    def text(self) -> str:
        return MANY_EMPTY.sub("\n\n", "\n".join(self.lines)).strip("\n")

    def _write(self, text: str) -> None:
        if self.preformatted:
            *whole, rest = text.split("\n")
            for line in whole:
                self.line.append(line)
                self._write_line()
            self.line.append(rest)
            return
        text = BLANKS.sub(" ", text)
        if self.has_blank and text.startswith(" "):
            text = text[1:]
        if text:
            self.line.append(text)
            self.has_blank = text.endswith(" ")
            if self.link:
                self.link_text.append(text)

    def _write_line(self) -> None:
        line = "".join(self.line).replace("\xa0", " ").rstrip()
        if self.quotes:
            line = ("> " * min(self.quotes, QUOTES_MAX) + line).rstrip()
        self.lines.append(line)
        self.line = []
        self.has_blank = True

    def _break(self, *, paragraph: bool) -> None:
        if any(piece.strip() for piece in self.line):
            self._write_line()
        else:
            self.line = []
            self.has_blank = True
        if paragraph and self.lines:
            empty = ("> " * min(self.quotes, QUOTES_MAX)).rstrip()
            if self.lines[-1].strip("> "):
                self.lines.append(empty)
            else:
                self.lines[-1] = min(self.lines[-1], empty, key=len)

    def _is_paragraph(self, tag: str) -> bool:
        """Whether an empty line sets it apart: a list inside a list goes on without one."""
        return tag in PARAGRAPHS and not (tag in {"ul", "ol"} and self.lists)

    def _bullet(self) -> str:
        indent = "  " * min(max(0, len(self.lists) - 1), 10)
        if self.lists and (number := self.lists[-1]) is not None:
            self.lists[-1] = number + 1
            return f"{indent}{number + 1}. "
        return f"{indent}- "

    def _end_link(self) -> None:
        """A link's address is written out when its text does not already say it."""
        link, shown = self.link, "".join(self.link_text).strip()
        self.link, self.link_text = "", []
        if link.lower().startswith(FOLLOWED) and shown and _bare(link) not in _bare(shown):
            self._write(f" ({link})")


def _bare(address: str) -> str:
    address = address.strip().lower().rstrip("/")
    for start in FOLLOWED:
        address = address.removeprefix(start)
    return address
