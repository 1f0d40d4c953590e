"""A few words around those that were searched for, with these marked. Pure; escaping is the template's."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

LOOKED_AT = 20_000
BEFORE, LENGTH = 60, 200


@dataclass(frozen=True)
class Snippet:
    """`parts` are (text, whether it is marked); `met` is how many different words were found in the whole text."""

    parts: tuple[tuple[str, bool], ...]
    met: int


def snippet_of(text: str, marks: Sequence[str]) -> Snippet | None:
    """The first place where one of the words begins, with what stands around it; None where none does."""
    text = " ".join(text[:LOOKED_AT].split())
    plain, places = folded(text)
    spans: list[tuple[int, int]] = []
    met = 0
    for mark in dict.fromkeys(marks):
        found = [(places[one.start()], places[one.end()]) for one in _pattern(mark).finditer(plain)]
        met += bool(found)
        spans += found
    if not spans:
        return None
    return Snippet(tuple(_cut(text, sorted(spans))), met)


def _pattern(mark: str) -> re.Pattern[str]:
    """Where a word begins with the mark; in writings without spaces, anywhere."""
    is_latin = mark[:1].isalnum() and ord(mark[0]) < 0x0E00
    return re.compile((r"\b" if is_latin else "") + re.escape(mark))


def folded(text: str) -> tuple[str, list[int]]:
    """The text in small letters without accents, and for each of its places the one in the text."""
    if text.isascii():
        return text.lower(), list(range(len(text) + 1))
    letters: list[str] = []
    places: list[int] = []
    for place, letter in enumerate(text):
        plain = "".join(one for one in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(one)).lower()
        letters.append(plain)
        places += [place] * len(plain)
    return "".join(letters), [*places, len(text)]


def _cut(text: str, spans: list[tuple[int, int]]) -> list[tuple[str, bool]]:
    start = max(0, spans[0][0] - BEFORE)
    if start:
        start = text.find(" ", start, spans[0][0]) + 1 or start
    end = min(len(text), start + LENGTH)
    edges = [start]
    for first, last in spans:
        if first >= edges[-1] and last <= end:
            edges += [first, last]
    edges.append(end)
    parts = [(text[here:there], index % 2 == 1) for index, (here, there) in enumerate(pairwise(edges))]
    parts = [part for part in parts if part[0]]
    if start:
        parts = [("… ", False), *parts]
    return [*parts, (" …", False)] if end < len(text) else parts
