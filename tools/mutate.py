"""Mutation testing of the arithmetic behind the figures: does a test fail when one operator of it changes?

    pip install mutmut
    python tools/mutate.py clock|promises|policy|forecast [FOLDER]

mutmut works on a copy in FOLDER (kept, so that `mutmut show NAME` tells there what a survivor is; else a temporary one),
with the pure tests of the part alone: Django is set up, and there is no database. It switches a mutant on when the modules
are imported already, so what runs on import or is cached would always survive: survivors are tried once more, each in a
process of its own. What still survives is printed, and the counts of each module;
docs/decisions/0020-mutation-testing.md says which survivors are known to change no figure.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTEST = ("-c/dev/null", "-pno:django", "-pno:cacheprovider", "-Werror", "--timeout=30")
LONGEST = 300  # seconds for the tests of a part in a process of their own; longer is a mutant that never ends
COPIED = ("mainstay", "config", "docs", "tests", "policy.toml", "pyproject.toml")


@dataclass(frozen=True)
class Part:
    """Modules whose operators are changed, the tests that should notice, and modules whose caches would hide it."""

    modules: tuple[str, ...]
    tests: tuple[str, ...]
    uncached: tuple[str, ...] = ()


PARTS = {
    # Without its properties, which would take minutes for each mutant.
    "clock": Part(
        ("mainstay/clock/*.py",),
        tuple(
            f"tests/clock/test_{name}.py"
            for name in ("calendar", "durations", "hours", "openings", "samples", "tables", "zones")
        ),
    ),
    "promises": Part(
        tuple(f"mainstay/promises/{name}.py" for name in ("course", "rules", "explaining", "alarms")),
        tuple(f"tests/promises/test_{name}.py" for name in ("course", "rules", "explaining", "alarms")),
    ),
    "policy": Part(
        tuple(
            f"mainstay/policy/{name}.py"
            for name in ("shape", "values", "ahead", "closures", "calendar_files", "repeating")
        ),
        ("tests/policy",),
        uncached=("mainstay/policy/calendar_files.py",),
    ),
    "forecast": Part(("mainstay/reports/forecast.py",), ("tests/reports/test_forecast.py",)),
}

# In place of the suite's own: settings for the models that the rules name, nothing that needs a database, fewer examples of
# each property and no search for the smallest that fails, so that a mutant takes seconds: what then survives may still fall
# to the whole suite, never the reverse.
CONFTEST = '''"""The pure tests alone."""

import os

import django
import hypothesis

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
hypothesis.settings.register_profile(
    "mutants",
    deadline=None,
    derandomize=True,
    database=None,
    max_examples=25,
    phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
)
hypothesis.settings.load_profile("mutants")
django.setup()


def pytest_collection_modifyitems(items):
    items[:] = [item for item in items if not {"db", "cast", "client"} & set(item.fixturenames)]
'''


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("part", choices=PARTS)
    asked.add_argument("folder", nargs="?", type=Path)
    words = asked.parse_args()
    if words.folder:
        return _mutate(PARTS[words.part], words.folder.resolve())
    with tempfile.TemporaryDirectory(prefix="mainstay-mutants-") as name:
        return _mutate(PARTS[words.part], Path(name))


def _mutate(part: Part, folder: Path) -> int:
    _copy(folder)
    (folder / "tests" / "conftest.py").write_text(CONFTEST, encoding="utf-8")
    for name in part.uncached:
        module = folder / name
        module.write_text(re.sub(r"@lru_cache.*\n", "", module.read_text(encoding="utf-8")), encoding="utf-8")
    (folder / "setup.cfg").write_text(_settings(part), encoding="utf-8")
    data = folder / "data"
    data.mkdir(exist_ok=True)
    environment = os.environ | {"MAINSTAY_DATA": str(data), "PYTHONPATH": "."}
    mutmut = [sys.executable, "-m", "mutmut"]
    run = subprocess.run([*mutmut, "run", "--max-children", "1"], cwd=folder, env=environment, check=False)
    if run.returncode:
        return run.returncode
    said = subprocess.run(
        [*mutmut, "results", "--all", "true"], cwd=folder, env=environment, check=True, capture_output=True, text=True
    ).stdout
    _print_results(dict(re.findall(r"^ *(\S+__mutmut_\d+): (.+)$", said, re.MULTILINE)), part, folder, environment)
    return 0


def _print_results(verdicts: dict[str, str], part: Part, folder: Path, environment: dict[str, str]) -> None:
    if _fails("", part, folder, environment):
        sys.exit("The tests fail without a mutant, too, when they have a process of their own.")
    for name, verdict in verdicts.items():
        if verdict == "survived" and _fails(name, part, folder, environment):
            verdicts[name] = "killed afresh"
        if not verdicts[name].startswith("killed"):
            print(f"{name}: {verdicts[name]}", flush=True)
    counts: dict[str, Counter[str]] = {}
    for name, verdict in verdicts.items():
        counts.setdefault(name.rpartition(".")[0], Counter())[verdict] += 1
    for module, count in counts.items():
        print(f"{module}: {count.total()} mutants; {', '.join(f'{n} {verdict}' for verdict, n in count.most_common())}")


def _fails(mutant: str, part: Part, folder: Path, environment: dict[str, str]) -> bool:
    """Whether a test notices a mutant that is there from the first import on."""
    pytest = [sys.executable, "-m", "pytest", "-x", "-q", *PYTEST, "--import-mode=importlib", *part.tests]
    known = environment | {"MUTANT_UNDER_TEST": mutant}
    try:
        ended = subprocess.run(
            pytest, cwd=folder / "mutants", env=known, check=False, capture_output=True, timeout=LONGEST
        )
    except subprocess.TimeoutExpired:
        return True
    return ended.returncode != 0


def _copy(folder: Path) -> None:
    """The tree as it is now; the samples lie beside the project, and so beside the copy that mutmut makes in turn."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(folder / "mutants", ignore_errors=True)  # it would answer with the verdicts of older tests
    for name in COPIED:
        source, copy = ROOT / name, folder / name
        if source.is_dir():
            shutil.rmtree(copy, ignore_errors=True)
            shutil.copytree(source, copy, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, copy)
    samples = ROOT.parent / "shared"
    if samples.is_dir() and not (folder / "shared").exists():
        (folder / "shared").symlink_to(samples)


def _settings(part: Part) -> str:
    said: dict[str, str | tuple[str, ...]] = {
        "source_paths": "mainstay",
        "only_mutate": part.modules,
        "also_copy": ("config", "docs", "policy.toml"),
        "pytest_add_cli_args": PYTEST,
        "pytest_add_cli_args_test_selection": ("--import-mode=importlib", *part.tests),
        "track_dependencies": "false",
        "timeout_multiplier": "4",
        "timeout_constant": "15",
    }
    lines = ["[mutmut]"]
    for key, value in said.items():
        lines.append(f"{key} = {value}" if isinstance(value, str) else "\n    ".join([f"{key} =", *value]))
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
