"""What can go wrong with mail; each sentence is what a person reads."""

from django.utils.translation import gettext as _

from mainstay.lib.errors import MainstayError


class HeldBack(MainstayError):
    """The mail can be read, but a person must look before anybody else does; the sentence says why."""


class NeedsReason(MainstayError):
    """Nothing is put away without a word."""

    def __str__(self) -> str:
        return _("Say in a few words why it needs nothing more.")


class SettledMeanwhile(MainstayError):
    """A colleague was quicker."""

    def __str__(self) -> str:
        return _("Somebody has settled this mail meanwhile.")
