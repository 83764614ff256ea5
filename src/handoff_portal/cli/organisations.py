"""Organisations and people from the command line, for the first ones of a portal."""

import json

import click
import pyotp

from handoff_portal.app import build_portal
from handoff_portal.core.ids import OrgId
from handoff_portal.core.permissions import OrgKind, Role
from handoff_portal.identity.actions.invitations import invite as send_invitation
from handoff_portal.identity.actions.organisations import add_organisation
from handoff_portal.settings import read

_KINDS = click.Choice([kind.value for kind in OrgKind])


@click.group()
def organisation() -> None:
    """Add organisations."""


@organisation.command(
    "add",
    epilog="Example: handoff-portal organisation add agency Kind --country GB --time-zone Europe/London",
)
@click.argument("kind", type=_KINDS)
@click.argument("name")
@click.option("--country", required=True, help="ISO 3166-1 code, such as SG.")
@click.option("--time-zone", required=True, help="IANA name, such as Asia/Singapore.")
@click.option("--currency", default="USD", show_default=True, help="ISO 4217 code its forms begin with.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def add(kind: str, name: str, *, country: str, time_zone: str, currency: str, as_json: bool) -> None:
    """Add a business, an agency or the operator."""
    portal = build_portal(read())
    with portal.database.worker() as work:
        made = add_organisation(
            work, OrgKind(kind), name, country=country, time_zone=time_zone, currency=currency
        )
    click.echo(json.dumps({"id": str(made.id), "name": name}) if as_json else f"Added {name} as {made.id}.")


@click.group()
def person() -> None:
    """Invite people."""


@person.command(
    "invite",
    epilog="Example: handoff-portal person invite 6f…e1 kim@example.com 'Kim Lee' --role compliance_officer",
)
@click.argument("organisation_id", type=click.UUID)
@click.argument("email")
@click.argument("name")
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice([r.value for r in Role]))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def invite(organisation_id: OrgId, email: str, name: str, *, roles: tuple[str, ...], as_json: bool) -> None:
    """Mail somebody a link with which they set their password and second factor."""
    portal = build_portal(read())
    with portal.database.worker() as work:
        send_invitation(work, organisation_id, email, name, frozenset(map(Role, roles)))
    click.echo(json.dumps({"invited": email}) if as_json else f"The worker mails {email} a link.")


@click.command(epilog="Example: handoff-portal totp JBSWY3DPEHPK3PXP")
@click.argument("secret")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def totp(secret: str, *, as_json: bool) -> None:
    """Print the current code of an authenticator secret (RFC 6238), as a phone would."""
    try:
        code = pyotp.TOTP(secret.replace(" ", "").upper()).now()
    except ValueError as error:
        raise click.ClickException(
            "This is no base 32 secret; copy it again from the accounts file."
        ) from error
    click.echo(json.dumps({"code": code}) if as_json else code)
