import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from mainstay.cli.main import main
from tests.policy.policies import SMALL

ROOT = Path(__file__).resolve().parents[2]
FRIDAY, MONDAY = "2026-11-20T20:00Z", "2026-11-23T09:00Z"


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("MAINSTAY_POLICY", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["clock", *arguments])


def told(*arguments: str) -> Any:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_elapsed_tells_business_seconds_and_those_of_whole_working_days() -> None:
    assert told("elapsed", "2026-11-19T20:00Z", "2026-11-20T09:00Z") == {
        "start": "2026-11-19T20:00:00Z",
        "end": "2026-11-20T09:00:00Z",
        "seconds": 18_000,
        "all_day_seconds": 46_800,
        "zone": "Etc/UTC",
    }
    assert run("elapsed", "2026-11-19T20:00Z", "2026-11-20T09:00Z").stdout == (
        "18000 business seconds (5h)\n46800 seconds of 24-hour working days (13h)\n"
    )


def test_an_end_before_the_start_is_a_negative_number() -> None:
    assert told("elapsed", MONDAY, FRIDAY)["seconds"] == -18_000
    assert run("elapsed", MONDAY, FRIDAY).stdout.startswith("-18000 business seconds (-5h)\n")


def test_moments_may_have_any_offset() -> None:
    assert told("elapsed", "2026-11-20T21:00+01:00", "2026-11-23T04:00-05:00")["seconds"] == 18_000


@pytest.mark.parametrize("duration", ["5h", "300m", "18000"])
def test_due_tells_when_the_time_has_passed(duration: str) -> None:
    assert told("due", FRIDAY, duration) == {
        "start": "2026-11-20T20:00:00Z",
        "seconds": 18_000,
        "due": "2026-11-23T09:00:00Z",
        "zone": "Etc/UTC",
    }
    assert run("due", FRIDAY, duration).stdout == "2026-11-23T09:00:00Z\n"


def test_due_goes_back_in_time_with_a_minus_sign() -> None:
    assert run("due", MONDAY, "--", "-5h").stdout == "2026-11-20T20:00:00Z\n"


def test_open_tells_until_when() -> None:
    assert run("open", FRIDAY).stdout == "open until 2026-11-20T22:00:00Z\n"
    assert run("open", "2026-11-20T22:00Z").stdout == "closed until 2026-11-23T06:00:00Z\n"
    assert told("open", "2026-11-20T22:00Z") == {
        "at": "2026-11-20T22:00:00Z",
        "open": False,
        "next_open": "2026-11-23T06:00:00Z",
        "next_close": "2026-11-23T22:00:00Z",
        "zone": "Etc/UTC",
    }


def test_open_is_about_now_when_no_moment_is_named() -> None:
    assert run("open").stdout.split(" until ")[0] in ("open", "closed")
    assert told("open")["at"] <= told("open", "now")["at"]


def test_a_desk_that_never_closes_says_so(empty_folder: Path) -> None:
    days = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    week = "\n".join(f'{day} = ["00:00-24:00"]' for day in days)
    file = empty_folder / "always.toml"
    file.write_text(SMALL.replace('monday = ["09:00-12:30", "13:00-17:00"]', week))
    assert run("open", FRIDAY, "--policy", str(file)).stdout == "open, day and night\n"
    assert told("open", FRIDAY, "--policy", str(file))["next_close"] is None


@pytest.mark.parametrize("text", ["2026-11-20T20:00", "2026-11-20", "yesterday", "2026-13-01T00:00Z", ""])
@pytest.mark.parametrize("command", [["elapsed", FRIDAY], ["open"]])
def test_a_moment_without_a_zone_or_sense_is_told_how_to_be_written(command: list[str], text: str) -> None:
    result = run(*command, text)
    assert result.exit_code == 2
    assert f"“{text}”" in result.stderr
    assert "write it like 2026-11-20T20:00Z, or with an offset like 2026-11-20T20:00+01:00." in result.stderr


@pytest.mark.parametrize("text", ["soon", "5x", "", "--"])
def test_a_duration_without_sense_is_told_how_to_be_written(text: str) -> None:
    result = run("due", FRIDAY, "--", text)
    assert result.exit_code == 2
    assert "write it like 5m, 5h, 1h30m, 14d, or as whole seconds" in result.stderr


def test_what_leaves_the_calendar_is_one_sentence() -> None:
    for arguments in (
        ("due", FRIDAY, "999999999h"),
        ("open", "9999-12-31T00:00Z"),
        ("elapsed", "0001-01-01T00:00Z", FRIDAY),
    ):
        result = run(*arguments)
        assert (result.exit_code, result.stderr) == (1, "Error: Business time is kept for the years 2 to 9997 only.\n")


def test_the_policy_is_the_one_named_else_that_of_the_environment_else_that_of_the_folder(
    empty_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("named", "environment", "policy"):
        zone = {"named": "Asia/Tokyo", "environment": "Asia/Dubai", "policy": "Asia/Almaty"}[name]
        (empty_folder / f"{name}.toml").write_text(SMALL.replace("Europe/Amsterdam", zone))
    assert told("open", FRIDAY)["zone"] == "Asia/Almaty"
    monkeypatch.setenv("MAINSTAY_POLICY", "environment.toml")
    assert told("open", FRIDAY)["zone"] == "Asia/Dubai"
    assert told("open", FRIDAY, "--policy", "named.toml")["zone"] == "Asia/Tokyo"


def test_a_policy_with_faults_or_none_at_all_stops_with_its_reasons(empty_folder: Path) -> None:
    (empty_folder / "bad.toml").write_text(SMALL.replace('"Anvil"', "5"))
    faulty = run("open", FRIDAY, "--policy", "bad.toml")
    assert faulty.exit_code == 1
    assert "line 2: company.name: must be text in quotes" in faulty.stderr
    missing = run("open", FRIDAY, "--policy", "nothing.toml")
    assert missing.exit_code == 2
    assert missing.stderr == "Error: The policy file nothing.toml can't be read: no such file or directory.\n"
