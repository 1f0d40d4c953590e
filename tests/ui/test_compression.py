"""Text is sent compressed, once for each version of a file; pictures and streams are left alone."""

import gzip
from typing import Any

import pytest
from django.http import HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from mainstay.ui.compression import CompressedText

TAKES_IT = {"Accept-Encoding": "gzip, deflate, br"}
BEHAVIOUR = "/static/ui/js/live.js"


@pytest.mark.django_db
def test_a_page_comes_compressed_to_whoever_takes_that(client: Client) -> None:
    page = reverse("account_login")
    plain, packed = client.get(page), client.get(page, headers=TAKES_IT)
    assert "Content-Encoding" not in plain
    assert packed["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed["Vary"]
    assert b"<h1" in gzip.decompress(packed.content)
    assert len(packed.content) < len(plain.content) / 2


def test_a_behaviour_is_compressed_and_says_when_it_changed(client: Client) -> None:
    plain, packed = client.get(BEHAVIOUR), client.get(BEHAVIOUR, headers=TAKES_IT)
    assert gzip.decompress(sent := b"".join(packed)) == b"".join(plain)
    assert packed["Content-Length"] == str(len(sent))
    assert packed["Content-Type"].startswith("text/javascript")
    again = client.get(BEHAVIOUR, headers={**TAKES_IT, "If-Modified-Since": packed["Last-Modified"]})
    assert again.status_code == 304
    assert "Accept-Encoding" in plain["Vary"] and "Accept-Encoding" in packed["Vary"]


def test_a_part_of_a_file_is_sent_as_it_was_asked_for(client: Client) -> None:
    part = client.get(BEHAVIOUR, headers={**TAKES_IT, "Range": "bytes=0-9"})
    assert part.status_code == 206
    assert "Content-Encoding" not in part


@pytest.mark.parametrize(
    "answer",
    [
        HttpResponse(b"\x89PNG" + b"0" * 999, content_type="image/png"),
        StreamingHttpResponse([b"a,b\n" * 999], content_type="text/csv"),
        HttpResponse(b"0" * 100, content_type="text/html"),
    ],
    ids=["a picture", "an export that is streamed", "very little"],
)
def test_what_gains_nothing_or_is_streamed_stays_as_it_is(answer: Any, rf: RequestFactory) -> None:
    sent = CompressedText(lambda request: answer)(rf.get("/exports", headers=TAKES_IT))
    assert "Content-Encoding" not in sent


def test_a_file_is_compressed_once(monkeypatch: pytest.MonkeyPatch, client: Client) -> None:
    done: list[int] = []
    real = gzip.compress
    monkeypatch.setattr(gzip, "compress", lambda *given, **more: done.append(1) or real(*given, **more))
    first, second = client.get(BEHAVIOUR, headers=TAKES_IT), client.get(BEHAVIOUR, headers=TAKES_IT)
    assert b"".join(first) == b"".join(second)
    assert len(done) == 1
