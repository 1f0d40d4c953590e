"""Who wrote: a person, or a machine about mail; and who may get an automatic answer."""

import pytest

from mainstay.channels.email.reading import read_mail

FROM = "From: bob@partner.example\r\n"
BODY = "\r\nHello"


def read(headers: str, body: str = BODY, envelope_from: str | None = None) -> tuple[str, bool]:
    parsed = read_mail(f"{headers}{body}".encode(), envelope_from=envelope_from)
    return parsed.kind, parsed.may_auto_reply


def report(kind: str, status: str) -> str:
    return (
        f"Content-Type: multipart/report; report-type={kind}; boundary=b\r\n\r\n--b\r\n\r\nSee below.\r\n"
        f"--b\r\nContent-Type: message/{kind}\r\n\r\n{status}\r\n--b--\r\n"
    )


@pytest.mark.parametrize(
    "headers",
    [
        "",
        "Subject: Delivery failed: the parcel came broken\r\n",
        "Subject: Re: Undeliverable: your offer\r\n",
        "Subject: Out of office phones do not ring\r\n",
        "Auto-Submitted: no\r\n",
    ],
)
def test_a_person_is_a_person(headers: str) -> None:
    assert read(FROM + headers)[0] == "human"


def test_a_person_gets_an_acknowledgement() -> None:
    assert read(FROM) == ("human", True)
    assert read(FROM, envelope_from="bob@partner.example") == ("human", True)


@pytest.mark.parametrize(
    "headers",
    [
        "Precedence: bulk\r\n",
        "Precedence: LIST\r\n",
        "List-Id: <all.partner.example>\r\n",
        "List-Unsubscribe: <mailto:x@y.example>\r\n",
        "X-Auto-Response-Suppress: OOF, AutoReply\r\n",
        "Auto-Submitted: auto-generated\r\n",
        "X-Loop: desk\r\n",
        "Feedback-ID: 1:2:3\r\n",
    ],
)
def test_machines_questions_are_kept_but_not_answered_by_a_machine(headers: str) -> None:
    assert read(FROM + headers) == ("human", False)


@pytest.mark.parametrize(
    "sender", ["noreply", "no-reply", "no_reply+x", "do-not-reply", "donotreply", "postmaster", "MAILER-DAEMON"]
)
def test_addresses_that_nobody_reads_get_no_answer(sender: str) -> None:
    assert not read(f"From: {sender}@partner.example\r\n")[1]


def test_without_a_clear_sender_nobody_is_answered() -> None:
    assert not read("Subject: x\r\n")[1]
    assert not read("From: a@b.example, c@d.example\r\n")[1]


@pytest.mark.parametrize(
    "headers",
    [
        "Auto-Submitted: auto-replied (vacation)\r\n",
        "X-Autoreply: yes\r\n",
        "X-Autorespond: x\r\n",
        "Precedence: auto_reply\r\n",
        "Subject: Automatic reply: Lock\r\n",
        "Subject: Automatisch antwoord: Lock\r\n",
        "Subject: Out of Office AutoReply: Lock\r\n",
        "Subject: Abwesenheitsnotiz: Lock\r\n",
        "In-Reply-To: <a@b>\r\nAuto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: All\r\n",
    ],
)
def test_automatic_answers_are_known(headers: str) -> None:
    assert read(FROM + headers) == ("auto_reply", False)


def test_an_empty_envelope_sender_is_a_machine() -> None:
    assert read(FROM, envelope_from="") == ("auto_reply", False)
    assert read("Return-Path: <>\r\n" + FROM) == ("auto_reply", False)
    assert read("From: MAILER-DAEMON@partner.example\r\nSubject: Returned mail: x\r\n", envelope_from="") == (
        "bounce",
        False,
    )


@pytest.mark.parametrize(
    ("kind", "status", "expected"),
    [
        ("delivery-status", "Action: failed", "bounce"),
        ("delivery-status", "Action: delayed", "bounce"),
        ("delivery-status", "nonsense", "bounce"),
        ("delivery-status", "Action: delivered", "delivery_report"),
        ("delivery-status", "Action: delivered\r\n\r\nAction: failed", "bounce"),
        ("disposition-notification", "Disposition: automatic-action", "delivery_report"),
        ("feedback-report", "Feedback-Type: abuse", "complaint"),
    ],
)
def test_reports_are_known_by_their_machine_part(kind: str, status: str, expected: str) -> None:
    assert read(FROM, report(kind, status)) == (expected, False)


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        (
            "From: Mail Delivery System <mailer-daemon@x.example>\r\nSubject: Undelivered Mail Returned to Sender\r\n",
            BODY,
        ),
        ("From: postmaster@x.example\r\nSubject: Mail\r\n", "\r\nReporting-MTA: dns; x"),
        (FROM + "X-Failed-Recipients: a@b.example\r\n", BODY),
        (FROM + "Subject: failure notice\r\n", "\r\nThis is the qmail-send program at x."),
        ("From: desk-owner@lists.example\r\nList-Id: <desk>\r\nSubject: You are not a member\r\n", BODY),
    ],
)
def test_free_form_bounces_are_known(headers: str, body: str) -> None:
    assert read(headers, body) == ("bounce", False)
