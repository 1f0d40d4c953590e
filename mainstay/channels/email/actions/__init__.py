"""The verbs of mail: keep it as it came, put it where it belongs, set it aside and settle it, write and send ours."""

from .batches import file_waiting_mail
from .keeping import store_raw_mail
from .sending import attempt, queue_mail_again, send_copy, withdraw_mail, write_outgoing_mail
from .settling import dismiss_mail, make_ticket_of, try_again

__all__ = [
    "attempt",
    "dismiss_mail",
    "file_waiting_mail",
    "make_ticket_of",
    "queue_mail_again",
    "send_copy",
    "store_raw_mail",
    "try_again",
    "withdraw_mail",
    "write_outgoing_mail",
]
