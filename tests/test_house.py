"""The house stands as planned: doors and rooms, foreign keys downwards, every view guarded, every job known."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from django.apps import apps
from django.urls import get_resolver

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "mainstay"
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
LAYERS = next(contract["layers"] for contract in CONTRACTS if contract.get("exhaustive"))
FLOOR = {room.strip(): len(LAYERS) - height for height, layer in enumerate(LAYERS) for room in layer.split("|")}


def room_of(module: str) -> str:
    return module.split(".")[1]


def own_models() -> list[type]:
    return [model for model in apps.get_models() if model.__module__.startswith("mainstay.")]


def test_foreign_keys_point_downwards_or_stay_in_their_room() -> None:
    for model in own_models():
        for field in model._meta.get_fields():
            if field.concrete and field.is_relation and field.related_model.__module__.startswith("mainstay."):
                mine, theirs = room_of(model.__module__), room_of(field.related_model.__module__)
                assert mine == theirs or FLOOR[theirs] < FLOOR[mine], f"{model.__name__}.{field.name} points up"


def test_every_room_is_in_the_contract_and_has_an_opening_sentence() -> None:
    rooms = {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").exists()}
    assert rooms | {"timetable", "__main__"} == set(FLOOR)
    for room in rooms:
        assert (PACKAGE / room / "__init__.py").read_text().startswith('"""'), room


def test_every_room_with_data_has_a_readme() -> None:
    for app in apps.get_app_configs():
        if app.name.startswith("mainstay."):
            assert (Path(app.path) / "README.md").exists(), app.name


def test_every_module_opens_with_a_sentence() -> None:
    for path in PACKAGE.rglob("*.py"):
        text = path.read_text()
        if "migrations" not in path.parts and text.strip():
            assert text.startswith('"""'), path


def test_tests_mirror_the_package() -> None:
    """A test file is named after the module, or the room's folder, that it tests."""
    elsewhere = {"stories", "browser", "bench", "config", "tools"}
    for path in (ROOT / "tests").rglob("test_*.py"):
        relative = path.relative_to(ROOT / "tests")
        if relative.parts[0] in elsewhere or len(relative.parts) == 1:
            continue
        room = PACKAGE.joinpath(*relative.parts[:-1])
        assert room.is_dir(), f"{relative} mirrors no room"


def test_every_view_of_the_desk_says_who_may_come_in() -> None:
    desk = next(p for p in get_resolver().url_patterns if getattr(p, "app_name", None) == "desk")
    for pattern in desk.url_patterns:
        assert hasattr(pattern.callback, "permissions"), f"{pattern.name} is not guarded"


def test_every_enqueued_name_is_a_task() -> None:
    from procrastinate.contrib.django import app as queue

    import mainstay.timetable  # noqa: F401 - registers what happens by itself

    named = set()
    for path in PACKAGE.rglob("*.py"):
        named |= set(re.findall(r'^[A-Z_]+ = "([a-z]+\.[a-z_]+)"$', path.read_text(), re.M))
    named = {name for name in named if name.split(".")[0] in {app.label for app in apps.get_app_configs()} | {"email"}}
    assert {"tickets.deliver", "email.send_copy", "notifications.send_mail"} <= named
    assert named <= set(queue.tasks)


def test_everything_timed_is_one_line_of_the_timetable() -> None:
    for path in PACKAGE.rglob("*.py"):
        if path.name != "timetable.py":
            assert ".periodic(" not in path.read_text(), path


@pytest.mark.slow
def test_a_planted_upward_import_is_caught(tmp_path: Path) -> None:
    """The contract itself is tried out: a copy of the house with `clock` importing `tickets` must not pass."""
    import shutil

    for name in ("mainstay", "config"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "*.mo", "static"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    lint = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()", "--no-cache"]
    assert subprocess.run(lint, check=False, cwd=tmp_path, capture_output=True).returncode == 0
    planted = tmp_path / "mainstay" / "clock" / "__init__.py"
    planted.write_text(planted.read_text() + "\nfrom mainstay.tickets import models\n")
    found = subprocess.run(lint, check=False, cwd=tmp_path, capture_output=True, text=True)
    assert found.returncode != 0
    assert "mainstay.clock" in found.stdout
