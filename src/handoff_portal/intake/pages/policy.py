"""The escalation policy as a page."""

from handoff_portal.core.permissions import Permission
from handoff_portal.identity.actions.organisations import show_organisation
from handoff_portal.intake.actions import policies
from handoff_portal.intake.model.policy_form import as_fields, read_policy
from handoff_portal.web.page import page, redirect
from handoff_portal.web.portal import PortalRequest
from handoff_portal.web.routes import Page, get, post


@get("/policy", needs=Permission.CASE_DRAFT)
def show(request: PortalRequest) -> Page:
    """What the business asks of a case; a form for those who may change it."""
    with request.work() as work:
        policy = policies.current_policy(work)
        own = show_organisation(work, work.actor.org)
    if not request.sent.names():
        request.sent.fill(as_fields(policy))
    currencies = sorted({*policy.min_amounts, own.currency, "SGD", "GBP", "AUD", "USD", "EUR"})
    may_edit = request.actor.may(Permission.POLICY_EDIT)
    return page(request, "intake/policy.html", policy=policy, currencies=currencies, may_edit=may_edit)


@post("/policy", needs=Permission.POLICY_EDIT, again=show)
def change(request: PortalRequest) -> Page:
    """Make a new version."""
    wanted = read_policy(request.sent)
    request.sent.check()
    with request.work() as work:
        made = policies.change_policy(work, wanted)
    return redirect(
        request,
        "/policy",
        f"The policy is changed. Drafts are measured against version {made.version} from now on.",
    )


ROUTES = (show, change)
