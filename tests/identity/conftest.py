"""A portal whose clock the test moves, and browsers that walk through its pages."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from litestar.testing import TestClient

from handoff_portal.adapters.postgres import EmbeddedPostgres
from handoff_portal.app import build, build_portal
from handoff_portal.core.permissions import OrgKind, Role
from handoff_portal.settings import Settings
from handoff_portal.web.portal import Portal
from identity.helping import Cast
from identity.rogue import Rogue
from identity.walks import Browsing, Clock, somebody


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
def browsing(house: Portal) -> Iterator[Callable[..., Browsing]]:
    """Opens browsers without JavaScript, each with cookies and an address of its own, on one application."""
    app = build(house)
    inner = app.asgi_handler

    async def from_address(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - ASGI
        address = dict(scope.get("headers", ())).get(b"x-address", b"").decode()
        scope["client"] = (address, 40000)
        await inner(scope, receive, send)

    app.asgi_handler = from_address
    with TestClient(app, base_url="http://portal.test", raise_server_exceptions=False) as client:
        client.headers["Sec-Fetch-Site"] = "same-origin"
        client.headers["User-Agent"] = "Mozilla/5.0 (X11; Linux x86_64) Firefox/150.0"
        yield lambda address="": Browsing(client, house, address)


@pytest.fixture
def rogue(postgres: EmbeddedPostgres) -> Iterator[Rogue]:
    with postgres.administrator("portal") as connection:
        connection.execute("set session_replication_role = replica")
        yield Rogue(connection)


@pytest.fixture
def cast(house: Portal, browsing: Callable[..., Browsing], clock: Clock) -> Cast:
    """A collector who lost everything, their administrator and an officer, each in a browser of their own."""
    person = somebody(house, OrgKind.AGENCY, Role.COLLECTOR)
    admin = somebody(house, OrgKind.AGENCY, Role.AGENCY_ADMIN, organisation=person.organisation)
    officer = somebody(house, OrgKind.OPERATOR, Role.COMPLIANCE_OFFICER)
    at_admin, at_officer = browsing(), browsing()
    at_admin.sign_in(admin)
    at_officer.sign_in(officer)
    return Cast(person, admin, officer, browsing(), at_admin, at_officer, clock, house)
