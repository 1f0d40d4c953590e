"""Store bytes durably before anything refers to them."""

import hashlib
import os
import tempfile
from pathlib import Path

from django.conf import settings

from .models import StoredFile

KEPT_TYPE = "application/octet-stream"


def store_file(content: bytes, content_type: str = KEPT_TYPE) -> StoredFile:
    """The bytes are on disk, then the row is there: a row never lacks its file. Equal bytes are stored once."""
    digest = hashlib.sha256(content).hexdigest()
    stored = StoredFile(sha256=digest, size=len(content), content_type=content_type[:120])
    _write_durably(Path(settings.MEDIA_ROOT) / stored.path, content)
    stored, _created = StoredFile.objects.get_or_create(
        sha256=digest, defaults={"size": len(content), "content_type": content_type[:120]}
    )
    return stored


def _write_durably(path: Path, content: bytes) -> None:
    """Written beside, flushed to the disk, then renamed: a half-written file never bears the name."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, beside = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(beside).replace(path)
    except OSError:
        Path(beside).unlink(missing_ok=True)
        raise
