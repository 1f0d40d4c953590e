"""Words that are meant where one stands nowhere: those that are written almost so."""

from collections.abc import Sequence

from django.db import connection

from .reading import Term
from .tsquery import Lexed

SHORTEST, LONGEST = 4, 24
OFFERED, LOOKED_AT = 4, 200

_KNOWN = "select exists (select from search_knownword where word like %s)"
_NEAR = "select distinct word from search_knownword where near && search_near(%s) limit %s"
_ALIKE = """
select word from search_knownword where word %% %s or %s <%% word
group by word order by greatest(similarity(word, %s), word_similarity(%s, word)) desc, word limit %s
"""


def meant_instead(terms: Sequence[Lexed]) -> dict[Term, list[str]]:
    """For each term with which nothing begins, the known words that differ from it by the fewest letters."""
    instead = {}
    for one in terms:
        if one.is_left_out or one.term.is_exact or len(one.lexemes) != 1:
            continue
        word = one.lexemes[0]
        if not (SHORTEST <= len(word) <= LONGEST and word.isalpha()) or _is_known(word):
            continue
        if found := _nearest(word):
            instead[one.term] = found
    return instead


def _is_known(word: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN, [f"{word}%"])
        return bool(cursor.fetchone()[0])


def _nearest(word: str) -> list[str]:
    """First those that share what is left of both without a letter, by an index of such; else those alike in threes."""
    near = [(slips(word, other), other) for other in _asked(_NEAR, [word, LOOKED_AT])]
    allowed = 1 if len(word) < 6 else 2
    closest = sorted(pair for pair in near if pair[0] <= allowed)
    if closest:
        return [other for number, other in closest if number == closest[0][0]][:OFFERED]
    alike = _asked(_ALIKE, [word, word, word, word, LOOKED_AT])
    measured = sorted((_slips_at_beginning(word, other), other) for other in alike)
    return [other for number, other in measured if number <= max(allowed, len(word) // 3)][:OFFERED]


def _asked(query: str, values: list[str | int]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return [row[0] for row in cursor.fetchall()]


def slips(one: str, other: str) -> int:
    """How many letters one must change, add, leave out or swap with the next to make one word of the other."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        earlier, before, row = before, row, [i]
        for j, theirs in enumerate(other, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != theirs))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == theirs:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
    return row[-1]


def _slips_at_beginning(word: str, other: str) -> int:
    """The same for a word that is still being written: the other one may go on behind it."""
    return min(slips(word, other[: len(word) + more]) for more in (-1, 0, 1))
