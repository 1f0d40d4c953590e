"""What can go wrong with tickets; each sentence is what a person reads."""

from django.utils.translation import gettext as _

from mainstay.lib.errors import MainstayError


class TicketError(MainstayError):
    """Something about a ticket is not possible."""


class NoSuchTicket(TicketError):
    """There is no such ticket, or none that this person may see."""

    def __init__(self, number: object) -> None:
        self.number = number
        super().__init__(str(number))

    def __str__(self) -> str:
        return _("There is no ticket %(number)s that you may see.") % {"number": self.number}


class MoveNotAllowed(TicketError):
    """The ticket cannot go from its state to the wanted one."""

    def __init__(self, state: str, wanted: str) -> None:
        self.state, self.wanted = state, wanted
        super().__init__(f"{state} → {wanted}")

    def __str__(self) -> str:
        from .states import State

        return _("This ticket is “%(state)s”; it can't become “%(wanted)s”. Nothing was changed.") % {
            "state": State(self.state).label,
            "wanted": State(self.wanted).label,
        }


class EmptyText(TicketError):
    """There is nothing written."""

    def __str__(self) -> str:
        return _("Write something first: an empty message can't be sent.")


class TextTooLong(TicketError):
    """The text is longer than a message may be."""

    def __str__(self) -> str:
        return _("This text is too long for one message (at most 200,000 characters). Attach it as a file instead.")


class NotAssignable(TicketError):
    """That person does not work on tickets."""

    def __str__(self) -> str:
        return _("A ticket can only be assigned to somebody who works on tickets.")


class UnknownClass(TicketError):
    """That nature or severity is not in the ticket's policy."""

    def __str__(self) -> str:
        return _("That nature or severity is not in the policy of this ticket.")


class NoAddress(TicketError):
    """There is no address to write to."""

    def __str__(self) -> str:
        return _("We have no address of this person to write to. Your text is safe: write it as a note instead.")


class NothingToRetry(TicketError):
    """Only a message that was not delivered can be sent again."""

    def __str__(self) -> str:
        return _("Only a message that was not delivered can be sent again.")


class NotRefused(TicketError):
    """Only a refused ticket needs a decision to help all the same."""

    def __str__(self) -> str:
        return _("This ticket was not refused: it can be worked on as it is.")


class StillRefused(TicketError):
    """A refused ticket counts only when somebody decides to help."""

    def __str__(self) -> str:
        return _("This ticket was refused. It counts when you choose “Help all the same”.")


class CountedAlready(TicketError):
    """The ticket was not left out of the averages."""

    def __str__(self) -> str:
        return _("This ticket counts in the averages already.")


class AnsweredMeanwhile(TicketError):
    """A colleague answered since this person last looked."""

    def __str__(self) -> str:
        return _("A colleague has answered meanwhile. Read it above; send again if yours is still needed.")


class NotMerged(TicketError):
    """There is nothing to undo."""

    def __str__(self) -> str:
        return _("The messages of this ticket were not moved to another one.")


class MergeNotPossible(TicketError):
    """These two tickets cannot become one."""

    def __str__(self) -> str:
        return _("A ticket that was answered, or merged before, stays a ticket of its own.")


class MergedAway(TicketError):
    """The messages of this ticket stand on another one."""

    def __str__(self) -> str:
        return _("The messages of this ticket stand on another one: work there, or undo the move first.")


class MessagesElsewhere(TicketError):
    """What was moved has been moved on."""

    def __str__(self) -> str:
        return _("Its messages were moved on since. Undo the later move first.")


class NothingSuggested(TicketError):
    """The suggestion was settled meanwhile."""

    def __str__(self) -> str:
        return _("There is no open suggestion for this ticket.")


class NothingToSplit(TicketError):
    """Only one of several messages that came in can become a ticket of its own."""

    def __str__(self) -> str:
        return _("Only one of several messages that came in can be moved to a ticket of its own.")


class TooLateToWithdraw(TicketError):
    """The message is on its way."""

    def __str__(self) -> str:
        return _("It is too late to take this message back.")


class WindowOver(TicketError):
    """The re-open window of the policy is over."""

    def __str__(self) -> str:
        return _("This ticket was resolved too long ago to be re-opened. Open a new one and mention this number.")


class NothingToTake(TicketError):
    """Nobody waits."""

    def __str__(self) -> str:
        return _("Nobody is waiting: there is nothing to take. Well done.")
