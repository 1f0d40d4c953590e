"""Links to files: for one reader, one file, one purpose, and not for long."""

from datetime import UTC, datetime, timedelta

import pytest

from mainstay.files.links import FileLink, read_link, sign_link

AT = datetime(2026, 11, 17, 10, 0, tzinfo=UTC)
LINK = FileLink(person=7, what=42, address="https://pictures.example/a.png")


def test_a_link_is_read_as_it_was_made_and_stays_the_same_for_ten_minutes() -> None:
    signed = sign_link("outside", LINK, AT)
    assert read_link("outside", signed, AT) == LINK
    assert sign_link("outside", LINK, AT + timedelta(seconds=599)) == signed
    assert sign_link("outside", LINK, AT + timedelta(seconds=600)) != signed


@pytest.mark.parametrize("made_after", [0, 1, 599])
def test_a_link_lives_ten_to_twenty_minutes(made_after: int) -> None:
    made = AT + timedelta(seconds=made_after)
    signed = sign_link("picture", LINK, made)
    assert read_link("picture", signed, made + timedelta(minutes=10))
    assert read_link("picture", signed, made + timedelta(minutes=20, seconds=1)) is None


def test_a_link_serves_one_purpose_only() -> None:
    signed = sign_link("picture", LINK, AT)
    assert read_link("download", signed, AT) is None
    assert read_link("outside", signed, AT) is None


def test_a_changed_link_is_no_link() -> None:
    signed = sign_link("download", LINK, AT)
    other = sign_link("download", FileLink(7, 43), AT)
    body, _colon, seal = signed.rpartition(":")
    for forged in (
        "",
        ":",
        signed[:-1],
        signed + "A",
        "A" + signed,
        f"{other.rpartition(':')[0]}:{seal}",
        f"{body}:",
        seal,
    ):
        assert read_link("download", forged, AT) is None
