"""Values in headers: encoded words, ids, dates, parameters."""

from datetime import UTC, datetime

import pytest

from mainstay.channels.email import limits
from mainstay.channels.email.reading.words import (
    read_date,
    read_message_id,
    read_message_ids,
    read_parameters,
    unfolded,
)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b" Hello ", "Hello"),
        (b"Hello\r\n world", "Hello world"),
        (b"=?utf-8?q?Gr=C3=B6=C3=9Fe?=", "Größe"),
        (b"=?UTF-8?B?R3LDtsOfZQ==?= and more", "Größe and more"),
        (b"=?utf-8?b?R3LD?= =?utf-8?b?tsOfZQ==?=", "Größe"),
        (b"=?iso-8859-1?Q?Gr=F6=DFe?=\r\n =?utf-8?q?_=C3=9F?=", "Größe ß"),
        (b"=?utf-8*de?q?Gr=C3=B6=C3=9Fe?=", "Größe"),
        (b"=?x-unknown?q?Gr=C3=B6=C3=9Fe?=", "Größe"),
        (b"=?utf-8?q?a b?=", "a b"),
        ("Größe".encode(), "Größe"),
        ("Größe".encode("latin-1"), "Größe"),
        (b"a\x00b\x07c", "ab c"),
        (b"=?utf-8?q?a=0D=0ABcc=3A_x?=", "a Bcc: x"),
        (b"=?nonsense", "=?nonsense"),
    ],
)
def test_a_value_is_read_as_people_read_it(raw: bytes, text: str) -> None:
    assert unfolded(raw) == text


def test_broken_base64_still_gives_what_is_left_of_it() -> None:
    assert unfolded(b"=?utf-8?b?R3L!DtsOfZ?=").startswith("Grö")


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        (b"<a@b>", "<a@b>"),
        (b"  <a@b> (comment)", "<a@b>"),
        (b"<a\r\n @b>", "<a@b>"),
        (b"a@b", "<a@b>"),
        (b"<>", ""),
        (b"", ""),
        (b"no id here", ""),
        (b"<" + b"x" * 2000 + b"@b>", ""),
    ],
)
def test_a_message_id_is_read_or_missing(raw: bytes, found: str) -> None:
    assert read_message_id(raw) == found


def test_references_keep_their_order_once_each_and_are_bounded() -> None:
    many = [f"<{number}@x>" for number in range(500)]
    found = read_message_ids([" ".join([*many, many[0]]).encode()])
    assert len(found) == limits.REFERENCES_MAX
    assert found[0] == "<0@x>"
    assert found[-1] == "<499@x>"


@pytest.mark.parametrize(
    ("raw", "moment"),
    [
        (b"Fri, 02 Jan 2026 03:04:05 +0200", datetime(2026, 1, 2, 1, 4, 5, tzinfo=UTC)),
        (b"Fri, 02 Jan 2026 03:04:05 -0000", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        (b"", None),
        (b"yesterday", None),
        (b"Fri, 99 Jan 2026 99:99:99 +9999", None),
        (b"Fri, 02 Jan 2026 03:04:05 +9999", None),
        (b"Fri, 02 Jan 99999999999999999999 00:00:00", None),
    ],
)
def test_a_date_is_a_moment_in_utc_or_missing(raw: bytes, moment: datetime | None) -> None:
    assert read_date(raw) == moment


@pytest.mark.parametrize(
    ("raw", "head", "parameters"),
    [
        (b"text/plain; charset=utf-8", "text/plain", {"charset": "utf-8"}),
        (b'Text/PLAIN ; Charset = "UTF-8" ; x=y', "text/plain", {"charset": "UTF-8", "x": "y"}),
        (b'a/b; name="a;b\\"c"', "a/b", {"name": 'a;b"c'}),
        (b"a/b; name*=utf-8''Gr%C3%B6%C3%9Fe.pdf", "a/b", {"name": "Größe.pdf"}),
        (b"a/b; name*0*=utf-8''Gr%C3%B6; name*1=sse; name*2*=%20x", "a/b", {"name": "Grösse x"}),
        (b'a/b; name="=?utf-8?q?Gr=C3=B6=C3=9Fe?="', "a/b", {"name": "Größe"}),
        (b"image/svg+xml; x", "image/svg+xml", {}),
        (b"a/b; x=1; x=2", "a/b", {"x": "1"}),
        (b'a/b; name="unclosed', "a/b", {"name": "unclosed"}),
        (b"", "", {}),
    ],
)
def test_parameters_are_read_in_every_spelling(raw: bytes, head: str, parameters: dict[str, str]) -> None:
    assert read_parameters(raw) == (head, parameters)
