"""Accepting a case and giving or taking it back; the agency's grant comes and goes with it."""

from handoff_portal.adapters.clock import new_id
from handoff_portal.adapters.database import Work
from handoff_portal.adapters.working_days import working_days_later
from handoff_portal.agencies.model.fitting import Fitting, NoValidLicence
from handoff_portal.cases.actions import cases
from handoff_portal.cases.model.case import Case, CaseState
from handoff_portal.contacts.actions import conduct
from handoff_portal.core.events import Code, Event
from handoff_portal.core.ids import CaseId, HandoffId, OfferId
from handoff_portal.core.permissions import Permission
from handoff_portal.core.refusals import WrongState
from handoff_portal.handoffs.actions.reading import fitting_of
from handoff_portal.handoffs.model.handoff import (
    CaseRecalled,
    CaseReturned,
    EndKind,
    GrantEnded,
    GrantMade,
    Handoff,
    RecallReason,
    ReturnReason,
)
from handoff_portal.handoffs.model.offer import (
    FIRST_CONTACT_WITHIN_DAYS,
    AcceptanceRefused,
    CaseAccepted,
    Offer,
)
from handoff_portal.handoffs.store import handoffs, offers


def accept(work: Work, wanted: OfferId) -> Handoff:
    """Take a case: hand-off, grant and events in one transaction; of many acceptances exactly one wins.

    Raises:
        NoValidLicence: No licence valid today in the customer's place covers this debt.
        WrongState: Another agency was faster, or the offer was withdrawn or has ended.
    """
    work.actor.require(Permission.OFFER_ANSWER)
    offer = offers.load(work, wanted)
    offer.require_agency(work.actor)
    offer.require_open(work.now)
    take(work, offer, fitting_of(work, offer).require())
    made = handoffs.find_running(work, offer.case)
    if made is None:
        raise LookupError("the hand-off just made cannot be seen")
    return made


def take(work: Work, offer: Offer, fitting: Fitting) -> None:
    """Take the case of an open offer on the strength of a licence that was looked at before.

    Raises:
        WrongState: Another agency was faster, or the offer was withdrawn or has ended; nothing was changed.
    """
    handoff = HandoffId(new_id())
    due = working_days_later(work.now, FIRST_CONTACT_WITHIN_DAYS, work.actor.time_zone)
    accepted = CaseAccepted(
        case=offer.case,
        own=offer.business,
        offer=offer.id,
        agency=offer.agency,
        handoff=handoff,
        licence=fitting.licence.id if fitting.licence else None,
    )
    events: tuple[Event, ...] = (
        accepted,
        GrantMade(case=offer.case, own=offer.business, organisation=offer.agency),
    )
    if not handoffs.accept(work, offer.id, handoff, fitting.freeze(), due, events):
        raise WrongState("Another agency accepted this case first, or the business took the offer back.")


def note_refused_acceptance(work: Work, wanted: OfferId, refusal: WrongState) -> None:
    """Record an acceptance that did not go through, in a work of its own after the rollback."""
    note_refused(work, offers.load(work, wanted), refusal)


def note_refused(work: Work, offer: Offer, refusal: WrongState) -> None:
    """The same within a work that goes on."""
    reason = Code("no_licence" if isinstance(refusal, NoValidLicence) else "too_late")
    work.record(
        AcceptanceRefused(
            case=offer.case, own=offer.business, offer=offer.id, agency=offer.agency, reason=reason
        )
    )


def find_running(work: Work, case: Case) -> Handoff | None:
    """The hand-off in force, with the agreed commission and order of allocation."""
    return handoffs.find_running(work, case.id)


def handoff_of_offer(work: Work, offer: OfferId) -> Handoff | None:
    """What came of an offer; also after the hand-off has ended and the agency can no longer open the case."""
    return handoffs.find_of_offer(work, offer)


def return_case(work: Work, wanted: CaseId, reason: ReturnReason) -> None:
    """The agency gives the case back and can no longer open it."""
    work.actor.require(Permission.CASE_RETURN)
    case = cases.load_case(work, wanted, lock=True)
    case.require_state(CaseState.HELD)
    case.require_holder(work.actor)
    event = CaseReturned(case=case.id, own=case.business, agency=work.actor.org, reason=reason)
    end_handoff(work, case, EndKind.RETURNED, reason.value, event)


def recall_case(work: Work, wanted: CaseId, reason: RecallReason) -> None:
    """The business takes the case back; the agency can no longer open it."""
    work.actor.require(Permission.CASE_RECALL)
    case = cases.load_case(work, wanted, lock=True)
    case.require_owner(work.actor)
    case.require_state(CaseState.HELD)
    if case.holder is None:
        raise WrongState("No agency holds this case any more.")
    event = CaseRecalled(case=case.id, own=case.business, agency=case.holder, reason=reason)
    end_handoff(work, case, EndKind.RECALLED, reason.value, event)


def end_handoff(work: Work, case: Case, kind: EndKind, reason: str, event: Event) -> None:
    """End the running hand-off with the event that explains it; the agency's grant goes in the same breath.

    Raises:
        WrongState: It has ended in the meantime.
    """
    if case.holder is None:
        raise WrongState("No agency holds this case any more.")
    ended = GrantEnded(case=case.id, own=case.business, organisation=case.holder)
    if not handoffs.end(work, case.id, kind, reason, (event, ended)):
        raise WrongState(
            "This case is not with an agency any more. Load the page again to see what happened."
        )
    conduct.close_left(work, case)
