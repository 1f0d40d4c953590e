"""Holds a mail while it comes in."""

import tempfile

from .. import limits


class Spool:
    """A mail while it comes in: small in memory, larger on disk, and nothing at all once it is too large."""

    def __init__(self) -> None:
        self.size = 0
        self._file = tempfile.SpooledTemporaryFile(limits.SPOOL_IN_MEMORY_BYTES)  # noqa: SIM115 - closed by `close`

    @property
    def is_too_large(self) -> bool:
        return self.size > limits.MAIL_MAX_BYTES

    def write(self, content: bytes) -> None:
        self.size += len(content)
        if self.is_too_large:
            self._file.close()
        else:
            self._file.write(content)

    def read(self) -> bytes:
        self._file.seek(0)
        return self._file.read()

    def close(self) -> None:
        self._file.close()
