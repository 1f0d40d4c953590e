"""Names that mislead, and the many that do not."""

import pytest

from mainstay.channels.email.reading import read_mail
from mainstay.channels.email.reading.senders import sender_warning

BOB = "bob@partner.example"


@pytest.mark.parametrize(
    "name",
    [
        "", "Bob Smith", "Jörg Köhler", "Łukasz Zając", "Ирина Орлова", "Ελένη Παππά", "山田 太郎", "山田Taro", "王小明 (Bob)",
        "علی\u200cرضا", "शक्\u200dति", "👨\u200d👩\u200d👧 Bob", "Bob @ Partner", "Support | Частный дом", "µTools", "bob@partner.example",
        "BOB@Partner.Example", "Bob (bob@partner.example)", "Team @night", "Müller & Söhne GmbH", "O'Neil",
    ],
)  # fmt: skip
def test_an_honest_name_gives_no_warning(name: str) -> None:
    assert sender_warning(name, BOB) == ""


@pytest.mark.parametrize(
    "name",
    [
        "Support <ceo@desk.example>", "ceo@desk.example", "ceo@desk.example via Bob", "'ceo@desk.example'", "ceo＠desk.example",
        "Bob bob@partner.example ceo@desk.example", "mailto:ceo@desk.example", "c\u200beo@desk.example",
    ],
)  # fmt: skip
def test_a_name_that_claims_another_address_is_told(name: str) -> None:
    assert sender_warning(name, BOB) == "claims_other_address"


@pytest.mark.parametrize(
    "name", ["\u202ebob", "Bo\u200bb", "Bob\u2066", "B\u00adob", "\u3164", "Bo\u200db", "Bob\ufeff", "\U000e0041Bob"]
)
def test_unseen_signs_are_told(name: str) -> None:
    assert sender_warning(name, BOB) == "invisible"


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("P\u0430yPal", BOB),  # a Cyrillic a
        ("Supp\u03bfrt", BOB),  # a Greek omicron
        ("Bob", "bob@p\u0430rtner.example".encode().decode()),
        ("Bob", "b\u043eb@partner.example"),
        ("Bob", "bob@xn--prtner-4ve.example"),
        ("Bob", "bob@xn--80ak6aa92e.example"),  # all Cyrillic, reads as an English brand
    ],
)
def test_scripts_mixed_in_a_word_are_told(name: str, address: str) -> None:
    assert sender_warning(name, address) == "mixed_scripts"


def test_a_domain_in_its_own_script_is_fine() -> None:
    assert sender_warning("Иван", "ivan@xn--e1afmkfd.example") == ""
    assert sender_warning("Jörg", "j@xn--bcher-kva.example") == ""
    assert sender_warning("x", "j@xn--\x00.example") == ""


def test_the_mail_carries_the_warning() -> None:
    assert read_mail(b'From: "ceo@desk.example" <evil@x.example>\r\n\r\nHello').sender_warning == "claims_other_address"
    assert read_mail(b"From: =?utf-8?q?P=D0=B0yPal?= <a@x.example>\r\n\r\nHello").sender_warning == "mixed_scripts"
    assert read_mail(b"From: Bob <bob@x.example>\r\n\r\nHello").sender_warning == ""
