"""One case, and the person behind it."""

from typing import Any
from uuid import UUID

from litestar.params import FromPath

from handoff_portal.cases.actions.finding import RevealReason
from handoff_portal.cases.model.case import Case
from handoff_portal.contacts.model.communications import CHANNEL_WORDS
from handoff_portal.contacts.pages.composer import composer
from handoff_portal.core.ids import CaseId
from handoff_portal.core.permissions import OrgKind, Permission
from handoff_portal.core.refusals import StepUpNeeded
from handoff_portal.desk.actions import case_page
from handoff_portal.desk.actions.case_page import CaseView
from handoff_portal.desk.model.limits import reveal_buckets
from handoff_portal.desk.model.moments import SHOWN, filtered
from handoff_portal.desk.model.queue import Chip
from handoff_portal.documents.model import KIND_WORDS
from handoff_portal.identity.actions import throttle
from handoff_portal.web.page import page, redirect
from handoff_portal.web.portal import PortalRequest
from handoff_portal.web.routes import Page, get, post

MOST_MOMENTS = 100
"""So many entries of the timeline are shown at once, the newest; one link shows all."""

REVEAL_REASONS = (
    (RevealReason.CONTACT_NOW.value, "I am about to contact the customer"),
    (RevealReason.CHECK_IDENTITY.value, "I check who I speak with"),
    (RevealReason.WRITE_LETTER.value, "I write a letter or mail"),
    (RevealReason.ANSWER_CUSTOMER.value, "I answer the customer"),
    (RevealReason.CORRECT_DATA.value, "I check that the data is right"),
)


@get("/cases/{case_id:uuid}", needs=Permission.CASE_READ)
def show(request: PortalRequest, case_id: FromPath[UUID]) -> Page:
    """The page of a case; a draft has pages of its own."""
    with request.work() as work:
        view = case_page.look(work, CaseId(case_id))
    return _show(request, case_id, view)


@post("/cases/{case_id:uuid}/reveal", needs=Permission.REVEAL, again=show)
def reveal(request: PortalRequest, case_id: FromPath[UUID]) -> Page:
    """Show personal data; that it was shown, to whom and why is in the log before the page is made."""
    reason = request.sent.choice("reason", RevealReason)
    request.sent.check()
    if _over_limit(request):
        say = "You have revealed many customers in a short time. Enter a current code to go on."
        return redirect(request, f"/step-up?next=/cases/{case_id}", say, "info")
    with request.work() as work:
        case_page.record_reveal(work, CaseId(case_id), reason)
    with request.work() as work:
        view = case_page.look(work, CaseId(case_id), revealed=True)
    return _show(request, case_id, view)


def _show(request: PortalRequest, case_id: UUID, view: CaseView | None) -> Page:
    if view is None:
        return redirect(request, f"/cases/{case_id}/edit/customer")
    asked = request.query_params.get("show", "")
    shown = asked if asked in SHOWN else "all"
    told = filtered(view.moments, shown)
    whole = request.query_params.get("whole") == "yes"
    kind = "note" if request.actor.org_kind is OrgKind.BUSINESS else "contact"
    context: dict[str, Any] = {
        "view": view,
        "case": view.case,
        "recoveries": view.recoveries,
        "agreement": view.agreement,
        "offers": view.offers,
        "shown": shown,
        "moments": told if whole else told[-MOST_MOMENTS:],
        "left_out": 0 if whole else max(0, len(told) - MOST_MOMENTS),
        "flagged": {f"c-{flag}" for flag in view.flags},
        "files": {document.id: document for document in view.documents},
        "composer": composer(request, view.case, view.story.may_contact, kind),
        "reasons": REVEAL_REASONS,
        "filters": _filters(view.case, shown),
        "channels": CHANNEL_WORDS,
        "document_kinds": KIND_WORDS,
    }
    return page(request, "desk/case.html", **context)


def _filters(case: Case, shown: str) -> list[Chip]:
    """What the timeline can be narrowed to; the chosen one leads back to everything."""
    here = f"/cases/{case.id}"
    return [
        Chip(
            word.capitalize(),
            f"{here}#timeline" if word == shown else f"{here}?show={word}#timeline",
            word == shown,
        )
        for word in SHOWN[1:]
    ]


def _over_limit(request: PortalRequest) -> bool:
    """Whether somebody saw so much that a fresh second factor is asked for."""
    with request.gate() as work:
        wait = throttle.count(work, reveal_buckets(str(request.actor.person)))
        now = work.now
    if not wait:
        return False
    try:
        request.actor.require_fresh(now)
    except StepUpNeeded:
        return True
    return False


ROUTES = (show, reveal)
