"""Where a cluster lies: its data, its socket, its log; and the notes that find them again."""

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from .binaries import Runner

# The kernel's limit is 107 bytes on Linux and 103 elsewhere, for the folder and the socket's own name.
SOCKET_PATH_LIMIT = 103
SOCKET_NAME = "/.s.PGSQL.5432"
ELSEWHERE = Path("/var/lib/mainstay")


@dataclass(frozen=True)
class Place:
    """The folder of one cluster and what is in it."""

    root: Path

    @property
    def data(self) -> Path:
        return self.root / "cluster"

    @property
    def log(self) -> Path:
        return self.root / "postgres.log"

    @property
    def binaries(self) -> Path:
        return self.root / "programs"

    @property
    def pid_file(self) -> Path:
        return self.data / "postmaster.pid"

    @property
    def short_socket_note(self) -> Path:
        return self.root / "socket-folder"

    @property
    def socket_folder(self) -> Path:
        """Beside the data, or the short folder that was noted because the path beside the data is too long."""
        beside = self.root / "socket"
        if len(os.fsencode(str(beside) + SOCKET_NAME)) <= SOCKET_PATH_LIMIT:
            return beside
        try:
            return Path(self.short_socket_note.read_text().strip())
        except FileNotFoundError:
            return beside

    @property
    def socket_lock(self) -> Path:
        return Path(f"{self.socket_folder}{SOCKET_NAME}.lock")

    @property
    def exists(self) -> bool:
        return (self.data / "PG_VERSION").is_file()


def place_of(data_folder: Path) -> Place:
    """The place of this data folder's cluster, as noted there; without a note it is inside the data folder."""
    inside = data_folder / "postgres"
    try:
        return Place(Path((inside / "moved-to").read_text().strip()))
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return Place(inside)


def settle(data_folder: Path, runner: Runner) -> Place:
    """The place with all its folders made and owned by PostgreSQL's user.

    A data folder that this user can't enter (under a private home) gets its cluster in /var/lib/mainstay, noted.
    """
    place = place_of(data_folder)
    _make(place.root, 0o711, runner)
    if not runner.reaches(place.root):
        elsewhere = ELSEWHERE / hashlib.sha256(os.fsencode(data_folder)).hexdigest()[:12]
        ELSEWHERE.mkdir(mode=0o755, parents=True, exist_ok=True)
        _note(place.root / "moved-to", elsewhere)
        place = Place(elsewhere)
        _make(place.root, 0o711, runner)
    _make(_short_enough_socket_folder(place, runner), 0o700, runner)
    return place


def _short_enough_socket_folder(place: Place, runner: Runner) -> Path:
    folder = place.socket_folder
    fits = len(os.fsencode(str(folder) + SOCKET_NAME)) <= SOCKET_PATH_LIMIT
    if fits and (folder.parent == place.root or _is_private(folder, runner)):
        return folder
    base = "/run" if os.geteuid() == 0 and os.access("/run", os.W_OK) else "/tmp"  # noqa: S108 (a fresh private folder)
    folder = Path(tempfile.mkdtemp(prefix="mainstay-", dir=base))
    _note(place.short_socket_note, folder)
    return folder


def _is_private(folder: Path, runner: Runner) -> bool:
    """Still there, ours and closed to others: a folder in /tmp may have been swept away and made by somebody else."""
    try:
        found = folder.lstat()
    except FileNotFoundError:
        return False
    owner = runner.user.pw_uid if runner.user else os.geteuid()
    return folder.is_dir() and not folder.is_symlink() and found.st_uid == owner and not found.st_mode & 0o077


def _make(folder: Path, mode: int, runner: Runner) -> None:
    folder.mkdir(exist_ok=True)
    folder.chmod(mode)
    runner.own(folder)


def _note(file: Path, folder: Path) -> None:
    draft = file.with_suffix(".new")
    draft.write_text(f"{folder}\n")
    draft.replace(file)
