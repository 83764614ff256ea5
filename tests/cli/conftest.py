"""A portal of its own, set up as production is: key file, empty database, migration."""

from pathlib import Path

import pytest

from cli.running import House
from handoff_portal.adapters.postgres import EmbeddedPostgres


@pytest.fixture(scope="session")
def house(postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> House:
    folder = tmp_path_factory.mktemp("house")
    postgres.create_database("house")
    url = postgres.url("handoff_app", "house").replace("handoff_app", "{role}")
    environment = {
        "HANDOFF_MODE": "demo",
        "HANDOFF_PUBLIC_URL": "http://house.test",
        "HANDOFF_DATABASE_URL": url,
        "HANDOFF_OBJECTS": f"file:{folder / 'objects'}",
        "HANDOFF_ANCHOR": f"file:{folder / 'anchor'}",
        "HANDOFF_KEYS": f"file:{folder / 'keys' / 'master.key'}",
        "HANDOFF_SMTP_URL": f"folder:{folder / 'mail'}",
        "HANDOFF_MAIL_FROM": "portal@house.test",
    }
    made = House(environment)
    made.run("keys", "create", str(Path(folder) / "keys" / "master.key"))
    made.run("migrate")
    return made
