"""What can go wrong with reports; each sentence is what a person reads."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from mainstay.lib.errors import MainstayError


class BadPeriod(MainstayError):
    """That is no period."""

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(key)

    def __str__(self) -> str:
        return _(
            "“%(key)s” is no period. Write a month like 2026-11, a day like 2026-11-20, a week like 2026-W47, a quarter like"
            " 2026-Q4, a year, or two days like 2026-11-02..2026-11-20, at most ten years between 2000 and 2199."
        ) % {"key": self.key[:40]}


class BadStratum(MainstayError):
    """There is no such way to divide the figures."""

    def __init__(self, key: str, known: Iterable[str]) -> None:
        self.key, self.known = key, tuple(known)
        super().__init__(key)

    def __str__(self) -> str:
        return _("“%(key)s” is no way to divide the figures; there are: %(known)s.") % {
            "key": self.key[:40],
            "known": ", ".join(self.known),
        }


class MonthRuns(MainstayError):
    """A month can be published only when it is over."""

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(key)

    def __str__(self) -> str:
        return _("%(key)s is not over yet: a month is published when it has ended.") % {"key": self.key}


class NoMonth(MainstayError):
    """Only calendar months are published."""

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(key)

    def __str__(self) -> str:
        return _("Only whole calendar months are published, such as 2026-10.")


class CannotHold(MainstayError):
    """A policy can't hold from this moment; nothing was changed."""


class NoSuchFigure(MainstayError):
    """There is no such figure to show the tickets of."""

    def __init__(self, key: str, known: Iterable[str]) -> None:
        self.key, self.known = key, tuple(known)
        super().__init__(key)

    def __str__(self) -> str:
        return _("“%(key)s” is no figure of a report; there are: %(known)s.") % {
            "key": self.key[:40],
            "known": ", ".join(self.known),
        }


class NoSuchBoard(MainstayError):
    """This address shows no board, or no longer."""

    def __str__(self) -> str:
        return _("This address shows nothing, or no longer. Ask a supervisor for a new one.")
