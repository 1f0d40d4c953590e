"""Trackers on loopback that speak as much of each product's REST API as we use, strictly, and misbehave when told to.

Written from the products' public documentation: docs.gitlab.com/api, docs.github.com/rest, developer.atlassian.com.
"""

import base64
import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs, unquote, urlsplit

TOKEN = "a-token-of-the-tests"
USER = "desk@company.example"


@dataclass
class Said:
    """An answer."""

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Asked:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    data: Any


class Fake:
    """A tracker; `faults` are used up one for each request: a status, `slow`, `lost` (done, but no answer), `html`, `huge`."""

    project: ClassVar[str]

    def __init__(self) -> None:
        self.issues: list[dict[str, Any]] = []
        self.comments: list[tuple[int, dict[str, Any]]] = []
        self.asked: list[Asked] = []
        self.faults: list[str] = []
        self.fault_headers: dict[str, str] = {}
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                fake.serve(self)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer

            def log_message(self, *_words: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> "Fake":
        self.thread.start()
        return self

    def __exit__(self, *_problem: object) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(5)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def serve(self, handler: BaseHTTPRequestHandler) -> None:
        size = int(handler.headers.get("Content-Length") or 0)
        raw = handler.rfile.read(size)
        parts = urlsplit(handler.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        headers = {name.lower(): value for name, value in handler.headers.items()}
        asked = Asked(handler.command, parts.path, query, headers, json.loads(raw) if raw else None)
        self.asked.append(asked)
        fault = self.faults.pop(0) if self.faults else ""
        if fault.isdigit():
            said = Said(int(fault), {"message": "as planned"}, self.fault_headers)
        elif fault == "html":
            said = Said(200, "<html>a login page</html>")
        else:
            said = self.checked(asked)
        if fault == "slow":
            time.sleep(1.5)  # longer than the patience of the test
        if fault == "lost":
            handler.close_connection = True
            handler.connection.close()
            return
        body = said.body.encode() if isinstance(said.body, str) else json.dumps(said.body).encode()
        if fault == "huge":
            body = b"[" + b'"x",' * (2 * 1024 * 1024) + b'"x"]'
        try:
            handler.send_response(said.status)
            for name, value in said.headers.items():
                handler.send_header(name, value)
            handler.send_header("Content-Length", str(len(body)))
            handler.end_headers()
            handler.wfile.write(body)
        except OSError:
            pass  # who asked has gone

    def checked(self, asked: Asked) -> Said:
        if not self.may_come_in(asked.headers):
            return Said(401, {"message": "401 Unauthorized"})
        if asked.method == "POST" and asked.headers.get("content-type") != "application/json":
            return Said(415, {"message": "send JSON"})
        return self.answer(asked)

    def may_come_in(self, headers: dict[str, str]) -> bool:
        raise NotImplementedError

    def answer(self, asked: Asked) -> Said:
        raise NotImplementedError

    @property
    def written(self) -> list[Asked]:
        return [asked for asked in self.asked if asked.method == "POST"]


class FakeGitLab(Fake):
    project = "intercom/firmware"
    me = "/api/v4/user"

    def may_come_in(self, headers: dict[str, str]) -> bool:
        return headers.get("private-token") == TOKEN

    def answer(self, asked: Asked) -> Said:
        if asked.path == self.me:
            return Said(200, {"id": 7, "username": "mainstay-bot", "name": "Mainstay"})
        start = "/api/v4/projects/"
        project, _slash, rest = asked.path.removeprefix(start).partition("/")
        if not asked.path.startswith(start) or unquote(project) != self.project or "/" in project:
            return Said(404, {"message": "404 Project Not Found"})
        if not rest:
            return Said(200, {"id": 5, "path_with_namespace": self.project})
        words = rest.split("/")
        if words == ["issues"] and asked.method == "POST":
            if not asked.data.get("title"):
                return Said(400, {"message": {"title": ["can't be blank"]}})
            return Said(201, self.made(asked.data["title"], asked.data.get("description", "")))
        if words == ["issues"]:
            wanted = asked.query.get("search", "")
            where = asked.query.get("in", "title,description").split(",")
            return Said(200, [one for one in self.issues if any(wanted in one[name] for name in where)])
        issue = next((one for one in self.issues if str(one["iid"]) == words[1]), None)
        if issue is None:
            return Said(404, {"message": "404 Not found"})
        if words[2:] == ["notes"] and asked.method == "POST":
            note = {"id": 900 + len(self.comments), "body": asked.data["body"], "system": False}
            self.comments.append((issue["iid"], note))
            return Said(201, note)
        if words[2:] == ["notes"]:
            return Said(200, [note for iid, note in reversed(self.comments) if iid == issue["iid"]])
        return Said(200, issue)

    def made(self, title: str, text: str) -> dict[str, Any]:
        iid = len(self.issues) + 1
        url = f"{self.address}/{self.project}/-/issues/{iid}"
        issue = {"id": 100 + iid, "iid": iid, "title": title, "description": text, "state": "opened", "web_url": url}
        self.issues.append(issue)
        return issue


class FakeGitHub(Fake):
    project = "intercom/firmware"
    me = "/user"

    def may_come_in(self, headers: dict[str, str]) -> bool:
        return headers.get("authorization") == f"Bearer {TOKEN}" and bool(headers.get("user-agent"))

    def answer(self, asked: Asked) -> Said:
        if asked.path == self.me:
            return Said(200, {"login": "mainstay-bot"})
        start = f"/repos/{self.project}"
        if asked.path != start and not asked.path.startswith(start + "/"):
            return Said(404, {"message": "Not Found"})
        words = asked.path.removeprefix(start).strip("/").split("/")
        if words == [""]:
            return Said(200, {"id": 1, "full_name": self.project})
        if words == ["issues"] and asked.method == "POST":
            if not asked.data.get("title"):
                return Said(422, {"message": "Validation Failed"})
            return Said(201, self.made(asked.data["title"], asked.data.get("body", "")))
        if words == ["issues"]:
            return Said(200, self.page(list(reversed(self.issues)), asked))
        issue = next((one for one in self.issues if str(one["number"]) == words[1]), None)
        if issue is None:
            return Said(404, {"message": "Not Found"})
        if words[2:] == ["comments"] and asked.method == "POST":
            comment = {"id": 900 + len(self.comments), "body": asked.data["body"], "user": {"login": "mainstay-bot"}}
            self.comments.append((issue["number"], comment))
            return Said(201, comment)
        if words[2:] == ["comments"]:
            return Said(200, self.page([one for number, one in self.comments if number == issue["number"]], asked))
        return Said(200, issue)

    @staticmethod
    def page(rows: list[Any], asked: Asked) -> list[Any]:
        size, page = int(asked.query.get("per_page", "30")), int(asked.query.get("page", "1"))
        assert 1 <= size <= 100
        return rows[(page - 1) * size : page * size]

    def made(self, title: str, text: str) -> dict[str, Any]:
        number = len(self.issues) + 1
        issue = {
            "number": number,
            "title": title,
            "body": text,
            "state": "open",
            "state_reason": None,
            "html_url": f"https://github.com/{self.project}/issues/{number}",
        }
        self.issues.append(issue)
        return issue


class FakeJira(Fake):
    """A Jira cloud; with `is_old` a data centre that knows only the older search and bearer tokens."""

    project = "APP"
    me = "/rest/api/2/myself"

    def __init__(self, *, is_old: bool = False) -> None:
        super().__init__()
        self.is_old = is_old

    def may_come_in(self, headers: dict[str, str]) -> bool:
        pair = base64.b64encode(f"{USER}:{TOKEN}".encode()).decode()
        return headers.get("authorization") == (f"Bearer {TOKEN}" if self.is_old else f"Basic {pair}")

    def answer(self, asked: Asked) -> Said:
        words = asked.path.removeprefix("/rest/api/2/").split("/")
        if asked.path == self.me:
            return Said(200, {"accountId": "5b10", "displayName": "Mainstay"})
        if words[0] == "project":
            known = words[1] == self.project
            return Said(200, {"key": "APP", "name": "Apps"}) if known else Said(404, {"errorMessages": ["No project"]})
        if words[0] == "search":
            return self.search(words, asked)
        if words == ["issue"] and asked.method == "POST":
            fields = asked.data["fields"]
            if fields["project"] != {"key": self.project} or not fields["summary"] or "name" not in fields["issuetype"]:
                return Said(400, {"errors": {"project": "valid project is required"}})
            made = self.made(fields["summary"], fields["description"])
            return Said(201, {name: made[name] for name in ("id", "key")})
        issue = next((one for one in self.issues if one["key"] == words[1]), None)
        if words[0] != "issue" or issue is None:
            return Said(404, {"errorMessages": ["Issue does not exist"]})
        if words[2:] == ["comment"] and asked.method == "POST":
            comment = {"id": str(900 + len(self.comments)), "body": asked.data["body"], "author": {"displayName": "M"}}
            self.comments.append((issue["key"], comment))
            return Said(201, comment)
        if words[2:] == ["comment"]:
            return Said(200, {"comments": [one for key, one in reversed(self.comments) if key == issue["key"]]})
        return Said(200, issue)

    def search(self, words: list[str], asked: Asked) -> Said:
        if (words == ["search", "jql"]) is self.is_old:
            return Said(404 if self.is_old else 410, {"errorMessages": ["no such resource"]})
        wanted = asked.query["jql"].split('\\"')[1]
        return Said(200, {"issues": [one for one in self.issues if wanted in one["fields"]["description"]]})

    def made(self, title: str, text: str) -> dict[str, Any]:
        status = {"name": "To Do", "statusCategory": {"key": "new"}}
        number = len(self.issues) + 1
        issue = {
            "id": str(10_000 + number),
            "key": f"{self.project}-{number}",
            "fields": {"summary": title, "description": text, "status": status},
        }
        self.issues.append(issue)
        return issue


FAKES: dict[str, type[Fake]] = {"gitlab": FakeGitLab, "github": FakeGitHub, "jira": FakeJira}
