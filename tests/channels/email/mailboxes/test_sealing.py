"""Secrets at rest: unreadable without the key, and nothing goes on without it (row 78)."""

from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet

from mainstay.channels.email.mailboxes.errors import KeyMissing
from mainstay.channels.email.mailboxes.sealing import KEYS_FILE, KEYS_VARIABLE, seal, unseal


def test_the_first_secret_makes_a_key_that_only_its_owner_can_read(tmp_path: Path) -> None:
    sealed = seal("pässword", may_make_key=True)
    assert "pässword" not in sealed
    assert unseal(sealed) == "pässword"
    assert (tmp_path / KEYS_FILE).stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [KEYS_FILE]


def test_the_same_secret_is_sealed_differently_each_time() -> None:
    assert seal("x", may_make_key=True) != seal("x", may_make_key=True)


def test_nothing_is_nothing() -> None:
    assert (seal("", may_make_key=False), unseal("")) == ("", "")


def test_a_missing_key_is_told_and_never_replaced(tmp_path: Path) -> None:
    sealed = seal("x", may_make_key=True)
    (tmp_path / KEYS_FILE).unlink()
    for ask in (lambda: unseal(sealed), lambda: seal("y", may_make_key=False)):
        with pytest.raises(KeyMissing, match=r"put .* back from the backup"):
            ask()
    assert not (tmp_path / KEYS_FILE).exists()


def test_another_key_opens_nothing(tmp_path: Path) -> None:
    sealed = seal("x", may_make_key=True)
    (tmp_path / KEYS_FILE).write_bytes(Fernet.generate_key())
    with pytest.raises(KeyMissing, match="can't be read with the keys at hand"):
        unseal(sealed)


def test_keys_can_be_named_in_the_environment_and_changed_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    monkeypatch.setenv(KEYS_VARIABLE, old)
    sealed = seal("x", may_make_key=False)
    monkeypatch.setenv(KEYS_VARIABLE, f"{new},{old}")
    assert unseal(sealed) == "x"
    again = seal("x", may_make_key=False)
    monkeypatch.setenv(KEYS_VARIABLE, new)
    assert unseal(again) == "x"
    with pytest.raises(KeyMissing):
        unseal(sealed)


@pytest.mark.parametrize("words", ["short", "not base64 !!!"])
def test_what_is_no_key_is_told(tmp_path: Path, words: str) -> None:
    (tmp_path / KEYS_FILE).write_text(words)
    with pytest.raises(KeyMissing, match="not a list of keys"):
        seal("x", may_make_key=True)


def test_an_empty_key_file_is_no_key(tmp_path: Path) -> None:
    (tmp_path / KEYS_FILE).write_text("")
    with pytest.raises(KeyMissing):
        seal("x", may_make_key=True)


def test_a_folder_that_can_not_be_written_is_told(settings: Any) -> None:
    settings.DATA_DIR = Path("/proc/nowhere")
    with pytest.raises(KeyMissing):
        seal("x", may_make_key=True)
