"""What can be filled in for the second line: the packet, an answer, a problem, an issue."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mainstay.escalations.models import TITLE_LENGTH, Tracker
from mainstay.escalations.packet import PART_LENGTH, PARTS, Packet, missing_parts, packet_of
from mainstay.tickets.models import Attachment
from mainstay.tickets.rules import TEXT_LENGTH


class PacketForm(forms.Form):
    """A packet; one that is kept as a draft may be half-empty, one that is sent may not."""

    def __init__(self, *args: Any, files: Iterable[Attachment] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number, part in enumerate(PARTS):
            self.fields[part.key] = forms.CharField(
                label=str(part.label),
                help_text=str(part.help_text),
                required=False,
                max_length=PART_LENGTH,
                widget=forms.Textarea(attrs={"rows": 3, "dir": "auto", "autofocus": number == 0}),
            )
            if part.may_not_apply:
                self.fields[f"no_{part.key}"] = forms.BooleanField(label=_("Does not apply"), required=False)
        self.fields["files"] = forms.TypedMultipleChoiceField(
            label=_("Files of this ticket that belong to it"),
            choices=[(file.pk, file.filename) for file in files],
            coerce=int,
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )

    @property
    def parts(self) -> list[dict[str, Any]]:
        """Each part's field, and the tick beside it where it may not apply."""
        return [
            {"field": self[part.key], "tick": self[f"no_{part.key}"] if part.may_not_apply else None} for part in PARTS
        ]

    @property
    def packet(self) -> Packet:
        return packet_of(self.cleaned_data, _ticked(self.cleaned_data))

    def is_whole(self) -> bool:
        """Whether it can be sent; what is missing is told beside each field."""
        for part in missing_parts(self.packet):
            self.add_error(
                part.key,
                _("Write something here, or say that it does not apply.")
                if part.may_not_apply
                else _("Write something here."),
            )
        return not self.errors


def _ticked(values: dict[str, Any]) -> list[str]:
    return [part.key for part in PARTS if values.get(f"no_{part.key}")]


def initial_of(values: dict[str, Any], files: Iterable[int] = ()) -> dict[str, Any]:
    """What a form begins with, from the columns of a draft or of the last packet."""
    ticks = {f"no_{key}": True for key in values.get("absent", [])}
    return {**values, **ticks, "files": list(files)}


class ReturnForm(forms.Form):
    """The words with which a ticket comes back, and how."""

    text = forms.CharField(
        label=_("Your answer or question"),
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        error_messages={"required": _("Write something first.")},
    )
    how = forms.ChoiceField(choices=[(key, key) for key in ("answered", "asked_back", "taken_back")])

    def clean(self) -> None:
        for problem in self.errors.get("how", []):
            self.add_error("text", problem)


class ProblemForm(forms.Form):
    """A problem's title."""

    title = forms.CharField(label=_("Title"), max_length=TITLE_LENGTH)


class FixForm(forms.Form):
    """Where it is fixed."""

    version = forms.CharField(label=_("Fixed in"), max_length=120, help_text=_("Such as firmware 3.16.0."))


class IssueForm(forms.Form):
    """An issue to be opened."""

    tracker = forms.ModelChoiceField(label=_("Tracker"), queryset=Tracker.objects.none(), empty_label=None)
    title = forms.CharField(label=_("Title"), max_length=255)
    text = forms.CharField(label=_("Text"), max_length=60_000, widget=forms.Textarea(attrs={"rows": 10, "dir": "auto"}))

    def __init__(self, *args: Any, among: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["tracker"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = among


class IssueLinkForm(forms.Form):
    """An issue that is there already."""

    tracker = forms.ModelChoiceField(label=_("Tracker"), queryset=Tracker.objects.none(), empty_label=None)
    key = forms.CharField(
        label=_("Issue"), max_length=300, help_text=_("Its number or key, or its whole address."), strip=True
    )

    def __init__(self, *args: Any, among: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["tracker"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = among


class CommentForm(forms.Form):
    """A comment on an issue."""

    text = forms.CharField(
        label=_("Comment on the issue"), max_length=30_000, widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"})
    )
