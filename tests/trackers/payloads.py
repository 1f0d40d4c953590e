"""Webhooks as the products' documentation describes them, with names of our own; signed the way each product signs.

docs.gitlab.com/user/project/integrations/webhook_events, docs.github.com/webhooks/webhook-events-and-payloads,
developer.atlassian.com/cloud/jira/platform/webhooks.
"""

import hashlib
import hmac
import json
import uuid
from typing import Any

SECRET = "a-secret-of-the-tests-0123456789"

Delivered = tuple[dict[str, str], bytes]


def signature(body: bytes, secret: str = SECRET) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def gitlab_issue(
    iid: int, state: str, project: str = "intercom/firmware", *, minute: int = 0, **more: Any
) -> Delivered:
    action = {"closed": "close", "opened": "reopen"}[state]
    return _gitlab(
        "Issue Hook",
        {
            "object_kind": "issue",
            "event_type": "issue",
            "user": {"id": 1, "name": "Ines Developer", "username": "ines"},
            "project": {"id": 5, "name": "Firmware", "path_with_namespace": project},
            "object_attributes": {
                "id": 301,
                "iid": iid,
                "title": "The relay stays closed",
                "state": state,
                "action": action,
                "updated_at": f"2026-11-17 10:{minute:02d}:00 UTC",
                "url": f"https://gitlab.example/{project}/-/issues/{iid}",
            },
            "changes": {"state_id": {"previous": 1, "current": 2}},
        },
        **more,
    )


def gitlab_note(iid: int, text: str, note_id: int = 1241, project: str = "intercom/firmware", **more: Any) -> Delivered:
    return _gitlab(
        "Note Hook",
        {
            "object_kind": "note",
            "event_type": "note",
            "user": {"id": 1, "name": "Ines Developer", "username": "ines"},
            "project_id": 5,
            "project": {"id": 5, "path_with_namespace": project},
            "object_attributes": {
                "id": note_id,
                "note": text,
                "noteable_type": "Issue",
                "action": "create",
                "system": False,
                "url": f"https://gitlab.example/{project}/-/issues/{iid}#note_{note_id}",
            },
            "issue": {"id": 92, "iid": iid, "title": "The relay stays closed", "state": "opened"},
        },
        **more,
    )


def _gitlab(event: str, told: dict[str, Any], *, secret: str = SECRET, delivery: str = "") -> Delivered:
    headers = {"x-gitlab-event": event, "x-gitlab-token": secret, "idempotency-key": delivery or str(uuid.uuid4())}
    return headers, json.dumps(told).encode()


def github_issue(
    number: int, state: str, project: str = "intercom/firmware", *, minute: int = 0, **more: Any
) -> Delivered:
    action, reason = {"closed": ("closed", "completed"), "open": ("reopened", "reopened")}[state]
    return _github(
        "issues",
        {
            "action": action,
            "issue": {
                "number": number,
                "title": "The relay stays closed",
                "state": state,
                "state_reason": reason,
                "updated_at": f"2026-11-17T10:{minute:02d}:00Z",
                "html_url": f"https://github.com/{project}/issues/{number}",
            },
            "repository": {"id": 1, "full_name": project},
            "sender": {"login": "ines"},
        },
        **more,
    )


def github_comment(
    number: int, text: str, comment_id: int = 1241, project: str = "intercom/firmware", **more: Any
) -> Delivered:
    return _github(
        "issue_comment",
        {
            "action": "created",
            "issue": {"number": number, "title": "The relay stays closed", "state": "open"},
            "comment": {"id": comment_id, "body": text, "user": {"login": "ines"}},
            "repository": {"id": 1, "full_name": project},
            "sender": {"login": "ines"},
        },
        **more,
    )


def _github(event: str, told: dict[str, Any], *, secret: str = SECRET, delivery: str = "") -> Delivered:
    body = json.dumps(told).encode()
    headers = {"x-github-event": event, "x-github-delivery": delivery or str(uuid.uuid4())}
    return {**headers, "x-hub-signature-256": signature(body, secret)}, body


def jira_issue(key: str, status: str, category: str, *, minute: int = 0, **more: Any) -> Delivered:
    return _jira(
        {
            "timestamp": 1_763_000_000_000,
            "webhookEvent": "jira:issue_updated",
            "issue_event_type_name": "issue_generic",
            "user": {"accountId": "5b10", "displayName": "Ines Developer"},
            "issue": {
                "id": "10001",
                "key": key,
                "fields": {
                    "summary": "The relay stays closed",
                    "status": {"name": status, "statusCategory": {"key": category}},
                    "updated": f"2026-11-17T11:{minute:02d}:00.000+0100",
                },
            },
            "changelog": {"id": "1", "items": [{"field": "status", "toString": status}]},
        },
        **more,
    )


def jira_comment(
    key: str, text: Any, comment_id: str = "1241", event: str = "comment_created", **more: Any
) -> Delivered:
    return _jira(
        {
            "timestamp": 1_763_000_000_000,
            "webhookEvent": event,
            "comment": {
                "id": comment_id,
                "body": text,
                "author": {"accountId": "5b10", "displayName": "Ines Developer"},
            },
            "issue": {"id": "10001", "key": key, "fields": {"summary": "The relay stays closed"}},
        },
        **more,
    )


def _jira(told: dict[str, Any], *, secret: str = SECRET, delivery: str = "") -> Delivered:
    body = json.dumps(told).encode()
    headers = {"x-atlassian-webhook-identifier": delivery or str(uuid.uuid4())}
    return {**headers, "x-hub-signature": signature(body, secret)}, body


def issue_hook(kind: str, number: int, *, is_open: bool, **more: Any) -> Delivered:
    """The issue with this number stands so now; `minute` after ten is when it was changed there."""
    if kind == "gitlab":
        return gitlab_issue(number, "opened" if is_open else "closed", **more)
    if kind == "github":
        return github_issue(number, "open" if is_open else "closed", **more)
    return jira_issue(f"APP-{number}", *(("To Do", "new") if is_open else ("Done", "done")), **more)


def comment_hook(kind: str, number: int, text: str, comment_id: int = 1241, **more: Any) -> Delivered:
    """Somebody wrote this on the issue with this number."""
    if kind == "gitlab":
        return gitlab_note(number, text, comment_id, **more)
    if kind == "github":
        return github_comment(number, text, comment_id, **more)
    return jira_comment(f"APP-{number}", text, str(comment_id), **more)
