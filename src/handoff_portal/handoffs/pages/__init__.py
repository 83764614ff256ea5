"""Offering cases to agencies, answering offers, and giving or taking a case back."""

from handoff_portal.handoffs.pages import accepting, accepting_many, choosing, ending, inbox, offer, selection

ROUTES = (
    *choosing.ROUTES,
    *selection.ROUTES,
    *inbox.ROUTES,
    *offer.ROUTES,
    *accepting.ROUTES,
    *accepting_many.ROUTES,
    *ending.ROUTES,
)
