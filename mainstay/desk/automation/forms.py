"""What can be filled in of a rule. Works as a plain form: there are always a few empty conditions more."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mainstay.automation.actions import RuleGiven
from mainstay.automation.models import NAME_LENGTH, Rule
from mainstay.automation.queries import choices_of
from mainstay.automation.rules import CONDITIONS_MAX, MINUTES_MAX, VALUE_LENGTH, Condition
from mainstay.automation.states import TYPED, Field, Match, When
from mainstay.people.models import Person
from mainstay.people.queries import staff_who_may
from mainstay.people.states import Permission
from mainstay.policy.shape import Policy
from mainstay.tickets.rules import TEXT_LENGTH
from mainstay.writing.deeds import Planned, deeds
from mainstay.writing.models import Answer

DEED, CONDITION, HOLDS, WORDS = "deed_", "condition_", "holds_", "words_"
EMPTY_ROWS, LEAST_ROWS = 2, 3
UNCHANGED = _("as it is")
ME = "me"


class AnswerChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name)


class PeopleChoice(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name)


class RuleForm(forms.Form):
    """When, if, then. A condition is one row: is or is not, what, and words where it asks for some."""

    name = forms.CharField(
        label=_("Name"), max_length=NAME_LENGTH, error_messages={"required": _("Give the rule a name.")}
    )
    when = forms.ChoiceField(label=_("When"), choices=When.choices)
    minutes = forms.IntegerField(
        label=_("For how many minutes of opening hours"),
        required=False,
        min_value=1,
        max_value=MINUTES_MAX,
        help_text=_("Only where it says “for so long”."),
    )
    match = forms.ChoiceField(
        label=_("How many must hold"), choices=Match.choices, widget=forms.RadioSelect, initial=Match.ALL
    )
    gives_turn = forms.BooleanField(label=_("Give it to whoever's turn it is"), required=False)
    note = forms.CharField(
        label=_("Write this note"), required=False, max_length=TEXT_LENGTH, widget=forms.Textarea(attrs={"rows": 3})
    )
    answer = AnswerChoice(
        label=_("Send this canned answer, as an automatic one"),
        queryset=Answer.objects.none(),
        required=False,
        empty_label=_("none"),
        help_text=_("It says that nobody wrote it. At most one automatic answer a day goes to an address."),
    )
    tells_assignee = forms.BooleanField(label=_("Tell whoever has the ticket"), required=False)
    tells = PeopleChoice(
        label=_("Tell these colleagues"),
        queryset=Person.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    seen = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def __init__(self, policy: Policy, *args: Any, rows: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["answer"].queryset = Answer.objects.filter(owner=None).order_by("name")  # type: ignore[attr-defined]
        self.fields["tells"].queryset = staff_who_may(Permission.SEE_TICKETS)  # type: ignore[attr-defined]
        for key, deed in deeds().items():
            choices = [one for one in deed.choices() if one[0] != ME]
            self.fields[DEED + key] = forms.ChoiceField(
                label=deed.label, choices=[("", UNCHANGED), *choices], required=False
            )
        asked = list(_asked(policy))
        self.rows = min(CONDITIONS_MAX, max(LEAST_ROWS, rows + EMPTY_ROWS, self._rows_sent()))
        for row in range(self.rows):
            self.fields[f"{HOLDS}{row}"] = forms.ChoiceField(
                label=_("is, or is not"), choices=[("1", _("is")), ("0", _("is not"))], required=False, initial="1"
            )
            self.fields[f"{CONDITION}{row}"] = forms.ChoiceField(label=_("what"), choices=asked, required=False)
            self.fields[f"{WORDS}{row}"] = forms.CharField(
                label=_("words"), max_length=VALUE_LENGTH, required=False, widget=forms.TextInput(attrs={"dir": "auto"})
            )

    def _rows_sent(self) -> int:
        found = [name.removeprefix(CONDITION) for name in self.data if name.startswith(CONDITION)]
        return max((int(one) + 1 for one in found if one.isascii() and one.isdecimal() and len(one) < 3), default=0)

    def conditions(self) -> list[tuple[forms.BoundField, forms.BoundField, forms.BoundField]]:
        return [(self[f"{HOLDS}{row}"], self[f"{CONDITION}{row}"], self[f"{WORDS}{row}"]) for row in range(self.rows)]

    def chosen_deeds(self) -> list[forms.BoundField]:
        return [self[DEED + key] for key in deeds()]

    def clean(self) -> None:
        """A condition that asks for words has some."""
        for row in range(self.rows):
            field, value = self._choice(row)
            if field in TYPED and not value.strip():
                self.add_error(f"{WORDS}{row}", _("Which words?"))

    def _choice(self, row: int) -> tuple[str, str]:
        field, _colon, value = self.cleaned_data.get(f"{CONDITION}{row}", "").partition(":")
        return field, self.cleaned_data.get(f"{WORDS}{row}", "") if field in TYPED else value

    @property
    def asked(self) -> list[Condition]:
        chosen = [(*self._choice(row), self.cleaned_data.get(f"{HOLDS}{row}") != "0") for row in range(self.rows)]
        return [Condition(field, value, holds) for field, value, holds in chosen if field]

    @property
    def given(self) -> RuleGiven:
        known = self.cleaned_data
        return RuleGiven(
            name=known["name"],
            when=known["when"],
            minutes=known["minutes"],
            match=known["match"],
            conditions=self.asked,
            deeds=[Planned(key, known[DEED + key]) for key in deeds() if known.get(DEED + key)],
            gives_turn=known["gives_turn"],
            note=known["note"],
            answer=known["answer"],
            tells=[person.pk for person in known["tells"]],
            tells_assignee=known["tells_assignee"],
        )


def _asked(policy: Policy) -> Iterator[tuple[str, Any]]:
    """Every value that a condition may ask for, in groups; those that are typed are one each."""
    yield "", _("no condition")
    for field in Field:
        if field in TYPED:
            continue
        choices = choices_of(field, policy)
        if choices:
            yield str(field.label), [(f"{field.value}:{key}", word) for key, word in choices]
    words = {Field.ORGANISATION: _("Organisation has …"), Field.COUNTRY: _("Country code …")}
    words |= {Field.SUBJECT: _("Subject has …"), Field.TEXT: _("A message of the customer has …")}
    yield str(_("In words")), [(f"{field.value}:", words[field]) for field in TYPED]


def initial_of(rule: Rule) -> dict[str, Any]:
    """What the form shows of a rule that is there."""
    initial: dict[str, Any] = {
        name: getattr(rule, name)
        for name in ("name", "when", "minutes", "match", "gives_turn", "note", "tells_assignee")
    }
    initial |= {"answer": rule.answer_id, "tells": rule.tells}
    initial |= {DEED + one["deed"]: one["value"] for one in rule.deeds}
    for row, kept in enumerate(rule.conditions):
        is_typed = kept["field"] in TYPED
        initial[f"{HOLDS}{row}"] = "1" if kept["is"] else "0"
        initial[f"{CONDITION}{row}"] = f"{kept['field']}:" + ("" if is_typed else kept["value"])
        initial[f"{WORDS}{row}"] = kept["value"] if is_typed else ""
    return initial
