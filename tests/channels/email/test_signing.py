"""DKIM signatures, verified by the library's own verifier against a public key as the DNS would give it."""

import base64
import email
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from mainstay.channels.email.addresses import Address
from mainstay.channels.email.composing import OutgoingDraft, OutgoingFile, compose
from mainstay.channels.email.signing import CannotSign, Signer, signer_from

KEY = rsa.generate_private_key(65537, 2048)
PUBLIC = base64.b64encode(KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
DRAFT = OutgoingDraft(
    sender=Address("Größe, Support", "support@intercom.example"),
    to=(Address("Bob", "bob@partner.example"),),
    subject="Re: Tür öffnet nicht " + "x" * 200,
    text="Hello\n\n.dot  \n trailing  \n",
    message_id="<one@intercom.example>",
    date=datetime(2026, 1, 2, tzinfo=UTC),
    references=("<a@x>", "<b@x>"),
    unsubscribe_url="https://desk.intercom.example/u/1",
    attachments=(OutgoingFile("a.bin", "application/octet-stream", bytes(range(256)) * 50),),
)


def pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, password: bytes = b"") -> bytes:
    lock = BestAvailableEncryption(password) if password else NoEncryption()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock)


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    file = tmp_path / "key.pem"
    file.write_bytes(pem(KEY))
    return file


@pytest.fixture
def signer(key_file: Path) -> Signer:
    made = signer_from(str(key_file), "desk1", "intercom.example")
    assert made
    return made


def dns(asked: list[bytes]) -> Callable[..., bytes]:
    def answer(name: bytes, timeout: int = 5) -> bytes:
        asked.append(name)
        return b"v=DKIM1; k=rsa; p=" + PUBLIC

    return answer


def is_valid(raw: bytes) -> bool:
    return bool(dkim.verify(raw, dnsfunc=dns([])))


def test_a_signed_mail_verifies_against_the_key_of_its_selector_and_domain(signer: Signer) -> None:
    asked: list[bytes] = []
    assert dkim.verify(compose(DRAFT, signer), dnsfunc=dns(asked))
    assert asked == [b"desk1._domainkey.intercom.example."]


def test_without_a_domain_the_senders_own_is_used(key_file: Path) -> None:
    signer = signer_from(str(key_file), "desk1")
    asked: list[bytes] = []
    raw = compose(replace(DRAFT, sender=Address("", "sales@other.example")), signer)
    assert dkim.verify(raw, dnsfunc=dns(asked))
    assert asked == [b"desk1._domainkey.other.example."]


def test_below_its_signature_the_mail_is_the_same_as_without(signer: Signer) -> None:
    signed = compose(DRAFT, signer)
    assert signed.startswith(b"DKIM-Signature: ")
    assert signed.endswith(compose(DRAFT))
    assert len(email.message_from_bytes(signed).get_all("DKIM-Signature", [])) == 1
    assert b"\n" not in signed.replace(b"\r\n", b"")


@pytest.mark.parametrize(
    "header",
    ["From: evil@x", "Subject: y", "To: y@x", "Cc: y@x", "Reply-To: y@x", "Date: x", "List-Unsubscribe: <https://x>", "Content-Type: x/y"],
)  # fmt: skip
def test_nobody_on_the_way_can_add_a_header_or_change_the_words(signer: Signer, header: str) -> None:
    raw = compose(DRAFT, signer)
    assert is_valid(b"Received: from x by y\r\n" + raw)
    assert not is_valid(header.encode() + b"\r\n" + raw)
    assert not is_valid(raw.replace(b"Hello", b"Hullo"))


def test_without_settings_nothing_is_signed() -> None:
    assert signer_from("", "", "") is None


@pytest.mark.parametrize(
    ("selector", "domain", "said"),
    [
        ("", "", "MAINSTAY_DKIM_SELECTOR"),
        ("a b", "", "DNS"),
        ("a;d=x", "", "DNS"),
        ("a", "x\r\ny", "DNS"),
        ("é", "", "DNS"),
    ],
)
def test_half_a_setting_or_a_strange_one_is_told(key_file: Path, selector: str, domain: str, said: str) -> None:
    with pytest.raises(CannotSign, match=said):
        signer_from(str(key_file), selector, domain)


def test_a_selector_without_a_key_is_told() -> None:
    with pytest.raises(CannotSign, match="MAINSTAY_DKIM_KEY"):
        signer_from("", "desk1", "")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot be read: no such file"),
        (b"", "no private key"),
        (b"-----BEGIN PRIVATE KEY-----\nnonsense\n-----END PRIVATE KEY-----\n", "no private key"),
        (pem(KEY, b"secret"), "without a password"),
        (pem(ec.generate_private_key(ec.SECP256R1())), "RSA"),
    ],
    ids=["missing", "empty", "broken", "locked", "not-rsa"],
)
def test_a_key_that_cannot_sign_is_told_at_once(tmp_path: Path, content: bytes | None, said: str) -> None:
    file = tmp_path / "key.pem"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(CannotSign, match=said) as caught:
        signer_from(str(file), "desk1", "intercom.example")
    assert "PRIVATE KEY" not in str(caught.value)


def test_a_mail_that_cannot_be_signed_is_not_written(signer: Signer) -> None:
    with pytest.raises(CannotSign):
        compose(DRAFT, replace(signer, key=b"gone"))


def test_the_key_is_in_no_log_line(signer: Signer) -> None:
    assert "PRIVATE" not in repr(signer)
