"""Both factors lost: asking for help, the administrator's check, the officer's approval, stopping it.

Nobody can do it alone: the database refuses a request whose two approvals come from one person or from the
person concerned.
"""

from hashlib import sha256

from handoff_portal.adapters.clock import new_id
from handoff_portal.adapters.database import Database, Work
from handoff_portal.core.actor import Origin, Pending
from handoff_portal.core.ids import FactorRecoveryId, PersonId
from handoff_portal.core.permissions import OrgKind, Permission
from handoff_portal.core.refusals import Forbidden, NotFound, WrongState
from handoff_portal.identity.actions.letters import written
from handoff_portal.identity.actions.recovery_notices import (
    active_admins,
    stop_for,
    stop_token,
    tell_all,
    tell_stopped,
)
from handoff_portal.identity.actions.throttle import count, too_many
from handoff_portal.identity.model.organisation import PersonState
from handoff_portal.identity.model.recovery import (
    ANSWER_LASTS,
    DELAY,
    LINK_LASTS,
    Check,
    Ending,
    Recovery,
    RecoveryApproved,
    RecoveryAsked,
    RecoveryChecked,
    Turn,
    require_reference,
)
from handoff_portal.identity.model.throttle import help_buckets
from handoff_portal.identity.store import credentials, recovery

SHOWN_FOR = ANSWER_LASTS * 4
_CHANGED = "Somebody was faster, or the time for this step is over. Look at the request again."
_OWN = "You cannot decide about your own sign-in. Ask another person."
_TWICE = "You checked who is asking. The second person must be somebody else."
_THEIRS = "An administrator of {org} makes this check. You can do it only where they have nobody else."


def ask_for_help(database: Database, origin: Origin, pending: Pending) -> None:
    """Begin a request of somebody who gave the right password and has no code left; one at a time.

    A reset link is not enough to ask: mailbox and two people who were talked round would be all it takes.

    Raises:
        TooMany: Asked too often on one day.
        WrongState: The account has no second factor yet, or is not active.
    """
    with database.gate(origin) as work:
        wait = count(work, help_buckets(str(pending.person)))
    if wait:
        raise too_many(wait)
    with database.gate(origin) as work:
        person = credentials.load(work, pending.person).person
        if person.state is not PersonState.ACTIVE or not pending.enrolled:
            raise WrongState("Your account has no second factor yet. Follow the link of your invitation.")
        if recovery.find_open(work, person.id) is not None:
            return
        made = FactorRecoveryId(new_id())
        event = RecoveryAsked(person=person.id, recovery=made, own=person.org)
        stop_hash = sha256(stop_token(work, made)).digest()
        recovery.add(work, made, (person.id, person.org), stop_hash, work.now + ANSWER_LASTS, event)
        found = recovery.find_open(work, person.id)
        if found is not None:
            tell_all(work, found, "factor_recovery_asked")


def own_request(work: Work, person: PersonId) -> Recovery | None:
    """The request about one's own account, if one goes on (front door)."""
    return recovery.find_open(work, person)


def list_requests(work: Work) -> list[Recovery]:
    """Requests of one's own organisation, for the operator of all; those that ended stay for four weeks."""
    work.actor.require(Permission.SIGN_IN_HELP)
    return recovery.list_since(work, work.now - SHOWN_FOR)


def requests_for_me(work: Work) -> list[Recovery]:
    """Requests that this person can take a step further now."""
    if not work.actor.may(Permission.SIGN_IN_HELP):
        return []
    going_on = recovery.list_since(work, work.now)
    mine = {Turn.ADMIN: may_check, Turn.OFFICER: may_approve}
    return [one for one in going_on if one.turn in mine and mine[one.turn](work, one)]


def show_request(work: Work, wanted: FactorRecoveryId) -> Recovery:
    """One request that this person may know. Raises NotFound."""
    work.actor.require(Permission.SIGN_IN_HELP)
    found = recovery.find(work, wanted)
    if found is None or (found.org != work.actor.org and work.actor.org_kind is not OrgKind.OPERATOR):
        raise NotFound
    return found


