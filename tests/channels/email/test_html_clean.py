"""Foreign HTML made harmless."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mainstay.channels.email.html_clean import clean_html
from tests.channels.email.markup import check_harmless
from tests.effort import with_effort

XSS = Path(__file__).resolve().parents[4] / "shared" / "samples" / "xss" / "cases.json"


@pytest.mark.parametrize(
    ("html", "cleaned"),
    [
        ("<p>Hello <b>you</b></p>", "<p>Hello <b>you</b></p>"),
        ("<script>x</script><style>y</style>z", "z"),
        ("<scr<script>ipt>x</script>", "ipt&gt;x"),
        ('<p onclick="x" style="y" class="z">a</p>', "<p>a</p>"),
        ('<a href="https://x.example">a</a>', '<a href="https://x.example" rel="noopener noreferrer">a</a>'),
        ('<a href="JaVa\tscript:x">a</a>', '<a rel="noopener noreferrer">a</a>'),
        ('<a href="data:text/html,x">a</a>', '<a rel="noopener noreferrer">a</a>'),
        ('<img src="cid:logo@x" alt="L">', '<img src="cid:logo@x" alt="L">'),
        ('<img src="https://x.example/t.gif" srcset="y" alt="L">', '<img alt="L">'),
        ('<form action="https://x.example"><input name="createElement"></form>', ""),
        ("<svg><p>x</p></svg><math>y</math>z", "z"),
        ("a < b & c", "a &lt; b &amp; c"),
        ("<p>one<p>two", "<p>one</p><p>two</p>"),
    ],
)
def test_only_formatting_and_safe_links_stay(html: str, cleaned: str) -> None:
    assert clean_html(html) == cleaned


def cases() -> list[Any]:
    if not XSS.is_file():
        missing = pytest.mark.skip(reason=f"the shared sample cases are not here: {XSS}")
        return [pytest.param({}, marks=missing, id="missing")]
    return [pytest.param(case, id=str(case["id"])) for case in json.loads(XSS.read_text(encoding="utf-8"))["cases"]]


@pytest.mark.parametrize("case", cases())
def test_nothing_active_survives_of_the_shared_cases(case: dict[str, Any]) -> None:
    check_harmless(payload_of(case))


def payload_of(case: dict[str, Any]) -> str:
    return str(case["payload"])


@given(st.lists(st.sampled_from(["<p>", "</p>", "<b>", "</b>", "<a href='https://x'>", "</a>", "<table>", "<tr>", "<td>", "</table>",
    "<svg>", "<style>", "<!--", "-->", "<img src=x>", "text", "&lt;", "<math>", "<mtext>", "<title>", "<div>", "</div>"]) | st.text(max_size=8)))  # fmt: skip
def test_any_soup_is_harmless_and_stable(pieces: list[str]) -> None:
    check_harmless("".join(pieces))


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 200_000,
        "<ul><li>" * 100_000,
        "&" * 1_000_000,
        "<blockquote><p>x" * 60_000,
        "<p>" + "".join(f"<font color={number}>" for number in range(500)) + "<p>x" * 4_000,
        "<table>" * 100_000,
        "<a href=https://x>" * 50_000,
        "x" * 3_900_000,
    ],
    ids=["deep", "lists", "signs", "quotes", "formatting", "tables", "links", "long"],
)
def test_no_markup_takes_long_or_grows(html: str) -> None:
    cleaned = with_effort(2, lambda: clean_html(html))
    assert len(cleaned) < 6 * len(html) + 1_000


def test_too_much_html_is_given_as_text() -> None:
    assert clean_html("<p>word</p>" * 400_000).startswith("<pre>word")
