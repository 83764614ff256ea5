"""Ending requests for a new second factor, and telling everybody concerned how to stop them."""

import hmac
from hashlib import sha256

from handoff_portal.adapters import mail
from handoff_portal.adapters.database import Work
from handoff_portal.adapters.vault.vault import SystemKey
from handoff_portal.core.ids import FactorRecoveryId, OrgId, PersonId
from handoff_portal.core.permissions import OrgKind, Role
from handoff_portal.identity.actions.letters import tell
from handoff_portal.identity.model.links import encode_token
from handoff_portal.identity.model.organisation import ADMIN_ROLES, Person, PersonState
from handoff_portal.identity.model.recovery import Ending, Recovery, RecoveryStopped
from handoff_portal.identity.store import organisations, recovery


def stop_token(work: Work, wanted: FactorRecoveryId) -> bytes:
    """The token of the link that stops a request; derived, so that every mail can carry it."""
    return hmac.digest(work.vault.system_key(SystemKey.COOKIE), b"stop-recovery\x00" + wanted.bytes, sha256)


def tell_all(work: Work, found: Recovery, template: str, **values: str) -> None:
    """Tell the person and those who can stop it (front door or worker's door).

    The person's mail has a link that stops the request without signing in; the others' leads to its page.
    """
    person = organisations.load_person(work, found.person)
    stop = f"/stop-help/{encode_token(stop_token(work, found.id))}"
    tell(work, person, template, own="yes", stop=stop, **values)
    for one in witnesses(work, found):
        tell(work, one, template, own="", stop=f"/identity-checks/{found.id}", **values)


def tell_stopped(work: Work, found: Recovery, ending: Ending) -> None:
    """End a request and say so to everybody who was told that it began; nothing if it had ended before."""
    event = RecoveryStopped(person=found.person, recovery=found.id, why=ending, own=found.org)
    if recovery.end(work, found.id, ending, event):
        tell_all(work, found, "factor_recovery_stopped")


def stop_for(work: Work, person: PersonId, ending: Ending) -> None:
    """End the request of a person, if one goes on (front door)."""
    found = recovery.find_open(work, person)
    if found is not None:
        tell_stopped(work, found, ending)


def witnesses(work: Work, found: Recovery) -> list[Person]:
    """Who is told: other administrators, or else the operator's; officers from their turn on."""
    told = active_admins(work, found.org, found.person)
    operators = organisations.list_organisations(work, OrgKind.OPERATOR)
    if not told:
        told = [one for operator in operators for one in active_admins(work, operator.id, found.person)]
    if found.checked_at is not None:
        people = [one for operator in operators for one in organisations.list_people(work, operator.id)]
        told += [one for one in people if _is_officer(one) and one.id != found.person]
    return list({one.id: one for one in told}.values())


def active_admins(work: Work, org: OrgId, but: PersonId) -> list[Person]:
    """The administrators of an organisation who can sign in, without the person concerned."""
    people = organisations.list_people(work, org)
    return [
        one for one in people if one.roles & ADMIN_ROLES and one.state is PersonState.ACTIVE and one.id != but
    ]


def mail_link(work: Work, found: Recovery, token: bytes, until: str) -> None:
    """Mail the link to the person (worker's door)."""
    stop = f"/stop-help/{encode_token(stop_token(work, found.id))}"
    link = f"/new-factor/{encode_token(token)}"
    mail.post(work, found.person, "factor_recovery_link", link=link, stop=stop, until=until)


def _is_officer(one: Person) -> bool:
    return Role.COMPLIANCE_OFFICER in one.roles and one.state is PersonState.ACTIVE
