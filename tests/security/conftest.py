"""The small world of the walls' tests, and a browser whose requests leave nothing behind."""

from collections.abc import Iterator

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from handoff_portal.adapters.postgres import EmbeddedPostgres
from handoff_portal.app import build
from handoff_portal.audit.actions.keeping import Keeper, log_key
from handoff_portal.web.portal import Portal
from security.borrowing import Attempt
from security.full_world import FullWorld, a_full_world
from security.rehearsal import rehearsed
from security.routes import Browser, Route, routes_of
from security.world import World, a_world


@pytest.fixture(scope="package")
def world(portal: Portal) -> World:
    """Everybody and everything, and a log that was signed at least once."""
    made = a_world(portal)
    key = log_key(portal.vault, portal.settings.log_name)
    while Keeper(portal.database, key, portal.anchor).round():
        pass
    return made


@pytest.fixture(scope="module")
def administrator(postgres: EmbeddedPostgres, portal: Portal) -> Iterator[Attempt]:
    """The database past every wall, and what is written there by hand."""
    assert portal.settings.app_url
    with postgres.administrator("portal") as connection:
        yield connection


@pytest.fixture(scope="module")
def full(portal: Portal, administrator: Attempt) -> FullWorld:
    return a_full_world(portal, administrator)


@pytest.fixture(scope="package")
def rehearsal(portal: Portal) -> Iterator[Portal]:
    made = rehearsed(portal)
    yield made
    made.database.close()


@pytest.fixture(scope="package")
def browser(rehearsal: Portal) -> Iterator[Browser]:
    """Requests through this browser are undone when they end."""
    with TestClient(build(rehearsal), base_url="http://portal.test", raise_server_exceptions=False) as made:
        made.headers["Sec-Fetch-Site"] = "same-origin"
        yield made


@pytest.fixture(scope="package")
def routes(browser: Browser) -> list[Route]:
    assert isinstance(browser.app, Litestar)
    return routes_of(browser.app)
