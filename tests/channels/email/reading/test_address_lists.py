"""Address headers as people, programs and forgers write them."""

import pytest

from mainstay.channels.email.addresses import Address
from mainstay.channels.email.reading.address_lists import read_addresses
from tests.effort import with_effort


def read(text: str) -> tuple[list[tuple[str, str]], bool]:
    found = read_addresses([text.encode()])
    return [(one.name, one.address) for one in found.addresses], found.doubtful


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("bob@x.example", [("", "bob@x.example")]),
        ("Bob <Bob@X.example>", [("Bob", "bob@x.example")]),
        ('"Smith, Bob" <bob@x.example>, ann@y.example', [("Smith, Bob", "bob@x.example"), ("", "ann@y.example")]),
        ('"Bob \\"the\\" Smith" <bob@x.example>', [('Bob "the" Smith', "bob@x.example")]),
        ("bob@x.example (Bob Smith)", [("Bob Smith", "bob@x.example")]),
        ("Bob (nested (comment)) <bob@x.example>", [("Bob", "bob@x.example")]),
        ("=?utf-8?q?Bj=C3=B6rn?= <b@x.example>", [("Björn", "b@x.example")]),
        ("=?utf-8?q?=22a=40ours=22_=3Ca=40ours=3E?= <b@x.example>", [('"a@ours" <a@ours>', "b@x.example")]),
        ("<@relay.example:bob@x.example>", [("", "bob@x.example")]),
        ("Bob <mailto:bob@x.example>", [("Bob", "bob@x.example")]),
        ("bob @ x.example", [("", "bob@x.example")]),
        ("bob@x.example; ann@y.example", [("", "bob@x.example"), ("", "ann@y.example")]),
        ('"bob@x.example" <bob@x.example>', [("bob@x.example", "bob@x.example")]),
        ("bob@x.example <bob@x.example>", [("bob@x.example", "bob@x.example")]),
        ("", []),
        (",,;", []),
    ],
)
def test_clear_addresses_are_read_without_doubt(header: str, expected: list[tuple[str, str]]) -> None:
    assert read(header) == (expected, False)


@pytest.mark.parametrize(
    ("header", "first"),
    [
        ("alice@ours.example<bob@evil.example>", "bob@evil.example"),
        ('"a@ours.example"@evil.example', ""),
        ("<a@ours.example> <b@evil.example>", "a@ours.example"),
        ("Team: a@ours.example, b@evil.example;", "a@ours.example"),
        ("a@ours.example (unclosed <b@evil.example>", "b@evil.example"),
        ('"a@ours.example <b@evil.example>', "b@evil.example"),
        ("Bob b@evil.example", "b@evil.example"),
        ("Mailer Daemon", ""),
        ("<b@evil.example", "b@evil.example"),
    ],
)
def test_what_two_readers_could_read_in_two_ways_is_in_doubt(header: str, first: str) -> None:
    found = read_addresses([header.encode()])
    assert found.doubtful
    assert found.addresses[0].address == first


def test_the_empty_group_of_hidden_recipients_is_nobody() -> None:
    assert read("undisclosed-recipients:;")[0] == []


def test_all_lines_of_a_field_are_read() -> None:
    found = read_addresses([b"a@x.example", b"b@x.example"])
    assert found.addresses == (Address("", "a@x.example"), Address("", "b@x.example"))


@pytest.mark.parametrize(
    "piece", ["(", "()", '"', '"a"', '"\\"', ":", "a@:", "<", ">", ";", "a ", "  ", "a@b ", "\\", "@"]
)
def test_no_header_takes_long(piece: str) -> None:
    with_effort(1, lambda: read_addresses([(piece * (250_000 // len(piece))).encode()]))
