"""Offering cases to agencies, answering offers, and giving or taking a case back."""

from handoff_portal.handoffs.pages import accepting, choosing, ending, inbox, offer

ROUTES = (*choosing.ROUTES, *inbox.ROUTES, *offer.ROUTES, *accepting.ROUTES, *ending.ROUTES)
