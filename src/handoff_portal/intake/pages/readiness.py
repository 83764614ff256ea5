"""The step “Ready?”: the list line by line, exceptions, submitting, throwing away."""

from uuid import UUID

from litestar.params import FromPath

from handoff_portal.core.ids import CaseId
from handoff_portal.core.permissions import Permission
from handoff_portal.intake.actions import drafting, readiness
from handoff_portal.intake.actions.submitting import submit as submit_case
from handoff_portal.intake.model.readiness import Rule, Verdict
from handoff_portal.intake.model.steps import Step
from handoff_portal.intake.pages.rail import frame_of
from handoff_portal.web.page import page, redirect
from handoff_portal.web.portal import PortalRequest
from handoff_portal.web.routes import Page, post


def show_ready(request: PortalRequest, case_id: CaseId) -> Page:
    """The readiness list."""
    with request.work() as work:
        assessed = readiness.assess(work, case_id)
        frame = frame_of(work, assessed.opened, Step.READY)
    reading = assessed.opened.reading
    passed = sum(line.verdict is Verdict.PASS for line in assessed.lines)
    return page(
        request,
        "intake/ready.html",
        **frame,
        assessed=assessed,
        passed=passed,
        content=reading.content,
        owed=reading.owed,
        may_override=request.actor.may(Permission.READINESS_OVERRIDE),
    )


def show_again(request: PortalRequest, case_id: UUID) -> Page:
    """The list after a form of it was refused."""
    return show_ready(request, CaseId(case_id))


@post(
    "/cases/{case_id:uuid}/readiness/override",
    needs=Permission.READINESS_OVERRIDE,
    again=show_again,
)
def override(request: PortalRequest, case_id: FromPath[UUID]) -> Page:
    """Make an exception with a reason."""
    form = request.sent
    rule = form.choice("rule", Rule)
    form.check()
    with request.work() as work:
        readiness.override(work, CaseId(case_id), rule, form.value("reason"))
    return redirect(request, f"/cases/{case_id}/edit/ready", "The exception is noted with your name.")


@post("/cases/{case_id:uuid}/readiness/withdraw", needs=Permission.READINESS_OVERRIDE, again=show_again)
def withdraw(request: PortalRequest, case_id: FromPath[UUID]) -> Page:
    """Take an exception back."""
    rule = request.sent.choice("rule", Rule)
    request.sent.check()
    with request.work() as work:
        readiness.withdraw_override(work, CaseId(case_id), rule)
    return redirect(request, f"/cases/{case_id}/edit/ready", "The exception is taken back.")


@post("/cases/{case_id:uuid}/submit", needs=Permission.CASE_SUBMIT)
def submit(request: PortalRequest, case_id: FromPath[UUID]) -> Page:
    """Submit a ready draft."""
    with request.work() as work:
        submit_case(work, CaseId(case_id))
    return redirect(
        request, f"/cases/{case_id}/receipt", "The case is submitted. Next: offer it to one or more agencies."
    )


@post("/cases/{case_id:uuid}/discard", needs=Permission.CASE_DRAFT)
def discard(request: PortalRequest, case_id: FromPath[UUID]) -> Page:
    """Throw a draft away."""
    with request.work() as work:
        drafting.discard(work, request.portal.objects, CaseId(case_id))
    return redirect(request, "/cases", "The draft is discarded with everything in it.")


ROUTES = (override, withdraw, submit, discard)
