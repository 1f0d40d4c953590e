"""A signed-in visitor over HTTP: pages on one kept-alive connection, and the live stream on another."""

import contextlib
import http.client
import queue
import re
import threading
import time
from html import unescape
from urllib.parse import urlencode, urlsplit

TIMEOUT_SECONDS = 30


class Browser:
    def __init__(self, url: str, email: str, password: str) -> None:
        self._host = urlsplit(url).netloc
        self._connection = http.client.HTTPConnection(self._host, timeout=TIMEOUT_SECONDS)
        self._cookies: dict[str, str] = {}
        self._sign_in(email, password)

    def read(self, path: str) -> str:
        """The page or part at this path; anything but 200 is an error."""
        return self._ask("GET", path)

    def seconds_to_read(self, path: str) -> float:
        began = time.perf_counter()
        self._ask("GET", path)
        return time.perf_counter() - began

    def stream(self, page: str) -> "Stream":
        """The live stream that this page would open."""
        found = re.search(r'data-live-url="([^"]+)"', page)
        assert found, "the page names no live stream"
        return Stream(self._host, unescape(found[1]), self._cookie_line())

    def close(self) -> None:
        self._connection.close()

    def _sign_in(self, email: str, password: str) -> None:
        form = self._ask("GET", "/accounts/login/")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)
        assert token, "the sign-in page has no form"
        fields = {"csrfmiddlewaretoken": token[1], "login": email, "password": password}
        self._ask("POST", "/accounts/login/", urlencode(fields), wanted=302)

    def _ask(self, method: str, path: str, body: str = "", wanted: int = 200) -> str:
        headers = {"Cookie": self._cookie_line(), "Origin": f"http://{self._host}"}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            self._connection.request(method, path, body or None, headers)
            answer = self._connection.getresponse()
        except http.client.RemoteDisconnected:  # the server ends a connection that was idle for some seconds
            self._connection.close()
            self._connection.request(method, path, body or None, headers)
            answer = self._connection.getresponse()
        text = answer.read().decode()
        for line in answer.headers.get_all("Set-Cookie", []):
            name, _equals, value = line.partition(";")[0].partition("=")
            self._cookies[name] = value
        assert answer.status == wanted, f"{method} {path} was answered {answer.status}"
        return text

    def _cookie_line(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self._cookies.items())


class Stream:
    """Topics as the live stream names them, in the order in which they arrive."""

    def __init__(self, host: str, path: str, cookies: str) -> None:
        self.topics: queue.Queue[str] = queue.Queue()
        self._connection = http.client.HTTPConnection(host, timeout=TIMEOUT_SECONDS)
        self._connection.request("GET", path, headers={"Cookie": cookies, "Accept": "text/event-stream"})
        self._answer = self._connection.getresponse()
        assert self._answer.status == 200, f"the stream was answered {self._answer.status}"
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def forget(self) -> None:
        """What was announced so far is not waited for."""
        with contextlib.suppress(queue.Empty):
            while True:
                self.topics.get_nowait()

    def close(self) -> None:
        sock = self._connection.sock
        if sock is not None:
            with contextlib.suppress(OSError):
                sock.shutdown(2)
        self._reader.join(timeout=2)
        self._answer.close()
        self._connection.close()

    def _read(self) -> None:
        with contextlib.suppress(OSError, http.client.HTTPException, ValueError, AttributeError):
            for line in self._answer:
                if line.startswith(b"data: "):
                    self.topics.put(line[6:].decode().strip())
