"""Pure questions about a mailbox: is its set-up sound, is it silent, when is it tried again."""

import random
import re
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from ..addresses import canonical_address
from ..models import Mailbox
from .access import is_loopback
from .errors import WrongSetUp
from .states import AfterIntake, Auth, Security

# Each round ends with a sign of life; between two of them lies this long at most while all is well.
CHECK_SECONDS = 60.0
SILENT_AFTER_CHECKS = 5
SILENT_AFTER = timedelta(seconds=CHECK_SECONDS * SILENT_AFTER_CHECKS)

FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 2.0, 300.0
# Trouble that needs a person: asking often could lock the account.
FIRST_REFUSED_SECONDS, LONGEST_REFUSED_SECONDS = 60.0, 1800.0
JITTER = 0.25

TRIES_IN_A_ROW = 3
OWED_FIRST = timedelta(minutes=10)
OWED_LONGEST = timedelta(days=1)

NAME = re.compile(r"[^\W_][\w .-]{0,59}\Z")
RESERVED_NAMES = frozenset({"smtp", "sent", "import"})


def is_silent(mailbox: Mailbox, at: datetime) -> bool:
    """Whether a person should look: nothing was heard of it for too long, or its trouble will not pass by itself."""
    if not mailbox.is_active:
        return False
    heard = max(filter(None, (mailbox.last_success_at, mailbox.watched_from)), default=at)
    return mailbox.needs_person or at - heard > SILENT_AFTER


def pause_seconds(failures: int, *, needs_person: bool, chance: float | None = None) -> float:
    """How long to wait after this many failures in a row, with jitter so that many mailboxes do not come at once."""
    first, longest = (
        (FIRST_REFUSED_SECONDS, LONGEST_REFUSED_SECONDS)
        if needs_person
        else (FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS)
    )
    chance = random.random() if chance is None else chance  # noqa: S311 - spreads load, guards nothing
    return min(first * 2.0 ** min(failures - 1, 20), longest) * (1 - JITTER + 2 * JITTER * chance)


def owed_pause(tries: int) -> timedelta:
    """When a mail that could not be fetched is tried again."""
    return min(OWED_FIRST * 2 ** min(max(tries - TRIES_IN_A_ROW, 0), 20), OWED_LONGEST)


def check_set_up(mailbox: Mailbox) -> None:
    """Raises WrongSetUp with the field and a sentence for the first thing that can't work."""
    if not NAME.match(mailbox.name) or mailbox.name.lower() in RESERVED_NAMES:
        raise WrongSetUp("name", _("Give it a short name of letters, digits, spaces, dots and dashes."))
    if canonical_address(mailbox.address) is None:
        raise WrongSetUp("address", _("That is no e-mail address."))
    if not mailbox.host or not re.fullmatch(r"[^\s/@\x00]+", mailbox.host):
        raise WrongSetUp("host", _("Name the server, such as imap.example.com, without a path."))
    if not 1 <= mailbox.port <= 65535:
        raise WrongSetUp("port", _("A port is a number from 1 to 65535."))
    if mailbox.security == Security.NONE and not is_loopback(mailbox.host):
        raise WrongSetUp("security", _("Without encryption only a server on this machine is spoken to."))
    if not mailbox.user or not mailbox.user.isprintable():
        raise WrongSetUp("user", _("Say as whom to sign in."))
    _check_folders(mailbox)
    _check_auth(mailbox)


def _check_folders(mailbox: Mailbox) -> None:
    for field in ("folder", "sent_folder", "target_folder"):
        if not str(getattr(mailbox, field)).isprintable():
            raise WrongSetUp(field, _("No folder is called that."))
    if not mailbox.folder:
        raise WrongSetUp("folder", _("Name the folder to read, mostly INBOX."))
    if mailbox.after_intake == AfterIntake.MOVE and mailbox.target_folder in ("", mailbox.folder):
        raise WrongSetUp("target_folder", _("Name another folder to move the mail to."))


def _check_auth(mailbox: Mailbox) -> None:
    if mailbox.auth == Auth.PASSWORD:
        return
    if not mailbox.client_id:
        raise WrongSetUp("client_id", _("OAuth 2 needs the client id of your application."))
    if mailbox.auth == Auth.OTHER and not mailbox.token_url:
        raise WrongSetUp("token_url", _("Name the provider's address for tokens."))
    is_local = re.match(r"http://(localhost|127\.0\.0\.1|\[::1\])[:/]", mailbox.token_url)
    if mailbox.token_url and not mailbox.token_url.startswith("https://") and not is_local:
        raise WrongSetUp("token_url", _("The address for tokens must begin with https://."))
