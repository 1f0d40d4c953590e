"""Markdown made into HTML that can be shown and sent: what is meant stays, what acts never comes through."""

import json
import re
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mainstay.channels.email.html_clean import clean_html
from mainstay.writing.markdown import html_of, literal, names_mentioned, pictures_in, with_pictures
from mainstay.writing.plain import plain_of

XSS = Path(__file__).resolve().parents[3] / "shared" / "samples" / "xss" / "cases.json"
TAG = re.compile(r"<(/?)([a-zA-Z][^\s>/]*)([^>]*)>")
KNOWN = {
    "a", "b", "blockquote", "br", "code", "em", "h3", "h4", "h5", "h6", "hr", "img", "li", "ol", "p", "pre", "s", "strong",
    "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
ATTRIBUTE = re.compile(r' ([a-z]+)="([^"]*)"')
VALUES = {
    "href": re.compile(r"(https?://|mailto:|tel:).*", re.DOTALL | re.IGNORECASE),
    "src": re.compile(r"cid:[0-9a-z]{6,60}"),
    "alt": re.compile(r".*", re.DOTALL),
    "title": re.compile(r".*", re.DOTALL),
    "align": re.compile(r"left|right|center"),
    "start": re.compile(r"[0-9]{1,9}"),
    "class": re.compile(r"mention|"),
    "rel": re.compile(r"noopener noreferrer"),
}


def check_harmless(text: str) -> None:
    """Only tags we know, each attribute one we know with a value that loads and does nothing; and it stays so when cleaned."""
    html = html_of(text, ("Tess",))
    for closes, name, attributes in TAG.findall(html):
        assert name in KNOWN, name
        rest = attributes
        for found in ATTRIBUTE.finditer(attributes):
            assert VALUES[found[1]].fullmatch(found[2]), found[0]
            rest = rest.replace(found[0], "", 1)
        assert not rest.strip(), f"{closes}{name} {rest}"
    assert words(clean_html(html)) == words(html)


def words(html: str) -> str:
    return "".join(TAG.sub("", html).split())


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("One\nand two\n\nthree", "<p>One<br>\nand two</p>\n<p>three</p>"),
        ("**b** *i* ~~s~~ `c`", "<p><strong>b</strong> <em>i</em> <s>s</s> <code>c</code></p>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("3. a\n4. b", '<ol start="3">\n<li>a</li>\n<li>b</li>\n</ol>'),
        ("> q", "<blockquote>\n<p>q</p>\n</blockquote>"),
        ("# Head", "<h3>Head</h3>"),
        ("###### Head", "<h6>Head</h6>"),
        ("```\n<b>\n```", "<pre><code>&lt;b&gt;\n</code></pre>"),
        ("<b>no tag</b>", "<p>&lt;b&gt;no tag&lt;/b&gt;</p>"),
        ("&copy; &amp; &#60;", "<p>© &amp; &lt;</p>"),
        ("not a\n===\nheading", "<p>not a<br>\n===<br>\nheading</p>"),
        ("[a]: https://x.example", '<p>[a]: <a href="https://x.example" rel="noopener noreferrer">https://x.example</a></p>'),
        (r"C:\Users\_old on \\server\share", r"<p>C:\Users\_old on \\server\share</p>"),
        (r"\*not emphasised\* \[nor\](a link)", "<p>*not emphasised* [nor](a link)</p>"),
        ("[x](https://x.example 'T')", '<p><a href="https://x.example" title="T" rel="noopener noreferrer">x</a></p>'),
        ("(see https://x.example/a_b_c).",
         '<p>(see <a href="https://x.example/a_b_c" rel="noopener noreferrer">https://x.example/a_b_c</a>).</p>'),
        ("", ""),
    ],
)  # fmt: skip
def test_it_reads_as_people_write(text: str, html: str) -> None:
    assert html_of(text) == html


@pytest.mark.parametrize(
    "text",
    [
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](&#106;avascript:alert(1))",
        "[x](java\tscript:alert(1))",
        "[x](<java\nscript:alert(1)>)",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](vbscript:x)",
        "[x](file:///etc/passwd)",
        "[x](//evil.example)",
        "[x](/tickets/1/closure)",
        "<javascript:alert(1)>",
        "![x](javascript:alert(1))",
        '[x](https://x.example "\\" onmouseover=\\"alert(1)")',
        '![x" onerror="alert(1)](cid:abcdef0123)',
        "![x](cid:abcdef0123\" onload=alert(1))",
        "`` ` ``<script>alert(1)</script>",
        "| <script> |\n|---|\n| <img src=x onerror=alert(1)> |",
        "<svg/onload=alert(1)>",
        "<!--><script>alert(1)</script>-->",
        "[a](https://x.example)<iframe srcdoc='<script>1</script>'>",
        "```\"><script>\nx\n```",
        "\x00<scr\x00ipt>",
    ],
)  # fmt: skip
def test_nothing_that_acts_comes_through(text: str) -> None:
    check_harmless(text)
    assert "<script" not in html_of(text).lower()


def cases() -> list[Any]:
    if not XSS.is_file():
        missing = pytest.mark.skip(reason=f"the shared sample cases are not here: {XSS}")
        return [pytest.param({}, marks=missing, id="missing")]
    return [pytest.param(case, id=str(case["id"])) for case in json.loads(XSS.read_text(encoding="utf-8"))["cases"]]


