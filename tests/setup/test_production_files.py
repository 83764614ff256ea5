"""What production is built from: the template of the cloud, the compose file, the image, the passwords."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from handoff_portal.adapters.postgres import EmbeddedPostgres
from handoff_portal.adapters.postgres.server import programs

ROOT = Path(__file__).resolve().parents[2]
INFRA = ROOT / "infra"
PASSWORDS = ("OWNER", "APP", "GATE", "WORKER", "SEQUENCER")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    """The compose file, read."""
    read: dict[str, Any] = yaml.safe_load((INFRA / "compose.yaml").read_text(encoding="utf-8"))
    return read


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    """A server with the portal's roles and its database."""
    with EmbeddedPostgres(tmp_path_factory.mktemp("pg") / "data", durable=False) as running:
        running.create_roles()
        running.create_database("handoff")
        yield running


def test_the_cloud_template_holds_no_mistake() -> None:
    linter = Path(sys.executable).with_name("cfn-lint")
    found = subprocess.run([linter, INFRA / "aws.yaml"], capture_output=True, text=True, check=False)
    assert found.stdout + found.stderr == ""
    assert found.returncode == 0


def test_the_portal_may_delete_no_checkpoint() -> None:
    template = (INFRA / "aws.yaml").read_text(encoding="utf-8")
    allowed = template.split("PortalPolicy:")[1].split("Outputs:")[0]
    checkpoints = allowed.split("Sid: AddAndReadCheckpoints")[1]
    assert "Delete" not in checkpoints
    assert "Bypass" not in template
    assert "Mode: COMPLIANCE" in template
    assert "Action: '*'" not in allowed


def test_every_setting_of_the_compose_file_is_one_that_the_portal_reads(compose: dict[str, Any]) -> None:
    known = set(re.findall(r"HANDOFF_[A-Z_]+", (ROOT / "src/handoff_portal/settings.py").read_text("utf-8")))
    for service in ("portal", "worker", "migrate"):
        given = {name for name in compose["services"][service]["environment"] if name.startswith("HANDOFF_")}
        assert given <= known, service


def test_the_portal_runs_without_the_owner_and_with_a_read_only_root(compose: dict[str, Any]) -> None:
    for name in ("portal", "worker"):
        service = compose["services"][name]
        assert "HANDOFF_OWNER_DATABASE_URL" not in service["environment"]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert "no-new-privileges:true" in service["security_opt"]


def test_only_the_front_is_reached_from_outside_and_no_image_floats(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert [name for name, service in services.items() if "ports" in service] == ["front"]
    assert compose["networks"]["inside"]["internal"] is True
    foreign = [service["image"] for service in services.values() if "build" not in service]
    assert all(":" in image and not image.endswith(":latest") for image in foreign)


def test_every_value_that_compose_asks_for_stands_in_the_example(compose: dict[str, Any]) -> None:
    asked = set(re.findall(r"\$\{([A-Z_]+)", yaml.safe_dump(compose)))
    example = (INFRA / "compose.env.example").read_text(encoding="utf-8")
    assert asked == set(re.findall(r"(?m)^([A-Z_]+)=", example))


def test_the_image_does_not_run_as_root_and_checks_its_health() -> None:
    image = (INFRA / "Containerfile").read_text(encoding="utf-8")
    assert re.search(r"(?m)^USER 10001:10001$", image)
    assert "/healthz" in image
    assert "--require-hashes" in image


def test_the_password_script_gives_every_role_its_own(server: EmbeddedPostgres) -> None:
    environment = {
        "PATH": f"{programs() / 'bin'}:{os.environ['PATH']}",
        "PGHOST": str(server.socket_folder()),
        "PGUSER": "postgres",
        **{f"HANDOFF_{name}_PASSWORD": f"it's {name}" for name in PASSWORDS},
    }
    subprocess.run(["sh", "infra/database/passwords.sh"], cwd=ROOT, env=environment, check=True, timeout=30)
    with server.administrator() as connection:
        rows = connection.execute(
            "select rolname from pg_authid "
            "where rolname like 'handoff%' and rolpassword like 'SCRAM-SHA-256$%'"
        ).fetchall()
    assert {name for (name,) in rows} == {f"handoff_{name.lower()}" for name in PASSWORDS}
