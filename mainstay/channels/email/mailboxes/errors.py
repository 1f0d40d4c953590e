"""What can go wrong with a mailbox; each sentence is what a person reads."""

from django.utils.translation import gettext as _

from mainstay.lib.errors import MainstayError


class MailboxTrouble(MainstayError):
    """Something is in the way of fetching mail. `needs_person`: it will not pass by itself."""

    needs_person = False


class Unreachable(MailboxTrouble):
    """The server does not answer, or not as an IMAP server would."""


class ConnectionLost(MailboxTrouble):
    """The connection broke in the middle."""


class NotTrusted(MailboxTrouble):
    """The server could not prove who it is."""

    needs_person = True


class NotEncrypted(MailboxTrouble):
    """The server would have us talk in the clear."""

    needs_person = True


class SignInRefused(MailboxTrouble):
    """The server does not take the user name and the secret."""

    needs_person = True


class FolderMissing(MailboxTrouble):
    """A folder that is named in the set-up is not there."""

    needs_person = True


class KeyMissing(MailboxTrouble):
    """The key with which secrets are sealed is not there, so they can be neither read nor written."""

    needs_person = True


class NoSuchMailbox(MainstayError):
    """There is no mailbox of that name."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(name)

    def __str__(self) -> str:
        return _("There is no mailbox called %(name)s.") % {"name": self.name}


class WrongSetUp(MainstayError):
    """A mailbox can't be set up like that; `field` says where the fault lies."""

    def __init__(self, field: str, sentence: str) -> None:
        self.field = field
        super().__init__(sentence)
