"""What can be filled in of a canned answer or a macro."""

from collections.abc import Iterator, Sequence
from typing import Any

from babel import Locale
from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from mainstay.tickets.rules import TEXT_LENGTH
from mainstay.tickets.states import Then
from mainstay.writing.actions import Does, Naming
from mainstay.writing.deeds import Planned, deeds
from mainstay.writing.models import NAME_LENGTH, SHORTCUT_LENGTH, Macro
from mainstay.writing.states import MacroWrites

UNCHANGED = _("as it is")
TEXT, DEED = "text_", "deed_"
USUAL = 2


class KeptForm(forms.Form):
    """Name, shortcut, folder, and the words in each language."""

    name = forms.CharField(label=_("Name"), max_length=NAME_LENGTH)
    shortcut = forms.CharField(
        label=_("Shortcut"),
        max_length=SHORTCUT_LENGTH,
        required=False,
        help_text=_("A few letters: typed behind “/” they bring it up at once."),
    )
    folder = forms.CharField(label=_("Folder"), max_length=NAME_LENGTH, required=False)
    seen = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def __init__(self, languages: Sequence[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["folder"].widget.attrs["list"] = "folders"
        self.languages = languages
        known = Locale.parse(get_language() or "en", sep="-").languages
        for language in languages:
            self.fields[TEXT + language] = forms.CharField(
                label=known.get(language.split("-")[0], language),
                max_length=TEXT_LENGTH,
                required=False,
                strip=False,
                widget=forms.Textarea(attrs={"rows": 6, "dir": "auto", "lang": language, "data-takes": ""}),
            )

    def texts(self) -> list[forms.BoundField]:
        """The first two languages, which are the policy's own in its order, and those in which there are words."""
        return [field for place, field in enumerate(self._all_texts()) if place < USUAL or field.value()]

    def more_texts(self) -> list[forms.BoundField]:
        return [field for place, field in enumerate(self._all_texts()) if place >= USUAL and not field.value()]

    def _all_texts(self) -> list[forms.BoundField]:
        return [self[TEXT + language] for language in self.languages]

    @property
    def naming(self) -> Naming:
        given = self.cleaned_data
        return Naming(given["name"], given["shortcut"], given["folder"])

    @property
    def wordings(self) -> dict[str, str]:
        return {language: self.cleaned_data[TEXT + language] for language in self.languages}


class MacroForm(KeptForm):
    """The same, with what the macro does."""

    writes = forms.ChoiceField(
        label=_("It writes"), choices=MacroWrites.choices, required=False, widget=forms.RadioSelect, initial=""
    )
    then = forms.ChoiceField(
        label=_("After the reply"), choices=Then.choices, required=False, widget=forms.RadioSelect, initial=Then.WAIT
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for key, deed in deeds().items():
            self.fields[DEED + key] = forms.ChoiceField(
                label=deed.label, choices=[("", UNCHANGED), *deed.choices()], required=False
            )

    def chosen_deeds(self) -> list[forms.BoundField]:
        return [self[DEED + key] for key in deeds()]

    @property
    def does(self) -> Does:
        given = self.cleaned_data
        return Does(list(self._planned()), given["writes"], given["then"] or Then.WAIT)

    def _planned(self) -> Iterator[Planned]:
        for key in deeds():
            if value := self.cleaned_data.get(DEED + key):
                yield Planned(key, value)


def initial_of(kept: Any) -> dict[str, Any]:
    """What a form shows of an answer or a macro that is there."""
    initial: dict[str, Any] = {"name": kept.name, "shortcut": kept.shortcut, "folder": kept.folder}
    initial |= {TEXT + one.language: one.text for one in kept.wordings.all()}
    if isinstance(kept, Macro):
        initial |= {"writes": kept.writes, "then": kept.then}
        initial |= {DEED + one["deed"]: one["value"] for one in kept.deeds}
    return initial
