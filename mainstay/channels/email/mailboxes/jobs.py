"""The job of mailboxes: three lines, the work is in `watching`."""

from django.utils import timezone
from procrastinate.contrib.django import app

from .watching import watch_mailboxes


@app.task(name="email.watch_mailboxes", queueing_lock="email.watch_mailboxes")
def watch_the_mailboxes(timestamp: int = 0) -> None:
    watch_mailboxes(timezone.now())
