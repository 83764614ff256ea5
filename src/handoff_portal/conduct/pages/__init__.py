"""Pages of templates."""

from handoff_portal.conduct.pages import templates

ROUTES = templates.ROUTES
