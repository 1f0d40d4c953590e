"""Waits between attempts."""

from mainstay.channels.email.retrying import wait_seconds


def test_waits_double_up_to_four_hours_and_deviate_by_a_fifth() -> None:
    for attempt in range(1, 60):
        middle = min(60 * 2 ** (attempt - 1), 14_400)
        waits = [wait_seconds(attempt, f"<{seed}@x>") for seed in range(200)]
        assert 0.8 * middle <= min(waits) < 0.85 * middle
        assert 1.15 * middle < max(waits) <= 1.2 * middle


def test_the_same_mail_waits_the_same_each_time_and_others_do_not() -> None:
    assert wait_seconds(5, "<a@x>") == wait_seconds(5, "<a@x>")
    assert len({wait_seconds(8, f"<{seed}@x>") for seed in range(100)}) > 80


def test_no_number_of_attempts_is_too_many_or_too_few() -> None:
    assert wait_seconds(10**9, "x") <= 4 * 3600 * 1.2
    assert wait_seconds(0, "x") >= 48