def may_check(work: Work, found: Recovery) -> bool:
    """Whether this person is the one to make the first check: an administrator of theirs, or else ours."""
    actor = work.actor
    if not actor.may(Permission.IDENTITY_CHECK) or actor.person == found.person:
        return False
    if actor.org == found.org:
        return True
    return actor.org_kind is OrgKind.OPERATOR and not active_admins(work, found.org, found.person)


def may_approve(work: Work, found: Recovery) -> bool:
    """Whether this person can be the second one."""
    actor = work.actor
    return actor.may(Permission.IDENTITY_APPROVE) and actor.person not in {found.person, found.checked_by}


def record_check(work: Work, wanted: FactorRecoveryId, method: Check, reference: str) -> Recovery:
    """Note how it was made sure who is asking (front door): the first of two approvals.

    Raises:
        NotFound, Forbidden: This person is not the one to do it.
        Invalid: At `reference`.
        WrongState: It is not this step's turn.
        StepUpNeeded: A fresh code is needed.
    """
    work.actor.require(Permission.IDENTITY_CHECK)
    work.actor.require_fresh(work.now)
    found = _at_turn(work, wanted, Turn.ADMIN)
    if not may_check(work, found):
        raise Forbidden(_THEIRS.format(org=found.org_name))
    require_reference(reference)
    event = RecoveryChecked(person=found.person, recovery=found.id, method=method, own=found.org)
    if not recovery.set_checked(work, found.id, method, reference, work.now + ANSWER_LASTS, event):
        raise WrongState(_CHANGED)
    return _told(work, found, "factor_recovery_checked")


def approve(work: Work, wanted: FactorRecoveryId) -> Recovery:
    """Agree as the second person (front door): the day of waiting begins.

    Raises:
        NotFound, Forbidden: This person cannot be the second one.
        WrongState: It is not this step's turn.
        StepUpNeeded: A fresh code is needed.
    """
    work.actor.require(Permission.IDENTITY_APPROVE)
    work.actor.require_fresh(work.now)
    found = _at_turn(work, wanted, Turn.OFFICER)
    if found.checked_by is None or not may_approve(work, found):
        raise Forbidden(_TWICE)
    opens = work.now + DELAY
    event = RecoveryApproved(
        person=found.person, recovery=found.id, checked_by=found.checked_by, opens=opens, own=found.org
    )
    if not recovery.set_approved(work, found.id, opens, opens + LINK_LASTS, event):
        raise WrongState(_CHANGED)
    return _told(work, found, "factor_recovery_approved")


def stop_request(work: Work, wanted: FactorRecoveryId) -> Recovery:
    """Stop a request (front door); the safe direction needs no fresh code. Raises NotFound, WrongState."""
    work.actor.require(Permission.SIGN_IN_HELP)
    found = show_request(work, wanted)
    if found.turn is Turn.NOBODY:
        raise WrongState(_CHANGED)
    is_admin = work.actor.may(Permission.IDENTITY_CHECK)
    tell_stopped(work, found, Ending.BY_ADMIN if is_admin else Ending.BY_OFFICER)
    return found


def stop_own(work: Work) -> None:
    """Stop the request about one's own account, from a session that still lives (front door)."""
    stop_for(work, work.actor.person, Ending.BY_PERSON)


def find_stoppable(work: Work, token: bytes) -> Recovery | None:
    """The request that a mailed link stops, while it goes on (front door)."""
    return recovery.find_by_stop(work, sha256(token).digest())


def stop_by_link(work: Work, token: bytes) -> None:
    """Stop a request by the link of its mails (front door). Raises NotFound."""
    found = find_stoppable(work, token)
    if found is None:
        raise NotFound("This was stopped already, or is over.")
    tell_stopped(work, found, Ending.BY_PERSON)


def _at_turn(work: Work, wanted: FactorRecoveryId, turn: Turn) -> Recovery:
    found = show_request(work, wanted)
    if found.person == work.actor.person:
        raise Forbidden(_OWN)
    if found.turn is not turn or found.expires_at <= work.now:
        raise WrongState(_CHANGED)
    return found


def _told(work: Work, found: Recovery, template: str) -> Recovery:
    after = recovery.find(work, found.id) or found
    opens = written(after.opens_at, "UTC") if after.opens_at else ""
    tell_all(work, after, template, opens=opens)
    return after
