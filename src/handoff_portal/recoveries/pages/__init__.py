"""Pages of payments and of the close."""

from handoff_portal.recoveries.pages import closing, direct, payments

ROUTES = (*payments.ROUTES, *direct.ROUTES, *closing.ROUTES)
