"""Offering a whole selection at once: cases that a filter finds, shared out among agencies by a rule."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from handoff_portal.adapters.clock import new_id
from handoff_portal.adapters.database import Work
from handoff_portal.adapters.vault.cases import OrgKey
from handoff_portal.adapters.vault.talks import TalkKey
from handoff_portal.agencies.actions.directory import show_agency
from handoff_portal.agencies.model.profile import AgencyCard
from handoff_portal.cases.actions import many
from handoff_portal.cases.actions.many import Unsealed
from handoff_portal.cases.model.case import Case, CaseState
from handoff_portal.cases.model.listing import Wanted
from handoff_portal.contacts.actions.history import count_many
from handoff_portal.core.ids import CaseId, OfferId, OrgId
from handoff_portal.core.permissions import Permission
from handoff_portal.core.refusals import Invalid
from handoff_portal.documents.actions.papers import counts_by_kind_many
from handoff_portal.documents.model import DocumentKind
from handoff_portal.handoffs.actions.making import MOST_AGENCIES_AT_ONCE, about, preview_of, require_shares
from handoff_portal.handoffs.model.choosing import group_cases, held_against
from handoff_portal.handoffs.model.offer import CaseOffered, Offer, OfferState, OfferTerms
from handoff_portal.handoffs.model.splitting import Plan, Split, share_out
from handoff_portal.handoffs.store import many as many_offers
from handoff_portal.handoffs.store import offers
from handoff_portal.handoffs.store.offers import Wraps
from handoff_portal.identity.actions.organisations import open_org_key, show_organisation

MOST_SELECTED = 5_000
"""So many cases are taken at once, and so many offers made; what is left is offered in a second go."""


PART = 500
"""Cases that are offered in one transaction: after a break what went out stays, the rest is offered again."""


@dataclass(frozen=True, slots=True)
class Selection:
    """The cases that a filter finds.

    Attributes:
        more: Whether there are more than are taken at once.
    """

    cases: tuple[Case, ...]
    more: bool


def states_of(wanted: Wanted) -> tuple[CaseState, ...]:
    """Cases that wait to be offered; those on offer only where the filter asks for them."""
    return (CaseState.OFFERED,) if wanted.state is CaseState.OFFERED else (CaseState.READY,)


def count_offerable(work: Work, wanted: Wanted) -> int:
    """How many cases of a filter can be offered in one go; 0 for those who may not offer."""
    if not work.actor.may(Permission.OFFER_MAKE) or wanted.state not in {
        None,
        CaseState.READY,
        CaseState.OFFERED,
    }:
        return 0
    return many.count_cases(work, wanted, states_of(wanted), MOST_SELECTED)


def select(work: Work, wanted: Wanted, most: int = MOST_SELECTED) -> Selection:
    """The cases that a filter finds and that can be offered now, at most so many."""
    work.actor.require(Permission.OFFER_MAKE)
    most = min(most, MOST_SELECTED)
    found = many.select_cases(work, wanted, states_of(wanted), most + 1)
    return Selection(tuple(found[:most]), len(found) > most)


def plan_offers(
    work: Work,
    cases: Sequence[Case],
    agencies: Sequence[OrgId],
    split: Split,
    dealt: Mapping[OrgId, int] | None = None,
) -> Plan:
    """Share the cases out, with the licence gate asked for each case and agency.

    Args:
        dealt: How many cases agencies got in earlier parts of the same selection.

    Raises:
        Invalid: No agency, too many, or a rule that does not add up.
    """
    work.actor.require(Permission.OFFER_MAKE)
    if not agencies:
        raise Invalid({"agency": "Choose at least one agency."})
    if len(agencies) > MOST_AGENCIES_AT_ONCE:
        raise Invalid({"agency": f"Choose at most {MOST_AGENCIES_AT_ONCE} agencies at once."})
    split.require_sound(agencies)
    cards = [show_agency(work, agency) for agency in agencies]
    offered = frozenset(offers.list_open_of_cases(work, [case.id for case in cases]))
    return share_out(cases, agencies, split, _gate(work, cases, cards), offered, dealt)


def offer_plan(
    work: Work, plan: Plan, terms: OfferTerms, shares: Mapping[OrgId, int] | None = None
) -> list[Offer]:
    """Make all offers of a plan: keys, rows and events as for single offers, all or none.

    Args:
        shares: Commission in basis points for agencies that get another one than the terms say.

    Raises:
        Invalid: Nothing to offer, too much at once, or terms that are not sound.
        WrongState: A case can be offered no more, or was offered to one of them in the meantime.
    """
    work.actor.require(Permission.OFFER_MAKE)
    shares = shares or {}
    terms.require_sound(work.now)
    require_shares(shares)
    require_size(plan)
    ids = sorted({case.id for case, _ in plan.pairs})
    known = {case.id: case for case in many.lock_cases(work, ids)}
    for case in known.values():
        case.require_owner(work.actor)
        case.require_state(CaseState.READY, CaseState.OFFERED)
    maker = _Maker(work, ids)
    each = {
        agency: replace(terms, commission_bp=shares.get(agency, terms.commission_bp))
        for _, agency in plan.pairs
    }
    made = [maker.make(known[case.id], agency, each[agency]) for case, agency in plan.pairs]
    many.mark_offered(work, ids)
    events = (
        CaseOffered(
            **about(offer), commission_bp=offer.terms.commission_bp, expires_at=offer.terms.expires_at
        )
        for offer, _ in made
    )
    many_offers.add(work, made, ids, events)
    return [offer for offer, _ in made]


class _Maker:
    """Makes the offers of many cases from what was read of all of them at once."""

    def __init__(self, work: Work, cases: Sequence[CaseId]) -> None:
        self._work = work
        self._opened: dict[CaseId, Unsealed] = many.unseal(work, cases)
        self._said = count_many(work, cases)
        self._papers: dict[CaseId, dict[DocumentKind, int]] = counts_by_kind_many(work, cases)
        self._own = open_org_key(work, work.actor.org)
        self._sector = show_organisation(work, work.actor.org).sector
        self._theirs: dict[OrgId, OrgKey] = {}

    def make(self, case: Case, agency: OrgId, terms: OfferTerms) -> tuple[Offer, Wraps]:
        """One offer with its keys."""
        opened = self._opened[case.id]
        offer = Offer(
            id=OfferId(new_id()),
            case=case.id,
            business=case.business,
            agency=agency,
            state=OfferState.OPEN,
            preview=preview_of(
                case,
                self._work.now,
                history=self._said.get(case.id, 0),
                papers=self._papers.get(case.id, {}),
                disputed=bool(opened.terms and opened.terms.disputed),
                sector=self._sector,
            ),
            terms=terms,
            made_at=self._work.now,
            made_by=self._work.actor.person,
        )
        if agency not in self._theirs:
            self._theirs[agency] = open_org_key(self._work, agency)
        theirs, talk = self._theirs[agency], TalkKey.new(offer.id)
        wraps = Wraps(
            opened.key.wrap_for(theirs),
            opened.key.version,
            talk.wrap_for(self._own),
            talk.wrap_for(theirs),
        )
        return offer, wraps


def _gate(work: Work, cases: Sequence[Case], cards: Sequence[AgencyCard]) -> Callable[[Case, OrgId], str]:
    """Why an agency may not take a case; answered once for each place and kind of customer."""
    answers: dict[tuple[OrgId, str, str, str], str] = {}
    groups = group_cases(cases)
    for card in cards:
        for fit in held_against(card, groups, "", (), work.now).fits:
            key = (card.id, fit.group.country, fit.group.region, fit.group.debtor_type)
            answers[key] = "" if fit.fitting.fits else fit.say

    def why_not(case: Case, agency: OrgId) -> str:
        return answers[agency, case.country or "", case.region, case.debtor_type or ""]

    return why_not


def require_size(plan: Plan) -> None:
    """Refuse a plan without offers, or with more than go out in one go. Raises Invalid at `agency`."""
    if not plan.pairs:
        raise Invalid({"agency": "None of these cases can be offered to the agencies you chose."})
    if len(plan.pairs) > MOST_SELECTED:
        raise Invalid(
            {
                "agency": f"These are {len(plan.pairs):,} offers; at most {MOST_SELECTED:,} go out at once. "
                "Choose fewer agencies, or narrow the filter."
            }
        )
