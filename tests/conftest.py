"""One real PostgreSQL for the whole run, built by the migrations; one portal on it."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from litestar import Litestar
from litestar.testing import TestClient

from handoff_portal.adapters.database.migrate import migrate
from handoff_portal.adapters.postgres import EmbeddedPostgres
from handoff_portal.app import build
from handoff_portal.settings import ROOT, Settings, read
from handoff_portal.web.portal import Portal
from own_portal import an_environment, make_keys, opened

# A property holds or not, however busy the machine is: no example has to be ready in 200 milliseconds.
hypothesis.settings.register_profile(
    "on any machine",
    parent=hypothesis.settings.default,
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("on any machine")


@pytest.fixture(scope="session")
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="handoff-") as made:
        yield Path(made)


@pytest.fixture(scope="session")
def postgres(folder: Path) -> Iterator[EmbeddedPostgres]:
    with EmbeddedPostgres(folder / "postgres", durable=False) as server:
        server.create_roles()
        yield server


@pytest.fixture(scope="session")
def migrated(postgres: EmbeddedPostgres) -> str:
    """Name of a database built by the migrations; copy it with create_database(name, template=migrated)."""
    postgres.create_database("migrated")
    migrate(postgres.url("handoff_owner", "migrated"), ROOT / "migrations")
    return "migrated"


@pytest.fixture(scope="session")
def environment(postgres: EmbeddedPostgres, migrated: str, folder: Path) -> dict[str, str]:
    """The environment variables of a portal on the test database."""
    postgres.create_database("portal", template=migrated)
    return an_environment(postgres, "portal", folder)


@pytest.fixture(scope="session")
def settings(environment: dict[str, str]) -> Settings:
    return read(environment)


@pytest.fixture(scope="session")
def portal(environment: dict[str, str]) -> Iterator[Portal]:
    """A portal with its system keys, shared by the whole run: tests make organisations of their own."""
    make_keys(environment)
    with opened(environment) as made:
        yield made


@pytest.fixture
def client(portal: Portal) -> Iterator[TestClient[Litestar]]:
    """A browser without JavaScript; sends the headers of the same site."""
    with TestClient(build(portal), base_url="http://portal.test", raise_server_exceptions=False) as made:
        made.headers["Sec-Fetch-Site"] = "same-origin"
        yield made
