"""A portal of its own for measuring: real PostgreSQL that forces commits to the disk, keys, a folder."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from psycopg import sql

from handoff_portal.adapters.clock import new_id
from handoff_portal.adapters.database.migrate import migrate
from handoff_portal.adapters.postgres import EmbeddedPostgres
from handoff_portal.adapters.vault.keyfile import create_key_file
from handoff_portal.app import build_portal, open_database
from handoff_portal.core.actor import Actor, Origin
from handoff_portal.core.ids import PersonId
from handoff_portal.core.permissions import OrgKind, Role
from handoff_portal.identity.actions.keys import ensure_system_keys
from handoff_portal.identity.actions.organisations import add_organisation
from handoff_portal.identity.actions.sessions import open_session, resolve
from handoff_portal.identity.model.organisation import Organisation, Person, PersonInvited, PersonState
from handoff_portal.identity.store import organisations
from handoff_portal.settings import ROOT, read
from handoff_portal.web.front_door import encode_token, session_cookie
from handoff_portal.web.page import token_for
from handoff_portal.web.portal import Portal

_TEMPLATE = "migrated"
_SERVER = {"shared_buffers": "512MB", "max_wal_size": "8GB", "checkpoint_timeout": "30min"}
BARE_ROLE = "bench_bare"
"""The database role of the bare pages: reads every row, no row-level security."""

_ROLES = {
    OrgKind.BUSINESS: Role.BUSINESS_ADMIN,
    OrgKind.AGENCY: Role.AGENCY_ADMIN,
    OrgKind.OPERATOR: Role.COMPLIANCE_OFFICER,
}


@dataclass(frozen=True)
class World:
    """One PostgreSQL server and a folder; any number of databases of the portal on it."""

    folder: Path
    postgres: EmbeddedPostgres

    def new_database(self, name: str) -> dict[str, str]:
        """Make an empty database with the portal's own keys; give the portal's environment for it."""
        self.postgres.create_database(name, template=_TEMPLATE)
        environment = {
            "HANDOFF_MODE": "demo",
            "HANDOFF_PUBLIC_URL": "http://127.0.0.1",
            "HANDOFF_DATABASE_URL": self.postgres.url("handoff_app", name).replace("handoff_app", "{role}"),
            "HANDOFF_OBJECTS": f"file:{self.folder / 'objects' / name}",
            "HANDOFF_KEYS": f"file:{self.folder / 'keys' / 'master'}",
            "HANDOFF_SMTP_URL": f"folder:{self.folder / 'mail'}",
            "HANDOFF_MAIL_FROM": "portal@example.com",
        }
        database = open_database(read(environment))
        with database.worker() as work:
            ensure_system_keys(work)
        database.close()
        return environment

    def drop_database(self, name: str) -> None:
        """Remove a database and write out what waits, so that cleaning up slows nothing that follows."""
        with self.postgres.administrator() as connection:
            connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))
            connection.execute("checkpoint")

    def let_bare_role_in(self, name: str) -> str:
        """Let the bare pages' role read all rows of a database; give its URL."""
        with self.postgres.administrator(name) as connection:
            connection.execute(
                f"do $$ begin if not exists (select from pg_roles where rolname = '{BARE_ROLE}') then"
                f" create role {BARE_ROLE} login bypassrls; end if; end $$"
            )
            connection.execute(f"grant connect on database {name} to {BARE_ROLE}")
            connection.execute(f"grant usage on schema public to {BARE_ROLE}")
            connection.execute(f"grant select on all tables in schema public to {BARE_ROLE}")
            connection.execute(f"grant execute on all functions in schema public to {BARE_ROLE}")
        return self.postgres.url(BARE_ROLE, name)


@dataclass(frozen=True)
class SignedIn:
    """A person with a live session.

    Attributes:
        headers: What a browser of this person sends: the cookie, and the token for forms.
    """

    actor: Actor
    headers: Mapping[str, str]


@contextmanager
def a_world() -> Iterator[World]:
    """Everything in a temporary folder; gone, server and all, when the block ends."""
    with tempfile.TemporaryDirectory(prefix="handoff-bench-") as made:
        folder = Path(made)
        create_key_file(folder / "keys" / "master")
        with EmbeddedPostgres(folder / "postgres", settings=_SERVER) as postgres:
            postgres.create_roles()
            postgres.create_database(_TEMPLATE)
            migrate(postgres.url("handoff_owner", _TEMPLATE), ROOT / "migrations")
            yield World(folder, postgres)


@contextmanager
def a_portal(environment: Mapping[str, str]) -> Iterator[Portal]:
    """The portal of an environment, in this process, without a web server."""
    portal = build_portal(read(environment))
    yield portal
    portal.database.close()


def an_organisation(portal: Portal, kind: OrgKind, name: str) -> Organisation:
    """A fresh organisation with its key."""
    with portal.database.worker() as work:
        return add_organisation(
            work, kind, name, country="SG", time_zone="Asia/Singapore", currency="SGD", sector="telecom"
        )


def a_person(portal: Portal, organisation: Organisation) -> SignedIn:
    """A fresh person of the organisation, signed in with both factors."""
    person = Person(
        id=PersonId(new_id()),
        org=organisation.id,
        email=f"{new_id()}@example.com",
        name="Robin Tan",
        roles=frozenset({_ROLES[organisation.kind]}),
        state=PersonState.ACTIVE,
        time_zone=organisation.time_zone,
        role_version=1,
        created_at=portal.database.clock(),
    )
    event = PersonInvited(person=person.id, organisation=person.org, roles=tuple(person.roles))
    with portal.database.gate(Origin()) as work:
        organisations.add_person(work, person, event)
        token = open_session(work, person, "bench")
    visitor = resolve(portal.database, token, Origin())
    if visitor.actor is None:
        raise RuntimeError("the session that was just opened is not there")
    key = portal.vault.system_key("cookie")
    headers = {
        "Cookie": f"{session_cookie(portal.settings)}={encode_token(token)}",
        "X-CSRF-Token": token_for(key, visitor.browser),
        "Sec-Fetch-Site": "same-origin",
    }
    return SignedIn(visitor.actor, headers)
