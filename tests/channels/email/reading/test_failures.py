"""Why a mail came back: whom it did not reach, and whether to try again."""

import pytest

from mainstay.channels.email.reading.failures import Failure, is_gone, reported_failures, told_failure
from tests.effort import with_effort

ANN = ("ann@partner.example",)


def report(*lines: str) -> list[Failure]:
    return reported_failures(
        "\n".join(["Reporting-MTA: dns; mx.example", "", "Final-Recipient: rfc822; Ann@Partner.example", *lines])
    )


@pytest.mark.parametrize(
    ("lines", "hard", "delay"),
    [
        (["Action: failed", "Status: 5.1.1"], True, False),
        (["Action: failed", "Status: 5.1.10 (null MX)"], True, False),
        (["Action: failed", "Status: 5.0.0", "Diagnostic-Code: smtp; 550 5.1.1 <ann@partner.example>... User unknown"], True, False),
        (["Action: failed", "Status: 5.0.0", "Diagnostic-Code: smtp; 550 no such user here"], True, False),
        (["Action: failed", "Status: 4.4.7", "Diagnostic-Code: smtp; 550 5.1.1 unknown user"], True, False),
        (["Action: failed", "Status: 5.4.4", "Diagnostic-Code: X-Relay; Host or domain name not found"], True, False),
        (["Action: failed", "Status: 5.2.2"], False, False),
        (["Action: failed", "Status: 5.1.1", "Diagnostic-Code: smtp; 552 5.1.1 mailbox full"], False, False),
        (["Action: failed", "Status: 5.7.1", "Diagnostic-Code: smtp; 550 5.7.1 blocked: spam"], False, False),
        (["Action: failed", "Status: 5.1.8", "Diagnostic-Code: smtp; 501 5.1.8 Sender address rejected"], False, False),
        (["Action: failed", "Status: 4.4.1", "Diagnostic-Code: smtp; host not found"], False, False),
        (["Action: failed", "Status: 5.0.0", "Diagnostic-Code: smtp; 550 Unknown user, said mail.docomo.ne.jp"], False, False),
        (["Action: Delayed", "Status: 4.4.1"], False, True),
        (["Action: delayed", "Status: 5.1.1"], False, True),
        (["Status: 5.1.1"], True, False),
        (["Action: failed"], False, False),
        (["Action: failed", "Diagnostic-Code: smtp; 550", "  5.1.1 folded", "\tline"], True, False),
        (["Action: failed", "Diagnostic-Code: smtp; host 5.1.1.1 said no"], False, False),
    ],
)  # fmt: skip
def test_a_report_is_hard_only_when_the_address_is_gone(lines: list[str], hard: bool, delay: bool) -> None:
    assert report(*lines) == [Failure(ANN, hard, delay)]


@pytest.mark.parametrize("action", ["delivered", "relayed", "Expanded (to list)"])
def test_what_arrived_is_no_failure(action: str) -> None:
    assert report(f"Action: {action}", "Status: 2.0.0") == []


def test_each_recipient_counts_by_itself_and_the_address_we_wrote_stands_first() -> None:
    found = report(
        "Original-Recipient: rfc822;office@partner.example", "Action: failed", "Status: 5.2.2", "", "Final-Recipient: <eve@x.example>",
        "Action: failed", "Status: 5.1.1",
    )  # fmt: skip
    assert found == [
        Failure(("office@partner.example", "ann@partner.example"), False, False),
        Failure(("eve@x.example",), True, False),
    ]


RETURNED = "\n--- Below this line is a copy of the message.\n\nTo: eve@x.example\n"


@pytest.mark.parametrize(
    ("text", "recipients", "hard", "delay"),
    [
        (f"<ann@partner.example>:\n550 5.1.1 User unknown{RETURNED}", ANN, True, False),
        (f"  ann@partner.example\n    host mx said: 550 no such user{RETURNED}", ANN, True, False),
        (f"   * ann@partner.example\n\n553 sorry, no mailbox here: unknown recipient{RETURNED}", ANN, True, False),
        ("ann@partner.example on Thu, 29 Apr\n    The recipient name is not recognized", ANN, True, False),
        ("[Status: Error, Address: <ann@partner.example>, ResponseCode 421]", ANN, False, False),
        ("There was an error delivering your mail to <ann@partner.example>.\n552 Mailbox full", ANN, False, False),
        ("THIS IS A WARNING MESSAGE ONLY.\n\n  ann@partner.example\n\nUser unknown", ANN, False, True),
        (
            "ann@partner.example\n  error after MAIL FROM:<desk@x.example>:\n  550 5.1.7 No such domain",
            ANN,
            False,
            False,
        ),
        (
            "<MAILER-DAEMON@x.example>: hello\nRCPT TO:<ann@partner.example>\n450 4.2.0 try again later",
            ANN,
            False,
            False,
        ),
        ("Nobody is named here.", (), False, False),
        ("", (), False, False),
    ],
)
def test_free_words_are_understood(text: str, recipients: tuple[str, ...], hard: bool, delay: bool) -> None:
    assert told_failure(text, "failure notice") == Failure(recipients, hard, delay)


def test_a_header_that_names_them_goes_before_the_words() -> None:
    found = told_failure("<x@y.example>:\n550 5.1.1 User unknown", "", named=ANN)
    assert found == Failure(ANN, True, False)


@pytest.mark.parametrize(
    "words",
    ["Empfänger unbekannt", "onbekende gebruiker", "utilisateur inconnu", "usuario desconocido", "utente sconosciuto", "usuário desconhecido",
     "nieznany użytkownik", "пользователь не найден", "Recipient address does not exist", "This account is no longer valid"],
)  # fmt: skip
def test_an_unknown_address_is_known_in_many_languages(words: str) -> None:
    assert is_gone(words, "5.0.0")
    assert not is_gone(words, "4.0.0")


@pytest.mark.parametrize(
    "piece",
    ["a@b.example\n", "<a@b.example>: ", "user ", "550 ", "450-", "rcpt to:", "x" * 60 + "@", "a@", "\n\n", "Final-Recipient: rfc822;a@b.c\n\n",
     "-", "original ", "5.1.1 ", "x: y\n", " \n", "address: ", "will be "],
)  # fmt: skip
def test_no_report_takes_long(piece: str) -> None:
    text = piece * (65_536 // len(piece))
    with_effort(1, lambda: (reported_failures(text, told=text), told_failure(text, text[:500])))
