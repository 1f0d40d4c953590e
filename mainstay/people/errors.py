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


# --- persons and organisations -----------------------------------------------------------------------------------------


class NoSuchPerson(MainstayError):
    """The record is gone."""

    def __str__(self) -> str:
        return _("This record is not there any more. Nothing was changed.")


class MergedMeanwhile(MainstayError):
    """The record stands in another one."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(name)

    def __str__(self) -> str:
        return _("This record was merged into %(name)s. Open that one instead.") % {"name": self.name}


class IsColleague(MainstayError):
    """Colleagues are changed in set-up."""

    def __str__(self) -> str:
        return _("This is a colleague. Colleagues are changed in set-up, under “People and sign-ins”.")


class NotAnAddress(MainstayError):
    """That is no address on this channel."""

    def __str__(self) -> str:
        return _("This is no address that the desk understands. Write it like name@example.com, or +31 20 123 4567.")


class NoSuchAddress(MainstayError):
    """Somebody removed the address meanwhile."""

    def __str__(self) -> str:
        return _("Somebody removed this address meanwhile, or it belongs to another person now.")


class NoSuchNote(MainstayError):
    """Somebody removed the note meanwhile."""

    def __str__(self) -> str:
        return _("This note was removed meanwhile.")


class NothingWritten(MainstayError):
    """There is nothing in the note, or too much."""

    def __str__(self) -> str:
        return _("Write what colleagues should know, in at most 5,000 characters.")


class SellsToItself(MainstayError):
    """An organisation would be its own seller."""

    def __str__(self) -> str:
        return _("This organisation sells to the other one, directly or through others. Nobody is their own seller.")


# --- merging ------------------------------------------------------------------------------------------------------------


class MergeWithItself(MainstayError):
    """It is the same record."""

    def __str__(self) -> str:
        return _("This is the same record. Choose another one.")


class MergedElsewhere(MainstayError):
    """One of the two stands in a third record already."""

    def __init__(self, name: str, into: str) -> None:
        self.name, self.into = name, into
        super().__init__(name)

    def __str__(self) -> str:
        return _("%(name)s was merged into %(into)s already. Open that one instead.") % {
            "name": self.name,
            "into": self.into,
        }


class StaffWithCustomer(MainstayError):
    """One of the two works here."""

    def __str__(self) -> str:
        return _("One of them is a colleague. Colleagues and customers are never merged.")


class SampleWithReal(MainstayError):
    """One of the two belongs to the sample company."""

    def __str__(self) -> str:
        return _(
            "One of them belongs to the sample company, which will be taken away. Sample and real are never merged."
        )


class OtherOrganisation(MainstayError):
    """They belong to different organisations."""

    def __init__(self, one: str, other: str) -> None:
        self.one, self.other = one, other
        super().__init__(one)

    def __str__(self) -> str:
        return _(
            "They belong to two organisations, %(one)s and %(other)s. If it is one person, give both the same one first."
        ) % {"one": self.one, "other": self.other}


class SellerAndBuyer(MainstayError):
    """One of the two sold to the other."""

    def __str__(self) -> str:
        return _("One of them bought from the other, so they are two. Change the seller first if that is wrong.")


class NotMerged(MainstayError):
    """The merge was undone already."""

    def __str__(self) -> str:
        return _("This was undone already. Nothing was changed.")


class UndoOthersFirst(MainstayError):
    """What it was merged into was merged on."""

    def __init__(self, name: str, into: str) -> None:
        self.name, self.into = name, into
        super().__init__(name)

    def __str__(self) -> str:
        return _("%(name)s was itself merged into %(into)s since. Undo that first.") % {
            "name": self.name,
            "into": self.into,
        }
