"""The desk's key for push services: made once, for one owner's eyes, and never in silence made anew."""

from pathlib import Path
from typing import Any

import pytest

from mainstay.notifications.errors import PushKeyUnusable
from mainstay.notifications.push_key import KEY_FILE, _key_at, public_push_key, push_key


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path
    _key_at.cache_clear()
    return tmp_path


def test_it_is_made_once_and_stays(folder: Path) -> None:
    first = public_push_key()
    assert (folder / KEY_FILE).stat().st_mode & 0o777 == 0o600
    _key_at.cache_clear()
    assert public_push_key() == first
    assert [path.name for path in folder.iterdir()] == [KEY_FILE]


def test_of_two_processes_both_use_the_first_one_s(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = public_push_key()
    _key_at.cache_clear()
    monkeypatch.setattr(Path, "exists", lambda self: False)  # looked just before the other one made it
    assert public_push_key() == first


@pytest.mark.parametrize("content", ["", "nonsense"])
def test_a_broken_key_is_told_and_not_replaced(folder: Path, content: str) -> None:
    (folder / KEY_FILE).write_text(content)
    with pytest.raises(PushKeyUnusable, match=r"push_key\.pem"):
        push_key()
    assert (folder / KEY_FILE).read_text() == content


def test_a_key_of_another_curve_is_refused(folder: Path) -> None:
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    other = ec.generate_private_key(ec.SECP384R1())
    (folder / KEY_FILE).write_bytes(other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    with pytest.raises(PushKeyUnusable):
        push_key()
