"""Approvals of an agency's people."""

from uuid import UUID

from litestar.params import FromPath

from handoff_portal.agencies.actions.approvals import end_approval, list_approvals, record_approval
from handoff_portal.core.ids import ApprovalId, PersonId
from handoff_portal.core.jurisdictions import licence_place_choices
from handoff_portal.core.permissions import Permission
from handoff_portal.identity.actions.people import list_colleagues
from handoff_portal.web.page import page, redirect
from handoff_portal.web.portal import PortalRequest
from handoff_portal.web.routes import Page, get, post


@get("/approvals", needs=Permission.APPROVAL_EDIT)
def approvals(request: PortalRequest) -> Page:
    """Who is approved to collect where, and the form for another one."""
    with request.work() as work:
        found = list_approvals(work)
        people = {person.id: person.name for person in list_colleagues(work)}
    return page(
        request,
        "agencies/approvals.html",
        approvals=[(one, people.get(one.person, "Somebody who left")) for one in found],
        people=[(str(person), name) for person, name in people.items()],
        places=licence_place_choices(),
        today=request.now.date(),
    )


@post("/approvals", needs=Permission.APPROVAL_EDIT, again=approvals)
def add_approval(request: PortalRequest) -> Page:
    """Record that a regulator approved a colleague."""
    form = request.sent
    place, reference = form.text("jurisdiction"), form.text("reference", longest=60)
    valid_from, valid_until = form.day("valid_from"), form.day("valid_until", required=False)
    person = _person(form.text("person"))
    form.check()
    with request.work() as work:
        first = valid_from or work.now.date()
        record_approval(work, person, place, reference, first, valid_until)
    return redirect(request, "/approvals", "Recorded. The contact guard counts it from its first day on.")


@post("/approvals/{approval_id:uuid}/end", needs=Permission.APPROVAL_EDIT)
def stop_approval(request: PortalRequest, approval_id: FromPath[UUID]) -> Page:
    """Say that an approval does not count any more."""
    with request.work() as work:
        end_approval(work, ApprovalId(approval_id))
    return redirect(request, "/approvals", "It does not count any more.")


def _person(typed: str) -> PersonId:
    """The person chosen; nobody where the choice makes no sense."""
    try:
        return PersonId(UUID(typed))
    except ValueError:
        return PersonId(UUID(int=0))


ROUTES = (approvals, add_approval, stop_approval)
