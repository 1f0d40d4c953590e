"""The jobs of e-mail: three lines each, the work is in the actions."""

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from .actions import send_copy


@app.task(name="email.send_copy", retry=RetryStrategy(max_attempts=1000, wait=2))
def send_the_copy(mail: int) -> None:
    send_copy(mail, at=timezone.now())
