"""The job of satisfaction: the work is in the actions."""

from datetime import datetime

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from .actions import ask_about


@app.task(name="satisfaction.ask", retry=RetryStrategy(max_attempts=5, wait=10))
def ask(ticket: int, resolved_at: str) -> None:
    ask_about(ticket, resolved_at=datetime.fromisoformat(resolved_at), at=timezone.now())
