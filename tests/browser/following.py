"""Following a link in a list that moves by itself."""

from playwright.sync_api import Locator, Page
from playwright.sync_api import TimeoutError as NotInTime

TRIES, PATIENCE_MILLISECONDS = 6, 8_000


def follow(page: Page, link: Locator, where: str) -> None:
    """The page behind the link, loaded with its scripts.

    A row that is put in anew between pressing and letting go swallows the click, as it would a person's: then it is clicked again.
    """
    for _time in range(TRIES):
        link.click()
        try:
            page.wait_for_url(where, timeout=PATIENCE_MILLISECONDS)
        except NotInTime:
            continue
        page.wait_for_load_state("load")
        return
    raise AssertionError(f"{link} leads nowhere")
