"""A real portal behind a real server, and a real browser in front of it."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from journeys.visiting import Site
from served import Served, served


@pytest.fixture(scope="session")
def server(portal: object, environment: dict[str, str]) -> Iterator[Served]:
    """The portal on a port; `portal` made its keys before."""
    assert portal is not None
    with served(environment) as running:
        yield running


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium; one a module, because its driver keeps an event loop running in this thread."""
    path = shutil.which("chromium")
    assert path is not None, "Chromium is missing: run infra/ensure-chromium"
    options = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
    options += ["--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=options)
        yield browser
        browser.close()


@pytest.fixture
def site(server: Served, chromium: Browser) -> Iterator[Site]:
    """The portal as visitors meet it."""
    made = Site(chromium, f"http://127.0.0.1:{server.port}")
    yield made
    made.close()
