"""GitLab's REST API v4 and its webhooks. Sources: docs.gitlab.com/api/issues, /api/notes, /user/project/integrations/webhooks
and /webhook_events."""

import re
from collections.abc import Mapping
from datetime import datetime
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
    moment_told,
    read_json,
    same_secret,
)

COMMAND = re.compile(r"^([ \t>]*)/", re.MULTILINE)
KEY = re.compile(r"#?([1-9][0-9]{0,17})")


class GitLab:
    """A project, by its path (group/project) or its number; an issue's key is its number in the project."""

    label = "GitLab"
    default_address = "https://gitlab.com"
    project_help = _("Its path, such as group/project.")
    token_help = _("A project access token with the scope “api” and the role Reporter.")
    user_help = ""
    default_issue_type = ""
    hook_steps = (
        _("In the project: Settings, Webhooks, Add new webhook."),
        _("Put the address below in “URL” and the secret in “Secret token”."),
        _("Choose “Issues events” and “Comments”; leave SSL verification on."),
    )
    kept_headers = ("x-gitlab-event", "x-gitlab-event-uuid", "idempotency-key")

    def __init__(self, access: Access) -> None:
        self._access = access
        self._web = Web(self.label, access, {"PRIVATE-TOKEN": access.token})
        self._project = f"/api/v4/projects/{quote(access.project, safe='')}"

    def open_issue(self, title: str, text: str) -> Remote:
        return _remote(
            self._web.ask("POST", f"{self._project}/issues", data={"title": title, "description": no_commands(text)})
        )

    def find_issue(self, marker: str, since: datetime) -> Remote | None:
        query = {"search": marker, "in": "description", "created_after": since.isoformat(), "scope": "all"}
        found = self._web.ask("GET", f"{self._project}/issues", query=query)
        return next((_remote(issue) for issue in found if marker in (issue.get("description") or "")), None)

    def add_comment(self, key: str, text: str) -> str:
        return str(self._web.ask("POST", f"{self._issue(key)}/notes", data={"body": no_commands(text)})["id"])

    def find_comment(self, key: str, marker: str, since: datetime) -> str:
        query = {"sort": "desc", "order_by": "created_at", "per_page": "100"}
        notes = self._web.ask("GET", f"{self._issue(key)}/notes", query=query)
        return next((str(note["id"]) for note in notes if marker in note["body"]), "")

    def read_issue(self, key: str) -> Remote:
        return _remote(self._web.ask("GET", self._issue(key)))

    def key_of(self, text: str) -> str:
        text = text.strip()
        start = f"{self._access.address.rstrip('/')}/{self._access.project}/-/issues/"
        found = KEY.fullmatch(text.removeprefix(start).partition("#note")[0])
        return found[1] if found else ""

    def who_am_i(self) -> str:
        return str(self._web.ask("GET", "/api/v4/user")["username"])

    def project_name(self) -> str:
        return str(self._web.ask("GET", self._project)["path_with_namespace"])

    def is_genuine(self, headers: Mapping[str, str], body: bytes) -> bool:
        return same_secret(headers.get("x-gitlab-token", ""), self._access.hook_secret)

    def delivery_of(self, headers: Mapping[str, str], body: bytes) -> str:
        # Not X-Gitlab-Event-UUID: hooks that follow from one another share it. Before 17.4 there is no key at all.
        return headers.get("idempotency-key") or digest_of(body)

    def read_hook(self, headers: Mapping[str, str], body: bytes) -> Incoming | None:
        try:
            told = read_json(body)
            if not self._is_ours(told.get("project") or {}):
                return None
            if told.get("object_kind") == "issue":
                return _of_issue(told["object_attributes"])
            if told.get("object_kind") == "note" and told["object_attributes"]["noteable_type"] == "Issue":
                return _of_note(told)
        except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as fault:
            raise NotReadable(f"{type(fault).__name__}: {fault}") from None
        return None

    def _is_ours(self, project: Mapping[str, Any]) -> bool:
        ours = self._access.project.casefold()
        return ours in (str(project.get("path_with_namespace", "")).casefold(), str(project.get("id", "")))

    def _issue(self, key: str) -> str:
        return f"{self._project}/issues/{quote(key, safe='')}"


def no_commands(text: str) -> str:
    """The text with nothing in it that GitLab would do: a line that begins with a slash may be one of its quick actions.

    Customers' words and logs go there; the backslash is not shown. Source: docs.gitlab.com/user/project/quick_actions.
    """
    return COMMAND.sub(r"\1\\/", text)


def _remote(issue: Mapping[str, Any]) -> Remote:
    return Remote(
        str(issue["iid"]), str(issue["web_url"]), str(issue["title"]), issue["state"] != "closed", str(issue["state"])
    )


def _of_issue(issue: Mapping[str, Any]) -> Incoming:
    return Incoming(
        key=str(issue["iid"]),
        title=str(issue.get("title", "")),
        url=str(issue.get("url", "")),
        is_open=issue["state"] != "closed",
        state_word=str(issue["state"]),
        updated_at=moment_told(issue.get("updated_at")),
    )


def _of_note(told: Mapping[str, Any]) -> Incoming | None:
    note = told["object_attributes"]
    if note.get("system") or note.get("action", "create") != "create":
        return None
    author = told.get("user") or {}
    name = str(author.get("name") or author.get("username") or "")
    return Incoming(key=str(told["issue"]["iid"]), comment=RemoteComment(str(note["id"]), name, str(note["note"])))
