"""Home: what needs you now."""

from handoff_portal.audit.actions.keeping import freshness, health
from handoff_portal.cases.model.listing import Line
from handoff_portal.core.jurisdictions import place_name, place_of
from handoff_portal.core.permissions import Permission
from handoff_portal.core.references import reference_of
from handoff_portal.desk.actions.home import Home, needs_you
from handoff_portal.desk.model.person import show_heading
from handoff_portal.desk.model.turns import Known, Task, task_of
from handoff_portal.handoffs.actions.reading import Offered
from handoff_portal.handoffs.model.preview import age_words, amount_words
from handoff_portal.identity.actions.recovery import requests_for_me
from handoff_portal.portfolios.actions.previewing import list_decidable
from handoff_portal.web.page import page
from handoff_portal.web.portal import PortalRequest
from handoff_portal.web.routes import Page, get


@get("/", needs=Permission.OWN_ACCOUNT)
def home(request: PortalRequest) -> Page:
    """The first page after signing in."""
    with request.work() as work:
        found = needs_you(work)
        help_asked = requests_for_me(work)
        portfolios = list_decidable(work) if request.actor.may(Permission.CASE_DRAFT) else []
    reads_log = request.actor.may(Permission.AUDIT_READ)
    return page(
        request,
        "desk/home.html",
        home=found,
        help_asked=help_asked,
        portfolios=portfolios,
        log=health(request.portal.database) if reads_log else None,
        log_problem=freshness(request.portal.database) if reads_log else "",
        tasks=_tasks(request, found),
        offers=[_about(one) for one in found.offers],
    )


def _tasks(request: PortalRequest, found: Home) -> list[tuple[Line, str, Task]]:
    """Case, name as this reader sees it, and what is to be done."""
    kind = request.actor.org_kind
    shown = []
    for line in found.lines:
        task = task_of(line.case, kind, Known(question=line.case.id in found.asked, resting=line.on_hold))
        if task is not None:
            shown.append((line, show_heading(line.heading, revealed=kind.value == "business"), task))
    return shown


def _about(one: Offered) -> dict[str, object]:
    """An offer in a few words, nothing that names the customer."""
    seen = one.offer.preview
    return {
        "id": one.offer.id,
        "partner": one.partner,
        "reference": reference_of(one.offer.case),
        "place": place_name(place_of(seen.country, seen.region)),
        "amount": amount_words(seen),
        "age": age_words(seen),
        "expires_at": one.offer.terms.expires_at,
        "answer_due": one.offer.answer_due,
    }


ROUTES = (home,)
