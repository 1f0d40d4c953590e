"""A desk that listens, and a client before it."""

from collections.abc import Iterator

import pytest

from tests.channels.email.intake.desks import Desk, running
from tests.channels.email.smtp_doubles import PlainClient


@pytest.fixture
def desk() -> Iterator[Desk]:
    with running() as one:
        yield one


@pytest.fixture
def client(desk: Desk) -> Iterator[PlainClient]:
    one = PlainClient(desk.address)
    yield one
    one.close()


@pytest.fixture
def lmtp(desk: Desk) -> Iterator[PlainClient]:
    one = PlainClient(desk.lmtp, greeting="LHLO")
    yield one
    one.close()
