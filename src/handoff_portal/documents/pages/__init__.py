"""Adding, listing, fetching and taking back the papers of a case."""

from handoff_portal.documents.pages import download, listing, upload

ROUTES = (*upload.ROUTES, *download.ROUTES, *listing.ROUTES)
