"""Take the sample company away, and only it."""

from pathlib import Path

from django.conf import settings
from django.db.models import Q, QuerySet

from mainstay.audit.models import SettingChange
from mainstay.automation.models import Rule
from mainstay.catalogue.models import Product
from mainstay.channels.email.models import RawMail
from mainstay.duty.models import DutyEvent
from mainstay.escalations.models import EscalationEvent, Problem, ProblemEvent, ProblemTicket
from mainstay.history.append_only import erasing
from mainstay.live.announcing import announce
from mainstay.notifications.actions import forget_about
from mainstay.people.models import Account, Identity, Organisation, OrganisationEvent, Person, PersonEvent
from mainstay.promises.models import Promise
from mainstay.reports.models import FrozenMonth
from mainstay.satisfaction.models import Asking
from mainstay.search.actions import forget_lost_words
from mainstay.tickets.models import Message, SideConversation, Ticket, TicketEvent

from .answers import remove_answers
from .making import SIGN_INS
from .views import remove_views


def remove_sample() -> list[str]:
    """Sample tickets, mails, people, organisations and products are gone; returns what was done, in sentences.

    A sample colleague who worked on a real ticket stays in its history by name, but can no longer sign in and has no
    address. The policy stays in force.
    """
    with erasing():
        tickets = Ticket.objects.filter(Q(is_sample=True) | Q(person__is_sample=True))
        numbers = list(tickets.order_by("pk").values_list("pk", flat=True))
        # Months that were published with sample tickets in them say nothing of this desk; the timetable publishes them anew.
        FrozenMonth.objects.filter(month__in=_months_of(tickets)).delete()
        Rule.objects.filter(is_sample=True).delete()
        promises = list(tickets.order_by("pk").values_list("promise_id", flat=True))
        addresses = Identity.objects.filter(person__is_sample=True).values("address")
        unfiled = Q(message=None) & (Q(envelope_from__in=addresses) | Q(sender__in=addresses))
        RawMail.objects.filter(Q(message__ticket_id__in=numbers) | unfiled).delete()
        forget_about([ticket.topic for ticket in tickets.order_by("pk")])
        problems = list(ProblemTicket.objects.filter(ticket__in=numbers).values_list("problem_id", flat=True))
        Ticket.objects.filter(pk__in=numbers).delete()
        SideConversation.objects.filter(messages=None).delete()
        Problem.objects.filter(pk__in=problems, links=None).delete()
        Promise.objects.filter(pk__in=promises).delete()
        Account.objects.filter(person__is_sample=True).delete()
        DutyEvent.objects.filter(person__is_sample=True).delete()
        PersonEvent.objects.filter(person__is_sample=True).delete()
        OrganisationEvent.objects.filter(organisation__is_sample=True).delete()
        remove_answers()
        remove_views()
        _forget_settings_of_sample_people()
        kept = _people_of_real_tickets()
        Identity.objects.filter(person__in=kept).delete()
        Person.objects.filter(pk__in=kept).update(is_sample=False)
        Person.objects.filter(is_sample=True).delete()
        Organisation.objects.filter(is_sample=True, persons=None).delete()
        Organisation.objects.filter(is_sample=True).update(is_sample=False)
        Product.objects.filter(is_sample=True).delete()
        Asking.objects.all().delete()  # the sample switched it on; who wants it for their own customers decides anew
        forget_lost_words()
        announce("queue", "averages")
    (Path(settings.DATA_DIR) / SIGN_INS).unlink(missing_ok=True)
    told = [f"{len(numbers)} sample tickets, with the sample people, organisations and products, are gone."]
    if kept:
        told.append(f"{len(kept)} sample people stay by name, since they acted on real tickets; they can't sign in.")
    return told


def _forget_settings_of_sample_people() -> None:
    """What was planned for them; what they changed on this desk stays in its log."""
    keys = [str(pk) for pk in Person.objects.filter(is_sample=True).order_by("pk").values_list("pk", flat=True)]
    SettingChange.objects.filter(noun__in=["person", "shift", "absence", "presence"], key__in=keys).delete()
    SettingChange.objects.filter(noun="rule", by_key__in=[int(key) for key in keys]).delete()


def _months_of(tickets: QuerySet[Ticket]) -> set[str]:
    """The months in which any of these tickets was opened, answered or resolved."""
    moments = tickets.order_by("pk").values_list(
        "promise__opened_at", "promise__first_responded_at", "promise__resolved_at"
    )
    return {f"{at:%Y-%m}" for row in moments for at in row if at}


def _people_of_real_tickets() -> list[int]:
    """Sample people whom the history of real tickets, of real customers, or of the roster of real people, names."""
    return sorted(
        set(TicketEvent.objects.filter(by__is_sample=True).values_list("by_id", flat=True))
        | set(EscalationEvent.objects.filter(by__is_sample=True).values_list("by_id", flat=True))
        | set(ProblemEvent.objects.filter(by__is_sample=True).values_list("by_id", flat=True))
        | set(Message.objects.filter(author__is_sample=True).values_list("author_id", flat=True))
        | set(DutyEvent.objects.filter(by__is_sample=True).values_list("by_id", flat=True))
        | set(PersonEvent.objects.filter(by__is_sample=True).values_list("by_id", flat=True))
        | set(OrganisationEvent.objects.filter(by__is_sample=True).values_list("by_id", flat=True))
        | set(Ticket.objects.filter(assignee__is_sample=True).values_list("assignee_id", flat=True))
    )
