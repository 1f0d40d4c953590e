"""The first command in a fresh checkout."""

import ast
import importlib.util
import os
import sys
from pathlib import Path

import pytest

from mainstay.operate.places import PROJECT_ROOT

SOURCE = PROJECT_ROOT / "tools" / "bootstrap.py"


@pytest.fixture
def bootstrap(tmp_path, monkeypatch):
    """The module, looking at an empty checkout of its own."""
    spec = importlib.util.spec_from_file_location("bootstrap_under_test", SOURCE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    venv = tmp_path / ".venv"
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "VENV", venv)
    monkeypatch.setattr(module, "PYTHON", venv / "bin" / "python")
    for name in ("pyproject.toml", "constraints.txt", "hatch_build.py"):
        (tmp_path / name).write_text(name)
    return module


def installed(bootstrap) -> None:
    bootstrap.PYTHON.parent.mkdir(parents=True)
    bootstrap.PYTHON.touch()
    (bootstrap.VENV / "pyvenv.cfg").write_text("version = 3.11.2")
    bootstrap.stamp("run").write_text(bootstrap.fingerprint())


def test_an_old_python_can_read_it_far_enough_to_say_what_is_missing():
    ast.parse(SOURCE.read_text(encoding="utf-8"), feature_version=(3, 6))


def test_an_old_python_is_told_what_to_install(bootstrap, monkeypatch):
    monkeypatch.setattr(bootstrap.shutil, "which", lambda _: None)
    monkeypatch.setattr(bootstrap.sys, "version_info", (3, 9, 2))
    with pytest.raises(SystemExit, match=r"needs Python 3\.11 or newer and this is 3\.9\.2"):
        bootstrap.main([])


def test_a_newer_python_on_the_path_is_taken(bootstrap, monkeypatch):
    taken = []
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: sys.executable if name == "python3.12" else None)
    monkeypatch.setattr(bootstrap.sys, "version_info", (3, 9, 2))
    monkeypatch.setattr(bootstrap.os, "execv", lambda *words: taken.append(words) or sys.exit())
    with pytest.raises(SystemExit):
        bootstrap.main(["mainstay"])
    assert taken[0][0] == sys.executable


def test_what_is_installed_is_not_installed_again(bootstrap):
    assert not bootstrap.is_stamped("run")
    installed(bootstrap)
    assert bootstrap.is_stamped("run")
    assert not bootstrap.is_stamped("dev")


@pytest.mark.parametrize("name", ["pyproject.toml", "constraints.txt", "hatch_build.py", ".venv/pyvenv.cfg"])
def test_a_change_of_requirements_or_python_is_seen(bootstrap, name):
    installed(bootstrap)
    (bootstrap.ROOT / name).write_text("changed")
    assert not bootstrap.is_stamped("run")


def test_an_environment_whose_python_has_gone_is_made_anew(bootstrap):
    installed(bootstrap)
    bootstrap.PYTHON.unlink()
    bootstrap.PYTHON.symlink_to("/nowhere/python3")
    assert not bootstrap.is_stamped("run")


def test_a_translation_is_stale_until_it_is_compiled_after_its_last_change(bootstrap, tmp_path):
    source: Path = tmp_path / "django.po"
    source.touch()
    assert bootstrap.is_stale(source)
    compiled = source.with_suffix(".mo")
    compiled.touch()
    os.utime(source, (1, 1))
    assert not bootstrap.is_stale(source)
    os.utime(compiled, (0, 0))
    assert bootstrap.is_stale(source)
