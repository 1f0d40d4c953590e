"""The jobs of worklists: three lines each, the work is in the actions."""

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from .actions import do_batch, forget_old_batches, undo_batch


@app.task(name="worklists.do_batch", retry=RetryStrategy(max_attempts=5, wait=2))
def do_many(batch: int) -> None:
    do_batch(batch, at=timezone.now())


@app.task(name="worklists.undo_batch", retry=RetryStrategy(max_attempts=5, wait=2))
def undo_many(batch: int) -> None:
    undo_batch(batch, at=timezone.now())


@app.task(name="worklists.forget_old_batches", queueing_lock="worklists.forget_old_batches")
def forget_batches(timestamp: int = 0) -> None:
    forget_old_batches(at=timezone.now())
