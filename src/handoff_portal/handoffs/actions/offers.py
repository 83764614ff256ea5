"""What happens to an offer before acceptance: asking, answering, declining, withdrawing, and its end."""

from datetime import datetime

from handoff_portal.adapters.clock import new_id
from handoff_portal.adapters.database import Database, Work
from handoff_portal.adapters.vault.cases import CaseKey
from handoff_portal.adapters.working_days import working_days_later
from handoff_portal.cases.actions import cases
from handoff_portal.cases.model.case import Case
from handoff_portal.core.ids import NoteId, OfferId
from handoff_portal.core.permissions import Permission
from handoff_portal.core.refusals import Invalid, WrongState
from handoff_portal.handoffs.actions.making import about
from handoff_portal.handoffs.actions.reading import talk_key
from handoff_portal.handoffs.model.offer import (
    ANSWER_WITHIN_DAYS,
    DeclineReason,
    Offer,
    OfferAnswered,
    OfferAsked,
    OfferDeclined,
    OfferLapsed,
    OfferMessage,
    OfferState,
    OfferWithdrawn,
)
from handoff_portal.handoffs.model.redaction import Identifying, found_in
from handoff_portal.handoffs.store import offers


def ask(work: Work, wanted: OfferId, text: str) -> None:
    """The agency asks the business something before it decides; the business has two working days."""
    work.actor.require(Permission.OFFER_TALK)
    offer = offers.load(work, wanted)
    offer.require_agency(work.actor)
    offer.require_open(work.now)
    due = min(working_days_later(work.now, ANSWER_WITHIN_DAYS, work.actor.time_zone), offer.terms.expires_at)
    earlier = offer.answer_due or due
    _say(work, offer, text, min(due, earlier), OfferAsked(**about(offer)))


def answer(work: Work, wanted: OfferId, text: str) -> None:
    """The business answers; it is the agency's turn again unless another agency waits for an answer.

    Raises:
        Invalid: The answer gives away who the customer is; the agency does not hold the case yet.
    """
    work.actor.require(Permission.OFFER_TALK)
    offer = offers.load(work, wanted)
    offer.require_business(work.actor)
    offer.require_open(work.now)
    _require_redacted(work, offer, text)
    _say(work, offer, text, None, OfferAnswered(**about(offer)))


def decline(work: Work, wanted: OfferId, reason: DeclineReason) -> None:
    """The agency does not take the case."""
    work.actor.require(Permission.OFFER_ANSWER)
    offer = offers.load(work, wanted)
    offer.require_agency(work.actor)
    offer.require_open(work.now)
    _end(work, offer, OfferState.DECLINED, OfferDeclined(**about(offer), reason=reason), reason)


def withdraw(work: Work, wanted: OfferId) -> None:
    """The business takes an offer back before anybody accepted it."""
    work.actor.require(Permission.OFFER_MAKE)
    offer = offers.load(work, wanted)
    offer.require_business(work.actor)
    offer.require_open(work.now)
    _end(work, offer, OfferState.WITHDRAWN, OfferWithdrawn(**about(offer)))


def lapse_offers(database: Database) -> int:
    """End the offers whose time is over (worker); gives how many."""
    with database.worker() as work:
        over = offers.list_lapsed(work)
    ended = 0
    for offer, case, business, agency in over:
        with database.worker() as work:
            event = OfferLapsed(case=case, own=business, offer=offer, agency=agency)
            ended += offers.lapse(work, offer, case, event)
    return ended


def _end(
    work: Work,
    offer: Offer,
    state: OfferState,
    event: OfferDeclined | OfferWithdrawn,
    reason: DeclineReason | None = None,
) -> None:
    if not offers.save_ended(work, offer, state, event, reason):
        raise WrongState("This offer was answered in the meantime. Open it again to see how.")


def _say(
    work: Work, offer: Offer, text: str, answer_due: datetime | None, event: OfferAsked | OfferAnswered
) -> None:
    said = OfferMessage(work.actor.org, work.actor.person, work.actor.name, text, work.now)
    offers.add_message(work, offer, said, talk_key(work, offer), NoteId(new_id()), answer_due, event)


def _require_redacted(work: Work, offer: Offer, text: str) -> None:
    case = cases.load_case(work, offer.case)
    found = found_in(text, _identifying(work, case, cases.open_key(work, case)))
    if found:
        raise Invalid(
            {
                "text": f"This contains {' and '.join(found)}. The agency sees no personal data before it "
                "accepts, so please leave that out."
            }
        )


def _identifying(work: Work, case: Case, key: CaseKey) -> Identifying:
    customer = cases.read_customer(work, case, key)
    heading = cases.read_heading(work, case, key)
    if customer is None or heading is None:
        return Identifying()
    numbers = (claim.number for claim in cases.list_claims(work, case, key))
    return Identifying(
        names=(customer.name, customer.contact_person, customer.represented_by),
        addresses=(*customer.emails, customer.street),
        phones=customer.phones,
        references=(
            heading.creditor_reference,
            customer.debtor_reference,
            customer.registration_number,
            *numbers,
        ),
    )
