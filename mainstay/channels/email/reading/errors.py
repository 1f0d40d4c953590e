"""The one thing that reading a mail may raise."""

from mainstay.lib.errors import MainstayError


class UnreadableMail(MainstayError):
    """This mail is over a limit, so it was not opened; the raw mail is kept."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
