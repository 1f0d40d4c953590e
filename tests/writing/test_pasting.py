"""What was copied in Word, Excel, a web editor or a mail becomes Markdown: its words, lists, tables and links, nothing else."""

import contextlib
import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mainstay.writing.errors import TooMuchToPaste
from mainstay.writing.markdown import html_of
from mainstay.writing.pasting import HTML_MAX, markdown_from_html
from tests.writing.test_markdown import check_harmless

XSS = Path(__file__).resolve().parents[3] / "shared" / "samples" / "xss" / "cases.json"


def word_item(text: str, level: int, marker: str) -> str:
    """A list item as a word processor puts it on the clipboard: a paragraph that bears its bullet."""
    return (
        f"<p class=MsoListParagraph style='text-indent:-18.0pt;mso-list:l0 level{level} lfo1'><![if !supportLists]>"
        f"<span style='font-family:Symbol'><span style='mso-list:Ignore'>{marker}"
        "<span style='font:7.0pt \"Times New Roman\"'>&nbsp;&nbsp;&nbsp; </span></span></span><![endif]>"
        f"<span lang=NL>{text}<o:p></o:p></span></p>"
    )


WORD = f"""<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style><!-- p.MsoNormal {{ margin:0 }} --></style>
<!--[if gte mso 9]><xml><w:WordDocument></w:WordDocument></xml><![endif]--></head><body lang=NL>
<!--StartFragment--><p class=MsoNormal>Please <b>check</b> the<i> supply</i>:<o:p></o:p></p>
{word_item("the panel", 1, "·")}{word_item("its <b>fuse</b>", 2, "o")}{word_item("the lock", 1, "·")}
<p class=MsoNormal>Then:</p>{word_item("switch off", 1, "1.")}{word_item("wait", 1, "2.")}
<p class=MsoNormal>Regards</p><!--EndFragment--></body></html>"""

EXCEL = """<html><head><meta name=ProgId content=Excel.Sheet><style>.xl65 {mso-number-format:"Short Date";}</style></head>
<body link=blue><table border=0 cellpadding=0 width=192 style='border-collapse:collapse'>
<!--StartFragment--><col width=64 span=3>
<tr height=20><td class=xl65 width=64>Part</td><td>Serial</td><td align=right>Volt</td></tr>
<tr><td>Panel</td><td>A|7</td><td align=right>11,9</td></tr>
<tr><td colspan=2>Lock &amp; key</td><td align=right>12</td></tr><!--EndFragment--></table></body></html>"""

EDITOR = (
    '<meta charset="utf-8"><b style="font-weight:normal;" id="docs-internal-guid-0"><p dir="ltr">'
    '<span style="font-weight:700">Bold</span><span style="font-weight:400"> and </span>'
    '<span style="font-style:italic">italic</span></p><ul><li dir="ltr"><p>one</p></li><li><p>two</p>'
    '<ul><li><p>within</p></li></ul></li></ul><p><a href="https://x.example/a">a link</a></p></b>'
)


