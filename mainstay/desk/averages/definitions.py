"""What the figures mean, in words, from the running policy: shown beside them."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from mainstay.policy.shape import Policy


@dataclass(frozen=True)
class Definition:
    title: str
    text: str


def definitions_of(policy: Policy) -> list[Definition]:
    return [
        Definition(
            _("First response"),
            _(
                "Business time from opening to the first reply of a person that the channel accepted. Automatic answers, "
                "notes and mail that was not delivered do not count."
            ),
        ),
        Definition(
            _("Later responses"),
            _(
                "Business time from a customer's message after the first response to our next answer. Nothing is promised "
                "for these; a question that was resolved without an answer is not counted."
            ),
        ),
        Definition(
            _("Resolution"),
            _(
                "Business time from opening to resolved; it runs on while we wait for the customer. Re-opened within "
                "%(days)s days, the same clock goes on, without the time in which it was resolved."
            )
            % {"days": policy.reopen_window_seconds // 86400},
        ),
        Definition(
            _("Business time"),
            _("Time in which the desk is open, in the zone %(zone)s, under the policy revision of each ticket.")
            % {"zone": policy.hours.zone},
        ),
        Definition(
            _("Month"),
            _(
                "Calendar months in UTC. A first response counts where it was given, a resolution where it was resolved."
            ),
        ),
        Definition(
            _("In the bank"),
            _(
                "What all finished tickets took less than promised, in sum, minus what open ones are over already. Above "
                "zero, the mean is within the promise."
            ),
        ),
        Definition(
            _("If everything were finished now"),
            _("The mean with every open ticket in it at its present age: what leaving the hard ones open can't hide."),
        ),
        Definition(
            _("If days had 24 hours"),
            _("The same figure if each working day counted from midnight to midnight."),
        ),
        Definition(
            _("Whose turn"),
            _(
                "Time with us, with the developers and with the customer, from the states of the ticket: together they are "
                "the resolution."
            ),
        ),
        Definition(
            _("Zeros"),
            _("Tickets that were opened while we were closed and finished before we opened: they count as 0."),
        ),
    ]
