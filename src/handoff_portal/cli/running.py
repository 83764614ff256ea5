"""Starting things: the demo, the web server, the worker, the migrations."""

import gc
import logging
from pathlib import Path

import click

from handoff_portal.adapters.database.migrate import migrate as run_migrations
from handoff_portal.app import open_database
from handoff_portal.chores import chores
from handoff_portal.cli.opening import opened_portal
from handoff_portal.demo.running import run_demo
from handoff_portal.identity.actions.keys import ensure_system_keys
from handoff_portal.settings import ROOT, BadSettings, read
from handoff_portal.worker import stop_on_signals, work_until

HTTP1_BUFFER_BYTES = 1024**2
"""The most that the web server reads at once of a body that streams in: fewer, larger pieces cost less."""


@click.command(
    epilog="\b\nExample: handoff-portal demo --port 8080 --data var/demo --accounts var/people.json"
)
@click.option("--port", default=8080, show_default=True, help="Port of the portal on this machine.")
@click.option(
    "--data",
    default=Path("var/demo"),
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for database, keys, documents and mail; a second start resumes it.",
)
@click.option(
    "--accounts",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the demo people here as JSON: email, password, totp_secret, organisation, kind, role.",
)
def demo(port: int, data: Path, accounts: Path | None) -> None:
    """Run the whole portal with sample data on this machine; Ctrl-C stops all of it."""
    run_demo(port, data, accounts)


@click.command(epilog="Example: handoff-portal serve --host 0.0.0.0 --port 8000 --workers 2")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, help="Port to listen on.")
@click.option("--workers", default=2, show_default=True, help="Processes; about one per core.")
def serve(host: str, port: int, workers: int) -> None:
    """Serve the portal's pages; settings come from the environment (README, Production)."""
    from granian.constants import Interfaces  # noqa: PLC0415 - only this command needs the server
    from granian.http import HTTP1Settings  # noqa: PLC0415
    from granian.server import Server  # noqa: PLC0415

    with opened_portal():  # what is wrong is said here, once, and not by every process
        pass
    Server(
        "handoff_portal.app:create",
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        workers=workers,
        factory=True,
        websockets=False,
        http1_settings=HTTP1Settings(max_buffer_size=HTTP1_BUFFER_BYTES),
        log_access=False,
        respawn_failed_workers=True,
        workers_kill_timeout=20,
    ).serve()


@click.command(epilog="Example: handoff-portal worker")
def worker() -> None:
    """Deliver mail, sequence the log, lapse offers, clear away what never arrived."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    with opened_portal() as portal:
        gc.freeze()  # what is there now stays, so nobody need look for circles in it
        work_until(stop_on_signals(), chores(portal))


@click.command(epilog="Example: handoff-portal migrate")
def migrate() -> None:
    """Bring the database to the newest schema and make the portal's own keys if they are missing."""
    settings = read()
    if not settings.owner_url:
        raise BadSettings(["HANDOFF_OWNER_DATABASE_URL is missing; migrations run as handoff_owner."])
    run_migrations(settings.owner_url, ROOT / "migrations")
    database = open_database(settings)
    with database.worker() as work:
        ensure_system_keys(work)
    database.close()
    click.echo("The database is up to date.")
