"""Addresses in SMTP commands."""

import pytest

from mainstay.channels.email.smtp_path import read_path
from tests.effort import with_effort


@pytest.mark.parametrize(
    ("argument", "read"),
    [
        ("<bob@x.example>", ("bob@x.example", "")),
        ("<bob@x.example> SIZE=10 BODY=8BITMIME", ("bob@x.example", "SIZE=10 BODY=8BITMIME")),
        ("<>", ("<>", "")),
        ("bob@x.example SIZE=1", ("bob@x.example", "SIZE=1")),
        ('<"bob smith"@x.example>', ('"bob smith"@x.example', "")),
        ("<@relay.example,@two.example:bob@x.example>", ("bob@x.example", "")),
        ("<postmaster>", ("postmaster", "")),
        ("<bob@x.example", (None, None)),
        ("<bob@x.example\x00>", (None, None)),
        ("<bob smith@x.example>", (None, None)),
        ("<a@b@c>", (None, None)),
        ("<" + "a" * 400 + "@x.example>", (None, None)),
        ("", (None, None)),
    ],
)
def test_a_path_is_read_or_refused(argument: str, read: tuple[str | None, str | None]) -> None:
    assert read_path(argument) == read


@pytest.mark.parametrize("piece", ["<", '"', "\\", "a ", "@", ":", "<@a:"])
def test_no_path_takes_long(piece: str) -> None:
    with_effort(0.5, lambda: read_path(piece * (60_000 // len(piece))))
