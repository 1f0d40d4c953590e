"""Makes Markdown of what was copied in Word, Excel, a mail or a page of the web."""

import re
from typing import Any
from urllib.parse import urlsplit

from bs4 import BeautifulSoup, NavigableString
from markdownify import MarkdownConverter

from mainstay.tickets.rules import TEXT_LENGTH

from .bounded_html import bounded
from .errors import TooMuchToPaste
from .pasted_html import put_right

HTML_MAX = 2_000_000
FRAGMENT = re.compile(r"<!--\s*StartFragment\s*-->(.*)<!--\s*EndFragment\s*-->", re.DOTALL)
UNSUPPORTED_LISTS = re.compile(r"<!\[(?:if[^\]]*|endif)\]>", re.IGNORECASE)
EMPHASISING = re.compile(r"[*`](?=\S)|(?<=\S)[*`]|(?<![\w\\:])_(?=\S)")
LINK_START = re.compile(r"\[(?=[^\]\n]{0,2000}\]\()")
OPENS_A_BLOCK = re.compile(r"(#{1,6}(?=\s|$)|>)")
LINE_ENDS = re.compile(r"[ \t]+$", re.MULTILINE)
EMPTY_LINES = re.compile(r"\n{3,}")


def markdown_from_html(html: str) -> str:
    """The words with their lists, tables, links and emphasis as Markdown; raises TooMuchToPaste."""
    if len(html) > HTML_MAX:
        raise TooMuchToPaste()
    fragment = FRAGMENT.search(html)
    given = UNSUPPORTED_LISTS.sub("", fragment[1] if fragment else html)
    if "<tr" in given.lower() and "<table" not in given.lower():
        given = f"<table>{given}</table>"  # as Excel marks only the rows
    soup = BeautifulSoup(bounded(given), "lxml")
    put_right(soup)
    written = _Converter(wrap=True, wrap_width=None, bullets="-", heading_style="atx").convert_soup(soup)
    written = written.replace("\u00a0", " ").replace("\x00", "")
    written = EMPTY_LINES.sub("\n\n", LINE_ENDS.sub("", written)).strip()
    if len(written) > TEXT_LENGTH:
        raise TooMuchToPaste()
    return written


class _Converter(MarkdownConverter):
    """As our Markdown is read: a line break is one, and only what would be taken for a mark is escaped."""

    def escape(self, text: str, parent_tags: set[str]) -> str:
        text = LINK_START.sub(r"\\[", EMPHASISING.sub(r"\\\g<0>", text))
        return text.replace("|", "\\|") if parent_tags & {"td", "th"} else text

    def process_text(self, el: NavigableString, parent_tags: set[str] | None = None) -> str:
        text: str = super().process_text(el, parent_tags=parent_tags)  # type: ignore[misc]
        is_first = el.previous_sibling is None or getattr(el.previous_sibling, "name", "") == "br"
        return OPENS_A_BLOCK.sub(r"\\\1", text, count=1) if is_first and OPENS_A_BLOCK.match(text) else text

    def convert_br(self, el: Any, text: str, parent_tags: set[str]) -> str:
        return " " if "_inline" in parent_tags else "\n"

    def convert_a(self, el: Any, text: str, parent_tags: set[str]) -> str:
        """A link that can be followed; words alone where it leads nowhere outside of its page."""
        address = str(el.get("href", "")).strip()
        if not text.strip() or "_noformat" in parent_tags:
            return text
        if urlsplit_scheme(address) not in {"http", "https", "mailto", "tel"} or re.search(r"[\s()<>]", address):
            return text
        shown = text.strip()
        before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
        is_bare = shown.replace("\\", "") == address and address.startswith("http")
        return f"{before}{address if is_bare else f'[{shown}]({address})'}{after}"


def urlsplit_scheme(address: str) -> str:
    """The scheme of an address, in small letters; empty for what is none."""
    try:
        return urlsplit(address).scheme.lower()
    except ValueError:
        return ""
