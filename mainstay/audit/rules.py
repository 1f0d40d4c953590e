"""Pure questions about two states of a setting: what differs, and what may be written down of it."""

import json
from collections.abc import Mapping
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from .states import HIDDEN, SECRET_WORDS

Values = dict[str, Any]


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Values, Values]:
    """What of `before` and of `after` the other side does not say; both empty when they say the same."""
    was, now = plain(before), plain(after)
    return (
        {key: value for key, value in was.items() if key not in now or now[key] != value},
        {key: value for key, value in now.items() if key not in was or was[key] != value},
    )


def without_secrets(values: Values) -> Values:
    """The same, but of a secret only whether there is one, however deep it lies."""
    return {key: _shown(key, value) for key, value in values.items()}


def is_secret(key: str) -> bool:
    """Going by its name; an address or a moment that is about a secret is none itself."""
    name = key.lower()
    return any(word in name for word in SECRET_WORDS) and not name.endswith(("_url", "_at"))


def plain(values: Mapping[str, Any]) -> Values:
    """As the database keeps it, so that (1, 2) and [1, 2] do not count as two things."""
    kept: Values = json.loads(json.dumps(dict(values), cls=DjangoJSONEncoder))
    return kept


def _shown(key: str, value: Any) -> Any:
    if is_secret(key):
        return value if isinstance(value, bool) else HIDDEN if value else ""
    if isinstance(value, dict):
        return without_secrets(value)
    if isinstance(value, list):
        return [without_secrets(one) if isinstance(one, dict) else one for one in value]
    return value
