"""Accepting many offers at once: each by its own licence gate and race, in small transactions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from handoff_portal.adapters.database import Database, Work
from handoff_portal.core.actor import Actor
from handoff_portal.core.ids import OfferId, OrgId
from handoff_portal.core.permissions import Permission
from handoff_portal.core.refusals import Invalid, WrongState
from handoff_portal.handoffs.actions.handoffs import note_refused, take
from handoff_portal.handoffs.actions.reading import Offered, Partners
from handoff_portal.handoffs.model.offer import Offer, OfferState
from handoff_portal.handoffs.store import many

MOST_ACCEPTED = 2_000
"""So many offers are answered in one go; what is left waits for the next."""

CHUNK = 50
"""Offers in one transaction: after a break what was answered stays, and the next go takes the rest."""


class Ending(StrEnum):
    """What became of one acceptance."""

    WON = "won"
    ALREADY = "already"
    LICENCE = "licence"
    LOST = "lost"
    OVER = "over"


ENDING_WORDS: dict[Ending, str] = {
    Ending.WON: "Yours now",
    Ending.ALREADY: "Yours before",
    Ending.LICENCE: "A licence is missing",
    Ending.LOST: "Another agency was faster, or the business took it back",
    Ending.OVER: "The offer was answered or has ended",
}
"""How an ending is called on pages."""


@dataclass(frozen=True, slots=True)
class Answered:
    """One acceptance.

    Attributes:
        say: Why not, for a reader; empty where it went through.
    """

    offer: Offer
    ending: Ending
    say: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """Which of the waiting offers are meant.

    Attributes:
        offers: Exactly these; empty for all that the rest describes.
        business: Only of this business; None for all.
        country: Only of customers in this country; empty for all.
        before: Only what had been offered at this moment, UTC: nothing is accepted that nobody has seen.
    """

    before: datetime
    offers: tuple[OfferId, ...] = ()
    business: OrgId | None = None
    country: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What an agency is about to accept.

    Attributes:
        fitting: Those that its licences cover today.
        hindered: Those that they do not; accepting them would be refused.
        more: Whether more offers wait than are answered in one go.
        groups: Business, its name, country and number, for narrowing the choice.
    """

    fitting: tuple[Offered, ...]
    hindered: tuple[Offered, ...]
    more: bool
    groups: tuple[tuple[OrgId, str, str, int], ...]


def look(work: Work, choice: Choice) -> Waiting:
    """The chosen offers that wait, parted by the licence gate."""
    work.actor.require(Permission.OFFER_ANSWER)
    found = _chosen(work, choice)
    partners = Partners(work)
    shown = [
        Offered(offer, partners.name(offer.business), partners.fitting(offer))
        for offer in found[:MOST_ACCEPTED]
        if offer.is_open(work.now)
    ]
    groups = tuple((org, partners.name(org), country, n) for org, country, n in many.count_waiting(work))
    return Waiting(
        tuple(one for one in shown if one.fitting.fits),
        tuple(one for one in shown if not one.fitting.fits),
        len(found) > MOST_ACCEPTED,
        tuple(sorted(groups, key=lambda group: group[1:])),
    )


def accept_many(database: Database, actor: Actor, choice: Choice) -> list[Answered]:
    """Take every chosen case that can be taken; each answer is told, and each refusal is in the log.

    Raises:
        Invalid: None of the offers waits any more.
        Unavailable: The database broke off; what was taken before stays taken.
    """
    with database.work(actor) as work:
        actor.require(Permission.OFFER_ANSWER)
        wanted = [offer.id for offer in _chosen(work, choice)[:MOST_ACCEPTED]]
    if not wanted:
        raise Invalid({"offer": "None of these offers waits for you any more. Look at your offers again."})
    done: list[Answered] = []
    for chunk in _chunks(sorted(wanted)):
        with database.work(actor) as work:
            partners = Partners(work)
            done += [_answer(work, offer, partners) for offer in many.load_received(work, chunk)]
    return done


def _chosen(work: Work, choice: Choice) -> list[Offer]:
    if choice.offers:
        return many.load_received(work, choice.offers[: MOST_ACCEPTED + 1])
    return many.list_waiting(work, choice.business, choice.country, choice.before, MOST_ACCEPTED + 1)


def _answer(work: Work, offer: Offer, partners: Partners) -> Answered:
    """One acceptance by all its rules; a refusal is noted and does not stop the others."""
    if offer.state is OfferState.ACCEPTED:
        return Answered(offer, Ending.ALREADY)
    try:
        offer.require_open(work.now)
    except WrongState as refusal:
        note_refused(work, offer, refusal)
        return Answered(offer, Ending.LOST if offer.state is OfferState.LOST else Ending.OVER, refusal.say)
    fitting = partners.fitting(offer)
    try:
        take(work, offer, fitting.require())
    except WrongState as refusal:
        note_refused(work, offer, refusal)
        return Answered(offer, Ending.LOST if fitting.fits else Ending.LICENCE, refusal.say)
    return Answered(offer, Ending.WON)


def _chunks(wanted: Sequence[OfferId]) -> Iterator[Sequence[OfferId]]:
    for start in range(0, len(wanted), CHUNK):
        yield wanted[start : start + CHUNK]
