"""Starting in production with something that belongs to a demo is refused, everything at once."""

from pathlib import Path

import pytest

from cli.running import command
from handoff_portal.settings import BadSettings, Mode, read


def production(folder: Path) -> dict[str, str]:
    """Settings that production would take."""
    key = folder / "keys" / "master.key"
    assert command("keys", "create", str(key)).exit_code == 0
    return {
        "HANDOFF_PUBLIC_URL": "https://portal.example.com/",
        "HANDOFF_DATABASE_URL": "postgresql://{role}:correct-horse@db.example/handoff",
        "HANDOFF_OBJECTS": "s3://handoff-objects",
        "HANDOFF_ANCHOR": "s3://handoff-checkpoints",
        "HANDOFF_KEYS": f"file:{key}",
        "HANDOFF_SMTP_URL": "smtps://mail.example.com",
        "HANDOFF_MAIL_FROM": "portal@portal.example.com",
    }


def mistakes(environment: dict[str, str]) -> list[str]:
    with pytest.raises(BadSettings) as refused:
        read(environment)
    return refused.value.mistakes


def test_production_is_the_mode_without_a_word_about_it(tmp_path: Path) -> None:
    settings = read(production(tmp_path))
    assert settings.mode is Mode.PRODUCTION
    assert settings.secure_cookies
    assert settings.origin == "https://portal.example.com"
    assert settings.log_name == "portal.example.com"
    assert settings.owner_url.startswith("postgresql+psycopg://handoff_owner:")


def test_secrets_do_not_print(tmp_path: Path) -> None:
    given = production(tmp_path) | {
        "HANDOFF_KEYS_PASSPHRASE": "open sesame",
        "HANDOFF_SMTP_URL": "smtp://a:b9@c",
    }
    shown = repr(read(given))
    assert "correct-horse" not in shown
    assert "sesame" not in shown
    assert "b9" not in shown


def test_plain_http_and_a_mail_folder_are_refused_together(tmp_path: Path) -> None:
    given = production(tmp_path) | {
        "HANDOFF_PUBLIC_URL": "http://portal.example.com",
        "HANDOFF_SMTP_URL": "folder:/m",
    }
    assert [line.split()[0] for line in mistakes(given)] == ["HANDOFF_PUBLIC_URL", "HANDOFF_SMTP_URL"]


def test_the_demos_key_file_and_a_demo_password_are_refused(tmp_path: Path) -> None:
    key = tmp_path / "keys" / "demo-master-key"
    assert command("keys", "create", str(key)).exit_code == 0
    given = production(tmp_path) | {"HANDOFF_KEYS": f"file:{key}"}
    assert ["demo's key file" in line for line in mistakes(given)] == [True]
    given = production(tmp_path / "other") | {
        "HANDOFF_DATABASE_URL": "postgresql://{role}:demo@db.example/handoff"
    }
    assert len(mistakes(given)) == 5
    assert all("has a demo password" in line for line in mistakes(given))


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_key_file_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    given = production(tmp_path)
    path = Path(given["HANDOFF_KEYS"].removeprefix("file:"))
    path.chmod(mode)
    assert mistakes(given) == [f"HANDOFF_KEYS names {path}, which others can read; run chmod 600 on it."]
    refused = command("worker", environment=given)
    assert refused.exit_code == 1
    assert "chmod 600" in refused.stderr


def test_only_networks_can_be_trusted_as_proxies(tmp_path: Path) -> None:
    given = production(tmp_path)
    assert read(given).proxies == ()
    assert read(given | {"HANDOFF_TRUSTED_PROXIES": "10.0.0.0/24, ::1"}).proxies == ("10.0.0.0/24", "::1")
    assert "HANDOFF_TRUSTED_PROXIES: “*” is no" in mistakes(given | {"HANDOFF_TRUSTED_PROXIES": "*"})[0]


def test_what_the_log_asks_of_outsiders_is_checked_at_the_start(tmp_path: Path) -> None:
    given = production(tmp_path)
    junk = tmp_path / "roots.pem"
    junk.write_text("nothing")
    wrong = {
        "HANDOFF_SIGNING_KEY": "file:/key",
        "HANDOFF_TIMESTAMP_URL": "http://stamps.example",
        "HANDOFF_TIMESTAMP_ROOTS": str(junk),
    }
    assert {line.split()[0].rstrip(":") for line in mistakes(given | wrong)} == set(wrong)
    near = mistakes(given | {"HANDOFF_TIMESTAMP_URL": "http://127.0.0.1:1/"})
    assert near == ["HANDOFF_TIMESTAMP_URL is plain http; use https:// in production."]
    absent = mistakes(given | {"HANDOFF_TIMESTAMP_ROOTS": str(tmp_path / "none")})
    assert ["cannot be read" in line for line in absent] == [True]
    good = given | {"HANDOFF_TIMESTAMP_URL": "https://stamps.example", "HANDOFF_WITNESSES": "a+1+x, b+2+y"}
    assert read(good).witnesses == ("a+1+x", "b+2+y")


@pytest.mark.parametrize("witness", ["nonsense", "portal.example/audit/1+c7f8ddb2+AQ=="])
def test_a_damaged_witness_key_or_signing_key_keeps_the_portal_from_starting(
    tmp_path: Path, witness: str
) -> None:
    given = production(tmp_path)
    refused = command("worker", environment=given | {"HANDOFF_WITNESSES": witness})
    assert (refused.exit_code, "HANDOFF_WITNESSES" in refused.stderr) == (1, True)
    refused = command("worker", environment=given | {"HANDOFF_SIGNING_KEY": "kms:local"})
    assert (refused.exit_code, "HANDOFF_SIGNING_KEY" in refused.stderr) == (1, True)
