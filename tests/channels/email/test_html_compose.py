"""The HTML that is made of a text: it looks like the text, and nothing in it acts."""

import re

import nh3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html as parser

from mainstay.channels.email.html_compose import html_from_text, linked
from tests.effort import with_effort


def inside(text: str) -> str:
    return re.search(r"<body>\n(.*)\n</body>", html_from_text(text), re.DOTALL)[1]  # type: ignore[index]


def test_paragraphs_and_lines_stay_what_they_were() -> None:
    assert inside("One\ntwo\n\n\nThree") == "<p>One<br>\ntwo</p>\n<p>Three</p>"


def test_nothing_in_the_text_acts() -> None:
    assert inside('One <b>\n<script>x</script> & "y" javascript:x') == (
        "<p>One &lt;b&gt;<br>\n&lt;script&gt;x&lt;/script&gt; &amp; &quot;y&quot; javascript:x</p>"
    )


def test_quoted_lines_are_quotations_as_deep_as_they_are_marked() -> None:
    quote = '<blockquote type="cite">'
    assert inside("Yes.\n\n> One\n> two\n>\n> three\n>> Zero\n> again\nEnd").splitlines() == [
        "<p>Yes.</p>", quote, "<p>One<br>", "two</p>", "<p>three</p>", quote, "<p>Zero</p>", "</blockquote>", "<p>again</p>",
        "</blockquote>", "<p>End</p>",
    ]  # fmt: skip


def test_quotations_are_not_nested_without_end() -> None:
    made = html_from_text("> " * 5_000 + "deep")
    assert made.count("<blockquote") == made.count("</blockquote>") == 10
    assert "&gt;&gt;" in made


def test_indented_text_keeps_its_blanks() -> None:
    assert (
        inside("Set:\n\n  ip = 10.0.0.1\n\tport = 1 & 2")
        == "<p>Set:</p>\n<pre>  ip = 10.0.0.1\n\tport = 1 &amp; 2</pre>"
    )


@pytest.mark.parametrize(
    ("text", "href"),
    [
        ("https://x.example/a?b=1&c=2.", "https://x.example/a?b=1&c=2"),
        ("(see https://x.example/a)", "https://x.example/a"),
        ("https://x.example/a_(b)!", "https://x.example/a_(b)"),
        ("https://x.example/a_(b)).", "https://x.example/a_(b)"),
        ("<http://x.example/>", "http://x.example/"),
        ("https://x.example/\"onclick=alert(1)", "https://x.example/"),
        ("https://good.example\u202egpj.exe", "https://good.example"),
        ("https://müller.example/é", "https://müller.example/é"),
    ],
)  # fmt: skip
def test_web_addresses_can_be_followed(text: str, href: str) -> None:
    (link,) = parser.fromstring(f"<p>{linked(text)}</p>").iter("a")
    assert (link.get("href"), link.text) == (href, href)
    assert link.keys() == ["href"]


@pytest.mark.parametrize(
    "text", ["javascript:x", "data:text/html,x", "ftp://x.example", "file:///x", "//x.example", "https://"]
)
def test_nothing_else_is_a_link(text: str) -> None:
    assert "<a" not in linked(text)


@settings(max_examples=200, deadline=None)
@given(
    st.text(
        st.sampled_from("ab <>&\"'\n\r\t/:.()=\u2028>https") | st.characters(exclude_categories=["Cs"]), max_size=300
    )
)
def test_any_text_comes_back_from_its_html_and_is_clean(text: str) -> None:
    made = html_from_text(text)
    tags = set(re.findall(r"<([a-z/!]+)", made.split("<body>")[1]))
    assert tags <= {"p", "/p", "br", "pre", "/pre", "a", "/a", "blockquote", "/blockquote", "/body", "/html"}
    letters = re.sub(r"[\s>\x00-\x1f\x7f-\x9f]+", "", text)
    seen = re.sub(r"[\s>\x00-\x1f\x7f-\x9f]+", "", re.sub(r"<[^>]*>", "", made.split("<body>")[1].split("</body>")[0])
                  .replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&#x27;", "'").replace("&amp;", "&"))  # fmt: skip
    assert seen == letters
    assert nh3.clean(made, tags={"p", "br", "pre", "a", "blockquote"}, link_rel=None).count("<a ") == made.count("<a ")


@pytest.mark.parametrize("piece", [">", "> ", "(", ")", "https://x.example/(", "https://", "a\n\n", ">a\n\n", "  a\n"])
def test_no_text_takes_long(piece: str) -> None:
    with_effort(4, lambda: html_from_text(piece * (1_000_000 // len(piece))))
