"""The jobs of reports: three lines each, the work is in the actions."""

from django.utils import timezone
from procrastinate.contrib.django import app

from .actions import freeze_months_due


@app.task(name="reports.freeze_months", queueing_lock="reports.freeze_months")
def freeze_months(timestamp: int = 0) -> None:
    freeze_months_due(at=timezone.now())
