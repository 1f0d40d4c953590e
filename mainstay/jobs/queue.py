"""Enqueue a job in the transaction of the data it is about: both are there, or neither."""

from datetime import datetime

from django.db import DEFAULT_DB_ALIAS
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.manager import JobManager

# A job that a person waits for goes before the usual ones, bulk work after them.
SOON, USUAL, BULK = 10, 0, -10

# Not the app's own manager: inside the worker that one has connections of its own, and a job would be seen, done and
# forgotten before the data it is about is committed.
_in_our_transaction = JobManager(DjangoConnector(alias=DEFAULT_DB_ALIAS))


def enqueue(
    task: str, *, priority: int = USUAL, lock: str | None = None, at: datetime | None = None, **arguments: str | int
) -> int:
    """Enqueue the task with this name; the worker sees it at commit, or at `at`. Returns the job's id.

    By name, so that actions do not import the jobs that call them; a test checks that each name is a task.
    """
    deferring = app.configure_task(task, priority=priority, lock=lock, schedule_at=at)
    deferring.job_manager = _in_our_transaction
    job: int = deferring.defer(**arguments)
    return job
