"""The jobs of e-mail: three lines each, the work is in the actions."""

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from .actions import file_raw_mail


@app.task(name="email.file", retry=RetryStrategy(max_attempts=1000, wait=2))
def file_mail(raw_mail: int) -> None:
    file_raw_mail(raw_mail, at=timezone.now())
