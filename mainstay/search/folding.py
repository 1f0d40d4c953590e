"""Where in a text the words of a question stand, and the piece around them (pure).

Letters are compared as the index does: without case and accents, and of Chinese, Japanese and Thai any part of a word.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+")
_SPECIAL = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "ı": "i", "þ": "th", "ħ": "h"}
)
_UNSPACED = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
SNIPPET, BEFORE = 180, 60  # characters shown, and of them before the first word that was found
MARKED_AT_MOST = 12


@dataclass(frozen=True)
class Wanted:
    """One term as it is looked for: its folded words in a row; `codes` are it without its dividers."""

    words: tuple[str, ...]
    is_exact: bool = False
    codes: tuple[str, ...] = ()


def wanted_in(text: str, *, is_exact: bool = False) -> Wanted:
    """A term as it is looked for in texts; a telephone number by its last nine figures, whatever stands before them."""
    folded = fold(text)
    words = tuple(_WORD.findall(folded))
    whole = "".join(words)
    if not re.search("[0-9]{2}", whole) or not 4 <= len(whole) <= 40:
        return Wanted(words, is_exact)
    return Wanted(words, is_exact, (whole[-9:] if whole.isdecimal() else whole,))


@dataclass(frozen=True)
class Piece:
    """A part of a shown text; whether it is what was looked for."""

    text: str
    is_found: bool = False


def fold(text: str) -> str:
    if text.isascii():
        return text.lower()
    bare = "".join(one for one in unicodedata.normalize("NFKD", text) if not unicodedata.combining(one))
    return unicodedata.normalize("NFC", bare).lower().translate(_SPECIAL)


def hits(text: str, wanted: Sequence[Wanted]) -> int:
    """How many of the terms seem to stand in the text: quick, and sometimes one too many."""
    folded = fold(text)
    return sum(
        all(word in folded for word in one.words) or any(_spaced(code).search(folded) for code in one.codes)
        for one in wanted
    )


def spans(text: str, wanted: Iterable[Wanted]) -> list[tuple[int, int]]:
    """Where the terms stand, from start to end, in order and apart."""
    places = [(found.start(), found.end(), fold(found[0])) for found in _WORD.finditer(text)]
    found = [span for one in wanted for span in _spans_of(text, places, one)]
    apart: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if apart and start <= apart[-1][1]:
            apart[-1] = (apart[-1][0], max(end, apart[-1][1]))
        else:
            apart.append((start, end))
    return apart[:MARKED_AT_MOST]


def pieces(text: str, wanted: Iterable[Wanted]) -> tuple[Piece, ...]:
    """The whole text, divided by what was found in it."""
    return _divided(text, spans(text, wanted), 0, len(text))


def snippet(text: str, wanted: Iterable[Wanted]) -> tuple[Piece, ...]:
    """The part of the text in which the first term stands, with what is beside it; its beginning when none does."""
    text = " ".join(text.split())
    found = spans(text, wanted)
    start = max(0, found[0][0] - BEFORE) if found else 0
    start = text.rfind(" ", 0, start) + 1 if start and text.rfind(" ", start - 30, start) > 0 else start
    end = min(len(text), start + SNIPPET)
    if end < len(text) and (space := text.rfind(" ", start + SNIPPET // 2, end)) > 0:
        end = space
    shown = [span for span in found if span[1] <= end]
    divided = _divided(text, shown, start, end)
    before = (Piece("… "),) if start else ()
    return (*before, *divided, *((Piece(" …"),) if end < len(text) else ()))


def _divided(text: str, found: list[tuple[int, int]], start: int, end: int) -> tuple[Piece, ...]:
    divided, at = [], start
    for first, last in found:
        if at < first:
            divided.append(Piece(text[at:first]))
        divided.append(Piece(text[first:last], is_found=True))
        at = last
    if at < end:
        divided.append(Piece(text[at:end]))
    return tuple(divided)


def _spans_of(text: str, places: list[tuple[int, int, str]], one: Wanted) -> Iterable[tuple[int, int]]:
    count = len(one.words)
    for number in range(len(places) - count + 1):
        row = places[number : number + count]
        if all(_fits(folded, one, place) for place, (_start, _end, folded) in enumerate(row)):
            yield row[0][0], row[-1][1]
    if one.words and _UNSPACED.search(one.words[0]):
        yield from _spans_within(places, "".join(one.words))
    for code in one.codes:
        yield from (match.span() for match in _spaced(code).finditer(text.lower()))


def _fits(folded: str, one: Wanted, place: int) -> bool:
    if place == len(one.words) - 1 and not one.is_exact and len(one.words[place]) > 1:
        return folded.startswith(one.words[place])
    return folded == one.words[place]


def _spans_within(places: list[tuple[int, int, str]], word: str) -> Iterable[tuple[int, int]]:
    """Of scripts without spaces: any part of a run of letters."""
    for start, end, folded in places:
        if len(folded) == end - start:
            yield from ((start + found.start(), start + found.end()) for found in re.finditer(re.escape(word), folded))
        elif word in folded:
            yield start, end


@lru_cache(maxsize=256)
def _spaced(code: str) -> re.Pattern[str]:
    return re.compile(r"[\W_]{0,2}".join(map(re.escape, code)))
