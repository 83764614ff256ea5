"""Starting and stopping the demo: database, sample data on the first start, web server, worker."""

import os
import shutil
import sys
from pathlib import Path

import click
import pyotp

from handoff_portal.adapters.database.migrate import migrate
from handoff_portal.adapters.postgres import EmbeddedPostgres
from handoff_portal.adapters.processes import ProcessError, Processes, Program, require_free_port
from handoff_portal.adapters.vault.keyfile import create_key_file
from handoff_portal.app import build_portal, open_database
from handoff_portal.demo.loading import load
from handoff_portal.demo.people import Account, read_accounts, write_accounts
from handoff_portal.identity.actions.keys import ensure_system_keys
from handoff_portal.settings import ROOT, Settings, read

DATABASE = "handoff"
READY_SECONDS = 60.0


def run_demo(port: int, data: Path, accounts_file: Path | None) -> None:
    """Run until Ctrl-C; a second start on the same folder resumes its data.

    Raises:
        ProcessError: The port is taken, a process ended by itself, or the folder is half-made.
        EmbeddedPostgresError: The database of the folder cannot be started.
    """
    require_free_port(port)
    data = data.expanduser().resolve()
    _require_whole(data)
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    with EmbeddedPostgres(data / "postgres") as server:
        environment = _environment(data, port, server)
        accounts = _prepare(data, server, read(environment))
        if accounts_file is not None:
            write_accounts(accounts_file, accounts)
        with Processes() as processes:
            for program in _programs(environment, port):
                processes.start(program)
            if processes.wait_until_listening(port, READY_SECONDS):
                _welcome(port, data, accounts)
                processes.wait()
    click.echo("Stopped. The data stays; start again to go on.")


def _require_whole(data: Path) -> None:
    """Refuse a folder whose first start was broken off: its data is neither empty nor complete."""
    begun = (data / "postgres").exists() or (data / "keys").exists()
    if begun and not (data / "accounts.json").exists():
        raise ProcessError(
            f"The first start in {data} was broken off before its sample data was complete. "
            f"Delete the folder {data} or choose another with --data, and start again."
        )


def _environment(data: Path, port: int, server: EmbeddedPostgres) -> dict[str, str]:
    url = server.url("handoff_app", DATABASE).replace("handoff_app", "{role}")
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "PYTHONUNBUFFERED": "1",
        "HANDOFF_MODE": "demo",
        "HANDOFF_PUBLIC_URL": f"http://localhost:{port}",
        "HANDOFF_DATABASE_URL": url,
        "HANDOFF_OBJECTS": f"file:{data / 'objects'}",
        "HANDOFF_ANCHOR": f"file:{data / 'anchor'}",
        "HANDOFF_KEYS": f"file:{data / 'keys' / 'demo-master-key'}",
        "HANDOFF_SMTP_URL": f"folder:{data / 'mail'}",
        "HANDOFF_LOG_NAME": "demo.handoff.example",
        "HANDOFF_MAIL_FROM": "portal@handoff.example",
    }


def _prepare(data: Path, server: EmbeddedPostgres, settings: Settings) -> list[Account]:
    """Bring the folder to the newest schema; fill it on the first start."""
    kept = data / "accounts.json"
    server.create_roles()
    if not server.has_database(DATABASE):
        server.create_database(DATABASE)
        create_key_file(data / "keys" / "demo-master-key")
    migrate(settings.owner_url, ROOT / "migrations")
    database = open_database(settings)
    with database.worker() as work:
        ensure_system_keys(work)
    database.close()
    if kept.exists():
        return read_accounts(kept)
    portal = build_portal(settings)
    accounts = load(portal, ROOT / "samples", lambda say: click.echo(f"  {say}", err=True))
    portal.database.close()
    write_accounts(kept, accounts)
    return accounts


def _programs(environment: dict[str, str], port: int) -> list[Program]:
    command = [sys.executable, "-m", "handoff_portal.cli"]
    return [
        Program(
            name="web",
            command=[*command, "serve", "--port", str(port), "--workers", "1"],
            environment=environment,
        ),
        Program(name="worker", command=[*command, "worker"], environment=environment),
    ]


def _welcome(port: int, data: Path, accounts: list[Account]) -> None:
    width = min(shutil.get_terminal_size().columns, 100)
    click.echo("─" * width)
    click.echo(f"Handoff Portal runs at http://localhost:{port}    (Ctrl-C stops it)")
    click.echo(f"Mails are delivered into {data / 'mail'}")
    click.echo("Sign in as one of these people; codes change every 30 seconds,")
    click.echo("a fresh one: handoff-portal totp SECRET")
    click.echo("─" * width)
    for account in accounts:
        code = pyotp.TOTP(account.totp_secret).now()
        click.echo(f"{account.organisation} · {account.role.replace('_', ' ')} · {account.name}")
        click.echo(f"    e-mail    {account.email}")
        click.echo(f"    password  {account.password}")
        click.echo(f"    code now  {code}    secret {account.totp_secret}")
