"""What can go wrong with views and with deeds on many tickets; each sentence is what a person reads."""

from django.utils.translation import gettext as _

from mainstay.lib.errors import MainstayError


class WorklistError(MainstayError):
    """Something about a view, or about many tickets, is not possible."""


class NoSuchView(WorklistError):
    """There is no such view, or none that this person may see."""

    def __str__(self) -> str:
        return _("This view is not there any more: it was removed, or is no longer shared with you.")


class NoViewName(WorklistError):
    """A view has a name."""

    def __str__(self) -> str:
        return _("Give the view a name, of at most 60 letters.")


class ViewNameTaken(WorklistError):
    """Another view has this name."""

    def __str__(self) -> str:
        return _("Another view is called that already. Choose another name.")


class NoAudience(WorklistError):
    """That role or team is not there."""

    def __str__(self) -> str:
        return _("Choose the role or the team that the view is for.")


class ViewChangedMeanwhile(WorklistError):
    """A colleague saved the view since this person looked."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(name)

    def __str__(self) -> str:
        return _("%(name)s has changed this view meanwhile. Save again to put yours in its place.") % {
            "name": self.name or _("Somebody")
        }


class TooManyViews(WorklistError):
    """More views than anybody can look at."""

    def __str__(self) -> str:
        return _("There are 100 views already. Remove one that nobody needs first.")


class NothingChosen(WorklistError):
    """A deed needs a ticket."""

    def __str__(self) -> str:
        return _("Choose at least one ticket first.")


class NoSuchDeed(WorklistError):
    """This can't be done to many tickets, or not with that value."""

    def __str__(self) -> str:
        return _("Choose what is to be done with the tickets, and how.")


class NoSuchBatch(WorklistError):
    """What was done to many tickets is done, undone or forgotten."""

    def __str__(self) -> str:
        return _("This was done, undone or forgotten meanwhile.")


class TooLateToUndo(WorklistError):
    """Many tickets are taken back within ten minutes, by who did it."""

    def __str__(self) -> str:
        return _("It is too late to undo this, or it was undone already.")


class TooManyToMerge(WorklistError):
    """A merge moves every message of each ticket."""

    def __str__(self) -> str:
        return _("At most 25 tickets are merged at once. Choose fewer.")
