"""HTML as the text a person would see."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mainstay.channels.email.html_text import html_to_text
from tests.effort import with_effort


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("Hello", "Hello"),
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("One<br>Two<br/>Three", "One\nTwo\nThree"),
        ("<div>One</div><div>Two</div>", "One\nTwo"),
        ("  a \n b\t<b> c</b>d ", "a b cd"),
        ("a&nbsp;b &amp; &lt;c&gt; &#8364;", "a b & <c> €"),
        ("<ul><li>one<li>two</ul>", "- one\n- two"),
        ("<ol><li>one</li><li>two<ul><li>deep</li></ul></li></ol>", "1. one\n2. two\n  - deep"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table>", "a | b\nc | d"),
        ('<a href="https://x.example/">here</a>', "here (https://x.example/)"),
        ('<a href="https://x.example/">https://x.example</a>', "https://x.example"),
        ('<a href="mailto:a@x.example">a@x.example</a>', "a@x.example"),
        ('<a href="javascript:alert(1)">here</a>', "here"),
        ("<blockquote>old<blockquote>older</blockquote></blockquote>new", "> old\n>\n> > older\n\nnew"),
        ("<pre>a  b\n  c</pre>", "a  b\n  c"),
        ("<style>p{}</style><script>x()</script><title>t</title><p>seen</p>", "seen"),
        ("<!-- hidden --><p>seen</p>", "seen"),
        ('<img alt="Logo" src="x"><img src="y">', "[Logo]"),
        ("<p>broken <b>tags</p><i>here", "broken tags\n\nhere"),
        ("<!-- never closed <b>words</b>", "never closed words"),
        ("", ""),
    ],
)
def test_html_becomes_readable_text(html: str, text: str) -> None:
    assert html_to_text(html) == text


@given(st.text())
def test_any_html_becomes_text(html: str) -> None:
    html_to_text(html).encode("utf-8")


@pytest.mark.parametrize(
    "piece",
    ["<div>", "<", "<blockquote>", "<ul><li>", "<a href=http://x>", "<table><tr><td>", "<svg>", "<title>", "<style>", "<!--", "&",
     "<b><p>", "<pre>\n", "<p>", "</p>", "x ", "<select><option>"],
)  # fmt: skip
def test_no_markup_takes_long(piece: str) -> None:
    with_effort(2, lambda: html_to_text(piece * (1_000_000 // len(piece))))
