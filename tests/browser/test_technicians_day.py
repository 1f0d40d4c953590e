"""A technician's day: twenty tickets, worked on with the keyboard alone, and read again afterwards as a colleague sees them."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.visiting import SOON, go, ready, signed_in
from tests.letters import letter
from tests.running import RunningDesk, until

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(420)]

TICKETS = 20
MAILS = TICKETS + 2  # beside what waits on the sample desk already
RAN = "ran the macro “Take it and ask for photos”"  # its words are in the customer's language
# Whoever touches the mouse fails the day.
NO_MOUSE = """for (const kind of ['mousemove', 'mousedown', 'touchstart']) {
  addEventListener(kind, () => console.error(`a ${kind} in a day of keys`), true);
}"""


@dataclass
class Day:
    """One technician before one page, with a keyboard; `theirs`: the other tickets of a customer, by number."""

    page: Page
    theirs: dict[int, list[int]]

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, words: str) -> None:
        self.page.keyboard.type(words)

    @property
    def number(self) -> int:
        return int(re.search(r"/tickets/(\d+)", self.page.url)[1])  # type: ignore[index]

    def take_next(self) -> int:
        before = self.page.url
        self.leave_field()
        self.press("t")
        self.page.wait_for_url(lambda url: "/tickets/" in url and url != before)
        ready(self.page)
        return self.number

    def write(self, key: str, words: str) -> None:
        """In the composer, which the key opens."""
        self.press(key)
        expect(self.page.locator("#composer-text")).to_be_focused()
        self.type(words)

    def send(self, kind: str, words: str) -> None:
        self.press("Control+Enter")
        expect(self.page.locator(f".message.is-{kind}").last).to_contain_text(words, timeout=SOON)
        self.leave_field()

    def leave_field(self) -> None:
        """What was sent leaves the field by itself, and single keys act again."""
        expect(self.page.locator("#composer-text:focus")).to_have_count(0, timeout=SOON)

    def head(self, words: str | re.Pattern[str]) -> None:
        """What the head of the ticket says by now."""
        expect(self.page.locator("#ticket-head")).to_contain_text(words, timeout=SOON)


# --- what is done on a ticket: by keys, until it needs nothing more today ---------------------------------------------------


def plainly(day: Day) -> None:
    day.write("r", "Please switch it off and on again.")
    day.send("reply", "Please switch it off")


def by_a_canned_answer(day: Day) -> None:
    day.write("r", "Hello, /thanks")
    expect(day.page.locator(".suggestions [role=option]").first).to_contain_text("Solved, thank you")
    day.press("Enter")
    expect(day.page.locator("#composer-text")).not_to_have_value(re.compile("/thanks"))
    day.send("reply", "Hello,")


def by_a_macro(day: Day) -> None:
    day.write("r", "/ask")
    expect(day.page.locator(".suggestions [role=option]").first).to_contain_text("Take it and ask for photos")
    day.press("Enter")
    expect(day.page.get_by_role("button", name="Run it")).to_be_focused(timeout=SOON)
    day.press("Enter")
    expect(day.page.locator("article.ticket")).to_contain_text(RAN, timeout=SOON)
    ready(day.page)


def with_a_note(day: Day) -> None:
    day.write("n", "Seen twice this week, on **one** site.")
    day.send("note", "Seen twice this week, on one site.")
    plainly(day)


def classified(day: Day) -> None:
    day.press("c")
    expect(day.page.locator("#classify")).to_be_focused()
    day.press("Tab", "Tab")
    expect(day.page.locator("#severity")).to_be_focused()
    day.type("Critical")
    day.press("Tab")
    expect(day.page.locator("#product")).to_be_focused()
    day.press("Enter")
    expect(day.page.locator("#product")).to_be_hidden(timeout=SOON)
    expect(day.page.locator("#ticket-head .mark", has_text="Critical")).to_be_visible(timeout=SOON)
    plainly(day)


def tagged(day: Day) -> None:
    day.press("l")
    expect(day.page.locator("#tag-name")).to_be_focused()
    day.type("whole day")
    day.press("Enter")
    day.head("whole day")
    plainly(day)


def snoozed(day: Day) -> None:
    day.press("s")
    expect(day.page.locator("#snooze-first")).to_be_focused()
    day.press("Enter")
    day.head("Asleep")


def escalated(day: Day) -> None:
    day.press("e")
    day.page.wait_for_url("**/escalation")
    expect(day.page.get_by_label("What the customer sees")).to_be_focused()
    day.type("The lock clicks, and the panel restarts.")
    day.press("Tab")
    day.type("Another supply, another lock.")
    for _part in range(5):
        day.press("Tab", "Tab", "Space")  # past the words of the part to its “Does not apply”
    day.press("Control+Enter")
    day.page.wait_for_url(lambda url: "/escalation" not in url)
    ready(day.page)
    day.head("With developers")


def sent_and_resolved(day: Day) -> None:
    day.write("r", "That was the fuse. /resolve")
    option = day.page.locator(".suggestions [role=option]")
    expect(option.filter(has_text="Send and resolve")).to_be_visible()
    while option.filter(has_text="Send and resolve").get_attribute("aria-selected") != "true":
        day.press("ArrowDown")
    day.press("Enter")
    day.head("Resolved")


def taken_back_and_sent_again(day: Day) -> None:
    day.write("r", "Sent too soom")
    day.send("reply", "Sent too soom")
    day.press("z")
    expect(day.page.locator("#composer-text")).to_have_value("Sent too soom", timeout=SOON)
    day.page.locator("#composer-text").focus()
    day.press("End", "Backspace")
    day.type("n, but right.")
    day.send("reply", "Sent too soon, but right.")


def merged(day: Day) -> None:
    """Into another ticket of the same customer; undone, and done again."""
    one, into = day.number, day.theirs[day.number][0]
    for is_again in (False, True):
        day.press("m")
        day.page.wait_for_url("**/merge")
        expect(day.page.locator("#merge-words")).to_be_focused()
        day.type(str(into))
        day.press("Enter")
        day.page.wait_for_url("**/merge?q=*")
        ready(day.page)
        day.press("Escape", "j", "Enter")
        day.page.wait_for_url(f"**/merge?into={into}")
        expect(day.page.get_by_role("button", name="Merge")).to_be_focused()
        day.press("Enter")
        day.page.wait_for_url(lambda url: "/merge" not in url)
        ready(day.page)
        day.press("g", "q")
        day.page.wait_for_url("**/")
        ready(day.page)
        day.press("Control+k")
        day.type(str(one))
        day.press("Enter")
        day.page.wait_for_url(f"**/tickets/{one}")
        ready(day.page)
        day.head("Its messages were moved to")
        if not is_again:
            day.press("z")
            expect(day.page.locator("#ticket-head")).not_to_contain_text("Its messages were moved to", timeout=SOON)
            ready(day.page)


# As soon as it can be done: one merge, and the others twice; each with what a colleague reads on the ticket afterwards.
DEEDS: tuple[tuple[Callable[[Day], None], str], ...] = (
    (merged, "Its messages were moved to"),
    (plainly, "Please switch it off"),
    (by_a_canned_answer, "Hello,"),
    (by_a_macro, RAN),
    (with_a_note, "Seen twice this week"),
    (classified, "Critical"),
    (tagged, "whole day"),
    (snoozed, "Asleep"),
    (escalated, "With developers"),
    (sent_and_resolved, "That was the fuse."),
    (taken_back_and_sent_again, "Sent too soon, but right."),
)


@pytest.fixture
def waiting(desk: RunningDesk) -> Iterator[dict[int, list[int]]]:
    """Enough to do: mails of two customers; the other tickets of the same customer, by number."""
    [(last,)] = desk.rows("select max(number) from tickets_ticket")
    senders = [partner["email"] for partner in desk.command("sample", "show")["partners"][:2]]
    for number in range(MAILS):
        sender = senders[number % 2]
        desk.send(letter(sender, f"It is about door {number}.", subject=f"Door {number} of the long day"), sender)
    ours = "select number, person_id from tickets_ticket where number > %s"
    until(lambda: len(desk.rows(ours, last)) == MAILS, 60)
    rows = desk.rows(ours, last)
    yield {one: [number for number, of in rows if of == person and number != one] for one, person in rows}


def test_twenty_tickets_by_keyboard_alone(browser: Browser, desk: RunningDesk, waiting: dict[int, list[int]]) -> None:
    done: dict[int, str] = {}
    with signed_in(browser, desk, "technician") as page:
        page.add_init_script(NO_MOUSE)
        day, deeds = Day(page, waiting), [*DEEDS, *DEEDS[1:]][:TICKETS]
        while deeds:
            number = day.take_next()
            assert number not in done, "a ticket that needs nothing more came again"
            deed, seen = next(one for one in deeds if one[0] is not merged or may_be_merged(number, waiting, done))
            deed(day)
            deeds.remove((deed, seen))
            done[number] = seen
    assert len(done) == TICKETS
    with signed_in(browser, desk, "supervisor") as colleague:
        for number, seen in done.items():
            go(colleague, f"/tickets/{number}")
            expect(colleague.locator("article.ticket"), f"#{number}").to_contain_text(seen)
        go(colleague, "/?view=asleep")
        asleep = [number for number, seen in done.items() if seen == "Asleep"]
        for number in asleep:
            expect(colleague.locator(f"#row-{number}")).to_be_visible()


def may_be_merged(number: int, waiting: dict[int, list[int]], done: dict[int, str]) -> bool:
    """Only tickets of one customer are made one, and only into one that nobody has merged away."""
    others = [one for one in waiting.get(number, ()) if done.get(one) != "Its messages were moved to"]
    if others:
        waiting[number] = others
    return bool(others)
