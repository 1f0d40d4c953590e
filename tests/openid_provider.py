"""An identity provider of our own on loopback: OpenID Connect with signed tokens, that can also lie on request."""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT_ID, CLIENT_SECRET = "desk", "desk-secret"


def new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


KEY, FOREIGN_KEY = new_key(), new_key()


@dataclass
class Provider:
    """Who signs in there, and in what it misbehaves. `claims` overwrite those of its tokens; None takes one out."""

    person: dict[str, Any] = field(default_factory=lambda: {"sub": "1", "email": "", "email_verified": True})
    claims: dict[str, Any] = field(default_factory=dict)
    in_userinfo: dict[str, Any] | None = None  # what the userinfo endpoint tells, instead of the token
    discovery: dict[str, Any] = field(default_factory=dict)
    key: rsa.RSAPrivateKey = KEY
    kid: str | None = "first"
    algorithm: str = "RS256"
    token: Any = None  # sent in place of a token
    token_status: int = 200
    moved_to: str = ""
    url: str = ""
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    # --- what it says ---

    def described(self) -> dict[str, Any]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            **self.discovery,
        }

    def keys(self) -> dict[str, Any]:
        published = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()))
        return {"keys": [{**published, "kid": "first", "use": "sig", "alg": "RS256"}]}

    def authorize(self, query: dict[str, str]) -> str:
        """Where the browser goes back to: the person signed in there and agreed."""
        code = secrets.token_urlsafe(8)
        self.codes[code] = query
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def exchanged(self, form: dict[str, str], authorization: str) -> dict[str, Any]:
        question = self.codes.pop(form["code"])
        told = authorization.removeprefix("Basic ")
        client = base64.b64decode(told).decode().split(":") if told else [form["client_id"], form["client_secret"]]
        assert client == [CLIENT_ID, CLIENT_SECRET]
        assert form["redirect_uri"] == question["redirect_uri"]
        made = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).decode().rstrip("=")
        assert (question["code_challenge"], question["code_challenge_method"]) == (made, "S256")
        token = self.signed(question) if self.token is None else self.token
        return {"access_token": "access", "token_type": "Bearer", "expires_in": "soon", "id_token": token}

    def signed(self, question: dict[str, str]) -> str:
        now = int(time.time())
        said = {"iss": self.url, "aud": CLIENT_ID, "iat": now, "exp": now + 300, "nonce": question.get("nonce", "")}
        said |= {"sub": self.person["sub"]} if self.in_userinfo is not None else self.person
        said = {name: value for name, value in {**said, **self.claims}.items() if value is not None}
        headers = {"kid": self.kid} if self.kid else {}
        if self.algorithm == "none":
            return jwt.encode(said, None, algorithm="none", headers=headers)
        if self.algorithm == "HS256":
            return jwt.encode(said, CLIENT_SECRET * 4, algorithm="HS256", headers=headers)
        return jwt.encode(said, self.key, algorithm=self.algorithm, headers=headers)


class _Handler(BaseHTTPRequestHandler):
    provider: Provider

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        self.provider.asked.append(parts.path)
        if self.provider.moved_to:
            return self._send(302, b"", location=self.provider.moved_to)
        if parts.path == "/authorize":
            return self._send(302, b"", location=self.provider.authorize(query))
        answers = {
            "/.well-known/openid-configuration": self.provider.described,
            "/keys": self.provider.keys,
            "/userinfo": lambda: self.provider.in_userinfo or self.provider.person,
        }
        return self._send(200, json.dumps(answers[parts.path]()).encode())

    def do_POST(self) -> None:
        form = {name: values[0] for name, values in parse_qs(self._body()).items()}
        self.provider.asked.append(self.path)
        answer = self.provider.exchanged(form, self.headers.get("Authorization", ""))
        self._send(self.provider.token_status, json.dumps(answer).encode())

    def _body(self) -> str:
        return self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()

    def _send(self, status: int, content: bytes, location: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        if location:
            self.send_header("Location", location)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_words: object) -> None:
        """The tests tell what matters."""


@contextmanager
def running_provider() -> Iterator[Provider]:
    provider = Provider()
    handler = type("Handler", (_Handler,), {"provider": provider})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    provider.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
