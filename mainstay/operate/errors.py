"""What can stop the desk from running, each as one sentence that says what to do."""

from mainstay.lib.errors import MainstayError


class FolderNotWritable(MainstayError):
    """The data folder can't be written to."""


class DeskNotFound(MainstayError):
    """There is no desk where one was looked for."""


class AlreadyRunning(MainstayError):
    """Another `mainstay up` runs on the same data folder."""


class PortTaken(MainstayError):
    """Another program listens on a port that the desk needs."""


class NoPostgres(MainstayError):
    """No PostgreSQL programs were found on this machine."""


class WrongPostgres(MainstayError):
    """The PostgreSQL programs or the server are of a version that does not fit."""


class PostgresFailed(MainstayError):
    """The desk's own PostgreSQL did not start."""


class DatabaseUnreachable(MainstayError):
    """The database named by DATABASE_URL does not answer."""


class PartFailed(MainstayError):
    """A part of the desk did not become ready."""
