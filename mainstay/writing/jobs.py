"""The jobs of writing: three lines each, the work is in the actions."""

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from .actions import forget_old_drafts
from .actions import send_planned as send_planned_reply


@app.task(name="writing.send_planned", retry=RetryStrategy(max_attempts=20, wait=2))
def send_planned(planned: int) -> None:
    send_planned_reply(planned, at=timezone.now())


@app.task(name="writing.forget_old_drafts", queueing_lock="writing.forget_old_drafts")
def forget_drafts(timestamp: int = 0) -> None:
    forget_old_drafts(at=timezone.now())
