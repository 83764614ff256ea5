"""A portal whose clock the test moves, and browsers that walk through its pages."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from litestar.testing import TestClient

from handoff_portal.app import build, build_portal
from handoff_portal.settings import Settings
from handoff_portal.web.portal import Portal
from identity.walks import Browsing, Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def house(portal: Portal, settings: Settings, clock: Clock) -> Iterator[Portal]:
    """A portal on the same database with a clock of its own (the shared portal made the system keys)."""
    assert portal.settings == settings
    made = build_portal(settings, clock)
    yield made
    made.database.close()


@pytest.fixture
def browsing(house: Portal) -> Iterator[Callable[[], Browsing]]:
    """Opens browsers without JavaScript, each with cookies and an address of its own."""
    with ExitStack() as stack:

        def open_one(address: str = "") -> Browsing:
            app = build(house)
            client = TestClient(app, base_url="http://portal.test", raise_server_exceptions=False)
            return Browsing(stack.enter_context(client), house, address)

        yield open_one
