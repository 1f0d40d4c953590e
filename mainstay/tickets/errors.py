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


class NoSubject(TicketError):
    """A ticket of ours needs a subject."""

    def __str__(self) -> str:
        return _("Say in a few words what it is about: it becomes the subject of the mail.")


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


class BadValue(TicketError):
    """That can't stand in this field."""

    def __init__(self, field: str, kind: str) -> None:
        self.field, self.kind = field, kind
        super().__init__(field, kind)

    def __str__(self) -> str:
        sentences = {
            "number": _("“%(field)s” takes a number, such as 12 or 1.5."),
            "date": _("“%(field)s” takes a date, such as 2026-11-30."),
            "url": _("“%(field)s” takes a web address, such as https://example.org."),
            "choice": _("“%(field)s” does not offer that. Choose one of what it offers."),
        }
        return sentences.get(self.kind, _("That is too long for “%(field)s”.")) % {"field": self.field}


class FieldsMissing(TicketError):
    """Something must be filled in before the ticket is resolved."""

    def __init__(self, names: list[str]) -> None:
        self.names = names
        super().__init__(*names)

    def __str__(self) -> str:
        return _("Before it is resolved, fill in: %(names)s.") % {"names": ", ".join(self.names)}


class FilledMeanwhile(TicketError):
    """A colleague wrote into the same field since this person looked."""

    def __init__(self, field: str, value: str) -> None:
        self.field, self.value = field, value
        super().__init__(field, value)

    def __str__(self) -> str:
        if not self.value:
            return _(
                "A colleague has emptied “%(field)s” meanwhile. Yours is still here; keep it again to put it there."
            ) % {"field": self.field}
        return _(
            "A colleague has put “%(value)s” into “%(field)s” meanwhile. Yours is still here; keep it again to replace that."
        ) % {"field": self.field, "value": self.value}


class FieldNeedsName(TicketError):
    """A field has a name."""

    def __str__(self) -> str:
        return _("Give the field a name.")


class FieldNameTaken(TicketError):
    """There is one of that name."""

    def __str__(self) -> str:
        return _("There is a field of that name already.")


class ChoicesMissing(TicketError):
    """A choice offers something."""

    def __str__(self) -> str:
        return _("Write what it offers, one on each line.")


class FieldChanged(TicketError):
    """Somebody else was quicker."""

    def __str__(self) -> str:
        return _("A colleague has changed this field meanwhile. Look at what stands there now; yours is still here.")


class FieldGone(TicketError):
    """It is not there any more."""

    def __str__(self) -> str:
        return _("This field is gone.")


class NoThirdParty(TicketError):
    """That is no address that a letter beside the ticket may go to."""

    def __str__(self) -> str:
        return _("That is no e-mail address, or one of our own. Your text is still here.")


class CustomersOwnAddress(TicketError):
    """The address belongs to somebody who gets the ticket's answers."""

    def __str__(self) -> str:
        return _("This is an address of the customer, or of somebody who takes part: write them a reply on the ticket.")


class WrittenMeanwhile(TicketError):
    """The conversation went on since its writer last looked."""

    def __str__(self) -> str:
        return _("Something new was written meanwhile. Read it above; send again if yours is still needed.")


class SideClosed(TicketError):
    """It was closed already."""

    def __str__(self) -> str:
        return _("A colleague has closed this conversation already.")


class SideChanged(TicketError):
    """It was open already."""

    def __str__(self) -> str:
        return _("This conversation is open already.")


class NotMerged(TicketError):
    """There is nothing to undo."""

    def __str__(self) -> str:
        return _("The messages of this ticket were not moved to another one.")


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


class MessageMoved(TicketError):
    """Somebody moved the message meanwhile."""

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__(number)

    def __str__(self) -> str:
        return _("A colleague has moved this message meanwhile: it stands on #%(number)s.") % {"number": self.number}


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


class NoTag(TicketError):
    """A tag is a word or a few."""

    def __str__(self) -> str:
        return _("A tag is a word or a few, without commas, and at most 40 letters long.")


class TooManyTags(TicketError):
    """More tags than help to find anything."""

    def __str__(self) -> str:
        return _("A ticket has at most 20 tags. Take one off first.")


class TagGone(TicketError):
    """The tag was removed or merged meanwhile."""

    def __str__(self) -> str:
        return _("That tag is not there any more: somebody has removed or merged it.")


class TagTaken(TicketError):
    """Another tag has this name."""

    def __str__(self) -> str:
        return _("Another tag is called that already. To make one of both, merge them.")


class ChangedMeanwhile(TicketError):
    """A colleague did something to the ticket that this person had not seen: the event with this key."""

    def __init__(self, told: str, event: int = 0) -> None:
        self.told, self.event = told, event
        super().__init__(told)

    def __str__(self) -> str:
        return _("Meanwhile: %(told)s. Nothing was changed; do it again if you still want to.") % {"told": self.told}


class NothingToUndo(TicketError):
    """Something else happened since."""

    def __str__(self) -> str:
        return _("It can't be taken back any more: something has happened on this ticket since.")


class MomentIsOver(TicketError):
    """A snooze ends in the future."""

    def __str__(self) -> str:
        return _("Choose a moment that is still to come, within a year.")


