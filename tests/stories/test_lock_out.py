"""Guessing passwords against two web processes of one desk: they count together, however the guesses are spread."""

import re
import shutil
import socket
import subprocess
import threading
from collections import Counter
from collections.abc import Iterator
from itertools import cycle

import httpx
import pytest

from tests.running import MAINSTAY, ROOT, RunningDesk, new_folder, until

pytestmark = pytest.mark.slow

LOGIN = "/accounts/login/"
WRONG, LOCKED, IN = "wrong", "locked", "in"


@pytest.fixture(scope="module")
def desk() -> Iterator[RunningDesk]:
    folder = new_folder()
    running = RunningDesk(folder)
    yield running
    running.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def processes(desk: RunningDesk) -> Iterator[list[str]]:
    """The addresses of two web processes: the desk's own, and another one on the same database."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    other = subprocess.Popen([*MAINSTAY, "web", "--port", str(port)], env=desk.environment, cwd=ROOT)
    url = f"http://127.0.0.1:{port}"
    until(lambda: _answers(url), 60)
    yield [desk.url, url]
    other.terminate()
    other.wait(20)


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/healthz").status_code == 200
    except httpx.HTTPError:
        return False


def tries(url: str, email: str, password: str) -> str:
    """What a browser without any cookie is told."""
    with httpx.Client(base_url=url, headers={"Origin": url}) as browser:
        token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', browser.get(LOGIN).text)[1]  # type: ignore[index]
        sent = {"csrfmiddlewaretoken": token, "login": email, "password": password}
        answer = browser.post(LOGIN, data=sent)
        if answer.status_code == 302:
            return IN
        return LOCKED if "Too many wrong tries" in answer.text else WRONG


def test_eight_wrong_passwords_in_turn_lock_the_account_at_both(desk: RunningDesk, processes: list[str]) -> None:
    victim, colleague = desk.command("sample", "show")["staff"][:2]
    turns = cycle(processes)
    told = [tries(next(turns), victim["email"], f"wrong-password-{number}") for number in range(8)]
    assert told == [WRONG] * 5 + [LOCKED] * 3
    # The right one opens nothing either, at neither, while a colleague at the same network address is let in by both.
    assert [tries(url, victim["email"], victim["password"]) for url in processes] == [LOCKED] * 2
    assert [tries(url, colleague["email"], colleague["password"]) for url in processes] == [IN] * 2
    # And the command that a locked-out person can ask for.
    assert desk.command("staff", "unlock", victim["email"])["unlocked"] is True
    assert [tries(url, victim["email"], victim["password"]) for url in processes] == [IN] * 2


def test_guesses_at_the_same_moment_are_counted_one_by_one(desk: RunningDesk, processes: list[str]) -> None:
    told: list[str] = []
    gate = threading.Barrier(12)

    def guess(url: str, number: int) -> None:
        gate.wait(10)
        told.append(tries(url, "nobody@intercom.example", f"wrong-password-{number}"))

    threads = [threading.Thread(target=guess, args=(processes[one % 2], one)) for one in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    counted = Counter(told)
    assert counted[WRONG] <= 5
    assert counted[LOCKED] >= 7
    assert tries(processes[0], "nobody@intercom.example", "wrong-password") == LOCKED
