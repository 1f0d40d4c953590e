"""Markdown as people write it, made into harmless HTML: for the screen and for mail.

CommonMark with tables and struck-out words, less what would change or hide words that were meant as they stand: a line break
stays one, there is no HTML, no heading by underlining, no reference definition that vanishes, and a backslash stays a backslash
unless it stands before a mark of Markdown (`C:\\Users`, `\\\\server\\share`). See docs/decisions/0021-writing.md.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from html import escape
from itertools import pairwise
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from mainstay.lib.web_addresses import web_addresses_in

from .rules import mentions_in

TAGS = {
    "a", "b", "blockquote", "br", "code", "em", "h3", "h4", "h5", "h6", "hr", "img", "li", "ol", "p", "pre", "s",
    "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
ATTRIBUTES = {"a": {"href", "title"}, "img": {"src", "alt"}, "ol": {"start"}, "td": {"align"}, "th": {"align"}}
FOLLOWED = ("http://", "https://", "mailto:", "tel:")
PICTURE = re.compile(r"cid:([0-9a-z]{6,60})")
PAINTED = re.compile(r'<img src="cid:([0-9a-z]{6,60})" alt="([^"]*)">')
MARKS = "*`[]"
MARKS_AT_LINE_START = "-+.)#>"
NUMBER_OR_NOTHING = re.compile(r"[ \t]*[0-9]*\Z")
IN_A_PATH = re.compile(r"[\w:]\Z")  # `Users\_old`: within a word an underscore needs no backslash
NESTING_MAX = 30
HEADINGS_BELOW = 2
CACHED_CHARACTERS = 8_000


def html_of(text: str, names: Sequence[str] = ()) -> str:
    """The text as HTML without anything that acts or loads. Pictures of ours keep their name as `src="cid:name"`.

    `names` are those of colleagues whom an `@` before them means.
    """
    return _cached(text, tuple(names)) if len(text) <= CACHED_CHARACTERS else _rendered(text, tuple(names))


def with_pictures(html: str, addresses: Mapping[str, str]) -> str:
    """HTML of `html_of` in which each picture is loaded from its address; one without reads as what it shows."""

    def painted(found: re.Match[str]) -> str:
        address = addresses.get(found[1])
        return f'<img src="{escape(address)}" alt="{found[2]}">' if address else found[2]

    return PAINTED.sub(painted, html)


def pictures_in(text: str) -> frozenset[str]:
    """The names of the pictures that stand in the text."""
    return frozenset(PICTURE.findall(text)) if "cid:" in text else frozenset()


def is_own_picture(address: str) -> bool:
    """Whether this names a picture of the message, and not one from elsewhere."""
    return PICTURE.fullmatch(address) is not None


def literal(value: str) -> str:
    """One line of somebody else's words so that each letter is shown, with no more backslashes than that takes."""
    escaped = re.sub(r"[*`\[\]]|(?<!\w)_", r"\\\g<0>", value)
    return escaped if escaped != value and html_of(f"x {value}") != f"<p>x {escape(value, quote=False)}</p>" else value


def names_mentioned(text: str, names: Sequence[str]) -> frozenset[str]:
    """Those of the names that the text means by an `@`, in small letters; what is quoted as code means nobody."""
    if "@" not in text:
        return frozenset()
    inline = [child for token in _PARSER.parse(text, {"names": names}) for child in token.children or ()]
    return frozenset(name.content[1:].lower() for mark, name in pairwise(inline) if _is_mention(mark))


def _is_mention(token: Token) -> bool:
    return token.type == "link_open" and token.tag == "b"


def parsed(text: str) -> list[Token]:
    """The text as tokens, for those who make something else of it."""
    return _PARSER.parse(text)


@lru_cache(maxsize=1_000)
def _cached(text: str, names: tuple[str, ...]) -> str:
    return _rendered(text, names)


def _rendered(text: str, names: tuple[str, ...]) -> str:
    return nh3.clean(
        _PARSER.render(text, {"names": names}),
        tags=TAGS,
        attributes=ATTRIBUTES,
        allowed_classes={"b": {"mention"}},
        attribute_filter=_only_pictures_name_pictures,
        url_schemes={"http", "https", "mailto", "tel", "cid"},
        link_rel="noopener noreferrer",
    ).strip()


