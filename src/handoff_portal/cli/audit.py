"""The log from the command line: verify a bundle anywhere, export and check on the server."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from uuid import UUID

import click

from handoff_portal.adapters.timestamps import read_roots
from handoff_portal.audit.actions.keeping import Keeper, check_everything, health, log_key
from handoff_portal.audit.actions.reading import export_all
from handoff_portal.audit.actions.testimony import witnesses
from handoff_portal.audit.model import Selection
from handoff_portal.audit.verify import INCOMPLETE, Verdict, verify_bundle
from handoff_portal.cli.opening import opened_portal
from handoff_portal.cli.witness import witness as witness_commands

PROBLEMS = 2


@click.group(epilog="Example: handoff-portal audit check")
def audit() -> None:
    """Export, check and verify the log."""


@audit.command(
    "verify",
    epilog="\b\nExample: handoff-portal audit verify log.zip --vkey 'portal.example/audit/1+…'",
)
@click.argument("bundle", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--vkey", "vkeys", multiple=True, help="Key you trust, from the portal's page /audit/how.")
@click.option(
    "--old-checkpoint",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A checkpoint you kept: the log must begin with it.",
)
@click.option("--witness", multiple=True, help="Key of a witness that must have cosigned.")
@click.option(
    "--timestamp-roots",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Certificates (PEM): the signatures of time stamps are checked against them.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def verify(
    bundle: Path,
    vkeys: tuple[str, ...],
    *,
    old_checkpoint: Path | None,
    witness: tuple[str, ...],
    timestamp_roots: Path | None,
    as_json: bool,
) -> None:
    """Check an export. Exit code 0: all holds, 2: something is false, 3: something is missing.

    It needs no settings and no database, and agrees with the verify.py inside the bundle.
    """
    held = old_checkpoint.read_text(encoding="utf-8") if old_checkpoint else None
    absent = Verdict(INCOMPLETE, f"there is no file {bundle}")
    try:
        roots = read_roots(timestamp_roots) if timestamp_roots else ()
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    verdict = verify_bundle(bundle, vkeys, held, witness, roots) if bundle.exists() else absent
    if as_json:
        click.echo(json.dumps({**asdict(verdict), "ok": verdict.code == 0}))
    elif verdict.code == 0:
        click.echo(f"All {verdict.entries} entries stand in the signed log of {verdict.size}.")
        if not vkeys:
            click.echo("No --vkey was given: this does not say whose log it is.", err=True)
    else:
        click.echo(f"Not verified: {verdict.problem}.", err=True)
    sys.exit(verdict.code)


@audit.command("export", epilog="Example: handoff-portal audit export log.zip")
@click.argument("bundle", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--case", type=click.UUID, help="Only the events of this case.")
@click.option("--organisation", type=click.UUID, help="Only what this organisation did.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def export(bundle: Path, *, case: UUID | None, organisation: UUID | None, as_json: bool) -> None:
    """Write a signed bundle on the server, as its operator sees the log."""
    with opened_portal() as portal:
        key = log_key(portal.vault, portal.settings.log_name)
        keeper = Keeper(portal.database, key, portal.anchor)
        with bundle.open("wb") as out:
            selection, known = Selection(case=case, org=organisation), witnesses(portal.settings.witnesses)
            number = export_all(portal.database, keeper, key, out, selection, known)
    click.echo(
        json.dumps({"entries": number, "vkey": key.verifier.vkey()})
        if as_json
        else f"Wrote {number} entries to {bundle}. Check with --vkey '{key.verifier.vkey()}'"
    )


@audit.command("check", epilog="Example: handoff-portal audit check")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def check(*, as_json: bool) -> None:
    """Rebuild the log in the database and compare it with every checkpoint. Exit code 2 on a problem."""
    with opened_portal() as portal:
        key = log_key(portal.vault, portal.settings.log_name)
        problems = check_everything(portal.database, key, portal.anchor)
        size = health(portal.database).size
    if as_json:
        click.echo(json.dumps({"entries": size, "problems": problems}))
    else:
        click.echo("\n".join(problems) or f"All {size} entries are what was written.")
    sys.exit(PROBLEMS if problems else 0)


audit.add_command(witness_commands)
