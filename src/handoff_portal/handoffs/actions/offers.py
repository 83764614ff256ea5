"""Offering cases to agencies, asking and answering, and every way an offer ends but acceptance."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict

from handoff_portal.adapters.clock import new_id
from handoff_portal.adapters.database import Database, Work
from handoff_portal.adapters.vault.talks import TalkKey
from handoff_portal.agencies.actions.licences import licences_of
from handoff_portal.agencies.model.fitting import Fitting, fitting_licence
from handoff_portal.cases.actions import cases
from handoff_portal.cases.model.case import Case, CaseState, Turn
from handoff_portal.contacts.actions.history import summarise
from handoff_portal.core.deadlines import working_days_later
from handoff_portal.core.ids import CaseId, NoteId, OfferId, OrgId
from handoff_portal.core.jurisdictions import local_day, place_of
from handoff_portal.core.permissions import Permission
from handoff_portal.core.refusals import Invalid, WrongState
from handoff_portal.documents.actions.papers import counts_by_kind
from handoff_portal.handoffs.model.offer import (
    ANSWER_WITHIN_DAYS,
    CaseOffered,
    DeclineReason,
    Offer,
    OfferAnswered,
    OfferAsked,
    OfferDeclined,
    OfferLapsed,
    OfferMessage,
    OfferSeen,
    OfferState,
    OfferTerms,
    OfferWithdrawn,
)
from handoff_portal.handoffs.model.preview import Preview, age_band, amount_band
from handoff_portal.handoffs.store import offers
from handoff_portal.identity.actions.organisations import open_org_key, show_organisation

MOST_CASES_AT_ONCE = 500
MOST_AGENCIES_AT_ONCE = 10


@dataclass(frozen=True, slots=True)
class Offered:
    """One offer as a page shows it.

    Attributes:
        partner: Name of the other side.
        fitting: Whether the agency's licences cover the customer today, and why not.
        unanswered: Whether the last word is a question of the agency.
    """

    offer: Offer
    partner: str
    fitting: Fitting
    messages: tuple[OfferMessage, ...]

    @property
    def unanswered(self) -> bool:
        """Whether the agency waits for an answer."""
        return bool(self.messages) and self.messages[-1].org == self.offer.agency


def offer_cases(
    work: Work, wanted: Sequence[CaseId], agencies: Sequence[OrgId], terms: OfferTerms
) -> list[Offer]:
    """Offer each case to each agency; all or nothing.

    Raises:
        Invalid: Nothing or too much was chosen, or the terms are not sound.
        WrongState: A case cannot be offered now; names the case.
    """
    work.actor.require(Permission.OFFER_MAKE)
    _require_choice(wanted, agencies)
    terms.require_sound(work.now)
    made: list[Offer] = []
    sector = show_organisation(work, work.actor.org).sector
    for case_id in wanted:
        case = cases.load_case(work, case_id, lock=True)
        case.require_owner(work.actor)
        case.require_state(CaseState.READY, CaseState.OFFERED)
        made += _offer_one(work, case, agencies, terms, sector)
    return made


def show_offer(work: Work, wanted: OfferId) -> Offered:
    """One offer with its conversation; the agency's first look is recorded."""
    offer = offers.load(work, wanted)
    if offer.agency == work.actor.org and offer.seen_at is None and offer.state is OfferState.OPEN:
        offers.save_seen(work, wanted, OfferSeen(**_about(offer)))
    return _shown(work, offer, offers.list_messages(work, offer, _talk_key(work, offer)))


def list_offers(
    work: Work, state: OfferState | None, after: tuple[datetime, OfferId] | None = None, size: int = 25
) -> list[Offered]:
    """One page of the offers of this organisation, the first to end on top; one more than the size."""
    found = offers.list_page(work, state, after, size)
    return [_shown(work, offer, offers.list_messages(work, offer, _talk_key(work, offer))) for offer in found]


def offers_of_case(work: Work, case: Case) -> list[Offered]:
    """The offers of a case, newest first; the business sees all, an agency its own."""
    return [_shown(work, offer, ()) for offer in offers.list_of_case(work, case.id)]


def fitting_of(work: Work, offer: Offer) -> Fitting:
    """Whether the agency's licences cover the customer on the customer's calendar day, and why not."""
    return fitting_today(
        work, offer.agency, offer.preview.country, offer.preview.region, offer.preview.debtor_type
    )


def fitting_today(work: Work, agency: OrgId, country: str, region: str, debtor_type: str) -> Fitting:
    """Whether an agency's licences cover such a customer today; for choosing agencies and for acceptance."""
    day = local_day(work.now, place_of(country, region))
    return fitting_licence(licences_of(work, agency), country, region, debtor_type, day)


def ask(work: Work, wanted: OfferId, text: str) -> None:
    """The agency asks the business something before it decides; the business has two working days."""
    work.actor.require(Permission.OFFER_TALK)
    offer = offers.load(work, wanted)
    offer.require_agency(work.actor)
    offer.require_open(work.now)
    _say(work, offer, text, OfferAsked(**_about(offer)))
    due = min(working_days_later(work.now, ANSWER_WITHIN_DAYS, work.actor.time_zone), offer.terms.expires_at)
    offers.pass_turn(work, offer, Turn.BUSINESS.value, due)


