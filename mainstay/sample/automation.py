"""Two rules of the sample company, switched on from now, and a question to a supplier beside one of its tickets."""

from datetime import datetime, timedelta

from django.db.models import Q

from mainstay.automation.actions import RuleGiven, add_rule, switch_rule
from mainstay.automation.models import Rule
from mainstay.automation.rules import Condition
from mainstay.people.models import Person
from mainstay.people.rules import EMAIL
from mainstay.tickets.actions import Letter, open_side_conversation, receive_message
from mainstay.tickets.inbound import Inbound
from mainstay.tickets.models import Ticket

SUPPLIER, SUPPLIER_NAME = "service@rivetta-locks.example", "Rivetta Locks, service"


def keep_rules(*, supervisor: Person, administrator: Person, at: datetime) -> None:
    """What the company does by itself. Names that a desk has already are left alone."""
    critical = [Condition("severity", "critical")]
    note = "They have been silent for a day of opening hours: ask once more, or resolve it."
    for given in (
        RuleGiven("Critical ones to the supervisor", "classified", conditions=critical, tells=[supervisor.pk]),
        RuleGiven("Silent for a day", "silent", minutes=16 * 60, note=note),
    ):
        if not Rule.objects.filter(name__iexact=given.name).exists():
            rule = add_rule(given, by=administrator, at=at, is_sample=True)
            switch_rule(rule, is_on=True, by=administrator, at=at)


def ask_supplier(*, at: datetime) -> None:
    """On an open ticket about a lock that somebody has, its maker was asked, and has answered."""
    about = Q(subject__icontains="lock") | Q(subject__icontains="relay") | Q(subject__icontains="magnet")
    open_ones = Ticket.objects.active().filter(
        about, is_sample=True, assignee__isnull=False, opened_at__lt=at - timedelta(hours=3)
    )
    ticket = open_ones.select_related("assignee").order_by("-pk").first()
    if ticket is None or ticket.assignee is None:
        return
    letter = Letter(
        "Good morning,\n\nhow much current does the 12 V strike draw while it holds, and for how long may it?\n"
    )
    asked = open_side_conversation(
        ticket,
        address=SUPPLIER,
        name=SUPPLIER_NAME,
        subject="Current of the 12 V strike",
        letter=letter,
        by=ticket.assignee,
        at=at - timedelta(hours=2),
    )
    receive_message(
        Inbound(
            channel=EMAIL,
            sender_address=SUPPLIER,
            sender_name=SUPPLIER_NAME,
            subject="Re: Current of the 12 V strike",
            text="Hello,\n\n0.5 A while it pulls, 0.25 A after that, for as long as you like.\n\nService, Rivetta Locks",
            at=at - timedelta(minutes=50),
            external_id="<current-12v@rivetta-locks.example>",
            thread=ticket.pk,
            side=asked.side_id,
        ),
        is_sample=True,
    )
