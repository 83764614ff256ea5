"""Organisations and people from the command line, for the first ones of a portal."""

import json
from collections.abc import Callable

import click
import pyotp

from handoff_portal.cli.opening import opened_portal
from handoff_portal.core.forms import Form
from handoff_portal.core.ids import OrgId
from handoff_portal.core.jurisdictions import country_choices
from handoff_portal.core.permissions import OrgKind, Role
from handoff_portal.identity.actions.invitations import invite as send_invitation
from handoff_portal.identity.actions.organisations import add_organisation
from handoff_portal.identity.pages.choices import currency_choices, zone_choices

_KINDS = click.Choice([kind.value for kind in OrgKind])
_Check = Callable[[click.Context, click.Parameter, str], str]


def _one_of(choices: Callable[[], list[tuple[str, str]]]) -> _Check:
    """Refuse a value that the portal's own forms do not offer."""

    def check(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
        if value not in dict(choices()):
            raise click.BadParameter(
                f"“{value}” is not known; write it like the example at the end of --help."
            )
        return value

    return check


def _read(name: str, value: str) -> str:
    """A name or address by the rules of the portal's forms. Raises Invalid."""
    form = Form({name: [value]})
    found = form.email(name) if name == "email" else form.text(name, shortest=2, longest=120)
    form.check()
    return found


@click.group(epilog="Example: handoff-portal organisation add --help")
def organisation() -> None:
    """Add organisations."""


@organisation.command(
    "add",
    epilog="\b\nExample: handoff-portal organisation add agency Kind \\\n"
    "             --country GB --time-zone Europe/London --currency GBP",
)
@click.argument("kind", type=_KINDS)
@click.argument("name")
@click.option(
    "--country", required=True, callback=_one_of(country_choices), help="ISO 3166-1 code, such as SG."
)
@click.option(
    "--time-zone", required=True, callback=_one_of(zone_choices), help="IANA name, such as Asia/Singapore."
)
@click.option(
    "--currency",
    default="USD",
    show_default=True,
    callback=_one_of(currency_choices),
    help="ISO 4217 code its forms begin with.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def add(kind: str, name: str, *, country: str, time_zone: str, currency: str, as_json: bool) -> None:
    """Add a business, an agency or the operator."""
    name = _read("name", name)
    with opened_portal() as portal, portal.database.worker() as work:
        made = add_organisation(
            work, OrgKind(kind), name, country=country, time_zone=time_zone, currency=currency
        )
    click.echo(json.dumps({"id": str(made.id), "name": name}) if as_json else f"Added {name} as {made.id}.")


@click.group(epilog="Example: handoff-portal person invite --help")
def person() -> None:
    """Invite people."""


@person.command(
    "invite",
    epilog="\b\nExample: handoff-portal person invite 0198a4c2-7b1e-7d3c-9f00-5a6b7c8d9e0f \\\n"
    "             kim@example.com 'Kim Lee' --role compliance_officer",
)
@click.argument("organisation_id", type=click.UUID)
@click.argument("email")
@click.argument("name")
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice([r.value for r in Role]))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def invite(organisation_id: OrgId, email: str, name: str, *, roles: tuple[str, ...], as_json: bool) -> None:
    """Mail somebody a link with which they set their password and second factor."""
    email, name = _read("email", email), _read("name", name)
    with opened_portal() as portal, portal.database.worker() as work:
        send_invitation(work, organisation_id, email, name, frozenset(map(Role, roles)))
    click.echo(json.dumps({"invited": email}) if as_json else f"The worker mails {email} a link.")


@click.command(epilog="Example: handoff-portal totp JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
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
