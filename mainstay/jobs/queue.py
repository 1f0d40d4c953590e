"""Enqueue a job in the transaction of the data it is about: both are there, or neither."""

from datetime import datetime

from django.db import connection
from procrastinate.contrib.django import app

# A job that a person waits for goes before the usual ones, bulk work after them.
SOON, USUAL, BULK = 10, 0, -10


def enqueue(
    task: str, *, priority: int = USUAL, lock: str | None = None, at: datetime | None = None, **arguments: str | int
) -> int:
    """Enqueue the task with this name; the worker sees it at commit, or at `at`. Returns the job's id.

    By name, so that actions do not import the jobs that call them; a test checks that each name is a task.
    """
    job: int = app.configure_task(task, priority=priority, lock=lock, schedule_at=at).defer(**arguments)
    return job


def discard_waiting(task: str) -> None:
    """Jobs of this name that wait are taken back; part of the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.execute("delete from procrastinate_jobs where task_name = %s and status = 'todo'", [task])
