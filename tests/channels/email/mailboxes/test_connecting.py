"""Reaching a server: encrypted, with a certificate that is checked, and signed in (row 91, F24)."""

import ssl
from dataclasses import replace
from typing import Any

import pytest

from mainstay.channels.email.mailboxes.access import Access
from mainstay.channels.email.mailboxes.connecting import connect, hang_up, sign_in
from mainstay.channels.email.mailboxes.errors import (
    MailboxTrouble,
    NotEncrypted,
    NotTrusted,
    SignInRefused,
    Unreachable,
)
from mainstay.channels.email.mailboxes.tokens import TokenSource
from mainstay.operate.ports import free_port
from tests.certificates import make_certificates
from tests.dovecot import PASSWORD, Dovecot
from tests.misbehaving_imap import MisbehavingImap


@pytest.fixture
def access(dovecot: Dovecot) -> Access:
    """TLS from the start, our authority trusted."""
    return Access(
        "127.0.0.1", dovecot.imaps, "tls", security="tls", secret=PASSWORD, extra_ca=dovecot.certificates.authority
    )


def reach(access: Access, tokens: Any = None) -> Any:
    """Connected and signed in; returns what the connection's socket is."""
    client = connect(access, answer_seconds=10)
    try:
        sign_in(client, access, tokens)
        client.select_folder("INBOX", readonly=True)
        return client.socket()
    finally:
        hang_up(client)


def test_tls_from_the_start_with_an_authority_of_ones_own(access: Access) -> None:
    assert isinstance(reach(access), ssl.SSLSocket)


def test_starttls(access: Access, dovecot: Dovecot) -> None:
    assert isinstance(reach(replace(access, port=dovecot.imap, security="starttls")), ssl.SSLSocket)


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_certificate_that_nobody_vouches_for_is_refused(access: Access, dovecot: Dovecot, security: str) -> None:
    """Row 91: a man in the middle with a certificate of his own."""
    port = dovecot.imaps if security == "tls" else dovecot.imap
    with pytest.raises(NotTrusted, match="not trusted") as told:
        reach(replace(access, port=port, security=security, extra_ca=""))
    assert told.value.needs_person


def test_a_certificate_of_another_authority_is_refused(access: Access, tmp_path: Any) -> None:
    with pytest.raises(NotTrusted):
        reach(replace(access, extra_ca=make_certificates(tmp_path).authority))


def test_a_certificate_for_another_name_is_refused(access: Access, monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    original = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *more, **named: original("127.0.0.1", *more, **named))
    with pytest.raises(NotTrusted, match=r"mail\.example\.net"):
        reach(replace(access, host="mail.example.net"))


def test_starttls_that_was_taken_away_is_refused_and_nothing_is_sent(access: Access) -> None:
    """Row 91: whoever stands in between strips the offer; no password follows."""
    with MisbehavingImap({}) as server:
        with pytest.raises(NotEncrypted, match="Nothing was sent"):
            reach(replace(access, port=server.port, security="starttls"))
        assert not server.sent("LOGIN")


def test_without_encryption_only_this_machine_is_spoken_to(access: Access, dovecot: Dovecot) -> None:
    reach(replace(access, port=dovecot.imap, security="none"))
    with pytest.raises(NotEncrypted):
        reach(replace(access, host="192.0.2.1", security="none"))


def test_a_wrong_password_is_refused(access: Access) -> None:
    with pytest.raises(SignInRefused, match=r"refused the sign-in: \[AUTHENTICATIONFAILED\] Authentication failed\.$"):
        reach(replace(access, secret="wrong"))


def test_a_password_with_other_letters_can_be_sent(access: Access) -> None:
    with pytest.raises(SignInRefused, match="refused the sign-in"):
        reach(replace(access, secret="pässwörd-Ω"))


def test_a_server_that_does_not_listen_or_speak_is_told(access: Access) -> None:
    with pytest.raises(Unreachable):
        reach(replace(access, port=free_port("127.0.0.1", 0, "nobody")))
    with MisbehavingImap({}) as server, pytest.raises(MailboxTrouble):
        reach(replace(access, port=server.port))  # speaks no TLS


def test_certificates_that_are_none_are_told(access: Access) -> None:
    with pytest.raises(NotTrusted, match="PEM"):
        reach(replace(access, extra_ca="not a certificate"))


def test_secrets_are_never_shown(access: Access) -> None:
    assert PASSWORD not in repr(access)


# --- OAuth 2 ------------------------------------------------------------------------------------------------------


def with_oauth(access: Access, dovecot: Dovecot, refresh_token: str) -> Access:
    return replace(
        access, auth="oauth2_other", secret=refresh_token, client_id="desk", token_url=dovecot.tokens.url, user="o@x"
    )


def test_a_token_of_the_provider_signs_in(access: Access, dovecot: Dovecot) -> None:
    dovecot.tokens.users["bearer-1"] = "o@x"
    dovecot.tokens.answers["refresh-1"] = (200, {"access_token": "bearer-1", "expires_in": 3600})
    asks = with_oauth(access, dovecot, "refresh-1")
    reach(asks, TokenSource(asks))


def test_a_token_that_the_server_does_not_take_is_refused(access: Access, dovecot: Dovecot) -> None:
    dovecot.tokens.answers["refresh-2"] = (200, {"access_token": "unknown-bearer", "expires_in": 3600})
    asks = with_oauth(access, dovecot, "refresh-2")
    with pytest.raises(SignInRefused):
        reach(asks, TokenSource(asks))


def test_a_token_that_ended_before_its_time_is_replaced_once(access: Access, dovecot: Dovecot) -> None:
    dovecot.tokens.users["bearer-3"] = "o@x"
    dovecot.tokens.answers["refresh-3"] = (200, {"access_token": "old-bearer", "expires_in": 3600})
    asks = with_oauth(access, dovecot, "refresh-3")
    tokens = TokenSource(asks)
    tokens.token()
    dovecot.tokens.answers["refresh-3"] = (200, {"access_token": "bearer-3", "expires_in": 3600})
    reach(asks, tokens)


def test_access_that_was_revoked_is_told(access: Access, dovecot: Dovecot) -> None:
    """F24."""
    asks = with_oauth(access, dovecot, "revoked")
    with pytest.raises(SignInRefused, match="invalid_grant") as told:
        reach(asks, TokenSource(asks))
    assert told.value.needs_person