def _only_pictures_name_pictures(tag: str, attribute: str, value: str) -> str | None:
    """A link to a picture of ours would lead nowhere: Markdown checks the addresses of both alike."""
    return None if tag == "a" and attribute == "href" and value.lower().startswith("cid:") else value


def _is_followed(address: str) -> bool:
    given = address.strip().lower()
    return given.startswith(FOLLOWED) or is_own_picture(given)


def _picture(_self: RendererHTML, tokens: Sequence[Token], place: int, options: Any, env: Any) -> str:
    """A picture of ours; of one from elsewhere the way to it: nothing is loaded from others."""
    source = str(tokens[place].attrGet("src") or "")
    alt = escape(_self.renderInlineAsText(tokens[place].children or [], options, env))
    if is_own_picture(source):
        return f'<img src="{source}" alt="{alt}">'
    return f'<a href="{escape(source)}">{alt or escape(source)}</a>' if source.startswith(FOLLOWED) else alt


def _escape(state: StateInline, silent: bool) -> bool:
    """A backslash before a mark of Markdown takes its meaning from it; any other backslash is a letter."""
    at = state.pos
    if state.src[at] != "\\" or at + 1 >= state.posMax:
        return False
    mark = state.src[at + 1]
    line = state.src[state.src.rfind("\n", 0, at) + 1 : at]
    is_mark = (
        mark in MARKS
        or (mark == "_" and IN_A_PATH.search(line) is None)
        or (mark in MARKS_AT_LINE_START and NUMBER_OR_NOTHING.match(line) is not None)
    )
    if not is_mark or line.endswith("\\"):
        return False
    if not silent:
        state.pending += mark
    state.pos += 2
    return True


def _mark_words(state: StateCore) -> None:
    """Web addresses become links, colleagues' names mentions; the alignment of a column an attribute instead of a style.

    Headings stand below those of the page, or the mail, that shows the text.
    """
    names = state.env.get("names", ())
    for token in state.tokens:
        if token.type == "inline" and token.children:
            token.children = list(_marked(token.children, names))
        elif token.type in ("th_open", "td_open") and "style" in token.attrs:
            token.attrs = {"align": str(token.attrs["style"]).removeprefix("text-align:")}
        elif token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1]) + HEADINGS_BELOW)}"


def _marked(tokens: Sequence[Token], names: Sequence[str]) -> Iterator[Token]:
    inside = 0
    for token in tokens:
        inside += token.nesting if token.type in ("link_open", "link_close") else 0
        if token.type == "text" and not inside and ("http" in token.content or "@" in token.content):
            yield from _pieces(token.content, names)
        else:
            yield token


def _pieces(text: str, names: Sequence[str]) -> Iterator[Token]:
    found = [(start, address, "a") for start, address in web_addresses_in(text)]
    found += [(start, "@" + name, "b") for start, name in mentions_in(text, names)]
    end = 0
    for start, piece, tag in sorted(found):
        if start < end:
            continue  # a name within an address
        yield _letters(text[end:start])
        end = start + len(piece)
        attributes: dict[str, str | int | float] = {"href": piece} if tag == "a" else {"class": "mention"}
        yield Token("link_open", tag, 1, attrs=attributes)
        yield _letters(text[start:end])
        yield Token("link_close", tag, -1)
    yield _letters(text[end:])


def _letters(text: str) -> Token:
    return Token("text", "", 0, content=text)


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "breaks": True, "maxNesting": NESTING_MAX})
    parser.enable(["table", "strikethrough"]).disable(["lheading", "reference", "html_inline", "html_block"])
    parser.validateLink = _is_followed  # type: ignore[method-assign, assignment]
    parser.inline.ruler.at("escape", _escape)
    parser.core.ruler.push("marked_words", _mark_words)
    parser.add_render_rule("image", _picture)
    return parser


_PARSER = _parser()
