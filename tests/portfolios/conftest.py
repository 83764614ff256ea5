"""Looking behind the portal's back."""

from collections.abc import Iterator

import psycopg
import pytest

from handoff_portal.adapters.postgres import EmbeddedPostgres
from handoff_portal.web.portal import Portal


@pytest.fixture
def administrator(postgres: EmbeddedPostgres, portal: Portal) -> Iterator[psycopg.Connection]:
    """Everything in the shared test database, past every wall."""
    assert portal.settings.app_url.split("?")[0].endswith("/portal")
    with postgres.administrator("portal") as connection:
        yield connection
