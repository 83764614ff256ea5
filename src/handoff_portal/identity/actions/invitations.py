"""Inviting people by a mailed link, and following it."""

from hashlib import sha256

from handoff_portal.adapters import mail
from handoff_portal.adapters.clock import new_id, new_token
from handoff_portal.adapters.database import Database, Work
from handoff_portal.adapters.passwords import PEPPER_KID, Passwords, is_common
from handoff_portal.adapters.totp import new_secret
from handoff_portal.adapters.vault.vault import SystemKey
from handoff_portal.core.actor import Origin
from handoff_portal.core.ids import InvitationId, OrgId, PersonId
from handoff_portal.core.permissions import Role
from handoff_portal.core.refusals import Invalid, NotFound
from handoff_portal.identity.actions.leaks import note_verdict, require_not_leaked
from handoff_portal.identity.actions.letters import written
from handoff_portal.identity.actions.sessions import open_password_stage
from handoff_portal.identity.model.credentials import CANDIDATE_LASTS, INVITATION_LASTS, Invitation
from handoff_portal.identity.model.events import InvitationRefused, PasswordChanged, SessionRevoked, Why
from handoff_portal.identity.model.links import encode_token
from handoff_portal.identity.model.organisation import (
    Organisation,
    Person,
    PersonInvited,
    PersonState,
    require_roles_fit,
)
from handoff_portal.identity.model.password import require_good_password, words_in
from handoff_portal.identity.store import credentials, links, organisations, sessions

DEAD = "This link has ended or was used already. Ask the person who invited you to send another one."
_KNOWN = "This address cannot be invited, because it is in use in the portal. Use another one."


def invite(work: Work, org: OrgId, email: str, name: str, roles: frozenset[Role]) -> bytes:
    """Invite a person into an organisation and mail them the link; gives its token.

    Commands and the demo use the worker's door; pages check the right first (`people.invite_colleague`).

    Raises:
        NotFound: There is no such organisation.
        Invalid: At `roles` or `email`.
    """
    organisation = organisations.load_organisation(work, org)
    require_roles_fit(organisation.kind, roles)
    if organisations.is_taken(work, email):
        raise Invalid({"email": _KNOWN})
    person = _invited(work, organisation, email, name, roles)
    event = PersonInvited(person=person.id, organisation=org, roles=tuple(sorted(roles)), own=org)
    organisations.add_person(work, person, event)
    return send_link(work, person)


def send_link(work: Work, person: Person) -> bytes:
    """A fresh link for an invited person; earlier ones end."""
    token = new_token()
    until = work.now + INVITATION_LASTS
    links.add_invitation(work, InvitationId(new_id()), person, sha256(token).digest(), until)
    mail.post(
        work,
        person.id,
        "invitation",
        link=f"/invitation/{encode_token(token)}",
        until=written(until, person.time_zone),
    )
    return token


def find_invitation(work: Work, token: bytes) -> Invitation | None:
    """The invitation behind a link, if it still holds; following a dead one is written down (front door)."""
    found = links.find_invitation(work, sha256(token).digest())
    if found is None:
        work.record(InvitationRefused())
    return found


def accept_invitation(
    database: Database, passwords: Passwords, origin: Origin, token: bytes, password: str, agent: str = ""
) -> bytes:
    """Choose the password; gives the token of the stage in which the authenticator is set up.

    The link stays good until enrolment is complete, so that a person who was interrupted can begin again.

    Raises:
        NotFound: The link has ended.
        Invalid: At `password`.
        TooMany: Too many passwords are being hashed (503).
    """
    with database.gate(origin) as work:
        found = _require(work, token)
        own = words_in(found.person.name, found.person.email, found.org_name)
        require_good_password(password, own, is_common)
    verdict = require_not_leaked(passwords, password)
    hashed = passwords.hash(password, database.vault.system_key(SystemKey.PEPPER))
    with database.gate(origin) as work:
        person = _require(work, token).person
        changed = PasswordChanged(person=person.id, why=Why.ENROLMENT, own=person.org)
        ended = SessionRevoked(person=person.id, why=Why.ENROLMENT, own=person.org)
        credentials.set_password(work, person.id, hashed, PEPPER_KID, changed)
        note_verdict(work, person, verdict)
        credentials.put_candidate(work, person.id, work.vault.seal_totp(person.id, new_secret()))
        sessions.revoke_all(work, person.id, ended)
        return open_password_stage(work, person, agent, work.now + CANDIDATE_LASTS)


def _require(work: Work, token: bytes) -> Invitation:
    found = links.find_invitation(work, sha256(token).digest())
    if found is None:
        raise NotFound(DEAD)
    return found


def _invited(work: Work, organisation: Organisation, email: str, name: str, roles: frozenset[Role]) -> Person:
    return Person(
        id=PersonId(new_id()),
        org=organisation.id,
        email=email,
        name=name,
        roles=roles,
        state=PersonState.INVITED,
        time_zone=organisation.time_zone,
        role_version=1,
        created_at=work.now,
    )
