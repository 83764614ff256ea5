"""Organisations and people for tests, made by the same actions that pages use."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from itertools import count

from handoff_portal.adapters.clock import new_id, new_token
from handoff_portal.core.actor import Actor, Origin
from handoff_portal.core.ids import PersonId, SessionId
from handoff_portal.core.permissions import OrgKind, Role
from handoff_portal.identity.actions.organisations import add_organisation, show_organisation
from handoff_portal.identity.actions.sessions import open_session, resolve
from handoff_portal.identity.model import events as identity_events
from handoff_portal.identity.model.organisation import Organisation, Person, PersonInvited, PersonState
from handoff_portal.identity.store import organisations, sessions
from handoff_portal.web.front_door import encode_token, hash_token, session_cookie
from handoff_portal.web.portal import Portal

_number = count(1)
DEFAULT_ROLE = {
    OrgKind.BUSINESS: Role.BUSINESS_ADMIN,
    OrgKind.AGENCY: Role.AGENCY_ADMIN,
    OrgKind.OPERATOR: Role.COMPLIANCE_OFFICER,
}


@dataclass(frozen=True)
class SignedIn:
    """A person with a live session."""

    actor: Actor
    cookie: dict[str, str]


def an_organisation(portal: Portal, kind: OrgKind, name: str = "", country: str = "SG") -> Organisation:
    """A fresh organisation."""
    with portal.database.worker() as work:
        return add_organisation(
            work,
            kind,
            name or f"{kind.value.title()} {next(_number)}",
            country=country,
            time_zone="Asia/Singapore",
            currency="SGD",
        )


def a_person(portal: Portal, organisation: Organisation, *roles: Role) -> SignedIn:
    """A fresh person of the organisation, signed in with both factors."""
    person = Person(
        id=PersonId(new_id()),
        org=organisation.id,
        email=f"person{next(_number)}@example.com",
        name=f"Person {next(_number)}",
        roles=frozenset(roles or {DEFAULT_ROLE[organisation.kind]}),
        state=PersonState.ACTIVE,
        time_zone=organisation.time_zone,
        role_version=1,
        created_at=portal.database.clock(),
    )
    event = PersonInvited(person=person.id, organisation=person.org, roles=tuple(sorted(person.roles)))
    with portal.database.gate(Origin()) as work:
        organisations.add_person(work, person, event)
        token = open_session(work, person, "test")
    actor = resolve(portal.database, token, Origin()).actor
    assert actor is not None
    return SignedIn(actor, {session_cookie(portal.settings): encode_token(token)})


def a_colleague(portal: Portal, of: SignedIn, role: Role) -> SignedIn:
    """Somebody else of the same organisation."""
    with portal.database.work(of.actor) as work:
        organisation = show_organisation(work, of.actor.org)
    return a_person(portal, organisation, role)


def without_a_fresh_code(portal: Portal, person: SignedIn) -> SignedIn:
    """The same person in a session in which the second factor was shown long ago."""
    token, now = new_token(), portal.database.clock()
    old = sessions.NewSession(
        id=SessionId(new_id()),
        token_hash=hash_token(token),
        person=person.actor.person,
        org=person.actor.org,
        stage="full",
        stepped_up_at=now - timedelta(hours=1),
        idle_expires_at=now + timedelta(minutes=10),
        expires_at=now + timedelta(hours=1),
        agent="test",
    )
    with portal.database.gate(Origin()) as work:
        sessions.add(work, old, identity_events.SignedIn(person=person.actor.person))
    actor = resolve(portal.database, token, Origin()).actor
    assert actor is not None
    return SignedIn(actor, {session_cookie(portal.settings): encode_token(token)})


def people(portal: Portal, kinds: Iterable[OrgKind]) -> list[SignedIn]:
    """One person each, in fresh organisations of these kinds."""
    return [a_person(portal, an_organisation(portal, kind)) for kind in kinds]
