"""Looking behind the portal's back."""

from collections.abc import Iterator

import psycopg
import pytest

from handoff_portal.adapters.postgres import EmbeddedPostgres
from handoff_portal.web.portal import Portal


@pytest.fixture(scope="module", autouse=True)
def _nothing_left_to_do(postgres: EmbeddedPostgres, portal: Portal) -> None:
    """Portfolios that other tests left half-way are over: the worker takes those of these tests."""
    assert portal.settings.app_url.split("?")[0].endswith("/portal")
    with postgres.administrator("portal") as connection:
        connection.execute(
            "update portfolio set state = 'cancelled' where state in ('checking', 'committing')"
        )


@pytest.fixture
def administrator(postgres: EmbeddedPostgres, portal: Portal) -> Iterator[psycopg.Connection]:
    """Everything in the shared test database, past every wall."""
    assert portal.settings.app_url.split("?")[0].endswith("/portal")
    with postgres.administrator("portal") as connection:
        yield connection
