"""From a key press to the next ticket on the screen, by the browser's own trace: a real Chromium, from the queue on."""

import json
import os
import shutil
from typing import Any

from playwright.sync_api import Page, sync_playwright

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
CATEGORIES = [
    "devtools.timeline",
    "devtools.timeline.frame",
    "disabled-by-default-devtools.timeline",
    "blink.user_timing",
]
SHOWN = ("AnimationFrame::Presentation", "DrawFrame")  # as newer and older ones call a frame that is on the screen
PRESSES = 15
BETWEEN_MS = 330
LATE_MS = 5000
MARK = "document.addEventListener('travelled', () => performance.mark('bench-travelled'))"


def seconds_to_next(url: str, email: str, password: str) -> tuple[list[float], list[float]]:
    """Of each press of `]`: the seconds until the next ticket is drawn; at a person's pace, and without a pause."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=_chromium(), args=FLAGS)
        page = chromium.new_page(base_url=url, viewport={"width": 1440, "height": 900})
        page.goto("/accounts/login/")
        page.fill("input[name=login]", email)
        page.fill("input[name=password]", password)
        page.click("button[type=submit]")
        page.wait_for_selector("[data-item] a[href^='/tickets/']")
        page.locator("[data-item] a[href^='/tickets/']").first.click()
        page.wait_for_selector("[data-travel]:not([hidden])")
        page.evaluate(MARK)
        page.wait_for_timeout(BETWEEN_MS)
        found = []
        for pause in (BETWEEN_MS, 0):
            chromium.start_tracing(page=page, categories=CATEGORIES)
            _press(page, pause)
            found.append(_seconds(json.loads(chromium.stop_tracing())["traceEvents"]))
        chromium.close()
    return found[0], found[1]


def _press(page: Page, pause: int) -> None:
    for _ in range(PRESSES):
        shown = page.locator("[data-visit]").get_attribute("data-visit")
        page.keyboard.press("]")
        page.wait_for_function(
            "shown => document.querySelector('[data-visit]')?.dataset.visit !== shown", arg=shown, timeout=LATE_MS
        )
        page.wait_for_timeout(pause)
    page.wait_for_timeout(BETWEEN_MS)  # the last one is drawn before the trace ends


def _seconds(trace: list[dict[str, Any]]) -> list[float]:
    """From each key's arrival in the page to the frame that is drawn once the next ticket was painted; all in one trace."""
    keys = [
        event["ts"]
        for event in trace
        if event["name"] == "EventDispatch" and event["args"]["data"]["type"] == "keydown"
    ]
    swaps = [event["ts"] for event in trace if event["name"] == "bench-travelled"]
    frames = sorted(event["ts"] for event in trace if event["name"] in SHOWN)
    assert len(keys) == len(swaps) == PRESSES, f"{len(keys)} keys and {len(swaps)} tickets in the trace"
    paints = sorted(event["ts"] for event in trace if event["name"] == "Paint")
    painted = [next(paint for paint in paints if paint > swap) for swap in sorted(swaps)]
    drawn = [next(frame for frame in frames if frame > paint) for paint in painted]
    return [(shown - key) / 1e6 for key, shown in zip(sorted(keys), drawn, strict=True)]


def _chromium() -> str:
    named = [os.environ.get("CHROMIUM"), *map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))]
    found = next(filter(None, named), None)
    if found is None:
        raise SystemExit("No Chromium here: install it (Debian: apt-get install chromium) or name it in CHROMIUM.")
    return found
