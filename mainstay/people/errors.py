"""What can go wrong with people; each docstring is what a person reads."""

from django.utils.translation import gettext as _

from mainstay.lib.errors import MainstayError


class NotAllowed(MainstayError):
    """You may not do this."""

    def __str__(self) -> str:
        return _("Your role does not allow this. Ask an administrator if it should.")


class NoSuchStaff(MainstayError):
    """Nobody on the staff has that address."""

    def __init__(self, email: str) -> None:
        self.email = email
        super().__init__(email)

    def __str__(self) -> str:
        return _("Nobody on the staff signs in as %(email)s.") % {"email": self.email}


class AddressTaken(MainstayError):
    """That address belongs to somebody already."""

    def __init__(self, email: str) -> None:
        self.email = email
        super().__init__(email)

    def __str__(self) -> str:
        return _("The address %(email)s belongs to somebody already.") % {"email": self.email}
