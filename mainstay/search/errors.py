"""What can go wrong with a search, in sentences."""

from django.utils.translation import gettext as _

from mainstay.lib.errors import MainstayError


class TookTooLong(MainstayError):
    """Too many tickets would have to be looked into."""

    def __str__(self) -> str:
        return _("That would take too long. Add a word, a name or a time, such as after:30d.")