@pytest.mark.parametrize(
    ("html", "written"),
    [
        (
            WORD,
            "Please **check** the *supply*:\n\n- the panel\n  - its **fuse**\n- the lock\n\nThen:\n\n"
            "1. switch off\n2. wait\n\nRegards",
        ),
        (EXCEL, "| Part | Serial | Volt |\n| --- | --- | --- |\n| Panel | A\\|7 | 11,9 |\n| Lock & key |  | 12 |"),
        (EDITOR, "**Bold** and *italic*\n\n- one\n- two\n  - within\n\n[a link](https://x.example/a)"),
        ("<p>one<br>two</p><div>three</div>", "one\ntwo\n\nthree"),
        ("<h2>Head</h2><pre>a\n  b</pre><blockquote>said</blockquote>", "## Head\n\n```\na\n  b\n```\n\n> said"),
        ("<p>2 * 3 * 4, a_b_c, *starred*</p>", "2 * 3 * 4, a_b_c, \\*starred\\*"),
        ("<p># no heading</p><p>&gt; no quotation</p>", "\\# no heading\n\n\\> no quotation"),
        ('<a href="https://x.example">https://x.example</a>', "https://x.example"),
        ('<a href="javascript:alert(1)">x</a> <a href="/tickets/1">y</a>', "x y"),
        ('<img src="https://t.example/p.gif" alt="A photo"> below', "A photo below"),
        ("<script>alert(1)</script><style>p{}</style>words<!-- comment -->", "words"),
        ("<table><tr><td>a page in <b>one</b> cell</td></tr></table>", "a page in **one** cell"),
        ("<table><tr><td rowspan=2>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "| a | b |\n| --- | --- |\n|  | c |"),
        ("<p>&nbsp;a&nbsp;b </p>", "a b"),
        ("", ""),
    ],
    ids=lambda value: value[:24],
)  # fmt: skip
def test_the_form_of_what_was_copied_is_kept(html: str, written: str) -> None:
    assert markdown_from_html(html) == written


@pytest.mark.parametrize("html", [WORD, EXCEL, EDITOR])
def test_what_was_pasted_is_shown_as_it_was_copied(html: str) -> None:
    shown = html_of(markdown_from_html(html))
    for tag, pasted in (("<li>", WORD), ("<table>", EXCEL), ("<strong>Bold</strong>", EDITOR)):
        assert (tag in shown) == (html == pasted or (tag == "<li>" and html == EDITOR))


def cases() -> list[Any]:
    if not XSS.is_file():
        missing = pytest.mark.skip(reason=f"the shared sample cases are not here: {XSS}")
        return [pytest.param({}, marks=missing, id="missing")]
    return [pytest.param(case, id=str(case["id"])) for case in json.loads(XSS.read_text(encoding="utf-8"))["cases"]]


@pytest.mark.parametrize("case", cases())
def test_nothing_of_the_shared_cases_acts(case: dict[str, Any]) -> None:
    check_harmless(markdown_from_html(str(case["payload"])))


TAGS = ["<p>", "</p>", "<b>", "</b>", "<table>", "<tr>", "<td colspan=3>", "<td rowspan=9>", "</td>", "</tr>", "</table>", "<ul>",
    "<li>", "</ul>", "<a href='https://x.example'>", "</a>", "<pre>", "</pre>", "<br>", "<span style='font-weight:700'>", "</span>",
    "<p style='mso-list:l0 level3 lfo1'>", "<script>", "<!--", "-->", "<![if !x]>", "&lt;script&gt;", "<svg>", "<h1>", "words "]  # fmt: skip


@given(st.lists(st.sampled_from(TAGS) | st.text(max_size=5), max_size=40))
def test_any_soup_of_tags_is_read_and_harmless(pieces: list[str]) -> None:
    check_harmless(markdown_from_html("".join(pieces)))


@given(
    st.lists(st.sampled_from(["one", "two", "12,5", "a_b", "x*y", "[z]", "#", "C:\\d", "é"]), min_size=1, max_size=8)
)
def test_no_word_is_lost(words: list[str]) -> None:
    from html import escape, unescape
    from re import sub

    shown = unescape(sub("<[^>]*>", "", html_of(markdown_from_html(f"<p>{escape(' '.join(words))}</p>"))))
    assert " ".join(shown.split()) == " ".join(" ".join(words).split())


@pytest.mark.parametrize(
    "html",
    [
        "<b>" * 100_000,
        "<div>" * 100_000 + "x",
        "<table><tr><td>" * 20_000,
        "<ul><li>" * 40_000,
        "<p style='mso-list:l0 level9 lfo1'>x</p>" * 5_000,
        "<td colspan=99999999>x</td><td>y</td>" * 3_000,
        "<span style='font-weight:700'>x" * 20_000,
        "&" * 500_000,
        "<" * 500_000,
    ],
    ids=lambda html: html[:8],
)
def test_no_clipboard_keeps_a_page_waiting(html: str) -> None:
    began = time.process_time()
    with contextlib.suppress(TooMuchToPaste):
        markdown_from_html(html)
    assert time.process_time() - began < 12


def test_too_much_is_told() -> None:
    with pytest.raises(TooMuchToPaste, match="too much"):
        markdown_from_html("x" * (HTML_MAX + 1))
    with pytest.raises(TooMuchToPaste):
        markdown_from_html(f"<p>{'word ' * 50_000}</p>")
