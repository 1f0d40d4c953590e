"""The one answer to everything that could not be fetched."""

from mainstay.lib.errors import MainstayError


class NotFetched(MainstayError):
    """This could not be fetched."""

    def __init__(self, because: str) -> None:
        """`because` is for our own log: told to a reader, it would let them feel out our network."""
        super().__init__()
        self.because = because
