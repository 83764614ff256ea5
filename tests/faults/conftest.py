"""A portal of its own for faults: what is broken here is broken for nobody else."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from handoff_portal.adapters.postgres import EmbeddedPostgres
from handoff_portal.settings import Settings, read
from handoff_portal.web.portal import Portal
from own_portal import an_environment, make_keys, opened


@pytest.fixture(scope="session")
def environment(postgres: EmbeddedPostgres, migrated: str, folder: Path) -> dict[str, str]:
    postgres.create_database("faults", template=migrated)
    return an_environment(postgres, "faults", folder / "faults")


@pytest.fixture(scope="session")
def settings(environment: dict[str, str]) -> Settings:
    return read(environment)


@pytest.fixture(scope="session")
def portal(environment: dict[str, str]) -> Iterator[Portal]:
    make_keys(environment)
    with opened(environment) as made:
        yield made


@pytest.fixture
def administrator(postgres: EmbeddedPostgres) -> Iterator[psycopg.Connection]:
    """A superuser's eyes on the database."""
    with postgres.administrator("faults") as connection:
        yield connection
