import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mainstay.cli.main import main
from mainstay.policy.reading import digest
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
