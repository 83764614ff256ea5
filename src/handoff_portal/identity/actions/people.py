"""An administrator's work: colleagues, their roles, and, for the operator, organisations."""

from dataclasses import replace

from handoff_portal.adapters.database import Work
from handoff_portal.core.ids import OrgId, PersonId
from handoff_portal.core.permissions import OrgKind, Permission, Role
from handoff_portal.core.refusals import Invalid, NotFound, WrongState
from handoff_portal.identity.actions.invitations import invite, send_link
from handoff_portal.identity.actions.letters import tell
from handoff_portal.identity.actions.organisations import add_organisation
from handoff_portal.identity.actions.recovery_notices import stop_for
from handoff_portal.identity.model.events import (
    PersonDisabled,
    PersonEnabled,
    RolesChanged,
    SessionRevoked,
    Why,
)
from handoff_portal.identity.model.organisation import (
    Organisation,
    Person,
    PersonInvited,
    PersonState,
    leaves_no_admin,
    require_roles_fit,
)
from handoff_portal.identity.model.recovery import Ending
from handoff_portal.identity.store import credentials, links, organisations, people, sessions

_LAST_ADMIN = "At least one active administrator must remain. Make somebody else an administrator first."
_OWN = "You cannot change your own roles or access. Ask another administrator."


def list_colleagues(work: Work) -> list[Person]:
    """The people of one's own organisation, by name."""
    work.actor.require(Permission.PEOPLE_READ)
    return organisations.list_people(work, work.actor.org)


def show_colleague(work: Work, person: PersonId) -> Person:
    """One person of one's own organisation. Raises NotFound."""
    work.actor.require(Permission.PEOPLE_READ)
    found = organisations.find_person(work, person)
    if found is None or found.org != work.actor.org:
        raise NotFound
    return found


def invite_colleague(work: Work, email: str, name: str, roles: frozenset[Role]) -> bytes:
    """Invite somebody into one's own organisation (front door), after a fresh code.

    Raises:
        Invalid: At `email` or `roles`.
        StepUpNeeded: A fresh code is needed.
    """
    work.actor.require(Permission.PERSON_INVITE)
    work.actor.require_fresh(work.now)
    return invite(work, work.actor.org, email, name, roles)


def invite_again(work: Work, person: PersonId) -> None:
    """Send a fresh link to somebody who has not enrolled yet (front door). Raises WrongState, NotFound."""
    work.actor.require(Permission.PERSON_INVITE)
    found = show_colleague(work, person)
    if found.state is not PersonState.INVITED:
        raise WrongState("This person has an account already and needs no invitation.")
    send_link(work, found)
    work.record(
        PersonInvited(
            person=found.id, organisation=found.org, roles=tuple(sorted(found.roles)), own=found.org
        )
    )


def change_roles(work: Work, person: PersonId, roles: frozenset[Role]) -> Person:
    """Give a colleague other roles (front door); their sessions end, so that they begin anew with them.

    Raises:
        Invalid: At `roles`.
        WrongState: Somebody else changed them meanwhile.
        StepUpNeeded: A fresh code is needed.
    """
    found = _other(work, person)
    require_roles_fit(work.actor.org_kind, roles)
    if leaves_no_admin(organisations.list_people(work, found.org), found.id, roles):
        raise Invalid({"roles": _LAST_ADMIN})
    before, after = tuple(sorted(found.roles)), tuple(sorted(roles))
    event = RolesChanged(person=found.id, before=before, after=after, own=found.org)
    if not people.set_roles(work, found.id, roles, found.role_version, event):
        raise WrongState(
            "Somebody else changed these roles at the same time. Look again before you change them."
        )
    ended = SessionRevoked(person=found.id, why=Why.ROLES_CHANGED, own=found.org)
    sessions.revoke_all(work, found.id, ended)
    if found.state is PersonState.ACTIVE:
        tell(work, found, "roles_changed")
    return found


def disable_person(work: Work, person: PersonId) -> Person:
    """Keep a colleague out from now on (front door): sessions and links end.

    Raises:
        WrongState: Nobody would remain to administer the organisation.
        StepUpNeeded: A fresh code is needed.
    """
    found = _other(work, person)
    if leaves_no_admin(organisations.list_people(work, found.org), found.id, frozenset()):
        raise WrongState(_LAST_ADMIN)
    people.set_state(work, found.id, PersonState.DISABLED, PersonDisabled(person=found.id, own=found.org))
    ended = SessionRevoked(person=found.id, why=Why.DISABLED, own=found.org)
    sessions.revoke_all(work, found.id, ended)
    links.use_invitations(work, found.id)
    links.use_resets(work, found.id)
    stop_for(work, found.id, Ending.DISABLED)
    return found


def enable_person(work: Work, person: PersonId) -> Person:
    """Let a colleague in again (front door): with the password and factors they had, never with new ones.

    An administrator alone must not be able to set up somebody's second factor. Who had not enrolled when they
    were kept out gets a fresh invitation.

    Raises:
        WrongState: The person is not kept out.
        StepUpNeeded: A fresh code is needed.
    """
    found = _other(work, person)
    if found.state is not PersonState.DISABLED:
        raise WrongState("This person is not kept out.")
    app = credentials.find_authenticator(work, found.id)
    has_password = credentials.load(work, found.id).password_hash is not None
    enrolled = has_password and app is not None and app.sealed is not None
    state = PersonState.ACTIVE if enrolled else PersonState.INVITED
    event = PersonEnabled(person=found.id, with_factors=enrolled, own=found.org)
    people.set_state(work, found.id, state, event)
    after = replace(found, state=state)
    if enrolled:
        tell(work, after, "account_enabled")
    else:
        send_link(work, after)
    return after


def list_all_organisations(work: Work) -> list[Organisation]:
    """Every organisation, for the operator."""
    work.actor.require(Permission.ORGANISATION_ADD)
    return organisations.list_organisations(work)


def add_organisation_with_admin(
    work: Work,
    kind: OrgKind,
    name: str,
    *,
    country: str,
    time_zone: str,
    currency: str,
    sector: str,
    admin_email: str,
    admin_name: str,
) -> OrgId:
    """Add an organisation and invite its first administrator, both or neither (front door).

    Raises:
        Invalid: At `admin_email`.
        StepUpNeeded: A fresh code is needed, because an administrator is invited.
    """
    work.actor.require(Permission.ORGANISATION_ADD)
    work.actor.require_fresh(work.now)
    made = add_organisation(
        work, kind, name, country=country, time_zone=time_zone, currency=currency, sector=sector
    )
    try:
        invite(work, made.id, admin_email, admin_name, FIRST_ROLES[kind])
    except Invalid as refusal:
        raise Invalid({f"admin_{name}": say for name, say in refusal.errors.items()}) from refusal
    return made.id


FIRST_ROLES = {
    OrgKind.BUSINESS: frozenset({Role.BUSINESS_ADMIN}),
    OrgKind.AGENCY: frozenset({Role.AGENCY_ADMIN}),
    OrgKind.OPERATOR: frozenset({Role.OPERATOR_ADMIN}),
}
"""What the first person of an organisation may do."""


def _other(work: Work, person: PersonId) -> Person:
    work.actor.require(Permission.ROLE_CHANGE)
    work.actor.require_fresh(work.now)
    found = show_colleague(work, person)
    if found.id == work.actor.person:
        raise WrongState(_OWN)
    return found
