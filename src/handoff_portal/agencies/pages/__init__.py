"""Pages of the directory, of licences and of assurance reports."""

from handoff_portal.agencies.pages import assurances, directory, licences

ROUTES = (*directory.ROUTES, *licences.ROUTES, *assurances.ROUTES)
