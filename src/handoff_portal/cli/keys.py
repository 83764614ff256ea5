"""Master keys from the command line."""

import json
from pathlib import Path

import click

from handoff_portal.adapters.vault.keyfile import create_key_file, rotate_key_file
from handoff_portal.app import build_portal
from handoff_portal.identity.actions.keys import rewrap_all
from handoff_portal.settings import read


@click.group()
def keys() -> None:
    """Make and rotate the master key."""


@keys.command("create", epilog="Example: handoff-portal keys create /etc/handoff/master-key")
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path))
def create(path: Path) -> None:
    """Make a key file that only this user can read; keep a copy apart from every backup of the data."""
    try:
        create_key_file(path)
    except FileExistsError as error:
        raise click.ClickException(
            f"{path} exists; a key file is never overwritten. Choose another name."
        ) from error
    click.echo(f"Made {path}. Set HANDOFF_KEYS=file:{path.resolve()}")


@keys.command("rotate", epilog="Example: handoff-portal keys rotate")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def rotate(*, as_json: bool) -> None:
    """Wrap every key of the portal anew: a new block in a key file, the newest key id with KMS.

    It may be stopped and started again; cases and documents are not touched.
    """
    settings = read()
    if settings.keys.startswith("file:"):
        rotate_key_file(Path(settings.keys.removeprefix("file:")), settings.keys_passphrase)
    done = rewrap_all(build_portal(settings).database)
    click.echo(
        json.dumps({"rewrapped": done})
        if as_json
        else f"Wrapped {done} keys anew. Restart web and worker processes now."
    )
