"""What somebody typed, read as a question: words, quotes, operators and minus signs (pure)."""

import calendar
import re
from dataclasses import dataclass, field
from datetime import date, timedelta

from .states import Odd, Operator

LONGEST = 400  # characters that are read
MOST_TERMS, MOST_FILTERS = 12, 12
FIRST_YEAR, LAST_YEAR = 1970, 2999

OPERATORS = {operator.value for operator in Operator}
_KNOWN = "|".join(sorted(OPERATORS))
_PART = re.compile(
    rf"""(?P<minus>[-−]?)
        (?: (?P<operator>{_KNOWN}): [ ]? (?: "(?P<quoted>[^"]*)"? | (?P<value>[^\s"]*) )
          | "(?P<phrase>[^"]*)"?
          | (?P<word>[^\s"]+) )""",
    re.VERBOSE | re.IGNORECASE,
)
_PHONE = re.compile(r'(?<![^\s"])(?:[+(]\d|0)[\d()./-]*(?: [\d()./-]+)+(?![^\s"])')
_LIKE_OPERATOR = re.compile(r"([a-z]{2,12}):(?!//)(?=[^\W\d])", re.IGNORECASE)
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»＂", '"'))
_UNSEEN = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]+")


@dataclass(frozen=True)
class Term:
    """Words to be found: as they are, when they stand in quotes, else also as the beginnings of longer ones."""

    text: str
    is_exact: bool = False
    is_left_out: bool = False


@dataclass(frozen=True)
class Filter:
    """An operator with what stands behind it; `said` is the whole as it was typed."""

    operator: Operator
    value: str
    said: str
    is_left_out: bool = False


@dataclass(frozen=True)
class Note:
    """Something about the question that its writer should know."""

    odd: Odd
    said: str = ""
    known: tuple[str, ...] = ()


@dataclass(frozen=True)
class Question:
    """`number` is the ticket that is asked for by its number alone, also when other tickets may hold it as a word."""

    terms: tuple[Term, ...] = ()
    filters: tuple[Filter, ...] = ()
    number: int | None = None
    notes: tuple[Note, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.terms or self.filters or self.number)


@dataclass
class _Parts:
    terms: list[Term] = field(default_factory=list)
    filters: list[Filter] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


def read_question(typed: str) -> Question:
    """Never fails: what cannot be understood becomes a note, and the rest is asked all the same."""
    text = _UNSEEN.sub(" ", typed[: 10 * LONGEST]).translate(_QUOTES).strip()
    parts = _Parts()
    if len(text) > LONGEST or len(typed) > 10 * LONGEST:
        parts.notes.append(Note(Odd.TOO_LONG))
        text = text[:LONGEST]
    for found in _PART.finditer(_PHONE.sub(_in_one_piece, text)):
        _take(found, parts)
    if len(parts.terms) > MOST_TERMS or len(parts.filters) > MOST_FILTERS:
        parts.notes.append(Note(Odd.TOO_LONG))
    return Question(
        terms=tuple(dict.fromkeys(parts.terms[:MOST_TERMS])),
        filters=tuple(dict.fromkeys(parts.filters[:MOST_FILTERS])),
        number=_number_alone(parts),
        notes=tuple(dict.fromkeys(parts.notes)),
    )


def _in_one_piece(found: re.Match[str]) -> str:
    """A telephone number is one word, however it is divided; two figures beside each other are not one."""
    digits = sum(letter.isdigit() for letter in found[0])
    return found[0].replace(" ", "-") if 8 <= digits <= 15 else found[0]


def _take(found: re.Match[str], parts: _Parts) -> None:
    minus, said = bool(found["minus"]), found[0]
    if found["operator"]:
        operator = Operator(found["operator"].lower())
        value = (found["quoted"] if found["quoted"] is not None else found["value"]).strip()
        if value:
            parts.filters.append(Filter(operator, value, said, minus))
        else:
            parts.notes.append(Note(Odd.NOTHING, said.strip()))
    elif found["phrase"] is not None:
        if found["phrase"].strip():
            parts.terms.append(Term(found["phrase"].strip(), is_exact=True, is_left_out=minus))
    elif number := re.fullmatch(r"#(\d{1,18})", found["word"], re.ASCII):
        parts.filters.append(Filter(Operator.NUMBER, number[1], said, minus))
    else:
        if like := _LIKE_OPERATOR.match(found["word"]):
            known = tuple(f"{operator.value}:" for operator in Operator)
            parts.notes.append(Note(Odd.NO_OPERATOR, f"{like[1]}:", known))
        parts.terms.append(Term(found["word"], is_left_out=minus))


def _number_alone(parts: _Parts) -> int | None:
    if len(parts.terms) != 1 or parts.filters or parts.terms[0].is_left_out:
        return None
    text = parts.terms[0].text
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


# --- days ---------------------------------------------------------------------------------------------------------------

_SHAPES = (
    (re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})"), (1, 2, 3)),
    (re.compile(r"(\d{1,2})[-.](\d{1,2})[-.](\d{4})"), (3, 2, 1)),
    (re.compile(r"(\d{4})-(\d{1,2})"), (1, 2)),
    (re.compile(r"(\d{4})"), (1,)),
)
_AGO = re.compile(r"(\d{1,4})([dwmy])")
_DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}


def read_day(value: str, today: date) -> date | None:
    """The day that is meant, the first one of a month or a year; None for what is no day between 1970 and 2999."""
    value = value.lower()
    if value in ("today", "yesterday"):
        return today - timedelta(days=value == "yesterday")
    if ago := _AGO.fullmatch(value):
        return max(date(FIRST_YEAR, 1, 1), today - timedelta(days=min(int(ago[1]) * _DAYS[ago[2]], 20_000)))
    for shape, order in _SHAPES:
        if found := shape.fullmatch(value):
            year, month, day = [int(found[place]) for place in order] + [1] * (3 - len(order))
            is_there = FIRST_YEAR <= year <= LAST_YEAR and 1 <= month <= 12
            return date(year, month, day) if is_there and 1 <= day <= calendar.monthrange(year, month)[1] else None
    return None
