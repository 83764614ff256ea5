"""What goes wrong is one line with the mend, and an exit code that is not 0."""

from pathlib import Path

import pytest

from cli.running import House, command
from handoff_portal.adapters.postgres import EmbeddedPostgres

CLOSED = "postgresql://{role}@127.0.0.1:1/nothing"
NEEDS_DATABASE = (
    ("serve", "--port", "0"),
    ("worker",),
    ("migrate",),
    ("keys", "rotate"),
    ("audit", "check"),
    ("audit", "export", "never.zip"),
    ("organisation", "add", "agency", "Kind", "--country", "GB", "--time-zone", "Europe/London"),
    ("person", "invite", "0198a4c2-7b1e-7d3c-9f00-5a6b7c8d9e0f", "kim@example.com", "Kim Lee",
     "--role", "collector"),
)  # fmt: skip


def refused(*words: str, environment: dict[str, str]) -> str:
    ran = command(*words, environment=environment)
    assert ran.exit_code == 1, ran.output
    assert isinstance(ran.exception, SystemExit), ran.exception
    assert ran.stdout == ""
    assert ran.stderr.startswith("Error: ")
    return ran.stderr.removeprefix("Error: ").rstrip("\n")


@pytest.mark.parametrize("words", NEEDS_DATABASE, ids=" ".join)
def test_a_database_that_is_away_is_said_in_one_line(house: House, words: tuple[str, ...]) -> None:
    said = refused(*words, environment=house.environment | {"HANDOFF_DATABASE_URL": CLOSED})
    assert said.startswith("The database does not answer")
    assert "\n" not in said
    assert not Path("never.zip").exists()


def test_a_rotation_without_its_database_leaves_the_key_file_as_it_was(house: House) -> None:
    path = Path(house.environment["HANDOFF_KEYS"].removeprefix("file:"))
    before = path.read_bytes()
    refused("keys", "rotate", environment=house.environment | {"HANDOFF_DATABASE_URL": CLOSED})
    assert path.read_bytes() == before


def test_a_database_without_tables_asks_for_the_migration(postgres: EmbeddedPostgres, house: House) -> None:
    postgres.create_database("bare")
    url = postgres.url("handoff_app", "bare").replace("handoff_app", "{role}")
    said = refused("audit", "check", environment=house.environment | {"HANDOFF_DATABASE_URL": url})
    assert said.endswith("run handoff-portal migrate.")
    assert "\n" not in said


def test_all_mistakes_of_the_environment_are_said_at_once() -> None:
    said = refused("worker", environment={"HANDOFF_MODE": "test", "HANDOFF_LIMIT_FORM_BYTES": "many"})
    assert said.startswith("The environment has mistakes:\n  HANDOFF_MODE is “test”")
    for name in (
        "DATABASE_URL",
        "PUBLIC_URL",
        "OBJECTS",
        "KEYS",
        "SMTP_URL",
        "MAIL_FROM",
        "LIMIT_FORM_BYTES",
    ):
        assert f"  HANDOFF_{name} " in said


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        (
            "HANDOFF_KEYS",
            "file:/nowhere/master.key",
            "HANDOFF_KEYS: the key file /nowhere/master.key cannot be",
        ),
        ("HANDOFF_KEYS", "kms:1234abcd", "HANDOFF_KEYS: name the KMS key by its ARN"),
        ("HANDOFF_OBJECTS", "file:relative", "HANDOFF_OBJECTS: the objects setting must read file:/folder"),
        ("HANDOFF_ANCHOR", "s3://", "HANDOFF_ANCHOR: the objects setting must read file:/folder"),
    ],
)
def test_a_setting_that_names_nothing_usable_is_named(
    house: House, monkeypatch: pytest.MonkeyPatch, name: str, value: str, expected: str
) -> None:
    for variable in ("AWS_DEFAULT_REGION", "AWS_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(variable, raising=False)
    assert expected in refused("audit", "check", environment=house.environment | {name: value})


def test_the_key_of_another_portal_is_refused(house: House, tmp_path: Path) -> None:
    other = tmp_path / "keys" / "other.key"
    assert command("keys", "create", str(other)).exit_code == 0
    said = refused("worker", environment=house.environment | {"HANDOFF_KEYS": f"file:{other}"})
    assert "HANDOFF_KEYS is not the key that this database was begun with." in said


def test_words_that_the_portal_does_not_know_are_refused(house: House) -> None:
    add = ("organisation", "add", "agency", "Kind", "--time-zone", "Europe/London", "--country")
    for words in ((*add, "XX"), (*add, "GB", "--currency", "ZZZ"), (*add, "GB", "--time-zone", "Mars")):
        ran = command(*words, environment=house.environment)
        assert ran.exit_code == 2
        assert "is not known" in ran.stderr


def test_a_person_of_no_organisation_a_wrong_role_or_address_is_not_invited(house: House) -> None:
    org = house.run(
        "organisation", "add", "agency", "Short", "--country", "GB", "--time-zone", "Europe/London"
    )
    known = org.split()[-1].rstrip(".")
    nobody = "0198a4c2-7b1e-7d3c-9f00-5a6b7c8d9e0f"
    for org_id, email, role in (
        (nobody, "kim@example.com", "collector"),
        (known, "kim@example.com", "business_admin"),
        (known, "kim", "collector"),
    ):
        words = ("person", "invite", org_id, email, "Kim Lee", "--role", role)
        assert refused(*words, environment=house.environment)
