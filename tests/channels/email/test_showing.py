"""A mail as it was sent: its HTML harmless, its pictures only from where they may come."""

from email.message import EmailMessage

import pytest

from mainstay.channels.email.showing import shown_html, warning_of
from mainstay.tickets.models import Message


def mail(html: str, text: str = "words") -> bytes:
    written = EmailMessage()
    written["From"], written["To"], written["Subject"] = "paula@larch.example", "support@intercom.example", "Lock"
    written.set_content(text)
    if html:
        written.add_alternative(html, subtype="html")
    return written.as_bytes()


def shown(html: str, *, loads: bool = False) -> str:
    return shown_html(
        mail(html),
        enclosed=lambda cid: f"/files/{cid}" if cid == "logo@x" else "",
        outside=lambda address: f"/proxy?{address}" if loads else "",
    )


@pytest.mark.parametrize(
    ("html", "result"),
    [
        ("<p>Hello <b>you</b></p>", "<p>Hello <b>you</b></p>"),
        ('<img src="cid:logo@x" alt="L" width="40">', '<img src="/files/logo@x" alt="L" width="40">'),
        ('<img src="cid:%6Cogo%40x">', '<img src="/files/logo@x">'),
        ('<img src="cid:other@x">', '<img alt="Picture" title="This picture was not loaded.">'),
        ('<img src="https://x.example/a.png" alt="Plan">', '<img alt="Plan" title="This picture was not loaded.">'),
        ('<img src="https://x.example/t.gif" width="1" height="1">', ""),
        ('<img src="https://x.example/t.gif" height="0px">', ""),
        ('<img src="data:image/png;base64,AA">', '<img alt="Picture" title="This picture was not loaded.">'),
        ('<img src="/files/picture/1/forged">', '<img alt="Picture" title="This picture was not loaded.">'),
        ('<img srcset="https://x.example/a.png 2x">', '<img alt="Picture" title="This picture was not loaded.">'),
        ('<td background="https://x.example/a.png">a</td>', "a"),
        ('<p style="background:url(https://x.example/a.png)">a</p>', "<p>a</p>"),
        ('<style>p{background:url("https://x.example/a.png")}</style><p>a</p>', "<p>a</p>"),
        (
            '<picture><source srcset="https://x.example/a.png"><img src="cid:logo@x"></picture>',
            '<img src="/files/logo@x">',
        ),
    ],
)
def test_nothing_is_loaded_from_elsewhere(html: str, result: str) -> None:
    assert shown(html) == result


def test_pictures_from_elsewhere_come_through_us_when_asked_for() -> None:
    html = '<img src="https://x.example/a.png?a=1&amp;b=2" alt="A"><img src="//y.example/b.png"><img src="ftp://z.example/c.png">'
    assert shown(html, loads=True) == (
        '<img src="/proxy?https://x.example/a.png?a=1&amp;b=2" alt="A"><img src="/proxy?https://y.example/b.png">'
        '<img alt="Picture" title="This picture was not loaded.">'
    )


def test_a_picture_that_only_counts_readers_is_never_loaded() -> None:
    assert shown('a<img src="https://x.example/t.gif" width="1" height="1">b', loads=True) == "ab"


def test_an_address_cannot_leave_its_attribute() -> None:
    out = shown("""<img src='https://x.example/"onerror="alert(1)' alt='"><script>alert(1)</script>'>""", loads=True)
    assert "<script" not in out
    assert out.count('"') == 4


def test_a_mail_without_html_is_shown_as_text() -> None:
    raw = mail("", text="1 < 2 & 3")
    assert shown_html(raw, enclosed=str, outside=str) == "<pre>1 &lt; 2 &amp; 3</pre>"


def test_a_mail_that_cannot_be_read_is_shown_as_text() -> None:
    raw = b"X: y\r\n" * 1_200 + b"\r\n<b>hello</b>"
    out = shown_html(raw, enclosed=str, outside=str)
    assert out.endswith("&lt;b&gt;hello&lt;/b&gt;</pre>")


@pytest.mark.parametrize(
    ("name", "address", "warns"),
    [
        ("Paula", "paula@larch.example", ""),
        ("ceo@intercom.example", "evil@x.example", "another address"),
        ("Pau\u202ela", "paula@larch.example", "invisible"),
        ("Pаula", "paula@larch.example", "alphabets"),
    ],
)
def test_a_sender_who_misleads_is_told_of(name: str, address: str, warns: str) -> None:
    told = warning_of(Message(sender_name=name, sender_address=address))
    assert (warns in told) if warns else told == ""
