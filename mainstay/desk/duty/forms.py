"""The forms of shifts and absences."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from mainstay.duty.errors import DutyError
from mainstay.duty.models import DAY_MINUTES, Shift
from mainstay.duty.states import Reason
from mainstay.duty.words import clock_text
from mainstay.people.models import Person
from mainstay.people.queries import assignable_staff

DATE = {"type": "date"}
MOMENT = {"type": "datetime-local"}
CLOCK = RegexValidator(r"^(([01]\d|2[0-3]):[0-5]\d|24:00)$", _("Write it like 09:00, up to 24:00."))


class DutyForm(forms.Form):
    """A form whose fields can be blamed for what the room refuses."""

    def blame(self, fault: DutyError) -> None:
        """The sentence stands beside the field where the fault lies; above the form when there is no such field."""
        self.add_error(fault.field if fault.field in self.fields else None, str(fault))


class ShiftForm(DutyForm):
    """`shift`: the one that is changed; without one it is new, for a person who is chosen."""

    person = forms.ModelChoiceField(label=_("Person"), queryset=Person.objects.none())
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Days"),
        coerce=int,
        choices=[(str(day), name) for day, name in WEEKDAYS.items()],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    starts = forms.CharField(label=_("From"), max_length=5, validators=[CLOCK], initial="09:00")
    ends = forms.CharField(
        label=_("To"),
        max_length=5,
        validators=[CLOCK],
        initial="17:00",
        help_text=_("An end before the start is on the next day."),
    )
    zone = forms.CharField(
        label=_("Time zone"), max_length=64, widget=forms.TextInput(attrs={"list": "zones", "autocomplete": "off"})
    )
    valid_from = forms.DateField(label=_("From this day on"), widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d"))
    valid_until = forms.DateField(
        label=_("Last day"),
        required=False,
        widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d"),
        help_text=_("Empty: until it is changed."),
    )

    def __init__(self, *args: Any, shift: Shift | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["zone"].initial = timezone.get_current_timezone_name()
        self.fields["valid_from"].initial = timezone.localdate()
        self.fields["weekdays"].initial = ["0", "1", "2", "3", "4"]
        if shift is None:
            self.fields["person"].queryset = assignable_staff()  # type: ignore[attr-defined]
            return
        del self.fields["person"]
        self.initial = {
            "weekdays": [str(day) for day in shift.weekdays],
            "starts": clock_text(shift.starts),
            "ends": clock_text(shift.ends if shift.ends <= DAY_MINUTES else shift.ends - DAY_MINUTES),
            "zone": shift.zone,
            "valid_from": shift.valid_from,
            "valid_until": shift.valid_until,
        }

    def clean_starts(self) -> int:
        return _minutes(self.cleaned_data["starts"])

    def clean_ends(self) -> int:
        return _minutes(self.cleaned_data["ends"])

    @property
    def plan(self) -> dict[str, Any]:
        """What the room's verbs take."""
        names = ("weekdays", "starts", "ends", "zone", "valid_from", "valid_until")
        return {name: self.cleaned_data[name] for name in names}


class AbsenceForm(DutyForm):
    """Moments are of the reader's zone. `plans`: whether this reader writes down everybody's absences."""

    person = forms.ModelChoiceField(label=_("Person"), queryset=Person.objects.none())
    starts_at = forms.DateTimeField(label=_("From"), widget=forms.DateTimeInput(attrs=MOMENT, format="%Y-%m-%dT%H:%M"))
    ends_at = forms.DateTimeField(
        label=_("Until"),
        required=False,
        widget=forms.DateTimeInput(attrs=MOMENT, format="%Y-%m-%dT%H:%M"),
        help_text=_("Empty: until further notice."),
    )
    reason = forms.ChoiceField(label=_("Reason"), choices=Reason.choices, required=False)

    def __init__(self, *args: Any, plans: bool, reader: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["starts_at"].initial = _this_minute()
        if plans:
            self.fields["person"].queryset = assignable_staff()  # type: ignore[attr-defined]
            self.fields["person"].initial = reader.pk
        else:
            del self.fields["person"]


class LanguagesForm(forms.Form):
    languages = forms.CharField(max_length=400, required=False)

    @property
    def codes(self) -> list[str]:
        return self.cleaned_data["languages"].replace(",", " ").split()


def chosen_day(text: str, today: date) -> date:
    """The day that an address names, if it is one near enough to be planned for; else today."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return today
    return day if abs((day - today).days) <= 5 * 366 else today


def _minutes(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def _this_minute() -> datetime:
    return timezone.localtime().replace(second=0, microsecond=0)
