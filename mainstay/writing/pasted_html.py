"""Puts right the HTML of other programs' clipboards: Word's lists, the bold of web editors, tables of any shape.

Changes the tree in place, so that what is made of it needs to know standard HTML only.
"""

import re
from collections.abc import Iterator

from bs4 import BeautifulSoup, Tag
from bs4.element import PageElement

GONE = [
    "script", "style", "head", "meta", "title", "template", "noscript", "svg", "math", "object", "iframe", "form", "button",
    "input", "select", "textarea", "colgroup", "col", "video", "audio",
]  # fmt: skip
CELLS = ["td", "th"]
WORD_LEVEL = re.compile(r"mso-list:[^;]*\blevel(\d)", re.IGNORECASE)
WORD_MARKER = re.compile(r"mso-list:\s*ignore", re.IGNORECASE)
NUMBERED = re.compile(r"\(?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})[.)]")
BOLD = re.compile(r"font-weight:\s*(?:bold|[6-9]00)", re.IGNORECASE)
NOT_BOLD = re.compile(r"font-weight:\s*(?:normal|400)", re.IGNORECASE)
ITALIC = re.compile(r"font-style:\s*italic", re.IGNORECASE)
SPAN_MAX, COLUMNS_MAX, ROWS_MAX = 50, 60, 2_000


def put_right(soup: BeautifulSoup) -> None:
    """Everything below, in an order in which each finds what it needs."""
    _make_word_lists(soup)
    _tighten_lists(soup)
    for gone in soup.find_all(GONE):
        gone.decompose()
    _name_emphasis(soup)
    _square_tables(soup)
    _shorten_pictures(soup)


def _style(tag: Tag) -> str:
    return str(tag.get("style", ""))


# --- Word's lists: paragraphs that name their level and bear their bullet as text -----------------------------------------


def _make_word_lists(soup: BeautifulSoup) -> None:
    before: PageElement | None = None
    open_lists: list[Tag] = []
    for paragraph in soup.find_all("p"):
        found = WORD_LEVEL.search(_style(paragraph))
        if not found:
            continue
        if before is None or _next_tag(before) is not paragraph:
            open_lists = []
        level = int(found[1])
        kind = "ol" if NUMBERED.match(_take_marker(paragraph)) else "ul"
        before = _put_in_list(soup, paragraph, open_lists, level, kind)


def _next_tag(before: PageElement) -> Tag | None:
    return before.find_next_sibling()


def _take_marker(paragraph: Tag) -> str:
    """The bullet or number that Word wrote before the words, taken away; the words themselves may bear it, too."""
    for span in paragraph.find_all("span"):
        if WORD_MARKER.search(_style(span)):
            marker = span.get_text().strip()
            span.decompose()
            return marker
    return ""


def _put_in_list(soup: BeautifulSoup, paragraph: Tag, open_lists: list[Tag], level: int, kind: str) -> Tag:
    """The paragraph is an item of the list of its level; returns the outermost list, which stands where it stood."""
    del open_lists[level:]
    while len(open_lists) < level:
        new = soup.new_tag(kind)
        if open_lists:
            last = open_lists[-1].find_all("li", recursive=False)
            (last[-1] if last else open_lists[-1]).append(new)
        else:
            paragraph.insert_before(new)
        open_lists.append(new)
    item = soup.new_tag("li")
    item.extend(list(paragraph.contents))
    open_lists[-1].append(item)
    paragraph.decompose()
    return open_lists[0]


def _tighten_lists(soup: BeautifulSoup) -> None:
    """An item of one paragraph is its words: web editors write a paragraph into each."""
    for item in soup.find_all("li"):
        paragraphs = item.find_all("p", recursive=False)
        if len(paragraphs) == 1:
            paragraphs[0].unwrap()


# --- emphasis by style ------------------------------------------------------------------------------------------------------


def _name_emphasis(soup: BeautifulSoup) -> None:
    for bold in soup.find_all(["b", "strong"]):
        if NOT_BOLD.search(_style(bold)):
            bold.unwrap()  # as Google's editor wraps a whole document
    for span in soup.find_all("span"):
        style = _style(span)
        if span.find(["p", "div", "table", "ul", "ol"]) or not span.get_text().strip():
            continue
        if BOLD.search(style) and not span.find_parent(["b", "strong", "th", "h1", "h2", "h3", "h4", "h5", "h6"]):
            span.wrap(soup.new_tag("strong"))
        if ITALIC.search(style) and not span.find_parent(["i", "em"]):
            span.wrap(soup.new_tag("em"))


# --- tables -----------------------------------------------------------------------------------------------------------------


def _square_tables(soup: BeautifulSoup) -> None:
    """Each table has rows of one length, the first its head; one that only lays out a page is no table."""
    for table in reversed(soup.find_all("table")):
        rows = [row for row in table.find_all("tr") if row.find_parent("table") is table]
        grid = [list(_cells(soup, row)) for row in rows]
        width = min(max(map(len, grid), default=0), COLUMNS_MAX)
        if width < 2 or len(grid) < 2 or table.find("table"):
            _lay_out(table, rows)
            continue
        _move_down(soup, grid)
        width = min(max(map(len, grid)), COLUMNS_MAX)
        table.clear()
        for number, cells in enumerate(grid):
            row = soup.new_tag("tr")
            for cell in [*cells, *(soup.new_tag("td") for _ in range(width - len(cells)))]:
                cell.name = "td" if number else "th"
                cell.attrs = {}
                row.append(cell)
            table.append(row)


def _lay_out(table: Tag, rows: list[Tag]) -> None:
    for row in rows:
        for cell in row.find_all(CELLS, recursive=False):
            cell.name = "div"
        row.name = "div"
    for part in table.find_all(["tbody", "thead", "tfoot"]):
        if part.find_parent("table") is table:
            part.unwrap()
    table.unwrap()


def _cells(soup: BeautifulSoup, row: Tag) -> Iterator[Tag]:
    """The cells of a row, empty ones behind one that is wider than a column."""
    for cell in row.find_all(CELLS, recursive=False):
        yield cell
        for _ in range(_span(cell, "colspan") - 1):
            yield soup.new_tag("td")


def _move_down(soup: BeautifulSoup, grid: list[list[Tag]]) -> None:
    """Empty cells stand below one that is higher than a row, so that those beside it keep their column."""
    for number, cells in enumerate(grid):
        for place, cell in enumerate(cells):
            for below in grid[number + 1 : number + _span(cell, "rowspan")]:
                below.insert(place, soup.new_tag("td"))
            cell.attrs.pop("rowspan", None)


def _span(cell: Tag, name: str) -> int:
    given = str(cell.get(name, ""))
    return max(1, min(SPAN_MAX, int(given))) if given.isdecimal() else 1


def _shorten_pictures(soup: BeautifulSoup) -> None:
    """A picture from elsewhere is what it is called: nothing is loaded from others, and no file of ours is named."""
    for picture in soup.find_all("img"):
        picture.replace_with(str(picture.get("alt", "")).strip())
