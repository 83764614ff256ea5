"""The people of the demo: invited, enrolled and kept in a file that only this user can read."""

import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from handoff_portal.adapters.passwords import Passwords
from handoff_portal.core.ids import OrgId
from handoff_portal.core.permissions import OrgKind, Role
from handoff_portal.identity.actions.enrolment import enrol_directly
from handoff_portal.identity.actions.invitations import invite
from handoff_portal.web.portal import Portal

_WORDS = (
    "amber",
    "basil",
    "cedar",
    "delta",
    "ember",
    "fjord",
    "ginger",
    "harbour",
    "indigo",
    "juniper",
    "kettle",
    "lantern",
    "maple",
    "nutmeg",
    "orchard",
    "pebble",
    "quartz",
    "river",
    "saffron",
    "timber",
    "umbrella",
    "violet",
    "willow",
    "yonder",
)


@dataclass(frozen=True, slots=True)
class Account:
    """How one demo person signs in; the accounts file is a list of these.

    Attributes:
        totp_secret: Base 32 (RFC 4648), for an authenticator app or `handoff-portal totp`.
    """

    email: str
    password: str
    totp_secret: str
    organisation: str
    kind: str
    role: str
    name: str


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody to invite."""

    name: str
    email: str
    role: Role


def enrol(
    portal: Portal, passwords: Passwords, org: OrgId, kind: OrgKind, title: str, who: DemoPerson
) -> Account:
    """Invite and enrol one person through the actions that the pages use."""
    with portal.database.worker() as work:
        token = invite(work, org, who.email, who.name, frozenset({who.role}))
    password = "-".join(secrets.choice(_WORDS) for _ in range(4)) + f"-{secrets.randbelow(90) + 10}"
    enrolled = enrol_directly(portal.database, passwords, token, password)
    return Account(who.email, password, enrolled.totp_secret, title, kind.value, who.role.value, who.name)


def write_accounts(path: Path, accounts: list[Account]) -> None:
    """Write the accounts as JSON that only this user can read (mode 0600), all at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".new")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump([asdict(account) for account in accounts], file, indent=1, ensure_ascii=False)
        file.write("\n")
    beside.replace(path)


def read_accounts(path: Path) -> list[Account]:
    """The accounts of an earlier start."""
    return [Account(**values) for values in json.loads(path.read_text(encoding="utf-8"))]
