"""A portal with its own database, for tests that look at all of it or change what holds for everybody."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from handoff_portal.adapters.postgres import EmbeddedPostgres
from handoff_portal.adapters.vault.keyfile import create_key_file
from handoff_portal.app import build_portal, open_database
from handoff_portal.identity.actions.keys import ensure_system_keys
from handoff_portal.settings import read
from handoff_portal.web.portal import Portal


@contextmanager
def a_portal_of_its_own(postgres: EmbeddedPostgres, migrated: str, name: str) -> Iterator[dict[str, str]]:
    """The environment of a portal that no other test sees or disturbs."""
    postgres.create_database(name, template=migrated)
    with TemporaryDirectory(prefix="handoff-") as made:
        environment = an_environment(postgres, name, Path(made))
        make_keys(environment)
        yield environment


def an_environment(server: EmbeddedPostgres, database: str, folder: Path) -> dict[str, str]:
    """The environment of a portal on this database whose files and new master key are in this folder."""
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


def make_keys(environment: dict[str, str]) -> None:
    """Make the system keys of a portal on a fresh database."""
    first = open_database(read(environment))
    with first.worker() as work:
        ensure_system_keys(work)
    first.close()


@contextmanager
def opened(environment: dict[str, str]) -> Iterator[Portal]:
    """The portal of an environment, with its keys."""
    made = build_portal(read(environment))
    yield made
    made.database.close()