class NotAsleep(TicketError):
    """There is no snooze to end."""

    def __str__(self) -> str:
        return _("This ticket is awake already.")


class NothingToSleepOn(TicketError):
    """Only what somebody still has to do something about can sleep."""

    def __str__(self) -> str:
        return _("Only an open ticket can be put to sleep: this one is over.")


class NoProblemToWaitFor(TicketError):
    """The ticket is linked to no problem that is still to be fixed."""

    def __str__(self) -> str:
        return _("This ticket waits for no problem. Link it to one first, or choose something else to wake it.")


class WaitsInACircle(TicketError):
    """The other ticket waits for this one."""

    def __str__(self) -> str:
        return _("That ticket sleeps until this one is resolved: both would sleep for ever.")


class OverAlready(TicketError):
    """What was to be waited for has come about."""

    def __str__(self) -> str:
        return _("That ticket is over already: there is nothing to wait for.")


class LinkToItself(TicketError):
    """A link is between two tickets."""

    def __str__(self) -> str:
        return _("That is this ticket itself: a link is between two.")


class AlreadyLinked(TicketError):
    """The two are linked."""

    def __str__(self) -> str:
        return _("These two tickets are linked already. Take that link off first to make it another kind.")


class LinkGone(TicketError):
    """Somebody took the link off meanwhile."""

    def __str__(self) -> str:
        return _("That link is not there any more: somebody has taken it off.")


class PartAlready(TicketError):
    """A part has one whole."""

    def __str__(self) -> str:
        return _("It is a part of another ticket already: a ticket is a part of one only.")


class CircularParts(TicketError):
    """A whole can't be a part of its own part."""

    def __str__(self) -> str:
        return _(
            "That would be a circle: one of the two is a part of the other already, perhaps by others between them."
        )


class MergeWithItself(TicketError):
    """A merge takes two."""

    def __str__(self) -> str:
        return _("That is this ticket itself: choose another one to merge it into.")


class MergedElsewhere(TicketError):
    """The other ticket's messages stand on a third one."""

    def __init__(self, number: int, into: int) -> None:
        self.number, self.into = number, into
        super().__init__(f"{number} → {into}")

    def __str__(self) -> str:
        return _("#%(number)s was merged into #%(into)s: merge into that one instead.") % {
            "number": self.number,
            "into": self.into,
        }


class ForeignOrganisation(TicketError):
    """One customer's words never go to another."""

    def __str__(self) -> str:
        return _(
            "That ticket is of another organisation: its people would read what is not meant for them. Link the two instead."
        )


class MergeIntoPart(TicketError):
    """The whole can't go into its part."""

    def __str__(self) -> str:
        return _("That ticket is a part of this one. Merge the part into the whole instead.")


class JustAnswered(TicketError):
    """A reply on it is on its way."""

    def __str__(self) -> str:
        return _("A reply on this ticket is just being sent. Try again in a few seconds.")


class TaskGone(TicketError):
    """Somebody removed the task meanwhile."""

    def __str__(self) -> str:
        return _("That task is not there any more: somebody has removed it.")


class TaskChanged(TicketError):
    """A colleague changed the task since this person looked."""

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__(text)

    def __str__(self) -> str:
        return _(
            "A colleague has changed this task meanwhile; it says now: “%(text)s”. "
            "Yours is still here; save it again to replace that."
        ) % {"text": self.text}


class NoTask(TicketError):
    """A task says something."""

    def __str__(self) -> str:
        return _("Write what is to be done, in at most 300 letters.")


class TooManyTasks(TicketError):
    """More tasks than a ticket can bear."""

    def __str__(self) -> str:
        return _("A ticket has at most 100 tasks. Remove some that are done.")


class NoTime(TicketError):
    """Time that can't be read, or is none, or more than a day."""

    def __str__(self) -> str:
        return _("Write the time as minutes, such as 20, or as hours and minutes, such as 1:30; at most a day.")


class TimeNoteTooLong(TicketError):
    """What time was spent for is said shortly."""

    def __str__(self) -> str:
        return _("Say in at most 300 letters what the time was for.")


class NotCounted(TicketError):
    """Nobody asks for time spent here."""

    def __str__(self) -> str:
        return _("Time spent is not asked for any more. An administrator can switch it on in set-up.")


class NotYourTime(TicketError):
    """An entry of somebody else."""

    def __str__(self) -> str:
        return _("Only who noted this time can take it back.")


class TimeGone(TicketError):
    """It was taken back meanwhile."""

    def __str__(self) -> str:
        return _("That entry is not there any more.")


class ChecklistGone(TicketError):
    """Somebody removed the checklist meanwhile."""

    def __str__(self) -> str:
        return _("That checklist is not there any more: somebody has removed it.")


class ChecklistTaken(TicketError):
    """Another checklist has this name."""

    def __str__(self) -> str:
        return _("Another checklist is called that already.")


class ChecklistChanged(TicketError):
    """A colleague saved it since this person looked."""

    def __str__(self) -> str:
        return _(
            "A colleague has changed this checklist meanwhile. Yours stands below; save it again to put it in its place."
        )
