"""When a customer is asked, for how long they may answer, and how an answer is written."""

from datetime import datetime, timedelta

from .errors import CommentTooLong, NotAScore
from .models import Rating
from .states import COMMENT_LENGTH, Score

ASK_AFTER = timedelta(minutes=30)  # so that what is undone or re-opened at once asks nobody
ASK_AGAIN_AFTER = timedelta(days=1)  # one person is not asked about each of many tickets on one day
ANSWERED_WITHIN = timedelta(days=60)


def may_be_answered(rating: Rating, at: datetime) -> bool:
    """The link works for so long, also to change one's mind."""
    return at - rating.asked_at <= ANSWERED_WITHIN


def scored(text: str) -> Score:
    """The score that was chosen; raises NotAScore."""
    try:
        return Score(text)
    except ValueError:
        raise NotAScore from None


def commented(text: str) -> str:
    """The comment as it is stored; raises CommentTooLong."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").strip()
    if len(text) > COMMENT_LENGTH:
        raise CommentTooLong
    return text
