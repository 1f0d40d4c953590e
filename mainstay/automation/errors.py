"""What can be wrong with a rule; each sentence is what a person reads."""

from django.utils.translation import gettext as _

from mainstay.lib.errors import MainstayError


class RuleError(MainstayError):
    """Something about a rule is not possible."""


class NoName(RuleError):
    def __str__(self) -> str:
        return _("Give the rule a name.")


class NameTaken(RuleError):
    def __str__(self) -> str:
        return _("There is a rule of that name already.")


class DoesNothing(RuleError):
    def __str__(self) -> str:
        return _("This rule does nothing yet: choose at least one thing that it does.")


class NoMinutes(RuleError):
    def __str__(self) -> str:
        return _("Say after how many minutes of opening hours, from 1 to 100,000.")


class UnknownCondition(RuleError):
    """A condition asks for something that is not there."""

    def __init__(self, field: str) -> None:
        self.field = field
        super().__init__(field)

    def __str__(self) -> str:
        return _("“%(field)s” has no such value, or does not exist any more. Choose another one.") % {
            "field": self.field
        }


class NotYours(RuleError):
    """A rule never does what its author may not."""

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(what)

    def __str__(self) -> str:
        return _("A rule may only do what you may do yourself, and you may not: %(what)s") % {"what": self.what}


class TooManyConditions(RuleError):
    def __str__(self) -> str:
        return _("A rule has at most 20 conditions. Make two rules of it.")


class NotifiesNobody(RuleError):
    def __str__(self) -> str:
        return _("One of those to be told does not work here any more. Choose again.")


class ChangedMeanwhile(RuleError):
    def __str__(self) -> str:
        return _("A colleague has changed this rule meanwhile. Look at what stands there now; yours is still here.")


class RuleGone(RuleError):
    def __str__(self) -> str:
        return _("This rule is gone: a colleague has removed it.")
