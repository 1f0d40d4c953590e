"""Mail about mail: which mail of ours it is about."""

import pytest

from mainstay.channels.email.reading import ParsedMail, read_mail

HEAD = (
    "From: MAILER-DAEMON@mx.example\r\nSubject: Undelivered Mail Returned to Sender\r\nMessage-ID: <own@mx.example>\r\n"
)
OURS = "<abc.m@desk.example>"


def report(*parts: tuple[str, str], kind: str = "delivery-status", head: str = HEAD) -> ParsedMail:
    body = "".join(f"--b\r\nContent-Type: {content_type}\r\n\r\n{content}\r\n" for content_type, content in parts)
    return read_mail(
        f"{head}Content-Type: multipart/report; report-type={kind}; boundary=b\r\n\r\n{body}--b--".encode()
    )


FAILED = (
    "message/delivery-status",
    "Reporting-MTA: dns; mx\r\n\r\nFinal-Recipient: rfc822; Ann@X.example\r\nAction: failed\r\nStatus: 5.1.1",
)
RETURNED = f"Received: from x\r\nMessage-ID:\r\n {OURS}\r\nTo: ann@x.example\r\n\r\nWords"


@pytest.mark.parametrize(
    "returned",
    [
        ("message/rfc822", RETURNED),
        ("text/rfc822-headers", RETURNED.partition("\r\n\r\n")[0]),
        ("message/global", RETURNED),
        ("text/plain", f"----- Original message -----\r\n\r\nTo: ann@x.example\r\nMessage-Id: {OURS}\r\n"),
        ("text/plain", f"> Subject: Lock\r\n> Message-ID: {OURS}\r\n"),
    ],
)
def test_a_bounce_names_the_mail_that_came_back(returned: tuple[str, str]) -> None:
    parsed = report(("text/plain", "Sorry."), FAILED, returned)
    assert (parsed.kind, parsed.hard_bounce, parsed.is_delay) == ("bounce", True, False)
    assert (parsed.recipients_failed, parsed.about_mail_ids) == (("ann@x.example",), (OURS,))


def test_what_came_back_goes_before_what_the_headers_say() -> None:
    head = f"{HEAD}In-Reply-To: <in@x>\r\nReferences: <first@x> <last@x>\r\n"
    assert report(FAILED, ("message/rfc822", RETURNED), head=head).about_mail_ids == (
        OURS,
        "<in@x>",
        "<last@x>",
        "<first@x>",
    )


def test_a_delay_is_no_failure_yet() -> None:
    parsed = report(
        ("message/delivery-status", "\r\nFinal-Recipient: rfc822; ann@x.example\r\nAction: delayed\r\nStatus: 4.4.1")
    )
    assert (parsed.kind, parsed.is_delay, parsed.hard_bounce) == ("bounce", True, False)
    assert parsed.recipients_failed == ("ann@x.example",)


def test_a_bounce_of_a_bounce_names_both() -> None:
    inner = f"{HEAD}Content-Type: multipart/report; boundary=c\r\n\r\n--c\r\nContent-Type: {FAILED[0]}\r\n\r\n{FAILED[1]}\r\n--c--"
    outer = ("message/delivery-status", "\r\nFinal-Recipient: rfc822; eve@y.example\r\nAction: failed\r\nStatus: 5.2.2")
    assert report(outer, ("message/rfc822", inner)).recipients_failed == ("eve@y.example", "ann@x.example")


def test_a_receipt_names_the_mail_that_was_read() -> None:
    parsed = report(
        ("message/disposition-notification", f"Final-Recipient: rfc822; a@x\r\nOriginal-Message-ID: {OURS}"), kind="x"
    )
    assert (parsed.kind, parsed.about_mail_ids) == ("delivery_report", (OURS,))
    assert (parsed.recipients_failed, parsed.hard_bounce) == ((), False)


def test_a_complaint_names_the_mail_it_is_about() -> None:
    parsed = report(
        ("message/feedback-report", "Feedback-Type: abuse"), ("message/rfc822", RETURNED), kind="feedback-report"
    )
    assert (parsed.kind, parsed.about_mail_ids, parsed.recipients_failed) == ("complaint", (OURS,), ())


def test_an_automatic_answer_names_what_it_answers() -> None:
    parsed = read_mail(
        f"From: ann@x.example\r\nAuto-Submitted: auto-replied\r\nIn-Reply-To: {OURS}\r\n\r\nAway".encode()
    )
    assert (parsed.kind, parsed.about_mail_ids) == ("auto_reply", (OURS,))


def test_a_persons_mail_is_about_nothing_and_reports_nothing() -> None:
    parsed = read_mail(
        f"From: ann@x.example\r\nIn-Reply-To: {OURS}\r\n\r\nMessage-ID: {OURS}\r\n<bob@x.example>: User unknown".encode()
    )
    assert (parsed.kind, parsed.about_mail_ids, parsed.recipients_failed, parsed.hard_bounce) == (
        "human",
        (),
        (),
        False,
    )


def test_a_returned_mail_over_the_limits_does_not_hide_the_report() -> None:
    monster = "Content-Type: multipart/report; boundary=c\r\ndelivery-status: x\r\n" + "X: y\r\n" * 2_000 + "\r\n--c--"
    assert report(FAILED, ("message/rfc822", monster)).recipients_failed == ("ann@x.example",)
