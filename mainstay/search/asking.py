"""Reads what somebody typed into the search field: words, phrases, what must not be there, and operators. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from .states import Odd, Operator

QUESTION_LENGTH = 400
TERMS_MAX = 12
PIECE = re.compile(r'(-?)(?:([a-z]+):)?(?:"([^"]*)"?|(\S+))', re.IGNORECASE)
NUMBER = re.compile(r"#?([1-9][0-9]{0,17})")


@dataclass(frozen=True)
class Term:
    """A word, or several that follow one another; `is_whole`: it was quoted, so that longer words don't fit."""

    text: str
    is_whole: bool = False
    is_refused: bool = False


@dataclass(frozen=True)
class Narrowing:
    """An operator with its value, such as `is:open`; `is_refused` with a minus before it."""

    operator: Operator
    value: str
    is_refused: bool = False

    @property
    def said(self) -> str:
        return f"{'-' if self.is_refused else ''}{self.operator}:{self.value}"


@dataclass(frozen=True)
class Remark:
    """Why a part of the question was left out, or read otherwise; `said` is that part, `known` what it could have been."""

    odd: Odd
    said: str
    known: str = ""

    def __str__(self) -> str:
        return str(self.odd.label) % {"said": self.said, "known": self.known}


@dataclass(frozen=True)
class Asked:
    """A question, read. `number` is that of a ticket, when the question is nothing else."""

    terms: tuple[Term, ...] = ()
    narrowings: tuple[Narrowing, ...] = ()
    remarks: tuple[Remark, ...] = field(default=())
    number: int | None = None

    @property
    def is_empty(self) -> bool:
        return not self.terms and not self.narrowings and self.number is None


def read_question(text: str) -> Asked:
    """What was asked. Nothing that is typed raises anything: what is not understood is a word like any other, or a remark."""
    plain = " ".join(text.replace("\x00", " ").split())
    remarks = [Remark(Odd.TOO_LONG, plain[:20] + "…")] if len(plain) > QUESTION_LENGTH else []
    plain = plain[:QUESTION_LENGTH]
    if found := NUMBER.fullmatch(plain):
        return Asked(terms=(Term(found[1]),), number=int(found[1]))
    terms: list[Term] = []
    narrowings: list[Narrowing] = []
    for piece in _pieces(plain):
        if isinstance(piece, Remark):
            remarks.append(piece)
        elif isinstance(piece, Term):
            terms.append(piece)
        else:
            narrowings.append(piece)
    if len(terms) > TERMS_MAX and Odd.TOO_LONG not in [one.odd for one in remarks]:
        remarks.append(Remark(Odd.TOO_LONG, terms[TERMS_MAX].text))
    return Asked(tuple(dict.fromkeys(terms[:TERMS_MAX])), tuple(dict.fromkeys(narrowings)), tuple(remarks))


def _pieces(plain: str) -> Iterator[Term | Narrowing | Remark]:
    for minus, name, quoted, word in PIECE.findall(plain):
        value = (quoted or word).strip()
        is_refused = bool(minus)
        if name.lower() in Operator.values:
            if value:
                yield Narrowing(Operator(name.lower()), value, is_refused)
            else:
                yield Remark(Odd.NOTHING, f"{name}:")
        elif name and not quoted and not word:
            yield Term(name)
        else:
            whole = f"{name}:{value}" if name else value
            if whole.strip("-\"'"):
                yield Term(whole, is_whole=bool(quoted), is_refused=is_refused)
