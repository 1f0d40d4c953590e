"""The jobs of the second line: three lines each, the work is in the actions."""

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from .actions import forget_old_bodies, make_call, take_in_hook


@app.task(name="escalations.call", retry=RetryStrategy(max_attempts=20, wait=5))
def call(call: int) -> None:
    make_call(call, at=timezone.now())


@app.task(name="escalations.take_in", retry=RetryStrategy(max_attempts=20, wait=5))
def take_in(hook: int) -> None:
    take_in_hook(hook, at=timezone.now())


@app.task(name="escalations.forget_bodies", queueing_lock="escalations.forget_bodies")
def forget_bodies(timestamp: int = 0) -> None:
    forget_old_bodies(at=timezone.now())
