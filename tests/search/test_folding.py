"""Words are found in texts as the index finds them, and shown with what stands around them."""

import pytest

from mainstay.search.folding import hits, pieces, snippet, spans, wanted_in


def marked(text: str, *terms: str, is_exact: bool = False) -> list[str]:
    wanted = [wanted_in(term, is_exact=is_exact) for term in terms]
    return [piece.text for piece in pieces(text, wanted) if piece.is_found]


@pytest.mark.parametrize(
    ("text", "term", "found"),
    [
        ("The Lock is locked", "lock", ["Lock", "locked"]),
        ("Der Türöffner brummt", "turoff", ["Türöffner"]),
        ("Straße", "strasse", ["Straße"]),
        ("serial AB-3456-77 here", "AB345677", ["AB-3456-77"]),
        ("call +31 6 1234 5678 now", "06-12345678", ["6 1234 5678"]),
        ("门锁坏了", "锁坏", ["锁坏"]),
        ("a b a", "a", ["a", "a"]),
        ("unlock", "lock", []),
        ("the lock opens", "lock-opens", ["lock opens"]),
        ("opens the lock", "lock-opens", []),
    ],
)
def test_what_is_found_is_marked(text: str, term: str, found: list[str]) -> None:
    assert marked(text, term) == found


def test_quotes_ask_for_the_very_words() -> None:
    assert marked("The lock is locked", "lock", is_exact=True) == ["lock"]


def test_pieces_together_are_the_whole_text() -> None:
    text = "Well, the Türöffner hums, and hums again"
    assert "".join(piece.text for piece in pieces(text, [wanted_in("hum"), wanted_in("turoffner")])) == text


def test_a_snippet_begins_near_the_first_word_found() -> None:
    text = "Well, " * 60 + "the door hums\n\nand hums again" + " and so on" * 60
    shown = snippet(text, [wanted_in("hums")])
    assert [piece.text for piece in shown if piece.is_found] == ["hums", "hums"]
    assert (shown[0].text, shown[-1].text) == ("… ", " …")
    assert len("".join(piece.text for piece in shown)) < 220


def test_a_text_without_the_words_shows_its_beginning() -> None:
    assert snippet("Nothing here", [wanted_in("lock")])[0].text == "Nothing here"
    assert spans("Nothing here", [wanted_in("lock")]) == []


def test_hits_counts_the_terms_that_stand_in_a_text() -> None:
    assert hits("The lock needs power", [wanted_in("lock"), wanted_in("power"), wanted_in("bell")]) == 2
