"""A question's terms in the language of the database's full text search."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.db import connection

from .folding import Wanted, wanted_in
from .reading import Term

# The weights of TicketWords that a customer may find: not C, the notes.
ALL, NO_NOTES = "", "ABD"
LAST_FIGURES = 9  # of a telephone number: what is the same in +31 6 … and 06 …

_LEXEMES = """
select place, lexeme, least(positions[1], 16383) from unnest(%s::text[]) with ordinality as terms (term, place),
    unnest(to_tsvector('pg_catalog.simple', search_plain(term)))
union all
select place, code, 0 from unnest(%s::text[]) with ordinality as terms (term, place),
    regexp_split_to_table(trim(search_codes(term)), ' ') as code where code <> ''
order by 1, 3, 2
"""
_UNSPACED = (("\u0e00", "\u0eff"), ("\u3040", "\u30ff"), ("\u3400", "\u9fff"), ("\uf900", "\ufaff"))


@dataclass(frozen=True)
class Lexed:
    """A term with its lexemes in their order, its codes, and the known words that may be meant instead."""

    term: Term
    lexemes: tuple[str, ...]
    codes: tuple[str, ...] = ()
    instead: tuple[str, ...] = ()

    @property
    def is_left_out(self) -> bool:
        return self.term.is_left_out

    @property
    def wanted(self) -> tuple[Wanted, ...]:
        """As it is looked for in texts."""
        own = wanted_in(self.term.text, is_exact=self.term.is_exact)
        return (own, *(Wanted((word,)) for word in self.instead))

    def or_rather(self, words: Sequence[str]) -> "Lexed":
        return replace(self, instead=tuple(words))


def lexed(terms: Sequence[Term]) -> list[Lexed]:
    """The terms in which the database finds any word; one query."""
    if not terms:
        return []
    texts = [term.text for term in terms]
    with connection.cursor() as cursor:
        cursor.execute(_LEXEMES, [texts, texts])
        rows = cursor.fetchall()
    lexemes: dict[int, list[str]] = {}
    codes: dict[int, list[str]] = {}
    for place, lexeme, position in rows:
        (lexemes if position else codes).setdefault(place - 1, []).append(lexeme)
    return [
        Lexed(term, _without_half(lexemes[place]), tuple(dict.fromkeys(map(_as_typed, codes.get(place, ())))))
        for place, term in enumerate(terms)
        if place in lexemes
    ]


def query_of(terms: Sequence[Lexed], weights: str) -> str:
    """All terms together, as text of a `tsquery`; empty when there is none."""
    return " & ".join(f"!({_one(one, weights)})" if one.is_left_out else f"({_one(one, weights)})" for one in terms)


def any_of(terms: Sequence[Lexed], weights: str) -> str:
    """Any of those that are not left out; empty when there is none."""
    return " | ".join(f"({_one(one, weights)})" for one in terms if not one.is_left_out)


def _one(one: Lexed, weights: str) -> str:
    """The term as a row of words or as one code, or the words that may be meant instead.

    Pairs of signs overlap: where all are, they nearly always stand in a row, and asking for that would mean reading each.
    """
    codes = () if one.term.is_exact else one.codes
    last = len(one.lexemes) - 1
    row = [
        _lexeme(lexeme, weights, is_beginning=place == last and _is_beginning(one, lexeme, codes))
        for place, lexeme in enumerate(one.lexemes)
    ]
    beside = " & " if not one.term.is_exact and all(map(_is_unspaced, one.lexemes)) else " <-> "
    either = [beside.join(row), *(_lexeme(word, weights, is_beginning=True) for word in (*codes, *one.instead))]
    return " | ".join(f"({part})" for part in either)


def _is_beginning(one: Lexed, lexeme: str, codes: Sequence[str]) -> bool:
    """One letter alone begins too many words to mean them all; one sign of Chinese or Japanese is a word. What is written
    in parts that make a code is a beginning by its code."""
    if one.term.is_exact or (codes and len(one.lexemes) > 1):
        return False
    return len(lexeme) > 1 or _is_unspaced(lexeme)


def _lexeme(lexeme: str, weights: str, *, is_beginning: bool) -> str:
    quoted = lexeme.replace("\\", "\\\\").replace("'", "''")
    marks = ("*" if is_beginning else "") + weights
    return f"'{quoted}'" + (f":{marks}" if marks else "")


def _without_half(lexemes: Sequence[str]) -> tuple[str, ...]:
    """Without the last sign by itself where it is the second one of a pair: in the text, something may come behind it."""
    if len(lexemes) > 1 and len(lexemes[-1]) == 1 and _is_unspaced(lexemes[-1]) and lexemes[-2].endswith(lexemes[-1]):
        return tuple(lexemes[:-1])
    return tuple(lexemes)


def _is_unspaced(lexeme: str) -> bool:
    return any(first <= lexeme[0] <= last for first, last in _UNSPACED)


def _as_typed(code: str) -> str:
    return code[: 1 + LAST_FIGURES] if code.startswith("þ") else code


def instead_of(terms: Sequence[Lexed], words: Mapping[Term, Sequence[str]]) -> list[Lexed]:
    return [one.or_rather(words.get(one.term, ())) for one in terms]
