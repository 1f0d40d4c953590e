"""Forms of second factors and passkeys: allauth's, made to bear whatever is sent to them, and codes that are good once."""

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from cryptography.exceptions import UnsupportedAlgorithm
from django import forms
from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

NAME_LENGTH = 60
ANSWER_LENGTH = 20_000
# What the reading of a made-up answer can stumble over, from its JSON down to its CBOR and its key.
UNREADABLE = (
    ArithmeticError,
    AttributeError,
    LookupError,
    NotImplementedError,
    RecursionError,
    TypeError,
    UnsupportedAlgorithm,
    ValueError,
    struct.error,
)
CODE_INPUT = forms.TextInput(
    attrs={"autocomplete": "one-time-code", "autofocus": True, "spellcheck": "false", "maxlength": 40}
)


class _Once:
    """An app's code is good in three half-minutes, so that clocks may differ; allauth remembers that it was used in one."""

    authenticator: Authenticator
    user: Any

    def clean_code(self) -> str:
        code: str = super().clean_code()  # type: ignore[misc]
        if self.authenticator.type == Authenticator.Type.TOTP:
            seconds = app_settings.TOTP_PERIOD * (2 * app_settings.TOTP_TOLERANCE + 1)
            used = f"accounts.code:{self.user.pk}:{normalize_user_code(code)}"
            if not cache.add(used, True, timeout=seconds):
                raise get_adapter().validation_error("incorrect_code")
        return code


class CodeForm(_Once, AuthenticateForm):
    code = forms.CharField(label=_("Code"), max_length=40, widget=CODE_INPUT)


class AgainByCodeForm(_Once, ReauthenticateForm):
    code = forms.CharField(label=_("Code"), max_length=40, widget=CODE_INPUT)


class AppForm(ActivateTOTPForm):
    code = forms.CharField(label=_("Code from the app"), max_length=40, widget=CODE_INPUT)


@contextmanager
def unreadable_is_wrong() -> Iterator[None]:
    """What claims to be a browser's answer can be any JSON: what can't be read is a wrong answer, not an error of ours."""
    try:
        yield
    except UNREADABLE:
        raise get_adapter().validation_error("incorrect_code") from None


class AnswerField(forms.JSONField):
    """What a browser answered, as it sent it; nothing that it could be needs more room."""

    widget = forms.HiddenInput

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and len(value) > ANSWER_LENGTH:
            raise get_adapter().validation_error("incorrect_code")
        with unreadable_is_wrong():
            return super().to_python(value)


class PasskeyForm(AddWebAuthnForm):
    """Without allauth's question whether it shall sign in alone: the browser says whether it can."""

    credential = AnswerField()
    name = forms.CharField(label=_("Name"), max_length=NAME_LENGTH, required=False)
    passwordless = None

    def clean(self) -> dict[str, Any]:
        with unreadable_is_wrong():
            cleaned: dict[str, Any] = super().clean()
        return cleaned


class PasskeyNameForm(EditWebAuthnForm):
    name = forms.CharField(label=_("Name"), max_length=NAME_LENGTH)


class _Answered:
    """A browser's answer to “is it you?”."""

    def clean_credential(self) -> Authenticator:
        with unreadable_is_wrong():
            found: Authenticator = super().clean_credential()  # type: ignore[misc]
        return found


class SignInByPasskeyForm(_Answered, LoginWebAuthnForm):
    """Without a password before it."""

    credential = AnswerField()


class SecondByPasskeyForm(_Answered, AuthenticateWebAuthnForm):
    """After the password."""

    credential = AnswerField()


class AgainByPasskeyForm(_Answered, ReauthenticateWebAuthnForm):
    """Once more, before something that matters."""

    credential = AnswerField()
