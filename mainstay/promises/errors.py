"""What can go wrong with promises; each sentence is what a person reads."""

from django.utils.translation import gettext as _

from mainstay.lib.errors import MainstayError


class NoPolicy(MainstayError):
    """No policy is in force."""

    def __str__(self) -> str:
        return _("No support policy is in force yet. Start the desk with `mainstay up`, or give it one with --policy.")
