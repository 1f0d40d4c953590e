"""The data folder and the secret key."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from mainstay.operate import places
from mainstay.operate.errors import FolderNotWritable


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MAINSTAY_DATA", "MAINSTAY_SECRET_KEY", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)


def test_a_checkout_keeps_its_data_in_var():
    assert places.data_folder() == places.PROJECT_ROOT / "var"


def test_without_a_checkout_the_data_is_in_the_users_own_folder(monkeypatch, tmp_path):
    monkeypatch.setattr(places, "PROJECT_ROOT", tmp_path)
    monkeypatch.setenv("HOME", "/home/someone")
    assert places.data_folder() == Path("/home/someone/.local/share/mainstay")


def test_the_environment_names_the_data_folder(monkeypatch):
    monkeypatch.setenv("MAINSTAY_DATA", "relative")
    assert places.data_folder() == Path.cwd() / "relative"


def test_a_chosen_folder_holds_for_this_process_and_its_children(monkeypatch, tmp_path):
    monkeypatch.setenv("MAINSTAY_DATA", "/elsewhere")
    assert places.use_data_folder(None) == Path("/elsewhere")
    assert places.use_data_folder(tmp_path) == tmp_path
    assert os.environ["MAINSTAY_DATA"] == str(tmp_path)


def test_a_missing_folder_is_made(tmp_path):
    assert places.writable(tmp_path / "a" / "b").is_dir()


def test_a_folder_that_cannot_be_made_is_named_in_one_sentence(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(FolderNotWritable) as told:
        places.writable(tmp_path / "file" / "data")
    assert str(told.value) == (
        f"The data folder {tmp_path}/file/data can't be written to (not a directory): "
        "choose another with --data or MAINSTAY_DATA, or change its owner."
    )


def test_the_secret_key_is_made_once_and_closed_to_others(tmp_path):
    key = places.secret_key(tmp_path / "new")
    file = tmp_path / "new" / "secret_key"
    assert len(key) >= 50
    assert places.secret_key(tmp_path / "new") == key
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [entry.name for entry in (tmp_path / "new").iterdir()] == ["secret_key"]


def test_the_environment_may_name_the_secret_key(monkeypatch, tmp_path):
    monkeypatch.setenv("MAINSTAY_SECRET_KEY", "from the vault")
    assert places.secret_key(tmp_path) == "from the vault"
    assert not list(tmp_path.iterdir())


def test_two_processes_at_once_get_the_same_key(tmp_path):
    code = "import sys; from pathlib import Path; from mainstay.operate.places import secret_key; "
    code += "sys.stdin.read(); print(secret_key(Path(sys.argv[1])))"
    command = [sys.executable, "-c", code, str(tmp_path)]
    both = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=places.PROJECT_ROOT)
        for _ in range(2)
    ]
    for process in both:
        process.stdin.close()
    keys = {process.stdout.read() for process in both}
    assert len(keys) == 1
    assert keys.pop().strip()
    for process in both:
        process.wait()
        process.stdout.close()
