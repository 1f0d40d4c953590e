"""The jobs of notices: three lines each, the work is in the actions."""

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from .actions import forget_old
from .inviting import send_invitation
from .mailing import send_mail, write_mail
from .pushing import push

TRY_AGAIN = RetryStrategy(max_attempts=100, wait=5)


@app.task(name="notifications.write_mail", retry=TRY_AGAIN)
def write_the_mail(person: int) -> None:
    write_mail(person, at=timezone.now())


@app.task(name="notifications.send_mail", retry=TRY_AGAIN)
def send_the_mail(mail: int) -> None:
    send_mail(mail, at=timezone.now())


@app.task(name="notifications.send_invitation", retry=TRY_AGAIN)
def send_the_invitation(invitation: int, nonce: str, attempts: int = 1) -> None:
    send_invitation(invitation, nonce, at=timezone.now(), attempts=attempts)


@app.task(name="notifications.push", retry=RetryStrategy(max_attempts=5, wait=5))
def push_notice(notice: int, subscription: int, attempts: int = 1) -> None:
    push(notice, subscription, at=timezone.now(), attempts=attempts)


@app.task(name="notifications.forget_old", queueing_lock="notifications.forget_old")
def forget_old_notices(timestamp: int = 0) -> None:
    """Read ones go after thirty days; what is left when there are very many, the next night."""
    forget_old(at=timezone.now())
