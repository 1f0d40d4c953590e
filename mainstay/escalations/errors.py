"""What can go wrong in the second line; each sentence is what a person reads."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from mainstay.lib.errors import MainstayError


class EscalationError(MainstayError):
    """Something about an escalation is not possible."""


class HalfEmpty(EscalationError):
    """A packet has parts with neither words nor “does not apply”."""

    def __init__(self, parts: Iterable[str]) -> None:
        self.parts = list(parts)
        super().__init__(", ".join(self.parts))

    def __str__(self) -> str:
        return _("Nothing was sent yet. Still empty: %(parts)s. Write there, or say that it does not apply.") % {
            "parts": ", ".join(self.parts)
        }


class NotWithDevelopers(EscalationError):
    """The ticket is not with the developers."""

    def __str__(self) -> str:
        return _("This ticket is not with the developers any more. Nothing was changed.")


class WithDevelopersAlready(EscalationError):
    """The ticket is with the developers already."""

    def __str__(self) -> str:
        return _("The developers have this ticket already. Your draft is kept.")


class TakenByAnother(EscalationError):
    """A colleague took it."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(name)

    def __str__(self) -> str:
        return _("%(name)s has taken it already.") % {"name": self.name}


class NoSuchProblem(EscalationError):
    """There is no such problem."""

    def __str__(self) -> str:
        return _("There is no such problem.")


class ProblemTaken(EscalationError):
    """The ticket belongs to another problem."""

    def __init__(self, number: int, title: str) -> None:
        self.number, self.title = number, title
        super().__init__(f"{number} {title}")

    def __str__(self) -> str:
        return _(
            "Ticket #%(number)s waits for another problem: “%(title)s”. Take it off there first, or join the two."
        ) % {
            "number": self.number,
            "title": self.title,
        }


class NotOpen(EscalationError):
    """The problem is not open."""

    def __str__(self) -> str:
        return _("This problem is not open. Nothing was changed.")


class NotFixed(EscalationError):
    """The problem is not fixed."""

    def __str__(self) -> str:
        return _("This problem is not marked as fixed. Nothing was changed.")


class CannotJoin(EscalationError):
    """These two can't be joined."""

    def __str__(self) -> str:
        return _("Only two different open problems can be joined.")


class WrongSetUp(EscalationError):
    """What was typed for a tracker can't be right; `field` is where."""

    def __init__(self, field: str, sentence: str) -> None:
        self.field = field
        super().__init__(sentence)


class IssueElsewhere(EscalationError):
    """The issue belongs to another problem; `problem` is its key."""

    def __init__(self, problem: int, title: str) -> None:
        self.problem, self.title = problem, title
        super().__init__(title)

    def __str__(self) -> str:
        return _("This issue belongs to another problem already: “%(title)s”. Join the two?") % {"title": self.title}


class NothingToRepeat(EscalationError):
    """Only what did not work can be tried again."""

    def __str__(self) -> str:
        return _("Only what did not work can be tried again.")


class TrackerTrouble(MainstayError):
    """Something is in the way of a tracker. `needs_person`: it will not pass by itself; else `seconds` to wait, if told."""

    def __init__(self, sentence: str, *, needs_person: bool = False, seconds: int | None = None) -> None:
        self.needs_person, self.seconds = needs_person, seconds
        super().__init__(sentence)