@pytest.mark.parametrize("case", cases())
def test_nothing_of_the_shared_cases_acts(case: dict[str, Any]) -> None:
    payload = str(case["payload"])
    for text in (
        payload,
        f"[x]({payload})",
        f"![{payload}](cid:abcdef0123)",
        f"> {payload}",
        f"| {payload} |\n|---|\n| x |",
    ):
        check_harmless(text)


MARKS = ["**", "*", "_", "`", "```", "[", "](", ")", "![", "cid:abcdef0123", "https://x.example", "javascript:x", "\n", "\n\n",
    "- ", "1. ", "> ", "# ", "|", "|---|", "<b>", "<script>", "&lt;", "\\", "@Tess", '"', "'", "onclick=", "~~", "    "]  # fmt: skip


@given(st.lists(st.sampled_from(MARKS) | st.text(max_size=6), max_size=40))
def test_any_soup_of_marks_is_harmless_and_can_be_told_plainly(pieces: list[str]) -> None:
    text = "".join(pieces)
    check_harmless(text)
    plain_of(text)


@given(st.text(alphabet=st.characters(exclude_categories=["Cc", "Cs"]), max_size=60))
def test_a_literal_value_shows_each_of_its_letters(value: str) -> None:
    value = " ".join(value.split())
    assert html_of(f"x {literal(value)} x", ()) == html_of("x V x").replace("V", escaped(value)) or "http" in value


def escaped(value: str) -> str:
    from html import escape

    return escape(value, quote=False).replace("\xa0", "&nbsp;")


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("Tess", "Tess"),
        ("C:\\x", "C:\\x"),
        ("a_b", "a_b"),
        ("2 * 3", "2 * 3"),
        ("*x*", r"\*x\*"),
        ("[a](https://b.example)", r"\[a\](https://b.example)"),
    ],
)
def test_a_literal_value_bears_no_more_backslashes_than_it_takes(value: str, written: str) -> None:
    assert literal(value) == written


@pytest.mark.parametrize(
    "text",
    [
        "[" * 50_000,
        "*" * 50_000,
        ">" * 20_000,
        "- " * 20_000,
        "`" * 20_000 + "a",
        "![" * 20_000,
        "| a " * 5_000 + "\n" + "|---" * 5_000,
        "a**b" * 20_000,
        "@" * 50_000,
        "https://" * 10_000,
        "\\" * 50_000,
    ],
    ids=lambda text: text[:6],
)
def test_hostile_lengths_take_no_time(text: str) -> None:
    began = time.process_time()
    html_of(text, ("Tess", "Tom"))
    plain_of(text)
    assert time.process_time() - began < 5


def test_a_picture_of_ours_is_shown_and_one_from_elsewhere_is_a_link() -> None:
    assert html_of("![Plan](cid:abcdef0123)") == '<p><img src="cid:abcdef0123" alt="Plan"></p>'
    assert html_of("![Plan](https://x.example/p.png)") == (
        '<p><a href="https://x.example/p.png" rel="noopener noreferrer">Plan</a></p>'
    )
    assert html_of("![](https://x.example/p.png)").count("https://x.example/p.png") == 2


def test_pictures_get_their_addresses_and_without_one_their_words() -> None:
    html = html_of("![Plan](cid:abcdef0123) ![Gone](cid:000000)")
    assert with_pictures(html, {"abcdef0123": '/x?a=1&b="'}) == '<p><img src="/x?a=1&amp;b=&quot;" alt="Plan"> Gone</p>'
    assert pictures_in("![Plan](cid:abcdef0123) and cid:zz") == {"abcdef0123"}


def test_a_mention_is_a_whole_name_after_an_at_sign_outside_of_code_and_addresses() -> None:
    text = "@Tess, ask @Tom Vos; not `@Dev`, nor sue@desk.example, nor @Tessa or https://x.example/@ada"
    assert names_mentioned(text, ["tess", "tom", "tom vos", "dev", "sue", "ada", "desk"]) == {"tess", "tom vos"}
    assert html_of("Ask @tess", ("Tess",)) == '<p>Ask <b class="mention">@tess</b></p>'


def test_the_same_text_is_told_plainly() -> None:
    text = (
        "# The plan\n\n**First** do _this_, then `that`:\n\n- one\n  - within\n- two\n\n1. a\n2. b\n\n> said\n\n"
        "| Part | Count |\n|---|--:|\n| Lock | 2 |\n\n```\ncode\n```\n\n[Manual](https://x.example/m) and https://x.example\n\n"
        "![Photo](cid:abcdef0123) ![Far](https://x.example/f.png) [mail](mailto:a@x.example)"
    )
    assert plain_of(text) == (
        "The plan\n\n*First* do this, then `that`:\n\n- one\n  - within\n- two\n\n1. a\n2. b\n\n> said\n\n"
        "Part | Count\n-----+------\nLock | 2\n\n    code\n\nManual (https://x.example/m) and https://x.example\n\n"
        "[Photo] Far (https://x.example/f.png) mail (a@x.example)"
    )
