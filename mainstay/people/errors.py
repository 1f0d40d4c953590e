"""What can go wrong with people; each docstring is what a person reads."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

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


# --- roles ------------------------------------------------------------------------------------------------------------


class NoSuchRole(MainstayError):
    """There is no role of that name."""

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(key)

    def __str__(self) -> str:
        return _("There is no role “%(key)s” any more. Choose another.") % {"key": self.key}


class MoreThanOwn(MainstayError):
    """You can't give away more than you may do yourself."""

    def __str__(self) -> str:
        return _("This role allows more than your own, so you can neither give it nor take it away.")


class LastAdministrator(MainstayError):
    """The desk would have no administrator any more."""

    def __str__(self) -> str:
        return _("This is the last administrator. Make somebody else an administrator first.")


class OwnAccount(MainstayError):
    """Nobody deactivates themselves."""

    def __str__(self) -> str:
        return _("You can't deactivate yourself. Ask another administrator.")


class RoleNameTaken(MainstayError):
    """Another role has that name."""

    def __str__(self) -> str:
        return _("Another role has this name. Choose one by which people can tell them apart.")


class RoleInUse(MainstayError):
    """Somebody has this role: name the one that takes its place."""

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__(str(number))

    def __str__(self) -> str:
        sentence = ngettext(
            "%(n)s person has this role. Choose the role that takes its place.",
            "%(n)s people have this role. Choose the role that takes its place.",
            self.number,
        )
        return sentence % {"n": self.number}


class ChangedMeanwhile(MainstayError):
    """Somebody else changed it since you opened this page."""

    def __str__(self) -> str:
        return _(
            "Somebody else changed this since you opened the page. Below is what you wrote; "
            "what they saved stands beside it. Save again to put yours in its place."
        )


# --- teams ------------------------------------------------------------------------------------------------------------


class NoSuchTeam(MainstayError):
    """The team is gone."""

    def __str__(self) -> str:
        return _("Somebody removed this team meanwhile. Nothing was changed.")


class TeamNameTaken(MainstayError):
    """Another team has that name."""

    def __str__(self) -> str:
        return _("Another team has this name.")


# --- invitations ------------------------------------------------------------------------------------------------------


class InvitedAlready(MainstayError):
    """That address was invited already."""

    def __init__(self, email: str) -> None:
        self.email = email
        super().__init__(email)

    def __str__(self) -> str:
        return _("%(email)s was invited already. Send that invitation again, or withdraw it first.") % {
            "email": self.email
        }


class BelongsToCustomer(MainstayError):
    """That address is known as a customer's."""

    def __init__(self, email: str, organisation: str) -> None:
        self.email, self.organisation = email, organisation
        super().__init__(email)

    def __str__(self) -> str:
        return _("%(email)s is known as an address of somebody at %(organisation)s. Use another address.") % {
            "email": self.email,
            "organisation": self.organisation,
        }


class InvitationOver(MainstayError):
    """The link can't be used any more."""

    def __init__(self, because: str) -> None:
        """`because`: unknown, used, withdrawn or expired."""
        self.because = because
        super().__init__(because)

    def __str__(self) -> str:
        return {
            "used": _("This link was used already. If it was you, sign in with the password you chose."),
            "expired": _("This link is too old. Ask whoever invited you to send a new one."),
        }.get(self.because, _("This link is not valid. Ask whoever invited you to send a new one."))
