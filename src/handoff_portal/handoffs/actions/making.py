"""Making offers: the redacted preview, the keys that wait for an acceptance, and what may be chosen."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypedDict

from handoff_portal.adapters.clock import new_id
from handoff_portal.adapters.database import Work
from handoff_portal.adapters.vault.talks import TalkKey
from handoff_portal.cases.actions import cases
from handoff_portal.cases.model.case import Case, CaseState
from handoff_portal.contacts.actions.history import summarise
from handoff_portal.core.ids import CaseId, OfferId, OrgId
from handoff_portal.core.jurisdictions import local_day, place_of
from handoff_portal.core.permissions import Permission
from handoff_portal.core.refusals import Invalid, WrongState
from handoff_portal.documents.actions.papers import counts_by_kind
from handoff_portal.documents.model import DocumentKind
from handoff_portal.handoffs.model.offer import (
    MOST_COMMISSION_BP,
    CaseOffered,
    Offer,
    OfferState,
    OfferTerms,
)
from handoff_portal.handoffs.model.preview import Preview, age_band, amount_band
from handoff_portal.handoffs.store import offers
from handoff_portal.identity.actions.organisations import open_org_key, show_organisation

MOST_CASES_AT_ONCE = 500
MOST_AGENCIES_AT_ONCE = 10


def offer_cases(
    work: Work,
    wanted: Sequence[CaseId],
    agencies: Sequence[OrgId],
    terms: OfferTerms,
    shares: Mapping[OrgId, int] | None = None,
) -> list[Offer]:
    """Offer each case to each agency; all or nothing.

    Args:
        shares: Commission in basis points for agencies that get another one than the terms say.

    Raises:
        Invalid: Nothing or too much was chosen, or the terms are not sound.
        WrongState: A case cannot be offered now; names the case.
    """
    work.actor.require(Permission.OFFER_MAKE)
    shares = shares or {}
    _require_choice(wanted, agencies)
    terms.require_sound(work.now)
    require_shares(shares)
    made: list[Offer] = []
    sector = show_organisation(work, work.actor.org).sector
    each = {
        agency: replace(terms, commission_bp=shares.get(agency, terms.commission_bp)) for agency in agencies
    }
    for case_id in dict.fromkeys(wanted):
        case = cases.load_case(work, case_id, lock=True)
        case.require_owner(work.actor)
        case.require_state(CaseState.READY, CaseState.OFFERED)
        made += _offer_one(work, case, each, sector)
    return made


class About(TypedDict):
    """What every event of an offer says."""

    case: CaseId
    own: OrgId
    offer: OfferId
    agency: OrgId


def about(offer: Offer) -> About:
    """What every event of this offer says."""
    return {"case": offer.case, "own": offer.business, "offer": offer.id, "agency": offer.agency}


def _offer_one(work: Work, case: Case, agencies: Mapping[OrgId, OfferTerms], sector: str) -> list[Offer]:
    waiting = {offer.agency for offer in offers.list_open_of_case(work, case.id)}
    if waiting & set(agencies):
        raise WrongState(f"Case {case.reference} is offered to one of these agencies already.")
    key = cases.open_key(work, case)
    preview = preview_of(
        case,
        work.now,
        history=summarise(work, case).count,
        papers=counts_by_kind(work, case),
        disputed=cases.read_terms(work, case, key).disputed,
        sector=sector,
    )
    own_key = open_org_key(work, case.business)
    made = []
    for agency, terms in agencies.items():
        their_key = open_org_key(work, agency)
        offer = Offer(
            id=OfferId(new_id()),
            case=case.id,
            business=case.business,
            agency=agency,
            state=OfferState.OPEN,
            preview=preview,
            terms=terms,
            made_at=work.now,
            made_by=work.actor.person,
        )
        talk = TalkKey.new(offer.id)
        wraps = offers.Wraps(
            key.wrap_for(their_key), key.version, talk.wrap_for(own_key), talk.wrap_for(their_key)
        )
        event = CaseOffered(**about(offer), commission_bp=terms.commission_bp, expires_at=terms.expires_at)
        offers.add(work, offer, wraps, event)
        made.append(offer)
    cases.mark_offered(work, case, made[0].terms.expires_at)
    offers.settle(work, case.id)
    return made


def preview_of(
    case: Case,
    now: datetime,
    *,
    history: int,
    papers: Mapping[DocumentKind, int],
    disputed: bool,
    sector: str,
) -> Preview:
    """The redacted picture of a case: bands, counts and codes."""
    today = local_day(now, place_of(case.country or "", case.region))
    return Preview(
        currency=case.currency or "",
        amount_band=amount_band(case.balance.total, case.currency or ""),
        age_band=age_band(case.oldest_due_on, today),
        debtor_type=case.debtor_type or "",
        claim_type=case.claim_type or "",
        country=case.country or "",
        region=case.region,
        sector=sector,
        history=history,
        documents={kind.value: number for kind, number in papers.items()},
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


def require_shares(shares: Mapping[OrgId, int]) -> None:
    """Refuse a commission for one agency that cannot be meant. Raises Invalid at its field."""
    errors = {
        f"share_{agency.hex}": "The commission is between 0 and 50 percent."
        for agency, share in shares.items()
        if not 0 <= share <= MOST_COMMISSION_BP
    }
    if errors:
        raise Invalid(errors)
