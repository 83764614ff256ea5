"""Placing and lifting holds: leaving the customer in peace, visibly."""

from datetime import datetime, timedelta

from handoff_portal.adapters.clock import new_id
from handoff_portal.adapters.database import Work
from handoff_portal.adapters.vault.cases import CaseKey
from handoff_portal.adapters.working_days import working_days_later
from handoff_portal.cases.actions.cases import pass_turn
from handoff_portal.cases.model.case import Case, CaseState, Turn
from handoff_portal.contacts.model.events import HoldLifted, HoldPlaced
from handoff_portal.contacts.model.holds import (
    AFTER_LIFTING,
    RULES,
    Hold,
    HoldKind,
    MayContact,
    Side,
    may_contact,
)
from handoff_portal.contacts.store import communications, holds
from handoff_portal.core.ids import CommunicationId, HoldId
from handoff_portal.core.permissions import Permission
from handoff_portal.core.refusals import Invalid, WrongState


def place_hold(
    work: Work, case: Case, key: CaseKey, kind: HoldKind, reason: str, until: datetime | None = None
) -> HoldId:
    """Place a hold by hand, from either side.

    Args:
        reason: At least a few words; sealed.
        until: When it shall end by itself; without it, what the kind says.

    Raises:
        Invalid: The reason is missing, the end has passed, or the portal places this kind itself.
        WrongState: Such a hold is open already, or the case is a draft or closed.
    """
    work.actor.require(Permission.HOLD_PLACE)
    case.require_party(work.actor)
    case.require_state(CaseState.READY, CaseState.OFFERED, CaseState.HELD)
    _check(work, kind, reason, until)
    if any(hold.kind is kind for hold in holds.list_open(work, case.id, key)):
        raise WrongState(f"A hold for “{RULES[kind].words}” is open already.")
    return stop_contact(work, case, key, kind, reason, until=until)


def stop_contact(
    work: Work,
    case: Case,
    key: CaseKey,
    kind: HoldKind,
    reason: str,
    *,
    until: datetime | None = None,
    communication: CommunicationId | None = None,
) -> HoldId:
    """Place a hold as part of another action, which required its own right; an open one of the kind stays.

    A hold that ends by itself is replaced by a longer one. Whose turn it is follows from the kind.
    """
    lasting = _until(work, kind, until)
    for hold in holds.list_open(work, case.id, key):
        if hold.kind is kind and (hold.until is None or (lasting is not None and lasting <= hold.until)):
            return hold.id
    hold = _made(work, case, kind, reason, lasting, communication)
    event = HoldPlaced(
        case=case.id,
        own=case.business,
        hold=hold.id,
        kind=kind,
        stops_contact=hold.stops_contact,
        until=hold.until,
    )
    holds.add(work, case, key, hold, event)
    if hold.due_at is not None:
        pass_turn(work, case, _turn_of(case, hold.owner), hold.due_at)
    return hold.id


def lift_hold(work: Work, case: Case, key: CaseKey, wanted: HoldId, reason: str) -> None:
    """End a hold, with the reason; the side that owns it does it.

    Raises:
        Invalid: The reason is missing.
        WrongState: It has ended already.
        Forbidden: The other side has to resolve it.
    """
    work.actor.require(Permission.HOLD_LIFT)
    case.require_party(work.actor)
    if not reason.strip():
        raise Invalid({"lift_reason": "Please say how it was resolved."})
    hold = holds.load(work, case.id, wanted, key)
    hold.require_may_lift(work.actor, case, work.now)
    _lift(work, case, key, hold, reason)
    if case.state is CaseState.HELD and not may_contact_now(work, case, key).holds:
        pass_turn(work, case, Turn.AGENCY, working_days_later(work.now, AFTER_LIFTING, _zone(work, case)))


def lift_kind(work: Work, case: Case, key: CaseKey, kind: HoldKind, reason: str) -> None:
    """End every open hold of a kind as part of another action, which required its own right."""
    for hold in holds.list_open(work, case.id, key):
        if hold.kind is kind:
            _lift(work, case, key, hold, reason)


def open_holds(work: Work, case: Case, key: CaseKey) -> list[Hold]:
    """The holds that count now, oldest first."""
    work.actor.require(Permission.CASE_READ)
    return holds.list_open(work, case.id, key)


def may_contact_now(work: Work, case: Case, key: CaseKey) -> MayContact:
    """Whether the customer may be contacted now, and if not, why and when next."""
    work.actor.require(Permission.CASE_READ)
    doubtful = communications.list_doubtful(work, case.id)
    return may_contact(holds.list_open(work, case.id, key), work.now, doubtful)


def _check(work: Work, kind: HoldKind, reason: str, until: datetime | None) -> None:
    mistakes = {}
    if not RULES[kind].by_hand:
        mistakes["kind"] = "The portal places this hold itself when a promise is logged."
    if not reason.strip():
        mistakes["hold_reason"] = "Please say in a sentence what happened."
    if until is not None and until <= work.now:
        mistakes["hold_until"] = "This day has passed. Choose a later one, or leave it empty."
    if mistakes:
        raise Invalid(mistakes)


def _made(
    work: Work,
    case: Case,
    kind: HoldKind,
    reason: str,
    until: datetime | None,
    communication: CommunicationId | None,
) -> Hold:
    rule = RULES[kind]
    due = working_days_later(work.now, rule.due_days, _zone(work, case)) if rule.due_days else None
    return Hold(
        id=HoldId(new_id()),
        case=case.id,
        org=work.actor.org,
        kind=kind,
        stops_contact=rule.stops_contact,
        owner=rule.owner,
        due_at=due,
        until=until,
        communication=communication,
        placed_at=work.now,
        author=work.actor.name,
        reason=reason.strip(),
    )


def _lift(work: Work, case: Case, key: CaseKey, hold: Hold, reason: str) -> None:
    event = HoldLifted(case=case.id, own=case.business, hold=hold.id, kind=hold.kind)
    holds.lift(work, key, hold, reason.strip(), event)


def _until(work: Work, kind: HoldKind, until: datetime | None) -> datetime | None:
    days = RULES[kind].lasts_days
    return until or (work.now + timedelta(days=days) if days else None)


def _turn_of(case: Case, owner: Side) -> Turn:
    """The owner's turn; without an agency everything is the business's."""
    return Turn.AGENCY if owner is Side.AGENCY and case.holder is not None else Turn.BUSINESS


def _zone(work: Work, case: Case) -> str:
    return case.time_zone or work.actor.time_zone
