"""What the variables of a canned answer stand for on a ticket, and in which language the answer is given there."""

from collections.abc import Sequence

from mainstay.people.models import Person
from mainstay.policy.shape import Policy
from mainstay.promises.queries import policy_of
from mainstay.tickets.models import Ticket

from .models import Wording
from .variables import Filled, filled


def filled_for(wording: Wording, ticket: Ticket, writer: Person) -> Filled:
    """The words as this colleague would write them on this ticket; what is not known is marked."""
    return filled(wording.text, values_for(ticket, writer))


def values_for(ticket: Ticket, writer: Person) -> dict[str, str]:
    policy = policy_of(ticket.promise.revision_id)
    return {
        "person.name": ticket.person.name,
        "person.first_name": _first(ticket.person.name),
        "person.organisation": ticket.organisation.name if ticket.organisation else "",
        "ticket.number": str(ticket.number),
        "ticket.subject": ticket.subject,
        "ticket.product": str(ticket.product) if ticket.product else "",
        "colleague.name": writer.name,
        "colleague.first_name": _first(writer.name),
        "company.name": policy.company.name,
    }


def wording_in(wordings: Sequence[Wording], language: str, policy: Policy) -> Wording | None:
    """The words in this language (`nl` also for `nl-BE`), else in the policy's own, else in English, else the first there are."""
    by_language = {one.language: one for one in wordings}
    for wanted in (language.lower(), language.lower().split("-")[0], policy.languages.default, "en"):
        if wanted in by_language:
            return by_language[wanted]
    return wordings[0] if wordings else None


def _first(name: str) -> str:
    return name.split(maxsplit=1)[0] if name.strip() else ""
