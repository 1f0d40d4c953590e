"""Whether two records may be of one person: by table. It only ever suggests."""

import pytest

from mainstay.people.likeness import KnownAddress, KnownPerson, pairs_alike, why_alike
from mainstay.people.states import Alike

LARCH, ELM = 1, 2


def known(name: str = "", organisation: int | None = None, *addresses: str, pk: int = 1) -> KnownPerson:
    return KnownPerson(pk, name, organisation, tuple(map(address, addresses)))


def address(text: str) -> KnownAddress:
    if "@" in text:
        return KnownAddress("email", text, text.split("@", maxsplit=1)[0].split("+", maxsplit=1)[0].replace(".", ""))
    channel, _sign, number = text.partition(":")
    return KnownAddress(channel, number, number[-9:])


@pytest.mark.parametrize(
    ("one", "other", "because"),
    [
        # the same box, however it is written
        (known("", None, "jan.smit@larch.example"), known("", None, "jansmit+shop@larch.example"), Alike.SAME_BOX),
        (known("", LARCH, "jan.smit@larch.example"), known("", ELM, "jansmit@larch.example"), None),
        (known("", None, "jan.smit@larch.example"), known("", None, "jansmit@elm.example"), None),
        # the same number on two channels
        (known("", None, "phone:+31201234567"), known("", None, "whatsapp:31201234567"), Alike.SAME_NUMBER),
        (known("", LARCH, "phone:+31201234567"), known("", ELM, "whatsapp:31201234567"), None),
        (known("", None, "phone:+31201234567"), known("", None, "telegram:201234567"), None),
        # the same name
        (known("Jan Smit", LARCH), known("jan  smit", LARCH), Alike.SAME_NAME),
        (known("Jan Smit", LARCH), known("Jan Smit", None), Alike.SAME_NAME),
        (known("Jan Smit", LARCH), known("Jan Smit", ELM), None),
        (known("", LARCH), known("", LARCH), None),
        (known("J", LARCH), known("j", LARCH), None),
        # addresses that begin alike, of colleagues only
        (known("", LARCH, "jan.smit@larch.example"), known("", LARCH, "jansmit@old.example"), Alike.SIMILAR_ADDRESS),
        (known("", LARCH, "info@larch.example"), known("", LARCH, "info@old.example"), None),
        (known("", LARCH, "jan@larch.example"), known("", LARCH, "jan@old.example"), None),
        (known("", LARCH, "jan.smit@larch.example"), known("", None, "jan.smit@old.example"), None),
    ],
)
def test_why_two_may_be_one(one: KnownPerson, other: KnownPerson, because: Alike | None) -> None:
    assert why_alike(one, other) == why_alike(other, one) == because


def test_every_pair_is_named_once_the_older_record_first() -> None:
    three = [known("Jan Smit", LARCH, pk=key) for key in (3, 1, 2)]
    assert [(one.pk, other.pk) for one, other, _because in pairs_alike(three)] == [(1, 2), (1, 3), (2, 3)]
