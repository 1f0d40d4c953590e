"""From words to a question for the index: as it spells them, with longer words, other divisions, and slips of the finger."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from .asking import Term

NEAR_MAX = 4  # words that are searched for instead of one that nobody ever wrote
NEAR_FROM = 4  # letters: shorter ones are too near to everything
PHONE_DIGITS = 8  # by so many last digits numbers of one line are told to be the same
STRONG_WEIGHTS = "ABD"  # without notes and side conversations
CODE = "þ"


@dataclass(frozen=True)
class Wanted:
    """The question as the index takes it (`to_tsquery('simple', …)`); empty when it asks for no words.

    `marks` are the beginnings of words to be shown marked; `instead` what is searched for beside a mistyped word.
    """

    query: str
    marks: tuple[str, ...] = ()
    instead: tuple[tuple[str, tuple[str, ...]], ...] = ()


def wanted(terms: Sequence[Term], *, all_words: bool = True) -> Wanted:
    """`all_words`: notes too; without, only what the customer may read."""
    if not terms:
        return Wanted("")
    weights = "" if all_words else STRONG_WEIGHTS
    spelled = _spelled([term.text for term in terms])
    parts: list[str] = []
    marks: list[str] = []
    instead: list[tuple[str, tuple[str, ...]]] = []
    for term, (tokens, codes) in zip(terms, spelled, strict=True):
        if not tokens:
            continue
        ways = [_phrase(tokens, weights, is_whole=term.is_whole)]
        ways += [f"'{_quoted(code)}':*{weights}" for code in codes]
        if not term.is_whole and not term.is_refused and (near := _near(tokens)):
            ways += [f"'{_quoted(word)}':{weights}" if weights else f"'{_quoted(word)}'" for word in near]
            marks += near
            instead.append((term.text, near))
        whole = f"({' | '.join(ways)})"
        parts.append(f"!{whole}" if term.is_refused else whole)
        if not term.is_refused:
            marks += tokens
    return Wanted(" & ".join(parts), tuple(dict.fromkeys(marks)), tuple(instead))


def _spelled(texts: list[str]) -> list[tuple[list[str], list[str]]]:
    """Each text as the words that the index would keep of it, and as codes that are found however they are divided."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select search_plain(said), search_codes(said) from unnest(%s::text[]) with ordinality as asked (said, place)"
            " order by place",
            [texts],
        )
        rows = cursor.fetchall()
    return [(_tokens(plain), [_as_asked(code) for code in codes.split()]) for plain, codes in rows]


def _tokens(plain: str) -> list[str]:
    return [token for token in re.split(r"[\s\\]+", plain) if token][:8]


def _as_asked(code: str) -> str:
    """A telephone number is asked for by its last digits: those before differ with where one calls from."""
    return code[: PHONE_DIGITS + 1] if code.startswith(CODE) else code


def _phrase(tokens: list[str], weights: str, *, is_whole: bool) -> str:
    *first, last = (f"'{_quoted(token)}'" for token in tokens)
    ending = f":{'' if is_whole else '*'}{weights}"
    words = [f"{token}:{weights}" if weights else token for token in first]
    return " <-> ".join([*words, last + ending if ending != ":" else last])


def _quoted(token: str) -> str:
    return token.replace("\\", "").replace("'", "''")


def _near(tokens: list[str]) -> tuple[str, ...]:
    """Known words that differ by a letter or two from one that nobody ever wrote; none for several words, or a known one."""
    if len(tokens) != 1 or len(tokens[0]) < NEAR_FROM or not tokens[0].isalpha():
        return ()
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select word from (
                select distinct word, similarity(word, %(word)s) as alike, near && search_near(%(word)s) as is_near
                from search_knownword
                where (near && search_near(%(word)s) or word %% %(word)s)
                    and not exists (select from search_knownword as known where known.word like %(begins)s)
            ) as found
            where is_near or alike > 0.5
            order by is_near desc, alike desc, word limit %(most)s
            """,
            {"word": tokens[0][:24], "begins": tokens[0][:24].replace("%", "") + "%", "most": NEAR_MAX},
        )
        return tuple(row[0] for row in cursor.fetchall())
