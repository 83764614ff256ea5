"""The screens of portfolios: upload, answer, look at the preview, commit, follow, read the receipt."""

from handoff_portal.portfolios.pages import (
    accounts,
    answering,
    changing,
    committing,
    listing,
    papers,
    problems,
    receipt,
    sending,
    showing,
)

ROUTES = (
    *listing.ROUTES,
    *sending.ROUTES,
    *showing.ROUTES,
    *answering.ROUTES,
    *changing.ROUTES,
    *problems.ROUTES,
    *accounts.ROUTES,
    *papers.ROUTES,
    *committing.ROUTES,
    *receipt.ROUTES,
)
