"""The jobs of automation: the work is in the actions."""

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from .actions import forget_old_runs, look_at_clock, run_rules


@app.task(name="automation.run", retry=RetryStrategy(max_attempts=5, wait=2))
def run(event: int) -> None:
    run_rules(event, at=timezone.now())


@app.task(name="automation.look_at_clock", queueing_lock="automation.look_at_clock")
def look_at_the_clock(timestamp: int = 0) -> None:
    look_at_clock(at=timezone.now())


@app.task(name="automation.forget", queueing_lock="automation.forget")
def forget_runs(timestamp: int = 0) -> None:
    forget_old_runs(at=timezone.now())
