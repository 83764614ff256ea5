"""Master keys from the command line."""

import json
import os
from pathlib import Path

import click

from handoff_portal.adapters.vault.keyfile import create_key_file, rotate_key_file
from handoff_portal.cli.opening import opened_portal
from handoff_portal.identity.actions.keys import rewrap_all


@click.group(epilog="Example: handoff-portal keys create keys/master.key")
def keys() -> None:
    """Make and rotate the master key."""


@keys.command("create", epilog="Example: handoff-portal keys create keys/master.key")
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path))
def create(path: Path) -> None:
    """Make a key file that only this user can read; keep a copy apart from every backup of the data.

    With HANDOFF_KEYS_PASSPHRASE in the environment, the key in the file opens with that passphrase only.
    """
    try:
        create_key_file(path, os.environ.get("HANDOFF_KEYS_PASSPHRASE") or None)
    except FileExistsError as error:
        raise click.ClickException(
            f"{path} exists; a key file is never overwritten. Choose another name."
        ) from error
    except (ValueError, OSError) as error:
        raise click.ClickException(f"The key file was not made: {error}") from error
    click.echo(f"Made {path}. Set HANDOFF_KEYS=file:{path.resolve()}")


@keys.command("rotate", epilog="Example: handoff-portal keys rotate")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def rotate(*, as_json: bool) -> None:
    """Wrap every key of the portal anew: a new block in a key file, the newest key id with KMS.

    It may be stopped and started again; cases and documents are not touched. Running processes know the old
    keys only, so stop web and worker before, and start them after.
    """
    with opened_portal() as portal:  # nothing is written unless database and present key are at hand
        settings = portal.settings
    if settings.keys.startswith("file:"):
        _rotate_file(Path(settings.keys.removeprefix("file:")), settings.keys_passphrase)
    with opened_portal() as portal:
        done = rewrap_all(portal.database)
    click.echo(
        json.dumps({"rewrapped": done})
        if as_json
        else f"Wrapped {done} keys anew. Start web and worker again now."
    )


def _rotate_file(path: Path, passphrase: str | None) -> None:
    try:
        rotate_key_file(path, passphrase)
    except FileExistsError as error:
        raise click.ClickException(
            f"Another rotation is at work. If you know that none is, remove {path}.new and try again."
        ) from error
