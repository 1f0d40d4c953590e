"""How a session finds its account."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from mainstay.history.prepared import Prepared
from mainstay.people.models import Account


class Backend(AuthenticationBackend):
    """Signs in as allauth does; the account of each request comes by a query that is written once."""

    def get_user(self, user_id: Any) -> Account | None:
        account: Account | None = _ACCOUNT.first(int(user_id))
        return account if account is not None and self.user_can_authenticate(account) else None


_ACCOUNT = Prepared(lambda key: Account.objects.filter(pk=key), int)
