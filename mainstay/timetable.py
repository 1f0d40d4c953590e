"""Everything that happens by itself, one line each: when, and which job."""

from procrastinate.contrib.django import app

from mainstay.jobs.stalled import retry_stalled_jobs
from mainstay.tickets.jobs import close_old

EVERY_5_SECONDS = "* * * * * */5"
EVERY_HOUR = "7 * * * *"

app.periodic(cron=EVERY_5_SECONDS)(retry_stalled_jobs)
app.periodic(cron=EVERY_HOUR)(close_old)
