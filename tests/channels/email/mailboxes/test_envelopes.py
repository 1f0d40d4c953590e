"""Sender and recipients of a fetched mail, as the delivering server wrote them into it."""

import pytest

from mainstay.channels.email.mailboxes.envelopes import Envelope, envelope_of

OURS = "support@intercom.example"


@pytest.mark.parametrize(
    ("headers", "sender"),
    [
        ("Return-Path: <paula@larch.example>\r\nFrom: Boss <boss@larch.example>", "paula@larch.example"),
        ("Return-Path: <>\r\nFrom: MAILER-DAEMON@larch.example", ""),
        ("Return-Path: Paula@Larch.example", "paula@larch.example"),
        ("Return-Path: nonsense\r\nFrom: paula@larch.example", ""),
        ("From: Paula <paula@larch.example>", "paula@larch.example"),
        ("From: paula@larch.example, piet@larch.example", ""),
        ("From: a@ours<b@evil.example>", ""),
        ("Return-Path: <first@larch.example>\r\nReturn-Path: <second@larch.example>", "first@larch.example"),
        ("Subject: nobody", ""),
    ],
)
def test_the_sender(headers: str, sender: str) -> None:
    assert envelope_of(f"{headers}\r\n\r\nReturn-Path: <body@x.example>\r\n".encode(), OURS).sender == sender


def test_the_recipients_are_the_named_ones_and_the_mailbox_itself() -> None:
    raw = b"Delivered-To: Support+t.abc@intercom.example\r\nX-Original-To: sales@intercom.example\r\nDelivered-To: no\r\n\r\n"
    assert envelope_of(raw, OURS).recipients == ("support+t.abc@intercom.example", "sales@intercom.example", OURS)


@pytest.mark.parametrize("raw", [b"", b"\x00" * 50, b"no headers at all", b"X: y\r\n" * 5000, b"\xff\xfe: \xff"])
def test_whatever_comes_there_is_an_envelope_without_surprises(raw: bytes) -> None:
    assert envelope_of(raw, OURS) == Envelope("", (OURS,))


def test_many_recipients_are_cut() -> None:
    raw = "".join(f"Delivered-To: a{n}@x.example\r\n" for n in range(100)).encode() + b"\r\n"
    assert len(envelope_of(raw, OURS).recipients) == 21
