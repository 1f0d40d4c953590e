"""Stored files: once by content, on disk before the row."""

from typing import Any

import pytest

from mainstay.files.actions import store_file
from mainstay.files.models import StoredFile
from mainstay.files.queries import open_file


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Any) -> Any:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.mark.django_db
def test_equal_bytes_are_stored_once(folder: Any) -> None:
    first, second = store_file(b"plan", "text/plain"), store_file(b"plan", "image/png")
    assert first == second
    assert (first.size, first.content_type) == (4, "text/plain")
    assert [path for path in folder.rglob("*") if path.is_file()] == [folder / first.path]
    with open_file(first) as file:
        assert file.read() == b"plan"


@pytest.mark.django_db
def test_a_disk_that_refuses_leaves_neither_row_nor_half_a_file(folder: Any, monkeypatch: Any) -> None:
    def full(*_: Any) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="no space"):
        store_file(b"plan")
    assert not StoredFile.objects.exists()
    assert not [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.django_db
def test_a_lost_file_is_said_to_be_lost() -> None:
    with pytest.raises(FileNotFoundError):
        open_file(StoredFile(sha256="ab" * 32, size=1, content_type="x"))
