"""Recording which people of an agency are approved to collect, and where."""

from datetime import date

from handoff_portal.adapters.clock import new_id
from handoff_portal.adapters.database import Work
from handoff_portal.agencies.model.approval import Approval, ApprovalEnded, ApprovalRecorded
from handoff_portal.agencies.store import approvals
from handoff_portal.core.events import Code
from handoff_portal.core.ids import ApprovalId, PersonId
from handoff_portal.core.jurisdictions import is_place
from handoff_portal.core.permissions import OrgKind, Permission
from handoff_portal.core.refusals import Invalid, NotFound
from handoff_portal.identity.actions.people import list_colleagues


def record_approval(
    work: Work,
    person: PersonId,
    jurisdiction: str,
    reference: str,
    valid_from: date,
    valid_until: date | None,
) -> Approval:
    """Record that a regulator approved a colleague.

    Raises:
        Invalid: By field: nobody of this agency, no place, no reference, an end before the beginning.
    """
    work.actor.require(Permission.APPROVAL_EDIT)
    mistakes = {}
    if person not in {one.id for one in list_colleagues(work)}:
        mistakes["person"] = "Choose one of your colleagues."
    if not is_place(jurisdiction):
        mistakes["jurisdiction"] = "Choose the place from the list."
    if not reference.strip():
        mistakes["reference"] = "Write the number under which the regulator keeps it."
    if valid_until is not None and valid_until < valid_from:
        mistakes["valid_until"] = "This day is before the first one. Choose a later one, or leave it empty."
    if mistakes:
        raise Invalid(mistakes)
    made = Approval(
        ApprovalId(new_id()),
        work.actor.org,
        person,
        jurisdiction,
        reference.strip(),
        valid_from,
        valid_until,
        work.now,
    )
    event = ApprovalRecorded(
        approval=made.id, person=person, jurisdiction=Code(jurisdiction), valid_until=valid_until
    )
    approvals.add(work, made, event)
    return made


def end_approval(work: Work, wanted: ApprovalId) -> None:
    """Say that an approval does not count any more. Raises NotFound."""
    work.actor.require(Permission.APPROVAL_EDIT)
    found = next((one for one in approvals.list_of_agency(work) if one.id == wanted), None)
    if found is None or found.ended_at is not None:
        raise NotFound
    approvals.end(work, found, ApprovalEnded(approval=found.id, person=found.person))


def list_approvals(work: Work) -> list[Approval]:
    """Those of the actor's agency, newest first."""
    work.actor.require(Permission.PEOPLE_READ)
    return approvals.list_of_agency(work)


def own_approvals(work: Work) -> list[Approval]:
    """What counts for the person who asks; nothing outside an agency."""
    if work.actor.org_kind is not OrgKind.AGENCY:
        return []
    return approvals.list_of_person(work, work.actor.person)
