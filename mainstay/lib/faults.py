"""Points at which the tests kill a process, to prove that nothing is lost; without MAINSTAY_FAULT they do nothing."""

import os

FETCHING = (
    "mail.after_fetch",  # a mail was fetched from its mailbox and nothing of it is stored
    "mail.after_store",  # it is committed, and the mailbox does not know it
    "mail.after_move",  # it was marked or moved in the mailbox, and our position does not know it
)
WORKING = (
    "mail.while_filing",  # one mail of a batch is on its ticket, and nothing of the batch is committed
    "mail.after_filing",  # the batch is committed
    "mail.before_sending",  # a mail of ours is about to be handed to the relay
    "mail.after_sending",  # the relay has it, and we do not know it yet
)
RINGING = ("alarms.while_ringing",)  # an alarm is told, and nothing of it is committed
POINTS = FETCHING + WORKING + RINGING
KILLED = 137  # the exit code of a process that got SIGKILL, as a shell tells it

_hits: dict[str, int] = {}


def hit(point: str) -> None:
    """Ends the process at once, as `kill -9` would, when MAINSTAY_FAULT names this point (`point`, or `point:3` for the
    third time it is passed)."""
    wanted = os.environ.get("MAINSTAY_FAULT", "")
    if not wanted:
        return
    if point not in POINTS:
        raise ValueError(f"{point} is not in the list of fault points")
    name, _colon, number = wanted.partition(":")
    if name != point:
        return
    _hits[point] = _hits.get(point, 0) + 1
    if _hits[point] == int(number or 1):
        os._exit(KILLED)
