"""Keeps sessions in the database by the hash of their key, each with what it must do first: one query for all of it.

Chosen by `settings.SESSION_ENGINE`. Whoever reads the database, or a copy of it, can't go on where somebody is signed in.
"""

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from mainstay.history.prepared import Prepared

from .models import CompanySettings, Session

NOT_SIGNED_IN = timedelta(hours=2)  # so long something begun without a sign-in is kept
TOLD_AGAIN_AFTER = timedelta(minutes=5)


def key_hash(key: str) -> str:
    """The key itself has 165 random bits: no salt and no slow hash would make it safer."""
    return sha256(key.encode()).hexdigest()


class SessionStore(SessionBase):
    """`must_set_up` says whether the company asks for a second factor that this account does not have."""

    def __init__(self, session_key: str | None = None) -> None:
        super().__init__(session_key)
        self.must_set_up = False
        self._seen_at: datetime | None = None
        self._told: dict[str, Any] = {}

    def load(self) -> dict[str, Any]:
        row = _LIVING.first(key_hash(self.session_key or ""), timezone.now())
        if row is None:
            self._session_key = None
            return {}
        self.must_set_up = bool(row.is_required) and row.account_id is not None and not row.has_factor
        self._seen_at = row.seen_at
        loaded: dict[str, Any] = self.decode(row.data)
        return loaded

    def exists(self, session_key: str) -> bool:
        return Session.objects.filter(key_hash=key_hash(session_key)).exists()

    def create(self) -> None:
        while True:
            self._session_key = self._get_new_session_key()  # type: ignore[attr-defined]
            try:
                self.save(must_create=True)
            except CreateError:
                continue
            self.modified = True
            return

    def save(self, must_create: bool = False) -> None:
        """Raises UpdateError when the session was ended meanwhile: it does not come back."""
        if self.session_key is None:
            return self.create()
        kept = self._kept(self._get_session(no_load=must_create))  # type: ignore[attr-defined]
        if not must_create:
            if not Session.objects.filter(key_hash=key_hash(self.session_key)).update(**kept):
                raise UpdateError
            return None
        try:
            with transaction.atomic():
                Session.objects.create(key_hash=key_hash(self.session_key), **kept)
        except IntegrityError:
            raise CreateError from None
        return None

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key is not None:
            Session.objects.filter(key_hash=key_hash(key)).delete()

    @classmethod
    def clear_expired(cls) -> None:
        Session.objects.filter(expires_at__lt=timezone.now()).delete()

    def tell_where(self, ip: str | None, agent: str) -> None:
        """Where this session is used: kept with what is saved anyway, by itself when that was long ago."""
        self._told = {"ip": ip, "agent": agent[:300], "seen_at": timezone.now()}
        is_old = self._seen_at is not None and self._told["seen_at"] - self._seen_at >= TOLD_AGAIN_AFTER
        if is_old and not self.modified and self.session_key:
            Session.objects.filter(key_hash=key_hash(self.session_key)).update(**self._told)

    def _kept(self, data: dict[str, Any]) -> dict[str, Any]:
        account = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        end = self.get_expiry_date()
        if account is None:
            end = min(end, timezone.now() + NOT_SIGNED_IN)
        return {"data": self.encode(data), "account_id": account, "expires_at": end, **self._told}


def _with_duties() -> QuerySet[Session]:
    factors = Authenticator.objects.filter(user_id=OuterRef("account_id"))
    return Session.objects.annotate(
        is_required=Subquery(CompanySettings.objects.order_by("pk").values("requires_second_factor")[:1]),
        has_factor=Exists(factors.filter(~Q(type=Authenticator.Type.RECOVERY_CODES))),
    )


_LIVING = Prepared(lambda key, at: _with_duties().filter(key_hash=key, expires_at__gt=at).order_by(), str, datetime)
