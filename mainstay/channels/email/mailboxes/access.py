"""What is needed to reach a mailbox, as one value without a database; and which folders of it matter."""

from dataclasses import dataclass, field

from .states import AfterIntake, Auth, Security

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True)
class Access:
    """Where a mailbox is and how one signs in; the secrets are never shown when it is printed."""

    host: str
    port: int
    user: str
    security: str = Security.TLS
    auth: str = Auth.PASSWORD
    secret: str = field(default="", repr=False)  # the password, or the refresh token
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    token_url: str = ""
    extra_ca: str = ""  # certificates in PEM that are trusted beside the system's


@dataclass(frozen=True)
class Folders:
    """What is read in a mailbox, and where mail goes that was taken in."""

    inbox: str = "INBOX"
    reads_sent: bool = False
    sent: str = ""  # empty: the one that the server marks as \\Sent
    after_intake: str = AfterIntake.LEAVE
    target: str = ""


def is_loopback(host: str) -> bool:
    return host.strip().lower().rstrip(".") in LOOPBACK
