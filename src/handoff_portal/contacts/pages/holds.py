"""Placing and lifting holds."""

from uuid import UUID

from litestar.params import FromPath

from handoff_portal.cases.actions import cases
from handoff_portal.cases.model.case import Case
from handoff_portal.contacts.actions import holds
from handoff_portal.contacts.model.holds import RULES, HoldKind
from handoff_portal.contacts.pages.composer import new_hold
from handoff_portal.core.deadlines import end_of_day
from handoff_portal.core.ids import CaseId, HoldId
from handoff_portal.core.permissions import Permission
from handoff_portal.core.refusals import NotFound
from handoff_portal.web.page import page, redirect
from handoff_portal.web.portal import PortalRequest
from handoff_portal.web.routes import Page, get, post

_LONGEST = 2000


@post("/cases/{case_id:uuid}/holds", needs=Permission.HOLD_PLACE, again=new_hold)
def place_hold(request: PortalRequest, case_id: FromPath[UUID]) -> Page:
    """Let contact rest, from either side."""
    form = request.sent
    kind = form.choice("kind", HoldKind)
    reason = form.text("hold_reason", longest=_LONGEST)
    day = form.day("hold_until", required=False)
    form.check()
    with request.work() as work:
        case = cases.load_case(work, CaseId(case_id), lock=True)
        until = end_of_day(day, _zone(request, case)) if day is not None else None
        made = holds.place_hold(work, case, cases.open_key(work, case), kind, reason, until)
    return redirect(request, f"/cases/{case.id}#h-{made}", f"Contact rests now: {RULES[kind].words.lower()}.")


@get("/cases/{case_id:uuid}/holds/{hold_id:uuid}/lift", needs=Permission.HOLD_LIFT)
def ask_lift(request: PortalRequest, case_id: FromPath[UUID], hold_id: FromPath[UUID]) -> Page:
    """What lifting will do, and the reason for it."""
    with request.work() as work:
        case = cases.load_case(work, CaseId(case_id))
        found = holds.open_holds(work, case, cases.open_key(work, case))
    hold = next((one for one in found if one.id == hold_id), None)
    if hold is None:
        raise NotFound
    return page(request, "contacts/lift.html", case=case, hold=hold)


@post("/cases/{case_id:uuid}/holds/{hold_id:uuid}/lift", needs=Permission.HOLD_LIFT, again=ask_lift)
def lift_hold(request: PortalRequest, case_id: FromPath[UUID], hold_id: FromPath[UUID]) -> Page:
    """End a hold, with the reason."""
    reason = request.sent.text("lift_reason", longest=_LONGEST)
    request.sent.check()
    with request.work() as work:
        case = cases.load_case(work, CaseId(case_id), lock=True)
        holds.lift_hold(work, case, cases.open_key(work, case), HoldId(hold_id), reason)
    return redirect(request, f"/cases/{case.id}#l-{hold_id}", "The hold is lifted.")


def _zone(request: PortalRequest, case: Case) -> str:
    return case.time_zone or request.actor.time_zone


ROUTES = (place_hold, ask_lift, lift_hold)
