"""PostgreSQL refuses to change or delete what is written in a ticket's history."""

from django.db import migrations
from mainstay.history.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("tickets", "0002_initial")]
    operations = [append_only("tickets_ticketevent")]
