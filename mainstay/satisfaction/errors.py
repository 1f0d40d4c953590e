"""What can go wrong with a rating; each sentence is what a person reads."""

from django.utils.translation import gettext as _

from mainstay.lib.errors import MainstayError

from .states import COMMENT_LENGTH


class RatingError(MainstayError):
    """Something about a rating is not possible."""


class NoSuchRating(RatingError):
    """There is no such question, or it was asked too long ago."""

    def __str__(self) -> str:
        return _("This link is not valid any more. You can always answer our mail instead: we read it.")


class NotAScore(RatingError):
    """None of the answers was chosen."""

    def __str__(self) -> str:
        return _("Choose one of the answers first.")


class CommentTooLong(RatingError):
    """The comment is longer than is kept."""

    def __str__(self) -> str:
        return _("Please keep it under %(number)s characters. Nothing was lost: your text is still here.") % {
            "number": COMMENT_LENGTH
        }
