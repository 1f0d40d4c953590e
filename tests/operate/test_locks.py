"""Locks that end with their holder."""

import pytest

from mainstay.operate.errors import AlreadyRunning
from mainstay.operate.locks import Users, only_one


def test_a_second_up_on_the_same_folder_is_told_which_process_runs(tmp_path):
    lock = tmp_path / "up.lock"
    with (
        only_one(lock),
        pytest.raises(AlreadyRunning, match=r"\(process \d+\) already runs on .*--data"),
        only_one(lock),
    ):
        pass


def test_a_lock_that_was_left_by_a_killed_process_is_free_and_tells_so(tmp_path):
    lock = tmp_path / "up.lock"
    lock.write_text("4711")
    with only_one(lock) as was_killed:
        assert was_killed
    with only_one(lock) as was_killed:
        assert not was_killed


def test_only_the_last_user_is_the_last(tmp_path):
    users = Users(tmp_path / "users")
    with users.joined() as first:
        with users.joined() as second:
            assert not first.is_last()
        assert first.is_last()
        assert second is not first