def answer(work: Work, wanted: OfferId, text: str) -> None:
    """The business answers; it is the agency's turn again until the offer ends."""
    work.actor.require(Permission.OFFER_TALK)
    offer = offers.load(work, wanted)
    offer.require_business(work.actor)
    offer.require_open(work.now)
    _say(work, offer, text, OfferAnswered(**_about(offer)))
    offers.pass_turn(work, offer, Turn.AGENCY.value, offer.terms.expires_at)


def decline(work: Work, wanted: OfferId, reason: DeclineReason) -> None:
    """The agency does not take the case."""
    work.actor.require(Permission.OFFER_ANSWER)
    offer = offers.load(work, wanted)
    offer.require_agency(work.actor)
    offer.require_open(work.now)
    _end(work, offer, OfferState.DECLINED, OfferDeclined(**_about(offer), reason=reason), reason)


def withdraw(work: Work, wanted: OfferId) -> None:
    """The business takes an offer back before anybody accepted it."""
    work.actor.require(Permission.OFFER_MAKE)
    offer = offers.load(work, wanted)
    offer.require_business(work.actor)
    offer.require_open(work.now)
    _end(work, offer, OfferState.WITHDRAWN, OfferWithdrawn(**_about(offer)))


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


def _offer_one(
    work: Work, case: Case, agencies: Sequence[OrgId], terms: OfferTerms, sector: str
) -> list[Offer]:
    waiting = {offer.agency for offer in offers.list_open_of_case(work, case.id)}
    if waiting & set(agencies):
        raise WrongState(f"Case {case.reference} is offered to one of these agencies already.")
    key = cases.open_key(work, case)
    own_key = open_org_key(work, case.business)
    preview = _preview(work, case, disputed=cases.read_terms(work, case, key).disputed, sector=sector)
    made = []
    for agency in agencies:
        their_key = open_org_key(work, agency)
        offer_id = OfferId(new_id())
        talk = TalkKey.new(offer_id)
        offer = Offer(
            id=offer_id,
            case=case.id,
            business=case.business,
            agency=agency,
            state=OfferState.OPEN,
            preview=preview,
            terms=terms,
            made_at=work.now,
            made_by=work.actor.person,
        )
        wraps = offers.Wraps(
            key.wrap_for(their_key), key.version, talk.wrap_for(own_key), talk.wrap_for(their_key)
        )
        event = CaseOffered(**_about(offer), commission_bp=terms.commission_bp, expires_at=terms.expires_at)
        offers.add(work, offer, wraps, event)
        made.append(offer)
    cases.mark_offered(work, case, terms.expires_at)
    return made


def _preview(work: Work, case: Case, *, disputed: bool, sector: str) -> Preview:
    today = local_day(work.now, place_of(case.country or "", case.region))
    return Preview(
        currency=case.currency or "",
        amount_band=amount_band(case.balance.total, case.currency or ""),
        age_band=age_band(case.oldest_due_on, today),
        debtor_type=case.debtor_type or "",
        claim_type=case.claim_type or "",
        country=case.country or "",
        region=case.region,
        sector=sector,
        history=summarise(work, case).count,
        documents={kind.value: number for kind, number in counts_by_kind(work, case).items()},
        disputed=disputed,
    )


def _require_choice(wanted: Sequence[CaseId], agencies: Sequence[OrgId]) -> None:
    errors: dict[str, str] = {}
    if not wanted:
        errors["case"] = "Choose at least one case."
    if len(wanted) > MOST_CASES_AT_ONCE:
        errors["case"] = f"Choose at most {MOST_CASES_AT_ONCE} cases at once."
    if not agencies:
        errors["agency"] = "Choose at least one agency."
    if len(agencies) > MOST_AGENCIES_AT_ONCE:
        errors["agency"] = f"Choose at most {MOST_AGENCIES_AT_ONCE} agencies at once."
    if errors:
        raise Invalid(errors)


def _end(
    work: Work,
    offer: Offer,
    state: OfferState,
    event: OfferDeclined | OfferWithdrawn,
    reason: DeclineReason | None = None,
) -> None:
    if not offers.save_ended(work, offer, state, event, reason):
        raise WrongState("This offer was answered in the meantime. Open it again to see how.")


def _say(work: Work, offer: Offer, text: str, event: OfferAsked | OfferAnswered) -> None:
    said = OfferMessage(work.actor.org, work.actor.person, work.actor.name, text, work.now)
    offers.add_message(work, offer, said, _talk_key(work, offer), NoteId(new_id()), event)


def _talk_key(work: Work, offer: Offer) -> TalkKey:
    return TalkKey.unwrap(open_org_key(work, work.actor.org), offer.id, offers.find_talk_wrap(work, offer))


def _shown(work: Work, offer: Offer, messages: Sequence[OfferMessage]) -> Offered:
    other = offer.agency if work.actor.org == offer.business else offer.business
    partner = show_organisation(work, other).name
    return Offered(offer, partner, fitting_of(work, offer), tuple(messages))


class _About(TypedDict):
    case: CaseId
    own: OrgId
    offer: OfferId
    agency: OrgId


def _about(offer: Offer) -> _About:
    return {"case": offer.case, "own": offer.business, "offer": offer.id, "agency": offer.agency}
