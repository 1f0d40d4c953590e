"""What the roster refuses; each says what to do."""

from django.utils.translation import gettext as _

from mainstay.lib.errors import MainstayError


class DutyError(MainstayError):
    """This can't stand in the roster."""

    field: str | None = None


class NoDays(DutyError):
    """A shift without a day."""

    field = "weekdays"

    def __str__(self) -> str:
        return _("Choose at least one day of the week.")


class BadHours(DutyError):
    """Hours that are none."""

    field = "ends"

    def __str__(self) -> str:
        return _("A shift ends at another time than it starts; an end before the start is on the next day.")


class NoSuchZone(DutyError):
    """A zone that does not exist."""

    field = "zone"

    def __str__(self) -> str:
        return _("No time zone is called that. Write it like Europe/Amsterdam.")


class BadDates(DutyError):
    """The end before the start."""

    field = "until"

    def __str__(self) -> str:
        return _("This ends before it begins.")


class InThePast(DutyError):
    """What is over can't be planned."""

    def __init__(self, field: str) -> None:
        self.field = field
        super().__init__(field)

    def __str__(self) -> str:
        return _("That is over already: choose today or later.")


class TooFar(DutyError):
    """A date that nobody plans for."""

    def __init__(self, field: str) -> None:
        self.field = field
        super().__init__(field)

    def __str__(self) -> str:
        return _("That is more than five years from now.")


class Overlaps(DutyError):
    """Two at the same time."""

    def __init__(self, other: str) -> None:
        self.other = other
        super().__init__(other)

    def __str__(self) -> str:
        return _("This person is there already at that time: %(other)s. Change that one, or choose other hours.") % {
            "other": self.other
        }


class NotOnTheRoster(DutyError):
    """Who may not work on tickets has no shifts."""

    field = "person"

    def __str__(self) -> str:
        return _("Only those who may work on tickets have a place in the roster.")


class NoSuchLanguage(DutyError):
    """No language is written like that."""

    field = "languages"

    def __str__(self) -> str:
        return _("Write languages by their codes, with commas between them: en, nl, pt-br.")
