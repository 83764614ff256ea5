"""The portal without "May call now" in its list: neither the column nor what it is made from is asked for."""

from collections.abc import Iterable

from handoff_portal import app
from handoff_portal.adapters.database import Work
from handoff_portal.cases.model.listing import Line
from handoff_portal.cases.store import listing
from handoff_portal.contacts.actions import calling
from handoff_portal.contacts.model.calling import Call
from handoff_portal.core.ids import CaseId
from handoff_portal.core.permissions import OrgKind


def create() -> object:
    """What granian loads: the portal's own application."""
    listing.PAGE[OrgKind.AGENCY] = listing.page_of(OrgKind.AGENCY, calls=False)
    vars(calling)["calls_of"] = _none
    return app.create()


def _none(_work: Work, _lines: Iterable[Line]) -> dict[CaseId, Call]:
    return {}
