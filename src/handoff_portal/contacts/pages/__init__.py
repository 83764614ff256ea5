"""Pages of contacts, holds and notes."""

from handoff_portal.contacts.pages import composer, contacts, guarding, holds

ROUTES = (*composer.ROUTES, *contacts.ROUTES, *guarding.ROUTES, *holds.ROUTES)
