"""Pure questions of the second line: who may do what, and how long a call to a tracker waits before it is tried again."""

import hashlib
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from mainstay.people.errors import NotAllowed
from mainstay.people.models import Person
from mainstay.people.states import Permission

from .errors import WrongSetUp
from .models import TITLE_LENGTH

FIRST_WAIT_SECONDS = 30
LONGEST_WAIT_SECONDS = 4 * 3600
GIVE_UP_AFTER = timedelta(days=3)
JITTER = 0.2
HOOK_MAX_BYTES = 1024 * 1024


def check_may(person: Person, *permissions: Permission) -> None:
    """Raises NotAllowed unless this person may do one of these."""
    if not any(person.may(one) for one in permissions):
        raise NotAllowed


def check_second_line(person: Person) -> None:
    """Problems and issues are kept by developers and by technicians alike."""
    check_may(person, Permission.HELP_AS_DEVELOPER, Permission.WORK_TICKETS)


def wait_seconds(attempt: int, marker: str) -> int:
    """Seconds from this attempt (1 is the first) to the next: doubled each time up to four hours, a fifth more or less.

    The deviation follows from the call's marker, so that calls that failed together do not all come back together.
    """
    wait = min(FIRST_WAIT_SECONDS * 2 ** min(max(attempt, 1) - 1, 20), LONGEST_WAIT_SECONDS)
    drawn = int.from_bytes(hashlib.sha256(f"{marker}\n{attempt}".encode()).digest()[:8]) / 2**64
    return round(wait * (1 - JITTER + 2 * JITTER * drawn))


def is_patience_over(queued_at: datetime, next_at: datetime) -> bool:
    """Whether the next attempt would come later than three days after the call was queued."""
    return next_at - queued_at > GIVE_UP_AFTER


def written_title(text: str) -> str:
    """A title as it is stored: one line, not empty; raises WrongSetUp."""
    title = " ".join(text.replace("\x00", "").split())[:TITLE_LENGTH]
    if not title:
        raise WrongSetUp("title", _("Give the problem a title."))
    return title
