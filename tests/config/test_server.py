"""The web process in front of Django: health, headers that could be forged, bodies that break off."""

import asyncio
from typing import Any

import pytest
from a2wsgi import WSGIMiddleware
from django.db import OperationalError

from config import server

Headers = list[tuple[bytes, bytes]]


def ask(
    path: str,
    *,
    headers: Headers = (),
    query: bytes = b"",
    messages: tuple[dict[str, Any], ...] = ({"type": "http.request", "body": b"", "more_body": False},),
) -> tuple[int, bytes]:
    """Status and body of one request; `messages` are what the server hears from the visitor."""
    waiting = list(messages)
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return waiting.pop(0)

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "query_string": query,
        "headers": list(headers),
        "http_version": "1.1",
        "server": ("127.0.0.1", 8000),
        "client": ("127.0.0.1", 50000),
    }
    asyncio.run(server.application(scope, receive, send))
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:])


@pytest.fixture
def echoing(monkeypatch):
    """Pages that tell what WSGI was given."""
    seen: dict[str, Any] = {}

    def echo(environ, start_response):
        seen.update(environ)
        seen["body"] = environ["wsgi.input"].read()
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"page"]

    monkeypatch.setattr(server, "pages", WSGIMiddleware(echo, workers=1))
    return seen


def test_pages_are_served_by_wsgi(echoing):
    assert ask("/queue", messages=({"type": "http.request", "body": b"a=1", "more_body": False},)) == (200, b"page")
    assert (echoing["PATH_INFO"], echoing["body"]) == ("/queue", b"a=1")


def test_a_header_with_an_underscore_cannot_pose_as_the_proxys_own(echoing):
    ask("/", headers=[(b"x_forwarded_proto", b"https"), (b"x-real-ip", b"192.0.2.7")])
    assert "HTTP_X_FORWARDED_PROTO" not in echoing
    assert echoing["HTTP_X_REAL_IP"] == "192.0.2.7"


def test_half_a_body_is_never_acted_upon(echoing):
    half = ({"type": "http.request", "body": b"a=1&b", "more_body": True}, {"type": "http.disconnect"})
    with pytest.raises(server.VisitorGone):
        ask("/", messages=half)
    assert "body" not in echoing


def test_bytes_that_are_no_address_are_refused(echoing):
    status, text = ask("/", query=b"q=\xff")
    assert status == 400
    assert b"%XX" in text


@pytest.mark.django_db(transaction=True)
def test_health_is_good_while_the_database_answers():
    assert ask("/healthz", headers=[(b"host", b"anything.example")]) == (200, b"ok\n")


def test_health_is_bad_without_the_database(monkeypatch):
    class Gone:
        def cursor(self):
            raise OperationalError

        def close(self):
            pass

    monkeypatch.setattr(server, "connection", Gone())
    assert ask("/healthz")[0] == 503
