"""Jira's REST API v2 and its webhooks. Sources: developer.atlassian.com/cloud/jira/platform/rest/v2 and …/webhooks.

Version 2, since there descriptions and comments are plain text in the cloud and in the data centre alike.
"""

import base64
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from django.utils.translation import gettext_lazy as _

from mainstay.escalations.asking import Refused, Web
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

KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,40}-[1-9][0-9]{0,17}")
API = "/rest/api/2"
ELSEWHERE = frozenset({404, 405})  # what a Jira answers that does not know the newer search
NESTED_MAX = 20


class Jira:
    """A project, by its key (such as APP); an issue's key is like APP-12."""

    label = "Jira"
    default_address = "https://your-company.atlassian.net"
    project_help = _("Its key, such as APP.")
    token_help = _("In the cloud an API token of the account below; in the data centre a personal access token.")
    user_help = _("In the cloud the account's e-mail address; in the data centre nothing.")
    default_issue_type = "Bug"
    hook_steps = (
        _("As an administrator of Jira: System, WebHooks, Create a WebHook."),
        _("Put the address below in “URL” and the secret in “Secret”."),
        _("Choose the events “Issue: updated, deleted” and “Comment: created”."),
    )
    kept_headers = ("x-atlassian-webhook-identifier",)

    def __init__(self, access: Access) -> None:
        self._access = access
        self._web = Web(self.label, access, {"Authorization": _authorization(access)})

    def open_issue(self, title: str, text: str) -> Remote:
        fields = {
            "project": {"key": self._access.project},
            "issuetype": {"name": self._access.issue_type or self.default_issue_type},
            "summary": title.replace("\n", " ")[:255],
            "description": text,
        }
        key = str(self._web.ask("POST", f"{API}/issue", data={"fields": fields})["key"])
        return Remote(key, self._page(key), title, is_open=True, state_word="")  # the answer tells no more

    def find_issue(self, marker: str, since: datetime) -> Remote | None:
        # `since` is in the reader's own zone there, so it is left to the marker alone.
        asked = f'project = "{self._access.project}" AND description ~ "\\"{marker}\\"" ORDER BY created DESC'
        query = {"jql": asked, "fields": "summary,status,description", "maxResults": "5"}
        try:
            found = self._web.ask("GET", f"{API}/search/jql", query=query)
        except Refused as refused:
            if refused.status not in ELSEWHERE:
                raise
            found = self._web.ask("GET", f"{API}/search", query=query)
        hits = [one for one in found["issues"] if marker in str(one["fields"].get("description"))]
        return self._remote(hits[0]) if hits else None

    def add_comment(self, key: str, text: str) -> str:
        return str(self._web.ask("POST", f"{self._issue(key)}/comment", data={"body": text})["id"])

    def find_comment(self, key: str, marker: str, since: datetime) -> str:
        query = {"orderBy": "-created", "maxResults": "100"}
        found = self._web.ask("GET", f"{self._issue(key)}/comment", query=query)
        return next((str(one["id"]) for one in found["comments"] if marker in plain_text(one["body"])), "")

    def read_issue(self, key: str) -> Remote:
        return self._remote(self._web.ask("GET", self._issue(key), query={"fields": "summary,status"}))

    def key_of(self, text: str) -> str:
        text = text.strip().removeprefix(f"{self._access.address.rstrip('/')}/browse/").upper()
        return text if KEY.fullmatch(text) and self._is_ours(text) else ""

    def who_am_i(self) -> str:
        me = self._web.ask("GET", f"{API}/myself")
        return str(me.get("displayName") or me.get("name") or me["accountId"])

    def project_name(self) -> str:
        return str(self._web.ask("GET", f"{API}/project/{quote(self._access.project, safe='')}")["name"])

    def is_genuine(self, headers: Mapping[str, str], body: bytes) -> bool:
        return is_signed(headers.get("x-hub-signature", ""), self._access.hook_secret, body)

    def delivery_of(self, headers: Mapping[str, str], body: bytes) -> str:
        return headers.get("x-atlassian-webhook-identifier") or digest_of(body)

    def read_hook(self, headers: Mapping[str, str], body: bytes) -> Incoming | None:
        try:
            told = read_json(body)
            event, issue = str(told.get("webhookEvent", "")), told.get("issue")
            if not issue or not self._is_ours(str(issue["key"])):
                return None
            comment = told.get("comment")
            if event == "comment_created" or (event == "jira:issue_updated" and comment):
                return Incoming(str(issue["key"]), comment=_comment(comment))
            if event == "jira:issue_deleted":
                return Incoming(str(issue["key"]), is_open=False, state_word="deleted")
            if event == "jira:issue_updated":
                remote = self._remote(issue)
                at = moment_told(issue["fields"].get("updated"))
                return Incoming(remote.key, remote.title, remote.url, remote.is_open, remote.state_word, updated_at=at)
        except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as fault:
            raise NotReadable(f"{type(fault).__name__}: {fault}") from None
        return None

    def _is_ours(self, key: str) -> bool:
        return key.rpartition("-")[0].upper() == self._access.project.upper()

    def _issue(self, key: str) -> str:
        return f"{API}/issue/{quote(key, safe='')}"

    def _remote(self, issue: Mapping[str, Any]) -> Remote:
        status = issue["fields"]["status"]
        key = str(issue["key"])
        is_open = (status.get("statusCategory") or {}).get("key") != "done"
        return Remote(key, self._page(key), str(issue["fields"]["summary"]), is_open, str(status["name"]))

    def _page(self, key: str) -> str:
        return f"{self._access.address.rstrip('/')}/browse/{key}"


def plain_text(body: Any, depth: int = 0) -> str:
    """Words of a comment: as text, or in Atlassian's document format, whose paragraphs become lines."""
    if isinstance(body, str):
        return body
    if not isinstance(body, Mapping) or depth > NESTED_MAX:
        return ""
    if body.get("type") == "text":
        return str(body.get("text", ""))
    if body.get("type") == "hardBreak":
        return "\n"
    inner = [plain_text(one, depth + 1) for one in body.get("content") or ()]
    return ("\n" if body.get("type") in ("doc", "bulletList", "orderedList") else "").join(inner)


def _authorization(access: Access) -> str:
    if not access.user:
        return f"Bearer {access.token}"
    pair = base64.b64encode(f"{access.user}:{access.token}".encode()).decode()
    return f"Basic {pair}"


def _comment(comment: Mapping[str, Any]) -> RemoteComment:
    author = comment.get("author") or {}
    name = str(author.get("displayName") or author.get("name") or "")
    return RemoteComment(str(comment["id"]), name, plain_text(comment["body"]))
