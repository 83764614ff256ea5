"""Watching a log from outside: remembering how far it was and signing what continues it."""

import json
import sys
from pathlib import Path

import click

from handoff_portal.adapters.clock import utc_now
from handoff_portal.audit.witness import Exported, ForkError, Served, SourceError, WitnessKey, create_key
from handoff_portal.audit.witness import cosign as cosign_log
from handoff_portal.audit.witness import submit as submit_note

FORK = 2


@click.group(epilog="Example: handoff-portal audit witness keygen witness.key --name agency.example/w1")
def witness() -> None:
    """Watch a log from outside; needs no settings and no database."""


@witness.command(
    "keygen", epilog="Example: handoff-portal audit witness keygen witness.key --name agency.example/w1"
)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--name", required=True, help="Name of the witness, without spaces, such as agency.example/w1.")
def keygen(file: Path, name: str) -> None:
    """Make a witness's key; prints the line that the portal's operator and readers of exports need."""
    try:
        key = create_key(file, name)
    except FileExistsError as error:
        raise click.ClickException(f"{file} exists already; a key is never overwritten.") from error
    except (ValueError, OSError) as error:
        raise click.ClickException(f"No key was made: {error}") from error
    click.echo(key.verifier.vkey())


@witness.command(
    "cosign",
    epilog="\b\nExample: handoff-portal audit witness cosign https://portal.example --state log.state "
    "--key witness.key --vkey 'portal.example/audit/1+…' --submit",
)
@click.argument("source", metavar="URL|FILE")
@click.option(
    "--state",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where this witness remembers; keep it, never restore an older one.",
)
@click.option(
    "--key", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Key."
)
@click.option("--vkey", help="The log's key, from the portal's page /audit/how; needed the first time.")
@click.option("--new-vkey", help="The log's new key, when its operator changed it; what was seen must go on.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write the cosigned note here.")
@click.option("--submit", "back", is_flag=True, help="Bring the cosignature back to the portal at the URL.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def cosign(
    source: str,
    *,
    state: Path,
    key: Path,
    vkey: str | None,
    new_vkey: str | None,
    out: Path | None,
    back: bool,
    as_json: bool,
) -> None:
    """Check that a log continues what was seen before, remember it and cosign it.

    The log is read from a portal (URL) or from an export of the whole log (FILE). Exit code 2: the log was
    cut or rewritten; nothing is signed, and what the witness remembers is the proof.
    """
    served = source.startswith(("https://", "http://"))
    if back and not served:
        raise click.UsageError("--submit needs the URL of a portal.")
    try:
        now = int(utc_now().timestamp())
        where = Served(source) if served else Exported(Path(source))
        seen = cosign_log(where, state, WitnessKey.load(key), vkey, now, new_vkey)
        answer = submit_note(source, seen.note) if back else ""
    except ForkError as error:
        click.echo(f"FORK: {error}. Nothing was signed. Keep {state} and tell the others.", err=True)
        sys.exit(FORK)
    except (SourceError, ValueError, OSError) as error:
        raise click.ClickException(str(error)) from error
    if out is not None:
        out.write_text(seen.note, encoding="utf-8")
    if as_json:
        click.echo(
            json.dumps({"before": seen.before, "size": seen.size, "note": seen.note, "answer": answer})
        )
    elif out is None:
        click.echo(seen.note, nl=False)
    if answer and not as_json:
        click.echo(answer, err=True)


@witness.command(
    "submit", epilog="Example: handoff-portal audit witness submit https://portal.example cosigned.txt"
)
@click.argument("url")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def submit(url: str, file: Path) -> None:
    """Bring a cosigned checkpoint back to the portal, which keeps it beside its own."""
    try:
        click.echo(submit_note(url, file.read_text(encoding="utf-8")))
    except (SourceError, ValueError) as error:
        raise click.ClickException(str(error)) from error
