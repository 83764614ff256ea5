"""Pages of the directory, of licences and of assurance reports."""

from handoff_portal.agencies.pages import approvals, assurances, directory, licences

ROUTES = (*approvals.ROUTES, *directory.ROUTES, *licences.ROUTES, *assurances.ROUTES)
