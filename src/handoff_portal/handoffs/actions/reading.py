"""Reading offers: the agency's inbox, the business's overview, one offer with its conversation."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from handoff_portal.adapters.database import Work
from handoff_portal.adapters.vault.talks import TalkKey
from handoff_portal.agencies.actions.licences import licences_of
from handoff_portal.agencies.model.fitting import Fitting, fitting_licence
from handoff_portal.agencies.model.licence import Licence
from handoff_portal.cases.model.case import Case
from handoff_portal.core.ids import CaseId, OfferId, OrgId
from handoff_portal.core.jurisdictions import local_day, place_of
from handoff_portal.core.permissions import Permission
from handoff_portal.handoffs.actions.making import about
from handoff_portal.handoffs.model.offer import Offer, OfferMessage, OfferSeen, OfferState
from handoff_portal.handoffs.store import offers
from handoff_portal.identity.actions.organisations import open_org_key, show_organisation

MOST_QUESTIONS = 25
"""So many unanswered questions stand on top of a business's offers."""


@dataclass(frozen=True, slots=True)
class Offered:
    """One offer as a page shows it.

    Attributes:
        partner: Name of the other side.
        fitting: Whether the agency's licences cover the customer today, and why not.
        messages: The conversation, oldest first; empty in lists, which open no message.
    """

    offer: Offer
    partner: str
    fitting: Fitting
    messages: tuple[OfferMessage, ...] = ()

    @property
    def unanswered(self) -> bool:
        """Whether the agency waits for an answer."""
        return self.offer.state is OfferState.OPEN and self.offer.answer_due is not None


def show_offer(work: Work, wanted: OfferId) -> Offered:
    """One offer with its conversation; the agency's first look is recorded. Raises NotFound."""
    work.actor.require(Permission.OFFER_READ)
    offer = offers.load(work, wanted)
    if offer.agency == work.actor.org and offer.seen_at is None and offer.state is OfferState.OPEN:
        offers.save_seen(work, wanted, OfferSeen(**about(offer)))
    messages = offers.list_messages(work, offer, talk_key(work, offer))
    partner = show_organisation(work, _other(work, offer)).name
    return Offered(offer, partner, fitting_of(work, offer), tuple(messages))


def list_received(
    work: Work, state: OfferState | None, after: tuple[datetime, OfferId] | None = None, size: int = 25
) -> list[Offered]:
    """The agency's inbox: open offers by their end, others the latest first; one more than the size."""
    work.actor.require(Permission.OFFER_READ)
    return _shown(work, offers.list_received(work, state, after, size))


def list_made(
    work: Work,
    state: OfferState | None,
    after: tuple[datetime, CaseId, OfferId] | None = None,
    size: int = 25,
) -> list[Offered]:
    """The offers of a business, newest first, those of one case together; one more than the size."""
    work.actor.require(Permission.OFFER_READ)
    return _shown(work, offers.list_made(work, state, after, size))


def list_unanswered(work: Work) -> list[Offered]:
    """Offers whose agency waits for this business to answer, the most urgent first."""
    work.actor.require(Permission.OFFER_READ)
    return _shown(work, offers.list_unanswered(work, MOST_QUESTIONS))


def offers_of_case(work: Work, case: Case) -> list[Offered]:
    """The offers of a case, newest first; the business sees all, an agency its own."""
    return _shown(work, offers.list_of_case(work, case.id))


def fitting_of(work: Work, offer: Offer) -> Fitting:
    """Whether the agency's licences cover the customer on the customer's calendar day, and why not."""
    return Partners(work).fitting(offer)


def talk_key(work: Work, offer: Offer) -> TalkKey:
    """The key of the conversation about an offer, as either side holds it."""
    return TalkKey.unwrap(open_org_key(work, work.actor.org), offer.id, offers.find_talk_wrap(work, offer))


class Partners:
    """Names and licences, each read once for a whole list."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._names: dict[OrgId, str] = {}
        self._licences: dict[OrgId, list[Licence]] = {}

    def name(self, org: OrgId) -> str:
        """What an organisation is called."""
        if org not in self._names:
            self._names[org] = show_organisation(self._work, org).name
        return self._names[org]

    def fitting(self, offer: Offer) -> Fitting:
        """Whether the agency's licences cover the customer on the customer's calendar day, and why not."""
        if offer.agency not in self._licences:
            self._licences[offer.agency] = licences_of(self._work, offer.agency)
        seen = offer.preview
        day = local_day(self._work.now, place_of(seen.country, seen.region))
        held = self._licences[offer.agency]
        return fitting_licence(held, seen.country, seen.region, seen.debtor_type, day)


def _shown(work: Work, found: Iterable[Offer]) -> list[Offered]:
    partners = Partners(work)
    return [Offered(offer, partners.name(_other(work, offer)), partners.fitting(offer)) for offer in found]


def _other(work: Work, offer: Offer) -> OrgId:
    return offer.agency if work.actor.org == offer.business else offer.business
