from pathlib import Path

import pytest

from mainstay.policy import finding
from mainstay.policy.errors import PolicyUnreadable
from mainstay.policy.finding import default_policy_path, sample_policy_path
from mainstay.policy.reading import read_policy_file


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("MAINSTAY_POLICY", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_file_that_the_environment_names_comes_first(empty_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (empty_folder / "policy.toml").touch()
    monkeypatch.setenv("MAINSTAY_POLICY", "~/elsewhere.toml")
    assert default_policy_path() == Path("~/elsewhere.toml").expanduser()


def test_then_the_file_in_the_current_folder(empty_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAINSTAY_POLICY", "")
    (empty_folder / "policy.toml").touch()
    assert default_policy_path().resolve() == empty_folder.resolve() / "policy.toml"


def test_else_the_sample_companys_which_is_in_order() -> None:
    assert default_policy_path() == sample_policy_path()
    assert read_policy_file(default_policy_path()).company.name == "Portier Intercom"


def test_an_installed_package_has_its_own_copy(empty_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packaged = empty_folder / "sample.toml"
    packaged.touch()
    monkeypatch.setattr(finding, "PACKAGED", packaged)
    assert sample_policy_path() == packaged


def test_no_policy_anywhere_is_one_sentence(empty_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "PACKAGED", empty_folder / "a")
    monkeypatch.setattr(finding, "CHECKOUT", empty_folder / "b")
    with pytest.raises(
        PolicyUnreadable, match="There is no policy file: write one, and name it with --policy or MAINSTAY_POLICY"
    ):
        default_policy_path()
