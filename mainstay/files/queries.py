"""Read the bytes of a stored file."""

from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from .models import StoredFile


def open_file(stored: StoredFile) -> BinaryIO:
    """The file opened for reading; raises FileNotFoundError when the storage lost it."""
    return (Path(settings.MEDIA_ROOT) / stored.path).open("rb")
