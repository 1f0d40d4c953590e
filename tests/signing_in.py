"""Signing in the way a person does: password, code of an app, recovery code; codes are computed here, not by the desk."""

import base64
import hashlib
import hmac
import re
import struct
import time
from typing import Any

from mainstay.people.actions import give_new_password
from mainstay.people.models import Person
from tests.conftest import NOW, DeskClient

LOGIN = "/accounts/login/"
STEP = "/accounts/second-factor/step/"
APP = "/accounts/second-factor/app/"
CODES = "/accounts/second-factor/codes/"


def code_of(secret: str, *, steps: int = 0) -> str:
    """The six digits of RFC 6238 for this moment, or so many half-minutes from it."""
    counter = struct.pack(">Q", int(time.time()) // 30 + steps)
    digest = hmac.new(base64.b32decode(secret), counter, hashlib.sha1).digest()
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at : at + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


def by_password(person: Person, *, agent: str = "", then: str = "") -> tuple[DeskClient, Any, str]:
    """A browser in which the right password was typed, the answer to that, and the password, which is new."""
    password = give_new_password(person.account, at=NOW)
    person.account.refresh_from_db()
    client = DeskClient(HTTP_USER_AGENT=agent) if agent else DeskClient()
    return client, types(client, person, password, then=then), password


def types(client: DeskClient, person: Person, password: str, *, then: str = "") -> Any:
    """Somebody types the address and a password."""
    sent = {"login": person.account.email, "password": password}
    return client.post(LOGIN, {**sent, "next": then} if then else sent)


def is_signed_in(client: DeskClient) -> bool:
    return client.get("/").status_code == 200


def set_up_app(client: DeskClient) -> str:
    """The secret of an app that was set up in this browser."""
    page = client.get(APP).content.decode()
    secret = re.search(r"secret-text\">(\w+)<", page)[1]  # type: ignore[index]
    answer = client.post(APP, {"code": code_of(secret)})
    assert answer.status_code == 302, answer.content.decode()
    return secret


def recovery_codes(client: DeskClient) -> list[str]:
    return re.findall(r"<code>(\d{8})</code>", client.get(CODES).content.decode())
