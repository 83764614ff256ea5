"""A portal whose rules may change: other tests keep theirs."""

from collections.abc import Iterator

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from handoff_portal.adapters.postgres import EmbeddedPostgres
from handoff_portal.app import build
from handoff_portal.web.portal import Portal
from own_portal import a_portal_of_its_own, opened
from people import SignedIn
from rule_files import an_officer


@pytest.fixture(scope="session")
def changing(postgres: EmbeddedPostgres, migrated: str) -> Iterator[Portal]:
    with a_portal_of_its_own(postgres, migrated, "rules") as environment, opened(environment) as portal:
        yield portal


@pytest.fixture
def officer(changing: Portal) -> SignedIn:
    return an_officer(changing)


@pytest.fixture
def browser(changing: Portal) -> Iterator[TestClient[Litestar]]:
    """A browser without JavaScript; sends the headers of the same site."""
    made_for = build(changing)
    with TestClient(made_for, base_url="http://portal.test", raise_server_exceptions=False) as made:
        made.headers["Sec-Fetch-Site"] = "same-origin"
        yield made
