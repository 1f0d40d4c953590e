"""What the figures mean, in words, from the running policy: shown beside them."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from mainstay.policy.shape import Policy


@dataclass(frozen=True)
class Definition:
    title: str
    text: str


def definitions_of(policy: Policy) -> list[Definition]:
    """Of everything that stands on the averages and on a ticket's clock."""
    return [definition for key, definition in _definitions(policy).items() if key not in DIVIDED]


def definitions_for(policy: Policy, *keys: str) -> list[Definition]:
    """Of these figures only."""
    defined = _definitions(policy)
    return [defined[key] for key in keys]


DIVIDED = ("promised", "spread", "parts", "volumes", "waiting", "satisfaction")


def _definitions(policy: Policy) -> dict[str, Definition]:
    return {
        "first_response": Definition(
            _("First response"),
            _(
                "Business time from opening to the first reply of a person that the channel accepted. Automatic answers, "
                "notes and mail that was not delivered do not count. Re-opened, the same clock goes on, without the time in "
                "which the ticket was resolved."
            ),
        ),
        "further_response": Definition(
            _("Later responses"),
            _(
                "Business time from a customer's message after the first response to our next answer. Nothing is promised "
                "for these; a question that was resolved without an answer is not counted."
            ),
        ),
        "resolution": Definition(
            _("Resolution"),
            _(
                "Business time from opening to resolved; it runs on while we wait for the customer. Re-opened within "
                "%(days)s days, the same clock goes on, without the time in which it was resolved."
            )
            % {"days": policy.reopen_window_seconds // 86400},
        ),
        "business_time": Definition(
            _("Business time"),
            _("Time in which the desk is open, in the zone %(zone)s, under the policy revision of each ticket.")
            % {"zone": policy.hours.zone},
        ),
        "month": Definition(
            _("Month"),
            _(
                "Calendar months in UTC. A first response counts where it was given, a resolution where it was resolved."
            ),
        ),
        "bank": Definition(
            _("In the bank"),
            _(
                "What all finished tickets took less than promised, in sum, minus what open ones are over already. Above "
                "zero, the mean is within the promise."
            ),
        ),
        "if_finished_now": Definition(
            _("If everything were finished now"),
            _("The mean with every open ticket in it at its present age: what leaving the hard ones open can't hide."),
        ),
        "all_day": Definition(
            _("If days had 24 hours"),
            _("The same figure if each working day counted from midnight to midnight."),
        ),
        "turns": Definition(
            _("Whose turn"),
            _(
                "Time with us, with the developers and with the customer, from the states of the ticket: together they are "
                "the resolution."
            ),
        ),
        "zeros": Definition(
            _("Zeros"),
            _("Tickets that were opened while we were closed and finished before we opened: they count as 0."),
        ),
        "promised": Definition(
            _("Promised"),
            _("The mean of the targets of just these tickets; natures and severities may have targets of their own."),
        ),
        "spread": Definition(
            _("Median, 9 of 10, worst"),
            _(
                "Half took no longer than the median, nine of ten no longer than the next figure, and one took the worst."
            ),
        ),
        "parts": Definition(
            _("Parts"),
            _(
                "A ticket counts in the part it is in now: its nature, severity, organisation and so on as they stand. “None” "
                "holds those that have none."
            ),
        ),
        "volumes": Definition(
            _("Opened, answered, resolved"),
            _(
                "Each counts on the day in UTC on which it happened; answered is the first response. Tickets that are left out "
                "of the averages count as left out only."
            ),
        ),
        "satisfaction": Definition(
            _("Satisfaction"),
            _(
                "Tickets whose customer was asked in the period (UTC), with the answer they have by now. Who was not asked: "
                "whose ticket is left out of the averages, was answered by nobody, or who was asked within a day before."
            ),
        ),
        "waiting": Definition(
            _("How many took how long"),
            _("Business time of each finished ticket; of later responses, of each answer."),
        ),
    }
