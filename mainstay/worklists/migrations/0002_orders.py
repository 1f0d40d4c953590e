"""Indexes for the orders of views. They stand here, and not with the tickets, since only views ask in these orders."""

from django.db import migrations

INDEXES = {
    "ticket_by_opening": "tickets_ticket (opened_at, number)",
    "ticket_by_urgency": "tickets_ticket (urgency, opened_at, number)",
    "ticket_open_of_organisation": (
        "tickets_ticket (organisation_id, rank, opened_at, number)"
        " where state in ('new', 'open', 'waiting', 'developers')"
    ),
    "ticket_open_of_nature": (
        "tickets_ticket (nature, rank, opened_at, number) where state in ('new', 'open', 'waiting', 'developers')"
    ),
    "ticket_open_of_assignee": (
        "tickets_ticket (assignee_id, rank, opened_at, number)"
        " where state in ('new', 'open', 'waiting', 'developers')"
    ),
}


class Migration(migrations.Migration):
    dependencies = [("worklists", "0001_views"), ("tickets", "0008_deeds_on_a_ticket")]

    operations = [
        migrations.RunSQL(f"create index {name} on {what}", f"drop index {name}") for name, what in INDEXES.items()
    ]
