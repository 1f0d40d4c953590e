"""Makes the HTML form of a mail out of its plain text: paragraphs, quotations, links; everything else stays letters."""

import re
from collections.abc import Iterator
from html import escape
from itertools import groupby

from mainstay.lib.web_addresses import web_addresses_in

QUOTE_MARKS = re.compile(r"(?:>[ \t]?)+")
QUOTE_DEPTH_MAX = 10
INDENTED = re.compile(r"(?: {2}|\t)[ \t]*\S")


def html_from_text(text: str, language: str = "") -> str:
    """The text as a whole HTML page. Lines with `>` before them are quotations, indented paragraphs keep their blanks."""
    return html_page(html_pieces(text), language)


def html_pieces(text: str) -> str:
    """The same to stand in a page."""
    return "\n".join(_pieces(text))


def html_page(inner: str, language: str = "") -> str:
    """A whole page of HTML that was made by us."""
    lang = f' lang="{escape(language)}"' if language else ""
    return f'<!DOCTYPE html>\n<html{lang}><head><meta charset="utf-8"></head><body>\n{inner}\n</body></html>\n'


def _pieces(text: str) -> Iterator[str]:
    """Paragraphs, between the tags that open and close quotations."""
    open_now = 0
    for depth, lines in groupby(map(_unquoted, text.splitlines()), key=lambda line: line[0]):
        content = [line for _depth, line in lines]
        if not any(line.strip() for line in content) and not depth:
            continue  # an empty line between two quotations does not end the outer one by itself
        yield from ["</blockquote>"] * (open_now - depth) + ['<blockquote type="cite">'] * (depth - open_now)
        open_now = depth
        yield from _paragraphs(content)
    yield from ["</blockquote>"] * open_now


def _unquoted(line: str) -> tuple[int, str]:
    """How deep a line is quoted, and the line without these marks."""
    marks = QUOTE_MARKS.match(line)
    if not marks:
        return 0, line
    depth = marks[0].count(">")
    if depth <= QUOTE_DEPTH_MAX:
        return depth, line[marks.end() :]
    return QUOTE_DEPTH_MAX, ">" * (depth - QUOTE_DEPTH_MAX) + " " + line[marks.end() :]


def _paragraphs(lines: list[str]) -> Iterator[str]:
    for is_blank, block in groupby(lines, key=lambda line: not line.strip()):
        written = list(block)
        if is_blank:
            continue
        if all(map(INDENTED.match, written)):
            yield "<pre>" + "\n".join(map(linked, written)) + "</pre>"
        else:
            yield "<p>" + "<br>\n".join(map(linked, written)) + "</p>"


def linked(line: str) -> str:
    """A line with its http and https addresses as links, and everything in it as letters."""
    pieces: list[str] = []
    end = 0
    for start, address in web_addresses_in(line):
        pieces += [escape(line[end:start]), f'<a href="{escape(address)}">{escape(address)}</a>']
        end = start + len(address)
    return "".join([*pieces, escape(line[end:])])
