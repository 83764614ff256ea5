"""Pages of contacts, holds and notes."""

from handoff_portal.contacts.pages import composer, contacts, holds

ROUTES = (*composer.ROUTES, *contacts.ROUTES, *holds.ROUTES)
