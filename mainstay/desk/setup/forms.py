"""The forms of people, roles and teams."""

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import password_validators_help_text_html, validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mainstay.lib.errors import MainstayError
from mainstay.lib.fingerprints import fingerprint
from mainstay.people.models import Account, CustomRole, Invitation, Person, Team
from mainstay.people.queries import known_roles, staff_members
from mainstay.people.staffing import seen_of
from mainstay.people.states import Permission
from mainstay.policy.shape import Policy

LANGUAGE_CODE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})?", re.ASCII)


def posted(request: HttpRequest) -> QueryDict | None:
    """What was sent, also when nothing was: an empty form that is sent is not one that is only looked at."""
    return request.POST if request.method == "POST" else None


class BlamedForm(forms.Form):
    """A form whose fields can be blamed for what the room refuses."""

    blamed: "dict[type[MainstayError], str]" = {}

    def blame(self, fault: MainstayError) -> None:
        """The sentence stands beside the field where the fault lies; above the form when there is no such field."""
        field = self.blamed.get(type(fault), "")
        self.add_error(field if field in self.fields else None, str(fault))


class SeenForm(BlamedForm):
    """A form of something that others may change meanwhile: `seen` is the fingerprint of what its writer saw."""

    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def see(self, values: Mapping[str, Any]) -> None:
        """Its writer has seen these now: what they typed stays, and saving it again puts it in their place."""
        if self.is_bound:
            self.data = self.data.copy()  # type: ignore[attr-defined]
            self.data["seen"] = fingerprint(values)  # type: ignore[index]
        else:
            self.initial["seen"] = fingerprint(values)


def roles_to_give(giver: Person) -> list[tuple[str, str]]:
    """The roles within what this person may do themselves: no other is offered."""
    return [(role.key, role.name) for role in known_roles() if role.is_within(giver.permissions)]


class InvitationForm(BlamedForm):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    email = forms.EmailField(label=gettext_lazy("E-mail address"), max_length=254)
    role = forms.ChoiceField(label=gettext_lazy("Role"))
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)

    def __init__(self, *args: Any, giver: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = roles_to_give(giver)  # type: ignore[attr-defined]


class ColleagueForm(SeenForm):
    """`account`: whose; the role they have is offered though this person could not give it."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    role = forms.ChoiceField(label=gettext_lazy("Role"))

    def __init__(self, *args: Any, account: Account, giver: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = dict(roles_to_give(giver))
        has = (account.role_key, account.role_name)
        self.fields["role"].choices = list({**dict([has]), **offered}.items())  # type: ignore[attr-defined]
        self.initial = {"name": account.person.name, "role": account.role_key}
        if not self.is_bound:
            self.see(seen_of(account))


class RoleForm(SeenForm):
    """What the role's maker may not do themselves can't be ticked."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=60)
    permissions = forms.MultipleChoiceField(
        label=gettext_lazy("May"), choices=Permission.choices, widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(self, *args: Any, giver: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = [(one.value, one.label) for one in Permission if giver.may(one)]
        self.fields["permissions"].choices = own  # type: ignore[attr-defined]


class RoleRemovalForm(BlamedForm):
    """`role`: the one that goes; `giver` chooses what takes its place."""

    instead = forms.ChoiceField(label=gettext_lazy("The role that takes its place"))

    def __init__(self, *args: Any, role: CustomRole, giver: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = [(key, name) for key, name in roles_to_give(giver) if key != f"own-{role.pk}"]
        self.fields["instead"].choices = others  # type: ignore[attr-defined]


class TeamForm(SeenForm):
    """`policy` says which natures and languages there are."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=60)
    members = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Members"), coerce=int, widget=forms.CheckboxSelectMultiple, required=False
    )
    languages = forms.CharField(
        label=gettext_lazy("Languages"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Codes such as nl, de. Empty: every language."),
    )
    natures = forms.MultipleChoiceField(
        label=gettext_lazy("Natures"), widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(self, *args: Any, policy: Policy, language: str, team: Team | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [(str(person.pk), str(person)) for person in staff_members()]
        natures = {key: policy.name_of_nature(key, language) for key in policy.nature_keys}
        gone = {key: key for key in (team.natures if team else ()) if key not in natures}
        self.fields["members"].choices = people  # type: ignore[attr-defined]
        self.fields["natures"].choices = list({**natures, **gone}.items())  # type: ignore[attr-defined]
        if team is not None:
            self.initial = {
                "name": team.name,
                "members": [str(pk) for pk in team.members.order_by("pk").values_list("pk", flat=True)],
                "languages": ", ".join(team.languages),
                "natures": team.natures,
            }

    def clean_languages(self) -> list[str]:
        codes = self.cleaned_data["languages"].lower().replace(",", " ").split()
        if not all(LANGUAGE_CODE.fullmatch(code) for code in codes):
            raise ValidationError(_("Write each language as its code, such as nl or pt-br."))
        return codes


class PasswordForm(forms.Form):
    """An invited colleague chooses a password, twice the same."""

    password = forms.CharField(
        label=gettext_lazy("Password"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=gettext_lazy("The same again"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, invitation: Invitation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account = Account(email=invitation.email, person=Person(name=invitation.name))
        self.fields["password"].help_text = password_validators_help_text_html()

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        password, again = given.get("password", ""), given.get("again", "")
        if password and again and password != again:
            self.add_error("again", _("These are not the same."))
        if password:
            try:
                validate_password(password, self.account)
            except ValidationError as problem:
                self.add_error("password", problem)
        return given
