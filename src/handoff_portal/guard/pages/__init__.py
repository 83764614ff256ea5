"""Pages of the contact rules."""

from handoff_portal.guard.pages import changing, reading

ROUTES = (*reading.ROUTES, *changing.ROUTES)
