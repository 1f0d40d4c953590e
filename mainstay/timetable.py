"""Everything that happens by itself, one line each: when, and which job."""

from procrastinate.contrib.django import app

from mainstay.automation.jobs import forget_runs, look_at_the_clock
from mainstay.channels.email.mailboxes.jobs import watch_the_mailboxes
from mainstay.company.jobs import forget_over
from mainstay.escalations.jobs import forget_bodies
from mainstay.jobs.stalled import retry_stalled_jobs
from mainstay.notifications.jobs import forget_old_notices
from mainstay.reports.jobs import freeze_months, queue_due
from mainstay.search.jobs import continue_rebuild
from mainstay.tickets.jobs import close_old, look_after_duty, set_alarms
from mainstay.worklists.jobs import forget_batches
from mainstay.writing.jobs import forget_drafts

EVERY_5_SECONDS = "* * * * * */5"
EVERY_MINUTE = "* * * * *"
EVERY_HOUR = "7 * * * *"
EVERY_NIGHT = "23 2 * * *"

app.periodic(cron=EVERY_5_SECONDS)(retry_stalled_jobs)
app.periodic(cron=EVERY_HOUR)(close_old)
app.periodic(cron=EVERY_HOUR)(forget_over)
app.periodic(cron=EVERY_MINUTE)(watch_the_mailboxes)
app.periodic(cron=EVERY_MINUTE)(look_after_duty)
app.periodic(cron=EVERY_HOUR)(set_alarms)
app.periodic(cron=EVERY_NIGHT)(forget_old_notices)
app.periodic(cron=EVERY_HOUR)(freeze_months)
app.periodic(cron=EVERY_MINUTE)(queue_due)
app.periodic(cron=EVERY_MINUTE)(continue_rebuild)
app.periodic(cron=EVERY_NIGHT)(forget_bodies)
app.periodic(cron=EVERY_NIGHT)(forget_drafts)
app.periodic(cron=EVERY_MINUTE)(look_at_the_clock)
app.periodic(cron=EVERY_NIGHT)(forget_runs)
app.periodic(cron=EVERY_NIGHT)(forget_batches)
