"""What the customer is told of an escalation, where the policy wants it; and who of the desk hears what."""

from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _

from mainstay.notifications import kinds
from mainstay.notifications.actions import tell
from mainstay.notifications.kinds import NoticeKind
from mainstay.people.models import Person
from mainstay.people.queries import staff_who_may
from mainstay.people.states import Permission
from mainstay.policy.shape import Policy
from mainstay.tickets.models import Ticket
from mainstay.tickets.notices import closing, greeting, written_language


def word_to_customer(ticket: Ticket, policy: Policy) -> str:
    """That the developers look at it now, in the customer's language; never when they will be done."""
    with translation.override(written_language(ticket, policy)):
        parts = [
            greeting(ticket.person.name),
            _("Your request %(number)s needs a closer look, so our developers are working on it together with us.")
            % {"number": ticket.number},
            _(
                "You need not do anything. We write to you as soon as there is news; until then you can answer this mail."
            ),
            closing(policy),
        ]
    return "\n\n".join(parts)


def tell_developers(ticket: Ticket, round_: int, by: Person, at: datetime) -> None:
    """Every developer hears of a new escalation, on screen and as they chose; not who sent it, and not who leads the desk."""
    second_line = staff_who_may(Permission.HELP_AS_DEVELOPER).exclude(pk=by.pk)
    developers = [one for one in second_line if not one.may(Permission.MANAGE_DUTY)]
    _tell(developers, kinds.ESCALATED, ticket, f"round:{round_}", at)


def tell_assignee(ticket: Ticket, kind: NoticeKind, key: str, by: Person, at: datetime) -> None:
    """The technician who has the ticket hears that it came back; not when they did it themselves."""
    if ticket.assignee is not None and ticket.assignee_id != by.pk:
        _tell([ticket.assignee], kind, ticket, key, at)


def _tell(people: list[Person], kind: NoticeKind, ticket: Ticket, key: str, at: datetime) -> None:
    tell(people, kind, {"number": ticket.number}, ticket.topic, at, key=key)
