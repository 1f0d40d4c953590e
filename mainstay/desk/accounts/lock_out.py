"""The wait after too many wrong passwords or codes, ended by hand. It is counted by allauth, in the database's cache."""

from allauth.account import app_settings
from allauth.core.internal.ratelimit import get_cache_key, parse_rates
from django.core.cache import cache
from django.http import HttpRequest

from mainstay.people.models import Account

from .adapter import key_of_address


def unlock(account: Account) -> bool:
    """The account may be tried again at once; False when it was not locked. What network addresses did stays counted."""
    was_locked = False
    for rate in parse_rates(app_settings.RATE_LIMITS["login_failed"]):
        if rate.per != "key":
            continue
        for key in (key_of_address(account.email), f"mfa-auth-user-{account.pk}"):
            place = get_cache_key(HttpRequest(), app="allauth.account", action="login_failed", rate=rate, key=key)
            was_locked = len(cache.get(place, [])) >= rate.amount or was_locked
            cache.delete(place)
    return was_locked
