"""A JupyterLab, a browser, and a page that may speak to nobody but this machine."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from setup_env import machine
from tests.browser.lab import CHROMIUM, KERNEL, Lab

# No test depends on how fast the machine is: what is expected has half a minute to appear.
expect.set_options(timeout=30_000)


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """One server for all browser tests; each test writes notebooks of its own with `lab.write`."""
    running = Lab(tmp_path_factory.mktemp("lab"))
    yield running
    running.stop()


# Not one for all tests: Playwright keeps an event loop running in this thread, where tests of other groups start theirs.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for the tests of a file."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=machine.chromium(), args=CHROMIUM)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page with nothing remembered; a request off this machine fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 1000}, reduced_motion="reduce")
    strangers: list[str] = []
    context.on("request", lambda request: None if is_local(request.url) else strangers.append(request.url))
    opened = context.new_page()
    yield opened
    opened.evaluate(f"() => {KERNEL}?.shutdown()")
    context.close()
    assert strangers == []


def is_local(url: str) -> bool:
    """Whether a request stays on this machine."""
    parts = urlsplit(url)
    return parts.scheme in ("data", "blob", "about", "file") or parts.hostname == "127.0.0.1"
