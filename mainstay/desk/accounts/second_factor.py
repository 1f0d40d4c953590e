"""Second factors, as allauth asks us how: secrets sealed, names that people know, and when none is asked for."""

from io import BytesIO
from typing import Any

import segno
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.stages import AuthenticateStage
from django.http import HttpRequest
from django.http.request import split_domain_port
from django.utils.translation import gettext_lazy as _

from mainstay.company.models import IdentityProvider
from mainstay.company.sealing import seal, unseal
from mainstay.people.models import Account
from mainstay.promises.errors import NoPolicy

from ..security.devices import device_in_words


class MFAAdapter(DefaultMFAAdapter):
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("That code or passkey is not right, or was used already."),
        "cannot_generate_recovery_codes": _("Set up a second factor first: recovery codes stand in for it."),
    }

    def encrypt(self, text: str) -> str:
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text)

    def get_totp_issuer(self) -> str:
        return company_name(context.request)

    def build_totp_svg(self, url: str) -> str:
        """Dark on light in both themes, as cameras expect it, with the quiet edge that the norm asks for."""
        drawn = BytesIO()
        segno.make(url, micro=False, error="m").save(
            drawn, kind="svg", scale=5, border=4, dark="#000", light="#fff", xmldecl=False
        )
        return drawn.getvalue().decode()

    def generate_authenticator_name(self, user: Account, type: Authenticator.Type) -> str:  # noqa: A002 - allauth's name
        return device_in_words(context.request.META.get("HTTP_USER_AGENT", ""))

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        host, _port = split_domain_port(context.request.get_host())
        return {"id": host, "name": company_name(context.request)}

    def get_public_key_credential_user_entity(self, user: Account) -> dict[str, Any]:
        return {**super().get_public_key_credential_user_entity(user), "display_name": str(user.person)}


class SecondFactorStage(AuthenticateStage):
    """Between the password and the desk; not for who came by a passkey alone, or by a provider whose word is enough."""

    def _should_handle(self, request: HttpRequest) -> bool:
        return bool(super()._should_handle(request)) and not came_by_enough(request, self.login.user)


def came_by_enough(request: HttpRequest, account: Account) -> bool:
    """Whether this browser came in by a provider that, as it is set up now, counts as a second factor too."""
    records = get_authentication_records(request, account)
    slugs = {record.get("provider", "") for record in records if record.get("method") == "socialaccount"}
    counting = IdentityProvider.objects.filter(is_on=True, counts_as_second_factor=True)
    return bool(slugs) and counting.filter(slug__in=slugs).exists()


def company_name(request: HttpRequest) -> str:
    try:
        name: str = request.policy.company.name  # type: ignore[attr-defined]
    except NoPolicy:
        return "Mainstay"
    return name
