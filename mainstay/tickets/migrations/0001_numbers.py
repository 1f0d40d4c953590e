"""The sequence from which tickets take their numbers."""

from django.db import migrations


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.RunSQL("create sequence ticket_number start 1001", "drop sequence ticket_number"),
    ]
