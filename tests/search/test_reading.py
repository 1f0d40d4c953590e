"""What is typed becomes a question; nothing that is typed is an error."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mainstay.search.reading import Filter, Note, Term, read_day, read_question
from mainstay.search.states import Odd, Operator

TODAY = date(2026, 11, 17)


def test_words_quotes_operators_and_minus_signs_are_told_apart() -> None:
    asked = read_question('lock "no power" -bell is:open -from:"paula p" http://x.example')
    assert asked.terms == (
        Term("lock"),
        Term("no power", is_exact=True),
        Term("bell", is_left_out=True),
        Term("http://x.example"),
    )
    assert asked.filters == (
        Filter(Operator.IS, "open", "is:open"),
        Filter(Operator.FROM, "paula p", '-from:"paula p"', is_left_out=True),
    )
    assert asked.notes == ()


@pytest.mark.parametrize("typed", ["from:paula", "FROM:paula", "from: paula", "from:“paula”"])
def test_an_operator_may_be_written_in_several_ways(typed: str) -> None:
    [found] = read_question(typed).filters
    assert (found.operator, found.value) == (Operator.FROM, "paula")


@pytest.mark.parametrize(("typed", "number"), [("1234", 1234), ("lock 1234", None), ("-1234", None), ("9" * 30, None)])
def test_a_number_alone_may_be_a_ticket(typed: str, number: int | None) -> None:
    assert read_question(typed).number == number


def test_a_number_behind_a_sharp_asks_for_that_ticket_only() -> None:
    assert read_question("#12").filters == (Filter(Operator.NUMBER, "12", "#12"),)
    assert read_question("#lock").terms == (Term("#lock"),)


@pytest.mark.parametrize(
    ("typed", "odd"), [("from:", Odd.NOTHING), ("form:paula", Odd.NO_OPERATOR), ("x " * 5000, Odd.TOO_LONG)]
)
def test_what_may_be_meant_otherwise_is_noted(typed: str, odd: Odd) -> None:
    assert [note.odd for note in read_question(typed).notes] == [odd]


def test_what_looks_like_an_operator_is_searched_for_as_words() -> None:
    assert read_question("form:paula").terms == (Term("form:paula"),)
    assert read_question("10:30 http://a.b").notes == ()


def test_a_telephone_number_is_one_word_and_other_numbers_are_not() -> None:
    assert read_question("+31 6 1234 5678 lock").terms == (Term("+31-6-1234-5678"), Term("lock"))
    assert read_question("2026 10 1234").terms == (Term("2026"), Term("10"), Term("1234"))


@given(st.text(max_size=80) | st.text(alphabet="\"'\\:*&|!()<>-−#%þ @ab\x00é门", max_size=40))
def test_whatever_is_typed_can_be_read(typed: str) -> None:
    asked = read_question(typed)
    assert not any("\x00" in term.text for term in asked.terms)
    assert all(isinstance(note, Note) for note in asked.notes)


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("2026-11-30", date(2026, 11, 30)),
        ("30-11-2026", date(2026, 11, 30)),
        ("30.11.2026", date(2026, 11, 30)),
        ("2026-11", date(2026, 11, 1)),
        ("2026", date(2026, 1, 1)),
        ("today", TODAY),
        ("yesterday", date(2026, 11, 16)),
        ("7d", date(2026, 11, 10)),
        ("2W", date(2026, 11, 3)),
        ("9999y", date(1972, 2, 14)),
        ("2026-13", None),
        ("2026-02-30", None),
        ("0000-00-00", None),
        ("someday", None),
        ("٢٠٢٦", date(2026, 1, 1)),
    ],
)
def test_a_day_is_written_in_several_ways(value: str, day: date | None) -> None:
    assert read_day(value, TODAY) == day
