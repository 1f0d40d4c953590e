"""The log as it is read: newest first, by noun, by person, by date."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from .models import SettingChange


@dataclass(frozen=True)
class Changer:
    """Somebody who changed settings, by the latest name the log knows; `key` is None for the desk itself."""

    key: int | None
    name: str


def changes(
    *,
    noun: str = "",
    key: int | str = "",
    by_key: int | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    older_than: int | None = None,
) -> QuerySet[SettingChange]:
    """Changes, newest first; `since` is included, `until` is not. Keyset paging: `older_than` is the last row's key."""
    found = SettingChange.objects.order_by("-pk")
    if noun:
        found = found.filter(noun=noun)
    if key != "":
        found = found.filter(key=str(key))
    if by_key is not None:
        found = found.filter(by_key=by_key)
    if since is not None:
        found = found.filter(at__gte=since)
    if until is not None:
        found = found.filter(at__lt=until)
    return found if older_than is None else found.filter(pk__lt=older_than)


def nouns_changed() -> list[str]:
    """The kinds of setting the log speaks of."""
    return list(SettingChange.objects.order_by("noun").values_list("noun", flat=True).distinct())


def changers() -> list[Changer]:
    """Everybody who changed a setting, by name."""
    named = SettingChange.objects.filter(by_key__isnull=False).order_by("by_key", "-pk").distinct("by_key")
    return sorted((Changer(row.by_key, row.by_name) for row in named), key=lambda one: one.name.casefold())
