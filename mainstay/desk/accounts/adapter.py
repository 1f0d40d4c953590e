"""Sign-in for staff, as allauth asks us how: nobody signs up, tries are counted by address, changes are told."""

import time
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mainstay.company.actions import end_other_sessions
from mainstay.people.models import Account
from mainstay.people.rules import canonical_email

from .telling import tell_of_change

STAGES = {"allauth.mfa.stages.AuthenticateStage": "mainstay.desk.accounts.second_factor.SecondFactorStage"}


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("The e-mail address or the password is not right."),
        "enter_current_password": _("That is not your present password."),
        "incorrect_code": _("That code is not right, or was used already."),
        "incorrect_password": _("That password is not right."),
        "rate_limited": _("Too many tries. Wait a few minutes, then try again."),
        "too_many_login_attempts": _("Too many wrong tries. Wait five minutes, then try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_stages(self) -> list[str]:
        return [STAGES.get(stage, stage) for stage in super().get_login_stages()]

    def is_reauthentication_required(self, *, app: str, **_more: Any) -> bool:
        """Who signed in a moment ago is not asked again at once."""
        records = get_authentication_records(self.request, self.request.user)
        latest = max((record["at"] for record in records), default=0.0)
        return not 0 <= time.time() - latest < app_settings.REAUTHENTICATION_TIMEOUT

    def set_password(self, user: Account, password: str) -> None:
        """Every other browser is signed out."""
        user.set_password(password)
        user.save(update_fields=["password"])
        end_other_sessions(user, self.request.session.session_key or "")

    def send_notification_mail(
        self, template_prefix: str, user: Account, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """What changed about somebody's sign-in is told to them as every notice is, and stands in the log."""
        tell_of_change(user, template_prefix.rpartition("/")[2], at=timezone.now())

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        return key_of_address(credentials.get("email") or "")


def key_of_address(email: str) -> str:
    """What wrong passwords are counted by: not by the name of the host too, or each name of the desk gave five tries more."""
    return f"sign-in:{canonical_email(email)}"
