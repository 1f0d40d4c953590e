"""What can go wrong with notices; each sentence is what a person reads."""

from django.utils.translation import gettext as _

from mainstay.lib.errors import MainstayError


class NotABrowser(MainstayError):
    """What a browser sent as its subscription is none."""

    def __str__(self) -> str:
        return _("This browser could not be set up for notices: it gave no address that we can send to.")


class PushKeyUnusable(MainstayError):
    """The key by which push services know this desk can't be read."""
