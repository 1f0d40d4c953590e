"""Where a desk keeps its data, and the secret key that lies there."""

import os
import secrets
import tempfile
from pathlib import Path

from .errors import FolderNotWritable

PROJECT_ROOT = Path(__file__).resolve().parents[2]
SECRET_KEY_FILE = "secret_key"  # noqa: S105 (its name, not the secret)
SECRET_KEY_BYTES = 48


def data_folder() -> Path:
    """The folder of this desk, absolute: MAINSTAY_DATA, else `var` of a checkout, else the user's own data folder."""
    named = os.environ.get("MAINSTAY_DATA", "")
    return Path(named).expanduser().absolute() if named else default_folder()


def default_folder() -> Path:
    if (PROJECT_ROOT / "pyproject.toml").is_file():
        return PROJECT_ROOT / "var"
    share = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    return Path(share).expanduser().absolute() / "mainstay"


def use_data_folder(folder: Path | None) -> Path:
    """From now on this process and its children use `folder` (None: as it was); returns the folder in use."""
    if folder is not None:
        os.environ["MAINSTAY_DATA"] = str(folder.expanduser().absolute())
    return data_folder()


def writable(folder: Path) -> Path:
    """The same folder, made when missing; FolderNotWritable when it can't be made or written to."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as fault:
        raise FolderNotWritable(
            f"The data folder {folder} can't be written to ({_reason(fault)}): "
            "choose another with --data or MAINSTAY_DATA, or change its owner."
        ) from fault
    return folder


def secret_key(folder: Path) -> str:
    """MAINSTAY_SECRET_KEY, else the key in the data folder, made at its first use and readable by its owner only."""
    named = os.environ.get("MAINSTAY_SECRET_KEY", "")
    if named:
        return named
    place = folder / SECRET_KEY_FILE
    try:
        return place.read_text().strip()
    except FileNotFoundError:
        return _make_secret(writable(folder) / SECRET_KEY_FILE)
    except OSError as fault:
        raise FolderNotWritable(
            f"The secret key {place} can't be read ({_reason(fault)}): "
            "run as the user who owns the data folder, or set MAINSTAY_SECRET_KEY."
        ) from fault


def _make_secret(place: Path) -> str:
    """A link is made at once or not at all: of two processes one wins, and both read the whole key of the winner."""
    handle, draft = tempfile.mkstemp(dir=place.parent, prefix=".secret-")  # mkstemp: mode 0600
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_urlsafe(SECRET_KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
    try:
        place.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        Path(draft).unlink()
    return place.read_text().strip()


def _reason(fault: OSError) -> str:
    return (fault.strerror or type(fault).__name__).lower()
