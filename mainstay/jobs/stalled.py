"""Jobs of a worker that died are given to another one."""

from datetime import UTC, datetime

from procrastinate import JobContext
from procrastinate.contrib.django import app

HEARTBEAT_LOST_SECONDS = 10  # five heartbeats; jobs may run twice, so a false alarm does no harm


@app.task(name="jobs.retry_stalled", queueing_lock="jobs.retry_stalled", pass_context=True)
async def retry_stalled_jobs(context: JobContext, timestamp: int = 0) -> None:
    """Jobs whose worker gave no sign for 10 s start again: well within a minute of its death."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=HEARTBEAT_LOST_SECONDS):
        await manager.retry_job(job, retry_at=datetime.now(UTC))
