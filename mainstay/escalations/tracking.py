"""What a tracker's adapter must be able to do, and where to find it: by its dotted path in settings."""

import hashlib
import hmac
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, Protocol

from django.conf import settings
from django.utils.functional import Promise as LazyText
from django.utils.module_loading import import_string

MARKER = re.compile(r"mainstay-[0-9a-f]{32}")
MARKER_LINE = "Ref. {marker}"


@dataclass(frozen=True)
class Access:
    """How a project in a tracker is reached, with its secrets opened."""

    address: str
    project: str
    token: str
    hook_secret: str = ""
    user: str = ""
    issue_type: str = ""
    allows_private: bool = False
    extra_ca: str = ""


@dataclass(frozen=True)
class Remote:
    """An issue as the tracker tells it."""

    key: str
    url: str
    title: str
    is_open: bool
    state_word: str


@dataclass(frozen=True)
class RemoteComment:
    """A comment as the tracker tells it, its text plain."""

    id: str
    author: str
    text: str


@dataclass(frozen=True)
class Incoming:
    """What a webhook says of one issue; `is_open` is None when it does not say how the issue stands.

    `updated_at` is when the issue was changed by the tracker's own clock; webhooks may come late, or in another order.
    """

    key: str
    title: str = ""
    url: str = ""
    is_open: bool | None = None
    state_word: str = ""
    comment: RemoteComment | None = None
    updated_at: datetime | None = None


def moment_told(text: object) -> datetime | None:
    """The moment as trackers write it (`2026-11-17T10:00:00Z`, `… +0100`, `2026-11-17 10:00:00 UTC`); None where it is none."""
    if not isinstance(text, str):
        return None
    try:
        moment = datetime.fromisoformat(text.strip().replace(" UTC", "+00:00"))
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo is not None else None


class NotReadable(ValueError):
    """A webhook whose signature is right, but whose words are not what the tracker's documentation says."""


class TrackerAdapter(Protocol):
    """One product. Every question may raise TrackerTrouble."""

    label: str
    default_address: str
    project_help: str | LazyText
    token_help: str | LazyText
    user_help: str | LazyText  # empty: it needs no user name
    default_issue_type: str  # empty: its issues have no type
    hook_steps: tuple[str | LazyText, ...]
    kept_headers: tuple[str, ...]  # of a webhook, those that say what it is; in lower case, and none with a secret

    def __init__(self, access: Access) -> None: ...

    def open_issue(self, title: str, text: str) -> Remote:
        """The issue that was opened."""

    def find_issue(self, marker: str, since: datetime) -> Remote | None:
        """The issue, not older than `since`, whose text has this marker."""

    def add_comment(self, key: str, text: str) -> str:
        """The id of the comment that was written."""

    def find_comment(self, key: str, marker: str, since: datetime) -> str:
        """The id of the comment with this marker, not older than `since`; empty when there is none."""

    def read_issue(self, key: str) -> Remote:
        """How the issue stands."""

    def key_of(self, text: str) -> str:
        """The key that somebody typed or pasted, alone or as the issue's address; empty when it is none of this project."""

    def who_am_i(self) -> str:
        """The name of the account that the token belongs to."""

    def project_name(self) -> str:
        """The name of the project, which the token may see."""

    def is_genuine(self, headers: Mapping[str, str], body: bytes) -> bool:
        """Whether a webhook knows our secret; compared in constant time."""

    def delivery_of(self, headers: Mapping[str, str], body: bytes) -> str:
        """What makes this delivery itself: the same when the tracker sends it again."""

    def read_hook(self, headers: Mapping[str, str], body: bytes) -> Incoming | None:
        """What a webhook says; None when it is not about an issue of this project. Raises NotReadable."""


@cache
def adapter_class(kind: str) -> Callable[[Access], TrackerAdapter] | None:
    """The adapter of this kind of tracker; None when its folder or its line in settings was taken away."""
    path = settings.TRACKERS.get(kind)
    found: Callable[[Access], TrackerAdapter] | None = import_string(path) if path else None
    return found


def read_json(content: bytes) -> Any:
    """What a tracker says, its words such as the database can hold: no NUL, no half of a letter. Raises ValueError and
    RecursionError."""
    return _holdable(json.loads(content))


def _holdable(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_holdable(name): _holdable(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_holdable(inner) for inner in value]
    return value


def marked(text: str, marker: str) -> str:
    """The text with the marker as its last line."""
    return f"{text.rstrip()}\n\n{MARKER_LINE.format(marker=marker)}"


def marker_in(text: str) -> str:
    """The marker that ends a text of ours; a text that only quotes one further up is not ours."""
    last = text.rstrip().rpartition("\n")[2].strip()
    found = MARKER.fullmatch(last.removeprefix(MARKER_LINE.format(marker="")))
    return found[0] if found else ""


def same_secret(given: str, secret: str) -> bool:
    """In constant time; without a secret nothing is genuine."""
    return bool(secret) and hmac.compare_digest(given.encode(), secret.encode())


def is_signed(signature: str, secret: str, body: bytes) -> bool:
    """Whether this is `sha256=` and the HMAC of the body, byte for byte (GitHub's and Jira's way)."""
    right = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return bool(secret) and hmac.compare_digest(signature.encode(), f"sha256={right}".encode())


def digest_of(body: bytes) -> str:
    """Stands for a delivery whose tracker gives it no id."""
    return f"sha256:{hashlib.sha256(body).hexdigest()}"
