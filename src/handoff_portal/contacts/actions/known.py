"""Writing down what the customer asked or allowed, was sent, or is protected by."""

from datetime import date

from handoff_portal.adapters.clock import new_id
from handoff_portal.adapters.database import Work
from handoff_portal.adapters.vault.cases import CaseKey
from handoff_portal.cases.model.case import Case, CaseState
from handoff_portal.contacts.actions.guarding import refresh_call_times
from handoff_portal.contacts.model.facts import (
    NEEDS_CHANNEL,
    ContactFact,
    ContactFactEnded,
    ContactFactRecorded,
    FactKind,
    Terms,
)
from handoff_portal.contacts.store import facts
from handoff_portal.core.ids import ContactFactId
from handoff_portal.core.jurisdictions import local_day, place_of
from handoff_portal.core.permissions import Permission
from handoff_portal.core.refusals import Invalid, NotFound


def record_fact(
    work: Work, case: Case, key: CaseKey, kind: FactKind, happened_on: date, terms: Terms
) -> ContactFactId:
    """Write down a fact that the guard looks at, from either side.

    Raises:
        Invalid: By field: no channel where one is needed, a day to come, a quiet time without length.
        WrongState: The case is a draft or closed.
    """
    work.actor.require(Permission.CONTACT_LOG)
    case.require_party(work.actor)
    case.require_state(CaseState.READY, CaseState.OFFERED, CaseState.HELD)
    _check(work, case, kind, happened_on, terms)
    made = ContactFact(
        id=ContactFactId(new_id()),
        org=work.actor.org,
        kind=kind,
        happened_on=happened_on,
        recorded_at=work.now,
        terms=terms,
    )
    event = ContactFactRecorded(
        case=case.id, own=case.business, fact=made.id, kind=kind, happened_on=happened_on
    )
    facts.add(work, case, key, made, event)
    refresh_call_times(work, case, key)
    return made.id


def end_fact(work: Work, case: Case, key: CaseKey, wanted: ContactFactId) -> None:
    """Say that a fact does not count any more; what protects the customer needs the right to lift holds.

    Raises:
        NotFound: There is none, or it has ended already.
    """
    found = next((one for one in facts.list_all(work, case.id, key) if one.id == wanted), None)
    work.actor.require(Permission.HOLD_LIFT)
    case.require_party(work.actor)
    if found is None or found.ended_on is not None:
        raise NotFound
    event = ContactFactEnded(case=case.id, own=case.business, fact=found.id, kind=found.kind)
    facts.end(work, found, _today(work, case), event)
    refresh_call_times(work, case, key)


def list_facts(work: Work, case: Case, key: CaseKey) -> list[ContactFact]:
    """What counts now, oldest first."""
    work.actor.require(Permission.CASE_READ)
    return [fact for fact in facts.list_all(work, case.id, key) if fact.ended_on is None]


def _check(work: Work, case: Case, kind: FactKind, happened_on: date, terms: Terms) -> None:
    mistakes = {}
    if kind in NEEDS_CHANNEL and not terms.channels:
        mistakes["channels"] = "Please choose which ways of contact this is about."
    if kind is FactKind.QUIET and terms.start == terms.end:
        mistakes["quiet_to"] = "Please write a time that differs from the first one."
    if happened_on > _today(work, case):
        mistakes["happened_on"] = "This day is still to come. Write it down once it has happened."
    if mistakes:
        raise Invalid(mistakes)


def _today(work: Work, case: Case) -> date:
    """The day where the customer lives."""
    if not case.country:
        return work.now.date()
    return local_day(work.now, place_of(case.country, case.region))
