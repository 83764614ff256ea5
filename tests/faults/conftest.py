"""A portal of its own for faults: what is broken here is broken for nobody else."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from handoff_portal.adapters.postgres import EmbeddedPostgres
from handoff_portal.adapters.vault.keyfile import create_key_file
from handoff_portal.app import build_portal, open_database
from handoff_portal.identity.actions.keys import ensure_system_keys
from handoff_portal.settings import Settings, read
from handoff_portal.web.portal import Portal


def a_portal(environment: dict[str, str]) -> Portal:
    """A portal with its system keys on a fresh database."""
    settings = read(environment)
    first = open_database(settings)
    with first.worker() as work:
        ensure_system_keys(work)
    first.close()
    return build_portal(settings)


def an_environment(server: EmbeddedPostgres, database: str, folder: Path) -> dict[str, str]:
    """The environment of a portal whose files are in this folder."""
    key = folder / "keys" / "master"
    create_key_file(key)
    return {
        "HANDOFF_MODE": "demo",
        "HANDOFF_PUBLIC_URL": "http://portal.test",
        "HANDOFF_DATABASE_URL": server.url("handoff_app", database).replace("handoff_app", "{role}"),
        "HANDOFF_OBJECTS": f"file:{folder / 'objects'}",
        "HANDOFF_KEYS": f"file:{key}",
        "HANDOFF_SMTP_URL": f"folder:{folder / 'mail'}",
        "HANDOFF_MAIL_FROM": "portal@handoff.test",
    }


@pytest.fixture(scope="session")
def environment(postgres: EmbeddedPostgres, migrated: str, folder: Path) -> dict[str, str]:
    postgres.create_database("faults", template=migrated)
    return an_environment(postgres, "faults", folder / "faults")


@pytest.fixture(scope="session")
def settings(environment: dict[str, str]) -> Settings:
    return read(environment)


@pytest.fixture(scope="session")
def portal(environment: dict[str, str]) -> Iterator[Portal]:
    made = a_portal(environment)
    yield made
    made.database.close()


@pytest.fixture
def administrator(postgres: EmbeddedPostgres) -> Iterator[psycopg.Connection]:
    """A superuser's eyes on the database."""
    with postgres.administrator("faults") as connection:
        yield connection
