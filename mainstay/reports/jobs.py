"""The jobs of reports: three lines each, the work is in the actions."""

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from . import mailing
from .actions import freeze_months_due


@app.task(name="reports.freeze_months", queueing_lock="reports.freeze_months")
def freeze_months(timestamp: int = 0) -> None:
    freeze_months_due(at=timezone.now())


@app.task(name="reports.queue_due", queueing_lock="reports.queue_due")
def queue_due(timestamp: int = 0) -> None:
    """Each report by mail that is due now is in the queue."""
    mailing.queue_due(at=timezone.now())


@app.task(name="reports.send_report", retry=RetryStrategy(max_attempts=100, wait=5))
def send_report(mail: int) -> None:
    mailing.send_report(mail, at=timezone.now())
