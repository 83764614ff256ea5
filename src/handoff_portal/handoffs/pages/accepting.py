"""`POST /offers/{id}/accept`: the case is handed over, or a kind page says why not and what to do."""

from uuid import UUID

from litestar.params import FromPath

from handoff_portal.agencies.model.fitting import NoValidLicence
from handoff_portal.core.ids import OfferId
from handoff_portal.core.permissions import Permission
from handoff_portal.core.references import reference_of
from handoff_portal.core.refusals import WrongState
from handoff_portal.handoffs.actions import handoffs, reading
from handoff_portal.handoffs.model.offer import OfferState
from handoff_portal.web.page import page, redirect
from handoff_portal.web.portal import PortalRequest
from handoff_portal.web.routes import Page, post


@post("/offers/{offer_id:uuid}/accept", needs=Permission.OFFER_ANSWER)
def accept(request: PortalRequest, offer_id: FromPath[UUID]) -> Page:
    """Take the case; of many who try at once exactly one gets it."""
    wanted = OfferId(offer_id)
    try:
        with request.work() as work:
            handoff = handoffs.accept(work, wanted)
    except WrongState as refusal:
        return _refused(request, wanted, refusal)
    return redirect(
        request,
        f"/cases/{handoff.case}",
        f"{reference_of(handoff.case)} is yours now. Read its history before the first contact.",
    )


def _refused(request: PortalRequest, wanted: OfferId, refusal: WrongState) -> Page:
    """What became of the offer instead; a second click of whoever has won already leads to the case."""
    with request.work() as work:
        shown = reading.show_offer(work, wanted)
        if shown.offer.state is not OfferState.ACCEPTED:
            handoffs.note_refused_acceptance(work, wanted, refusal)
    if shown.offer.state is OfferState.ACCEPTED:
        return redirect(request, f"/cases/{shown.offer.case}", "Your agency has accepted this case.", "info")
    return page(
        request,
        "handoffs/not_accepted.html",
        refusal.status,
        shown=shown,
        reference=reference_of(shown.offer.case),
        licence_missing=isinstance(refusal, NoValidLicence),
        lost=shown.offer.state is OfferState.LOST,
        withdrawn=shown.offer.state is OfferState.WITHDRAWN,
        say=refusal.say,
    )


ROUTES = (accept,)
