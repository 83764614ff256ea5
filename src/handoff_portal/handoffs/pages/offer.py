"""`/offers/{id}`: one offer for both sides, the conversation about it, declining and withdrawing."""

from uuid import UUID

from litestar.params import FromPath

from handoff_portal.core.ids import OfferId
from handoff_portal.core.permissions import Permission
from handoff_portal.core.references import reference_of
from handoff_portal.handoffs.actions import handoffs, offers, reading
from handoff_portal.handoffs.model.offer import DECLINE_WORDS, FIRST_CONTACT_WITHIN_DAYS, DeclineReason
from handoff_portal.handoffs.pages.shown import outline
from handoff_portal.handoffs.pages.terms import order_words
from handoff_portal.web.page import page, redirect
from handoff_portal.web.portal import PortalRequest
from handoff_portal.web.routes import Page, get, post

LONGEST_MESSAGE = 2_000


@get("/offers/{offer_id:uuid}", needs=Permission.OFFER_READ)
def show(request: PortalRequest, offer_id: FromPath[UUID]) -> Page:
    """One card that answers what an agency needs to decide, and the answers it can give."""
    with request.work() as work:
        shown = reading.show_offer(work, OfferId(offer_id))
        handoff = handoffs.handoff_of_offer(work, shown.offer.id)
    offer = shown.offer
    return page(
        request,
        "handoffs/show.html",
        shown=shown,
        offer=offer,
        handoff=handoff,
        seen=outline(offer),
        receiving=request.actor.org == offer.agency,
        waiting=offer.is_open(request.now),
        became=offer.words_for(request.now),
        order=order_words(offer.terms.allocation),
        reasons=[(reason.value, words) for reason, words in DECLINE_WORDS.items()],
        reason_words=DECLINE_WORDS,
        first_contact_days=FIRST_CONTACT_WITHIN_DAYS,
        longest=LONGEST_MESSAGE,
    )


@post("/offers/{offer_id:uuid}/ask", needs=Permission.OFFER_TALK, again=show)
def ask(request: PortalRequest, offer_id: FromPath[UUID]) -> Page:
    """The agency asks before it decides."""
    text = request.sent.text("text", longest=LONGEST_MESSAGE)
    request.sent.check()
    with request.work() as work:
        offers.ask(work, OfferId(offer_id), text)
    return redirect(
        request, f"/offers/{offer_id}", "Your question is sent. The business has two working days to answer."
    )


@post("/offers/{offer_id:uuid}/answer", needs=Permission.OFFER_TALK, again=show)
def answer(request: PortalRequest, offer_id: FromPath[UUID]) -> Page:
    """The business answers, without saying who the customer is."""
    text = request.sent.text("text", longest=LONGEST_MESSAGE)
    request.sent.check()
    with request.work() as work:
        offers.answer(work, OfferId(offer_id), text)
    return redirect(request, f"/offers/{offer_id}", "Your answer is sent. The agency goes on from here.")


@post("/offers/{offer_id:uuid}/decline", needs=Permission.OFFER_ANSWER, again=show)
def decline(request: PortalRequest, offer_id: FromPath[UUID]) -> Page:
    """The agency does not take the case and says why."""
    reason = request.sent.choice("reason", DeclineReason)
    request.sent.check()
    with request.work() as work:
        offers.decline(work, OfferId(offer_id), reason)
        case = reading.show_offer(work, OfferId(offer_id)).offer.case
    said = f"You declined {reference_of(case)}. The business sees your reason."
    return redirect(request, "/offers", said)


@post("/offers/{offer_id:uuid}/withdraw", needs=Permission.OFFER_MAKE)
def withdraw(request: PortalRequest, offer_id: FromPath[UUID]) -> Page:
    """The business takes the offer back before anybody accepted it."""
    with request.work() as work:
        offers.withdraw(work, OfferId(offer_id))
        shown = reading.show_offer(work, OfferId(offer_id))
    said = f"The offer of {reference_of(shown.offer.case)} to {shown.partner} is withdrawn."
    return redirect(request, "/offers", said)


ROUTES = (show, ask, answer, decline, withdraw)
