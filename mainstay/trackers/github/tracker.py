"""GitHub's REST API and its webhooks. Sources: docs.github.com/rest/issues, /webhooks/webhook-events-and-payloads and
/webhooks/using-webhooks/validating-webhook-deliveries."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from django.utils.translation import gettext_lazy as _

from mainstay.escalations.asking import Web
from mainstay.escalations.tracking import (
    Access,
    Incoming,
    NotReadable,
    Remote,
    RemoteComment,
    digest_of,
    is_signed,
    moment_told,
    read_json,
)

KEY = re.compile(r"#?([1-9][0-9]{0,17})")
ADDRESS = re.compile(r"https?://[^/]+/([^/]+/[^/]+)/issues/([1-9][0-9]{0,17})(?:#.*)?")
PAGE, PAGES = 50, 10
GONE = frozenset({"deleted", "transferred"})


class GitHub:
    """A repository, as owner/name; an issue's key is its number."""

    label = "GitHub"
    default_address = "https://api.github.com"
    project_help = _("Owner and name, such as owner/repository.")
    token_help = _("A fine-grained token for this repository that may read and write issues.")
    user_help = ""
    default_issue_type = ""
    hook_steps = (
        _("In the repository: Settings, Webhooks, Add webhook."),
        _("Put the address below in “Payload URL” and the secret in “Secret”; the content type is application/json."),
        _("Choose the individual events “Issues” and “Issue comments”; leave SSL verification on."),
    )
    kept_headers = ("x-github-event", "x-github-delivery")

    def __init__(self, access: Access) -> None:
        self._access = access
        headers = {"Authorization": f"Bearer {access.token}", "Accept": "application/vnd.github+json"}
        self._web = Web(self.label, access, {**headers, "X-GitHub-Api-Version": "2022-11-28"})
        self._repository = f"/repos/{quote(access.project)}"

    def open_issue(self, title: str, text: str) -> Remote:
        return _remote(self._web.ask("POST", f"{self._repository}/issues", data={"title": title, "body": text}))

    def find_issue(self, marker: str, since: datetime) -> Remote | None:
        # Not by search: its index is minutes behind, and the list is not.
        query = {"state": "all", "sort": "created", "direction": "desc", "since": _moment(since)}
        issues = self._all(f"{self._repository}/issues", query)
        return next((_remote(one) for one in issues if marker in (one.get("body") or "")), None)

    def add_comment(self, key: str, text: str) -> str:
        return str(self._web.ask("POST", f"{self._issue(key)}/comments", data={"body": text})["id"])

    def find_comment(self, key: str, marker: str, since: datetime) -> str:
        comments = self._all(f"{self._issue(key)}/comments", {"since": _moment(since)})
        return next((str(one["id"]) for one in comments if marker in (one.get("body") or "")), "")

    def read_issue(self, key: str) -> Remote:
        return _remote(self._web.ask("GET", self._issue(key)))

    def key_of(self, text: str) -> str:
        text = text.strip()
        pasted = ADDRESS.fullmatch(text)
        if pasted:
            return pasted[2] if pasted[1].casefold() == self._access.project.casefold() else ""
        found = KEY.fullmatch(text)
        return found[1] if found else ""

    def who_am_i(self) -> str:
        return str(self._web.ask("GET", "/user")["login"])

    def project_name(self) -> str:
        return str(self._web.ask("GET", self._repository)["full_name"])

    def is_genuine(self, headers: Mapping[str, str], body: bytes) -> bool:
        return is_signed(headers.get("x-hub-signature-256", ""), self._access.hook_secret, body)

    def delivery_of(self, headers: Mapping[str, str], body: bytes) -> str:
        return headers.get("x-github-delivery") or digest_of(body)

    def read_hook(self, headers: Mapping[str, str], body: bytes) -> Incoming | None:
        event = headers.get("x-github-event", "")
        if event not in ("issues", "issue_comment"):
            return None
        try:
            told = read_json(body)
            ours = str(told["repository"]["full_name"]).casefold() == self._access.project.casefold()
            if not ours or "pull_request" in told["issue"]:
                return None
            return _of_comment(told) if event == "issue_comment" else _of_issue(told)
        except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as fault:
            raise NotReadable(f"{type(fault).__name__}: {fault}") from None

    def _issue(self, key: str) -> str:
        return f"{self._repository}/issues/{quote(key, safe='')}"

    def _all(self, path: str, query: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
        for page in range(1, PAGES + 1):
            found = self._web.ask("GET", path, query={**query, "per_page": str(PAGE), "page": str(page)})
            yield from found
            if len(found) < PAGE:
                return


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _remote(issue: Mapping[str, Any]) -> Remote:
    word = str(issue.get("state_reason") or issue["state"])
    return Remote(str(issue["number"]), str(issue["html_url"]), str(issue["title"]), issue["state"] != "closed", word)


def _of_issue(told: Mapping[str, Any]) -> Incoming:
    remote, at = _remote(told["issue"]), moment_told(told["issue"].get("updated_at"))
    if told["action"] in GONE:
        return Incoming(remote.key, remote.title, remote.url, False, str(told["action"]), updated_at=at)
    return Incoming(remote.key, remote.title, remote.url, remote.is_open, remote.state_word, updated_at=at)


def _of_comment(told: Mapping[str, Any]) -> Incoming | None:
    if told["action"] != "created":
        return None
    comment = told["comment"]
    author = (comment.get("user") or {}).get("login") or ""
    return Incoming(
        str(told["issue"]["number"]),
        comment=RemoteComment(str(comment["id"]), str(author), str(comment["body"] or "")),
    )
