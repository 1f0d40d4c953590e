"""Notices in good time that somebody is no longer there, though their browser could not say so."""

import asyncio
import contextlib
from concurrent.futures import ThreadPoolExecutor

from django.db import Error as DatabaseFault
from django.db import connection
from django.utils import timezone

from .actions import forget_visits
from .rules import SWEEP_SECONDS


async def look_after_visits() -> None:
    """Every few seconds, in every web process, for as long as it runs; whichever comes first does it."""
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="visits") as worker:
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            await asyncio.get_running_loop().run_in_executor(worker, _forget)


def _forget() -> None:
    """A database that is away for a moment is asked again the next time."""
    with contextlib.suppress(DatabaseFault):
        forget_visits(at=timezone.now())
    connection.close()
