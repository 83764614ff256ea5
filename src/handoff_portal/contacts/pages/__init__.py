"""Pages of contacts, holds and notes."""

from handoff_portal.contacts.pages import (
    composer,
    conduct,
    contacts,
    drafting,
    guarding,
    holds,
    licensing,
    words,
)

ROUTES = (
    *composer.ROUTES,
    *contacts.ROUTES,
    *guarding.ROUTES,
    *holds.ROUTES,
    *words.ROUTES,
    *conduct.ROUTES,
    *drafting.ROUTES,
    *licensing.ROUTES,
)
