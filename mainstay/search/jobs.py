"""What search does by itself."""

import time

from procrastinate.contrib.django import app

from .actions import rebuild_step

AT_ONCE_SECONDS = 20  # of each minute, so that other work comes between


@app.task(name="search.continue_rebuild", queueing_lock="search.continue_rebuild")
def continue_rebuild(timestamp: int) -> None:
    until = time.monotonic() + AT_ONCE_SECONDS
    while time.monotonic() < until and rebuild_step():
        pass
