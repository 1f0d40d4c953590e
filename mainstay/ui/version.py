"""Which version of our pages this process serves: an open page of another one says that it should be loaded again."""

import hashlib
from pathlib import Path

from mainstay import __version__

STATIC = Path(__file__).parent / "static"


def page_version(static: Path = STATIC) -> str:
    """The release, and a digest of all styles and behaviours: only what a browser holds makes a page old."""
    digest = hashlib.sha256()
    for path in sorted(static.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(static).as_posix().encode() + b"\0" + path.read_bytes())
    return f"{__version__}-{digest.hexdigest()[:12]}"
