import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from click.testing import CliRunner, Result

from mainstay.cli.main import main
from mainstay.policy.reading import digest
from mainstay.promises.models import PolicyRevision
from tests.cast import Cast
from tests.policy.calendar_texts import CHRISTMAS
from tests.policy.policies import SMALL

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("MAINSTAY_POLICY", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def check(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["policy", "check", *arguments])


def test_a_policy_in_order_is_summed_up_with_its_digest(empty_folder: Path) -> None:
    (empty_folder / "policy.toml").write_text(SMALL)
    result = check("policy.toml")
    assert result.exit_code == 0
    assert result.stdout == (
        "policy.toml: in order\n"
        "  Anvil, open 7.5 hours a week (Europe/Amsterdam)\n"
        "  covers parts, use; severities now, soon\n"
        "  on average: first response 10m, resolution 8h\n"
        f"  digest {digest(SMALL)}\n"
    )
    assert check().stdout == result.stdout


def test_a_policy_in_order_as_json(empty_folder: Path) -> None:
    (empty_folder / "policy.toml").write_text(SMALL)
    result = check("policy.toml", "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout) == {
        "file": "policy.toml",
        "ok": True,
        "digest": digest(SMALL),
        "company": "Anvil",
        "zone": "Europe/Amsterdam",
        "hours_per_week": 7.5,
        "natures": ["parts", "use"],
        "severities": ["now", "soon"],
        "first_response_seconds": 600,
        "resolution_seconds": 28_800,
        "faults": [],
    }


def test_each_fault_is_told_with_file_line_key_and_what_is_allowed(empty_folder: Path) -> None:
    text = SMALL.replace('name = "Anvil"', "nam = 5").replace("[reopening]", "[reopenin]")
    (empty_folder / "bad.toml").write_text(text)
    result = check("bad.toml")
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert lines[0] == "bad.toml: reopening: is missing: write a table [reopening]"
    assert lines[1] == "bad.toml:1: company.name: is missing: the company's name"
    assert (
        lines[2] == "bad.toml:2: company.nam: unknown key; did you mean name? allowed here: name, website, mail_domain"
    )
    assert lines[3].startswith("bad.toml:56: reopenin: unknown key; did you mean reopening? allowed here: company, ")
    assert len(lines) == 4


def test_faults_as_json(empty_folder: Path) -> None:
    (empty_folder / "bad.toml").write_bytes(b"\n\xff\n")
    result = check("bad.toml", "--json")
    assert result.exit_code == 1
    message = "byte 0xff is not UTF-8: save the file with the encoding UTF-8"
    assert json.loads(result.stdout) == {
        "file": "bad.toml",
        "ok": False,
        "faults": [{"key": "", "line": 2, "message": message}],
    }
    assert check("bad.toml").stdout == f"bad.toml:2: {message}\n"


def test_a_file_that_cannot_be_read_is_one_sentence_and_exit_code_2(empty_folder: Path) -> None:
    for name, reason in (("nothing.toml", "no such file or directory"), (str(empty_folder), "is a directory")):
        result = check(name)
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr == f"Error: The policy file {name} can't be read: {reason}.\n"


def test_the_sample_companys_policy_is_in_order() -> None:
    result = check(str(ROOT / "policy.toml"))
    assert result.exit_code == 0
    assert "  Portier Intercom, open 80 hours a week (Etc/UTC)\n" in result.stdout


@pytest.mark.parametrize("module", ["mainstay.cli.clock", "mainstay.cli.policy"])
def test_the_commands_start_without_the_web_framework(module: str) -> None:
    code = f"import sys, {module}; print(sorted(name for name in sys.modules if name.split('.')[0] == 'django'))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == "[]\n"


# --- days ahead ---


def test_the_days_ahead_as_text_and_as_json(empty_folder: Path) -> None:
    sample = (ROOT / "policy.toml").read_text(encoding="utf-8")
    text = sample.replace("countries = []", 'countries = ["NL"]').replace(
        "calendar_files = []", 'calendar_files = ["closed.ics"]', 1
    )
    (empty_folder / "policy.toml").write_text(text, encoding="utf-8")
    (empty_folder / "closed.ics").write_text(CHRISTMAS)
    words = ["policy", "days", "--from", "2026-12-20", "--months", "2"]
    assert CliRunner().invoke(main, words).stdout == (
        "policy.toml: 2026-12-20 to 2027-02-01, that day not included\n"
        "  2026-12-25 Fri  closed         Christmas · closed.ics\n"
        "  2027-01-01 Fri  closed         New Year's Day · NL\n"
        "  2026-12: 352 h\n"
        "  2027-01: 320 h\n"
    )
    told = json.loads(CliRunner().invoke(main, [*words, "--json"]).stdout)
    assert told["days"][0] == {
        "on": "2026-12-25",
        "reason": "calendar",
        "source": "closed.ics",
        "names": {"": "Christmas"},
        "open": [],
        "usual": ["06:00-22:00"],
    }
    assert told["months"] == [
        {"month": "2026-12", "business_seconds": 352 * 3600},
        {"month": "2027-01", "business_seconds": 320 * 3600},
    ]


def test_absurd_days_are_refused(empty_folder: Path) -> None:
    (empty_folder / "policy.toml").write_text(SMALL)
    for words in (["--from", "9999-01-01"], ["--from", "soon"], ["--months", "-1"], ["--months", "9999"]):
        assert CliRunner().invoke(main, ["policy", "days", *words]).exit_code == 2
    (empty_folder / "policy.toml").write_text(SMALL.replace('name = "Anvil"', "nam = 5"))
    assert CliRunner().invoke(main, ["policy", "days"]).exit_code == 1


# --- applying ---


@pytest.fixture
def faster(cast: Cast, empty_folder: Path) -> Path:
    text = (ROOT / "policy.toml").read_text(encoding="utf-8")
    path = empty_folder / "faster.toml"
    path.write_text(text.replace('first_response = "5m"', 'first_response = "3m"', 1), encoding="utf-8")
    return path


@time_machine.travel("2026-11-17T13:00:00Z", tick=False)
def test_a_dry_run_tells_what_would_change_and_applying_does_it(
    cast: Cast, now: datetime, faster: Path, mainstay: Any
) -> None:
    ticket = cast.writes(cast.paula, now)
    words = ("policy", "apply", str(faster), "--from", "2026-11-17")
    preview = mainstay(*words, "--dry-run", "--json")
    assert (preview["revision"], preview["dry_run"], preview["holds_from"]) == (2, True, "2026-11-17T00:00:00Z")
    assert preview["changes"] == [{"key": "targets.first_response", "before": "5m", "after": "3m"}]
    assert preview["tickets"]["changed"] == 1
    assert preview["tickets"]["first"][0]["after"]["first_response_target"] == 180
    [month] = preview["months"]
    assert month["before"]["first_response"]["bank_seconds"] == -(3 * 3600 - 300)
    assert month["after"]["first_response"]["bank_seconds"] == -(3 * 3600 - 180)
    assert PolicyRevision.objects.count() == 1
    told = mainstay(*words, "--dry-run").stdout
    assert told.splitlines() == [
        "Revision 2 would hold from 2026-11-17 00:00 UTC.",
        "  targets.first_response: 5m → 3m",
        "Open tickets measured under it: 1",
        f"  #{ticket.number} Lock: first response in 5m, resolution in 5h, age 3h"
        " → first response in 3m, resolution in 5h, age 3h",
        "2026-11 first response: mean – of – (n 0), bank -10500 s → mean – of – (n 0), bank -10620 s",
        "2026-11 resolution: mean – of – (n 0), bank 0 s stays",
        "Nothing was changed.",
    ]
    done = mainstay(*words, "--json")
    assert {**done, "dry_run": True} == preview
    ticket.refresh_from_db()
    assert (PolicyRevision.objects.count(), ticket.promise.first_response_target_seconds) == (2, 180)


def test_applying_from_now_and_then_the_same_again(cast: Cast, faster: Path, mainstay: Any) -> None:
    assert mainstay("policy", "apply", str(faster)).exit_code == 0
    again = mainstay("policy", "apply", str(faster))
    assert again.exit_code == 1
    assert "holds then already, as revision 2" in again.stderr


@pytest.mark.parametrize(
    "start", ["2026-11-31", "2026-12-01T09:00", "1999-01-01", "2300-01-01", "2020-01-01", "-1", ""]
)
def test_moments_that_cannot_be_change_nothing(cast: Cast, faster: Path, mainstay: Any, start: str) -> None:
    for more in ((), ("--dry-run",)):
        assert mainstay("policy", "apply", str(faster), f"--from={start}", *more).exit_code == 1
    assert PolicyRevision.objects.count() == 1


def test_a_file_with_faults_is_told_by_line_and_changes_nothing(cast: Cast, faster: Path, mainstay: Any) -> None:
    faster.write_text(faster.read_text(encoding="utf-8").replace("calendar_files = []", 'calendar_files = ["no.ics"]'))
    done = mainstay("policy", "apply", str(faster))
    assert (done.exit_code, PolicyRevision.objects.count()) == (1, 1)
    assert "non_working_days.calendar_files[0]: “no.ics” is not there: put the file beside the policy" in done.stdout
