"""Reply tokens in a text, numbers in a subject."""

import pytest

from mainstay.channels.email.addresses import new_token, token_address
from mainstay.channels.email.reading import read_mail
from mainstay.channels.email.reading.tokens import FOUND_MAX, numbers_in, tokens_in

TOKEN = "abcdefghijklmnopqrstuvwx23"


@pytest.mark.parametrize(
    "text",
    [f"t.{TOKEN}", f"> write to support+t.{TOKEN}@desk.example", f"(t.{TOKEN})", f"T.{TOKEN.upper()}", f"[mailto:a+t.{TOKEN}@x]"],
)  # fmt: skip
def test_a_token_is_found(text: str) -> None:
    assert tokens_in(text) == (TOKEN,)


@pytest.mark.parametrize(
    "text", [f"at.{TOKEN}", f"t.{TOKEN}a", f"t.{TOKEN[:-1]}", f"t.{TOKEN[:-1]}1", f"t {TOKEN}", ""]
)
def test_what_is_no_token_is_not(text: str) -> None:
    assert tokens_in(text) == ()


def test_every_token_of_ours_is_found_in_a_quoted_address() -> None:
    token = new_token()
    html = f'<blockquote>Reply to <a href="mailto:{token_address("support@desk.example", token)}">us</a></blockquote>'
    parsed = read_mail(f"From: b@x.example\r\nContent-Type: text/html\r\n\r\nYes.{html}".encode())
    assert parsed.body_tokens == (token,)


def test_tokens_come_once_in_order_and_not_without_end() -> None:
    other = TOKEN[::-1].replace("3", "a")
    assert tokens_in(f"t.{other} t.{TOKEN}", f"t.{other}") == (other, TOKEN)
    assert len(tokens_in(" ".join(f"t.{new_token()}" for _ in range(50)))) == FOUND_MAX


@pytest.mark.parametrize(
    ("subject", "numbers"),
    [
        ("Re: Lock [#12]", (12,)),
        ("[#12] [#7] [#12]", (12, 7)),
        ("#12 (12) [12] [#] [#x1] [#1234567890123]", ()),
        ("", ()),
    ],
)
def test_numbers_are_read_from_marks_only(subject: str, numbers: tuple[int, ...]) -> None:
    assert numbers_in(subject) == numbers
