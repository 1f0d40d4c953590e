"""Chooses which parts of a mail are its text, and joins them into what a person reads."""

import re
from dataclasses import dataclass

from mainstay.channels.email.html_text import html_to_text, is_bearable

from .charsets import decode_bytes
from .structure import Part
from .transfer import part_content
from .words import read_parameters

WORD = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class Bodies:
    """The whole visible text, the HTML as sent, and which parts they were made of (the others are files)."""

    text: str
    html: str
    used: frozenset[int]


def read_bodies(raw: bytes, parts: tuple[Part, ...]) -> Bodies:
    """Text parts in order; of a text and an HTML for the same thing the text speaks and the HTML is shown beside it.

    HTML speaks for itself where no text stands beside it, or where the text beside it is empty.
    """
    texts: dict[int, str] = {}
    htmls: dict[int, str] = {}
    for number, part in enumerate(parts):
        if not is_body(part):
            continue
        text = decode_bytes(part_content(raw, part), part.parameters.get("charset", ""))
        text = text.replace("\r\r\n", "\n").replace("\r\n", "\n").replace("\r", "\n")
        if part.content_type == "text/html" and is_bearable(text):
            htmls[number] = text
        elif part.content_type != "text/html":
            texts[number] = _unflowed(text, part)
    spoken = [texts[n] if n in texts else _spoken_html(n, parts, texts, htmls) for n in sorted(texts | htmls)]
    body = "\n\n".join(text.strip("\n") for text in spoken if text.strip())
    return Bodies(body, "\n".join(htmls[n] for n in sorted(htmls)), frozenset(texts) | frozenset(htmls))


def packed_bodies(text: str, html: str, used: frozenset[int]) -> Bodies:
    """The bodies of a mail whose words came packed: its text, else its HTML as text."""
    html = html if is_bearable(html) else ""
    return Bodies(text.strip("\n") if WORD.search(text) else html_to_text(html), html, used)


def is_body(part: Part) -> bool:
    """Whether a part is text to be read here, not a file to be opened."""
    if part.content_type not in {"text/plain", "text/html", "text/enriched", "text/richtext"}:
        return False
    disposition, parameters = read_parameters(part.headers.first("content-disposition"))
    return disposition != "attachment" and not (parameters.get("filename") or part.parameters.get("name"))


def _spoken_html(number: int, parts: tuple[Part, ...], texts: dict[int, str], htmls: dict[int, str]) -> str:
    if any(WORD.search(texts[other]) for other in texts if _is_same_thing(parts[other], parts[number])):
        return ""
    return html_to_text(htmls[number])


def _is_same_thing(text: Part, html: Part) -> bool:
    """Whether both are branches of one multipart/alternative, the HTML perhaps deeper, with its images."""
    for level, kind in enumerate(text.within):
        if kind == "multipart/alternative" and text.path[: level + 1] == html.path[: level + 1]:
            branches = text.path[level + 1 : level + 2], html.path[level + 1 : level + 2]
            return branches[0] != branches[1] or branches == ((), ())
    return False


def _unflowed(text: str, part: Part) -> str:
    """RFC 3676: lines that end in a blank go on in the next one; a signature mark never does."""
    if part.parameters.get("format", "").lower() != "flowed":
        return text
    remove_blank = part.parameters.get("delsp", "").lower() == "yes"
    paragraphs: list[list[str]] = [[]]
    level = 0
    for line in text.split("\n"):
        quoted = len(line) - len(line.lstrip(">"))
        content = line[quoted:].removeprefix(" ")
        flows = content.endswith(" ") and content != "-- "
        if paragraphs[-1] and quoted != level:
            paragraphs.append([])
        level = quoted
        prefix = ">" * quoted + (" " if quoted and content else "") if not paragraphs[-1] else ""
        paragraphs[-1].append(prefix + (content[:-1] if flows and remove_blank else content))
        if not flows:
            paragraphs.append([])
    return "\n".join("".join(pieces) for pieces in paragraphs if pieces)
