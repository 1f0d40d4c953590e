"""The decision who may have support, with its reason: facts about a person in, a `Decision` out."""

from dataclasses import dataclass

from mainstay.people.models import Organisation, Person
from mainstay.policy.shape import Policy

from .states import Outcome, Reason


@dataclass(frozen=True)
class Decision:
    """What was decided and why; `seller` is who helps the person instead, when we know."""

    outcome: Outcome
    reason: Reason
    seller: Organisation | None = None

    @property
    def is_entitled(self) -> bool:
        return self.outcome == Outcome.ENTITLED


def decide(person: Person, policy: Policy) -> Decision:
    """Only organisations of the policy's kinds that bought directly from us; staff are always helped.

    Source: the policy's section `entitlement`. A person whose organisation we do not know is refused as a stranger:
    a domain name proves nothing (contract, attack row 14).
    """
    if person.is_staff:
        return Decision(Outcome.ENTITLED, Reason.STAFF)
    organisation = person.organisation
    if organisation is None:
        return Decision(Outcome.REFUSED, Reason.STRANGER)
    if person.left_at is not None:
        return Decision(Outcome.REFUSED, Reason.LEFT)
    if organisation.kind not in policy.entitlement.organisation_kinds:
        return Decision(Outcome.REFUSED, Reason.OTHER_KIND, organisation.seller)
    if policy.entitlement.bought_directly and not organisation.bought_directly:
        return Decision(Outcome.REFUSED, Reason.NOT_DIRECT, organisation.seller)
    return Decision(Outcome.ENTITLED, Reason.DIRECT_BUYER)
