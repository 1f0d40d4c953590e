"""Everything that happens by itself, one line each: when, and which job."""

from procrastinate.contrib.django import app

from mainstay.channels.email.mailboxes.jobs import watch_the_mailboxes
from mainstay.jobs.stalled import retry_stalled_jobs
from mainstay.tickets.jobs import close_old

EVERY_5_SECONDS = "* * * * * */5"
EVERY_MINUTE = "* * * * *"
EVERY_HOUR = "7 * * * *"

app.periodic(cron=EVERY_5_SECONDS)(retry_stalled_jobs)
app.periodic(cron=EVERY_HOUR)(close_old)
app.periodic(cron=EVERY_MINUTE)(watch_the_mailboxes)
