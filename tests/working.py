"""Do the waiting jobs now, in this process, the way the worker would."""

import json
from typing import Any

from django.db import connection
from procrastinate.contrib.django import app

import mainstay.timetable  # noqa: F401 - registers every task
from mainstay.channels.email.actions import file_waiting_mail


def do_jobs(limit: int = 200) -> int:
    """Waiting mail is filed, and every job that waits and is due is done, also those that jobs enqueue; returns how many.

    Errors are raised.
    """
    done = 0
    while filed := file_waiting_mail():
        done += filed
    while job := _next_job():
        key, task, arguments = job
        app.tasks[task].func(**arguments)
        with connection.cursor() as cursor:
            cursor.execute("delete from procrastinate_jobs where id = %s", [key])
        done += 1
        assert done <= limit, "jobs go on for ever"
    return done


def waiting_jobs(task: str) -> list[dict[str, Any]]:
    """The arguments of the jobs of this name that wait, also those for later."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select args from procrastinate_jobs where task_name = %s and status = 'todo' order by id", [task]
        )
        return [json.loads(row[0]) for row in cursor.fetchall()]


def _next_job() -> tuple[int, str, dict[str, Any]] | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select id, task_name, args from procrastinate_jobs where status = 'todo'"
            " and (scheduled_at is null or scheduled_at <= now()) order by priority desc, id limit 1"
        )
        row = cursor.fetchone()
    return (row[0], row[1], json.loads(row[2])) if row else None
